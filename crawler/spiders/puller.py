"""Pulls due resources from the archive in batches and knows what is in flight."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Collection, Sequence

from archive.records import Due

Pull = Callable[[Collection[int], int], Sequence[Due]]
"""``(keys to leave out, how many)`` to due resources; called in a thread."""

MOST_SET_ASIDE = 2000
"""Pages put back after which a run stops asking: its hosts are resting, not its pages."""


class Puller:
    """An iterator over what is due, until nothing is due and nothing is in flight.

    Then ``replenish`` may make more due, and says how much; called in a thread, too.
    ``limit`` bounds what is in flight, ``once`` keeps a resource from being given twice (for runs
    of named pages, which stay due by name).
    """

    def __init__(
        self,
        pull: Pull,
        replenish: Callable[[], int],
        limit: int,
        *,
        most: int | None = None,
        once: bool = False,
    ) -> None:
        self._pull = pull
        self._replenish = replenish
        self._limit = limit
        self._most = most
        self._once = once
        self._in_flight: set[int] = set()
        self._left_out: set[int] = set()
        self._changed = asyncio.Event()
        self._stopped = False
        self.given = 0
        self.deferred = 0

    @property
    def in_flight(self) -> int:
        """How many resources were given and not yet settled."""
        return len(self._in_flight)

    @property
    def exhausted(self) -> bool:
        """True when a bound, not the archive, ended the walk."""
        return self._most is not None and self.given >= self._most

    async def rows(self) -> AsyncIterator[Due]:
        """Give due resources as places become free and as new ones are discovered."""
        while not self._over():
            self._changed.clear()
            room = self._room()
            if room <= 0:
                await self._changed.wait()
                continue
            busy = bool(self._in_flight)
            batch = await asyncio.to_thread(
                self._pull, frozenset(self._in_flight | self._left_out), room
            )
            for due in self._fresh(batch):
                yield due
            if not batch and not busy and not self._changed.is_set():
                if not await asyncio.to_thread(self._replenish):
                    return
                continue
            if not batch:
                await self._changed.wait()

    def settle(self, key: int) -> None:
        """A resource was stored, whatever came of it."""
        self._in_flight.discard(key)
        if self._once:
            self._left_out.add(key)
        self._changed.set()

    def put_back(self, key: int) -> None:
        """A resource was not asked for; it stays due and is not given again in this run."""
        self.deferred += 1
        self.skip(key)

    def skip(self, key: int) -> None:
        """Leave out a resource that the run has no business with."""
        self._in_flight.discard(key)
        self._left_out.add(key)
        self._changed.set()

    def stop(self) -> None:
        """Give nothing more."""
        self._stopped = True
        self._changed.set()

    def _over(self) -> bool:
        tired = self.deferred >= MOST_SET_ASIDE
        return self._stopped or self.exhausted or tired

    def _room(self) -> int:
        """Places to fill; a half-empty hall is filled at once rather than seat by seat."""
        room = self._limit - len(self._in_flight)
        if room < max(1, self._limit // 4):
            return 0
        return room if self._most is None else min(room, self._most - self.given)

    def _fresh(self, batch: Sequence[Due]) -> list[Due]:
        fresh = [due for due in batch if not self._stopped and due.resource not in self._in_flight]
        self._in_flight.update(due.resource for due in fresh)
        self.given += len(fresh)
        return fresh
