"""Dates set as a calendar leaf: the day large, year and month below it, each a node of its own."""

from __future__ import annotations

import re
from collections.abc import Sequence

from archive.records import Assertion, Precision, Source
from pipelines.extraction.dates import parse_date
from pipelines.extraction.folding import collapse

_YEAR, _MONTH, _DAY = r"(?P<year>20\d\d)", r"(?P<month>\d{1,2})", r"(?P<day>\d{1,2})"
_SIGN = r" ?[-./年月] ?"
_CLOCK = r"(?: \d{1,2}:\d{2}(?::\d{2})?)?"
_LEAVES = tuple(
    re.compile(leaf + _CLOCK)
    for leaf in (
        rf"{_DAY}日? {_YEAR}{_SIGN}{_MONTH}月?",  # 26 / 2023-07
        rf"{_YEAR}{_SIGN}{_MONTH}月? {_DAY}日?",  # 2023.07 / 26
        rf"{_YEAR}年? {_MONTH}{_SIGN}{_DAY}日?",  # 2023 / 07-26
        rf"{_MONTH}{_SIGN}{_DAY}日? {_YEAR}年?",  # 07-26 / 2023
    )
)
_MOST_LINES = 3
_LONGEST = 24


def calendar_assertions(lines: Sequence[str]) -> list[Assertion]:
    """The day that up to three lines following each other make, when they print nothing else."""
    for first in range(len(lines)):
        for last in range(first + 1, min(first + _MOST_LINES, len(lines)) + 1):
            leaf = collapse(" ".join(lines[first:last]))
            value = _day(leaf) if len(leaf) <= _LONGEST else None
            if value is not None:
                place = (Source.HEADER, "calendar leaf", Precision.DAY)
                return [Assertion("date_published", value, leaf, *place)]
    return []


def is_leaf(text: str) -> bool:
    """Whether a line is a whole calendar leaf and nothing else."""
    return len(text) <= _LONGEST and _day(collapse(text)) is not None


def _day(leaf: str) -> str | None:
    for pattern in _LEAVES:
        match = pattern.fullmatch(leaf)
        if match:
            parsed = parse_date(f"{match['year']}-{match['month']}-{match['day']}")
            return parsed.value if parsed else None
    return None
