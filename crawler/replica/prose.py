"""Believable official prose from word lists."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from functools import partial
from typing import Any

from crawler.replica import data

_SLOT = re.compile(r"\{(\w+)\}")
NUMERALS = "一二三四五六七八九十"


class Prose:
    """A writer with its own chance: every draw takes the next random number."""

    def __init__(self, rng: random.Random, year: int) -> None:
        self.rng = rng
        self.words: dict[str, Any] = data.table("words")
        self._slots: dict[str, Callable[[], object]] = {
            "n": lambda: rng.randint(12, 960),
            "m": lambda: rng.randint(3, 68),
            "k": lambda: rng.randint(2, 6),
            "p": lambda: rng.randint(11, 989) / 10,
            "d": lambda: rng.randint(51, 9900) / 100,
            "year": lambda: year - rng.randint(0, 1),
            "past": lambda: year - rng.randint(1, 4),
            "cited": lambda: self.say("cited"),
            "month": lambda: rng.randint(1, 12),
            "dayno": lambda: rng.randint(1, 28),
            "person": lambda: self.pick("surnames") + self.pick("given"),
        }
        lists = {"topic": "topics", "organ": "organs", "district": "districts"}
        for slot, name in (lists | {"firm": "firms", "job": "jobs"}).items():
            self._slots[slot] = partial(self.pick, name)

    def pick(self, name: str) -> str:
        """One entry of a word list, its slots unfilled."""
        return str(self.rng.choice(self.words[name]))

    def fill(self, template: str) -> str:
        """The template with every slot drawn."""
        return _SLOT.sub(lambda found: str(self._slots[found[1]]()), template)

    def say(self, name: str) -> str:
        """One entry of a list, slots filled."""
        return self.fill(self.pick(name))

    def sentences(self, least: int, most: int) -> str:
        """A run of different sentences."""
        chosen = self.rng.sample(self.words["sentences"], self.rng.randint(least, most))
        return "".join(map(self.fill, chosen))

    def points(self, name: str, count: int) -> list[str]:
        """Numbered paragraphs ``（一）…``, each with a lead and some sentences."""
        leads = self.rng.sample(self.words[name], count)
        return [f"（{NUMERALS[at]}）{lead}{self.sentences(2, 4)}" for at, lead in enumerate(leads)]
