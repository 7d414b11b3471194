"""Pulls due resources from the archive in batches and knows what is in flight."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable, Collection, Sequence

from archive.addresses import host_name
from archive.frontier import Places
from archive.records import Due, ResourceKind

Pull = Callable[[Collection[int], int, Places], Sequence[Due]]
"""``(keys to leave out, how many, room of each host)`` to due resources; called in a thread."""


class Puller:
    """An iterator over what is due, until nothing is due and nothing is in flight.

    Then ``replenish`` may make more due, and says how much; called in a thread, too.
    ``limit`` bounds what is in flight and ``room`` what of it may be one host's, now, so that a
    host which is slow or pauses takes no other's place. What the hosts of ``resting`` have due is
    left where it is, however much it is. ``once`` keeps a resource from being
    given twice (for runs of named pages, which stay due by name).
    """

    def __init__(
        self,
        pull: Pull,
        replenish: Callable[[], int],
        limit: int,
        *,
        room: Callable[[str], int] | None = None,
        resting: Callable[[], Collection[str]] = tuple,
        most: int | None = None,
        once: bool = False,
    ) -> None:
        self._pull = pull
        self._replenish = replenish
        self._limit = limit
        self._room_of = room or (lambda _: limit)
        self._resting = resting
        self._most = most
        self._once = once
        self._in_flight: dict[int, str] = {}
        self._known_pages: dict[int, str] = {}
        self._per_host: Counter[str] = Counter()
        self._left_out: set[int] = set()
        self._changed = asyncio.Event()
        self._stopped = False
        self.given = 0
        self.deferred = 0

    @property
    def stopped(self) -> bool:
        """Whether the run was told to end."""
        return self._stopped

    @property
    def in_flight(self) -> int:
        """How many resources were given and not yet settled."""
        return len(self._in_flight)

    @property
    def known(self) -> frozenset[int]:
        """Resources that are not to be given any more, or not now."""
        return frozenset(self._in_flight) | self._left_out

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
            batch = await asyncio.to_thread(self._pull, self.known, room, self._places())
            fresh = self._fresh(batch)
            for due in fresh:
                yield due
            if not batch and not busy and not self._changed.is_set():
                if not await asyncio.to_thread(self._replenish):
                    return
                continue
            if not fresh:
                await self._changed.wait()

    def settle(self, key: int) -> None:
        """A resource was stored, whatever came of it."""
        if self._once:
            self._left_out.add(key)
        self._land(key)

    def put_back(self, key: int) -> None:
        """A resource was not asked for; it stays due and is not given again in this run."""
        self.deferred += 1
        self.skip(key)

    def skip(self, key: int) -> None:
        """Leave out a resource that the run has no business with."""
        self._left_out.add(key)
        self._land(key)

    def stop(self) -> None:
        """Give nothing more."""
        self._stopped = True
        self._changed.set()

    def _over(self) -> bool:
        return self._stopped or self.exhausted

    def _room(self) -> int:
        """Places to fill, over all hosts."""
        room = self._limit - len(self._in_flight)
        return room if self._most is None else min(room, self._most - self.given)

    def _places(self) -> Places:
        full = frozenset(filter(self._is_full, self._per_host))
        return Places(self._free, full.union(self._resting()))

    def _free(self, host: str) -> int:
        return self._room_of(host) - self._per_host[host]

    def _is_full(self, host: str) -> bool:
        """A half-empty hall is filled at once rather than seat by seat."""
        return self._free(host) < max(1, self._room_of(host) // 4)

    def _land(self, key: int) -> None:
        """Free a resource's place; worth a look into the archive once its host has room."""
        crowded = self._room() <= 0
        host = self._in_flight.pop(key, None)
        if host is None:
            return
        if key in self._known_pages:
            del self._known_pages[key]
            crowded = crowded or host not in self._known_pages.values()
        self._per_host[host] -= 1
        if crowded or not self._is_full(host) or not self._per_host[host]:
            self._changed.set()
        self._per_host += Counter()

    def _fresh(self, batch: Sequence[Due]) -> list[Due]:
        fresh = [due for due in batch if not self._stopped and due.resource not in self._in_flight]
        known = {due.resource: host_name(due.url) for due in fresh if _is_known_page(due)}
        self._known_pages.update(known)
        # A page that moved is met at its old address before anybody asks for the new one.
        asked_first = frozenset(self._known_pages.values())
        fresh = [
            due for due in fresh if not _is_new_page(due) or host_name(due.url) not in asked_first
        ]
        self._in_flight.update((due.resource, host_name(due.url)) for due in fresh)
        self._per_host.update(self._in_flight[due.resource] for due in fresh)
        self.given += len(fresh)
        return fresh


def _is_known_page(due: Due) -> bool:
    return due.kind is ResourceKind.ARTICLE and due.payload_digest is not None


def _is_new_page(due: Due) -> bool:
    return due.kind is ResourceKind.ARTICLE and due.payload_digest is None
