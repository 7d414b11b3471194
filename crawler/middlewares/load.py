"""How many bytes of bodies a run holds at once: large ones wait for each other.

Bodies live in memory until their check is durable, and many hosts may send large ones at the same
time. Without a bound, their sum would grow with every connection.
"""

from __future__ import annotations

import asyncio
import gc
from collections import deque
from collections.abc import Hashable


class Load:
    """A bound on bytes held, by owner. One owner alone is always admitted, whatever its size."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._given_back = 0
        self._held: dict[Hashable, int] = {}
        self._waiting: deque[tuple[Hashable, int, asyncio.Future[None]]] = deque()

    @property
    def held(self) -> int:
        """Bytes held now."""
        return sum(self._held.values())

    def held_by(self, owner: Hashable) -> int:
        """Bytes that one owner holds."""
        return self._held.get(owner, 0)

    def take(self, owner: Hashable, size: int) -> bool:
        """Hold ``size`` bytes for an owner, in place of what it held; False when they do not fit.

        Nobody overtakes those who wait already.
        """
        if self._waiting or not self._fits(owner, size):
            return False
        self._held[owner] = size
        return True

    async def wait(self, owner: Hashable, size: int) -> None:
        """Hold ``size`` bytes for an owner as soon as they fit, first come, first served."""
        if self.take(owner, size):
            return
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((owner, size, turn))
        await turn

    def shrink(self, owner: Hashable, size: int) -> None:
        """An owner needs no more than ``size`` bytes of what it holds."""
        if size < self.held_by(owner):
            self._give_back(self.held_by(owner) - size)
            self._held[owner] = size
            self._admit()

    def release(self, owner: Hashable) -> None:
        """An owner holds nothing any more."""
        if (size := self._held.pop(owner, None)) is not None:
            self._give_back(size)
            self._admit()

    def _give_back(self, size: int) -> None:
        """Collect what refers to itself, such as a failed download's answer, before it adds up.

        Python counts objects, not bytes: by itself it would let hundreds of megabytes gather.
        """
        self._given_back += size
        if self._given_back > self._most // 2:
            self._given_back = 0
            gc.collect()

    def _fits(self, owner: Hashable, size: int) -> bool:
        others = self.held - self.held_by(owner)
        return not others or others + size <= self._most

    def _admit(self) -> None:
        while self._waiting:
            owner, size, turn = self._waiting[0]
            if not turn.done():
                if not self._fits(owner, size):
                    return
                self._held[owner] = size
                turn.set_result(None)
            self._waiting.popleft()
