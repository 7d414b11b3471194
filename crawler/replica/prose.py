"""Believable official prose from word lists."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Mapping, Sequence
from functools import partial

from crawler.replica import data

_SLOT = re.compile(r"\{(\w+)\}")
NUMERALS = "一二三四五六七八九十"


class Prose:
    """A writer with its own chance: every draw takes the next random number.

    ``year`` is the year it writes in; ``fixed`` slots keep one value through a whole document.
    """

    def __init__(self, rng: random.Random, year: int) -> None:
        words = data.table("words")
        self.rng = rng
        self.fixed: dict[str, str] = {}
        self.lists: Mapping[str, Sequence[str]] = words["lists"]
        self._slots: dict[str, Callable[[], object]] = {
            "n": lambda: rng.randint(12, 960),
            "m": lambda: rng.randint(3, 68),
            "k": lambda: rng.randint(2, 6),
            "p": lambda: rng.randint(11, 989) / 10,
            "d": lambda: rng.randint(51, 9900) / 100,
            "year": lambda: year - rng.randint(0, 1),
            "past": lambda: year - rng.randint(1, 4),
            "month": lambda: rng.randint(1, 12),
            "dayno": lambda: rng.randint(1, 28),
            "person": lambda: rng.choice(self.lists["surnames"]) + rng.choice(self.lists["given"]),
        }
        for slot, name in words["slots"].items():
            self._slots[slot] = partial(self.say, name)

    def fill(self, template: str) -> str:
        """The template with every slot filled; a slot nobody knows is a KeyError."""
        return _SLOT.sub(self._slot, template)

    def _slot(self, found: re.Match[str]) -> str:
        name = found[1]
        return self.fixed[name] if name in self.fixed else str(self._slots[name]())

    def say(self, name: str) -> str:
        """One entry of a list, its slots filled."""
        return self.fill(self.rng.choice(self.lists[name]))

    def sentences(self, least: int, most: int) -> str:
        """A run of different sentences."""
        chosen = self.rng.sample(self.lists["sentences"], self.rng.randint(least, most))
        return "".join(map(self.fill, chosen))

    def points(self, name: str, count: int) -> list[str]:
        """Numbered paragraphs ``（一）…``, each led by another entry of a list."""
        leads = self.rng.sample(self.lists[name], count)
        return [f"（{NUMERALS[at]}）{lead}{self.sentences(2, 4)}" for at, lead in enumerate(leads)]
