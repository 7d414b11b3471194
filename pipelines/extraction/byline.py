"""Telling the line with source, date, author and counter from other lines."""

from __future__ import annotations

import re

from archive.records import Precision
from pipelines.extraction.dates import parse_date
from pipelines.extraction.folding import fold, squeeze
from pipelines.extraction.pairs import leading_text, split_pairs

BYLINE_FIELDS = frozenset(
    (
        "source",
        "date_published",
        "date_written",
        "index_no",
        "author",
        "publisher_person_or_unit",
        "views",
        "editor",
        "proofreader",
        "issuer",
    )
)
_CLOCK = re.compile(r"\d{1,2}:\d{2}")
_LONGEST = 200
_SENTENCE = re.compile("[,。;、!?]")
_BEFORE_CLOCK = 14
_BEFORE_DAY = 6


def is_byline(text: str) -> bool:
    """Whether a line states source, date, author or counter, with a label or a clock time."""
    if len(text) > _LONGEST:
        return False
    pairs = split_pairs(text)
    if pairs and set(pairs[0].fields) & BYLINE_FIELDS:
        before = leading_text(text)
        return len(squeeze(before)) <= 8 or parse_date(before) is not None
    return bool(_CLOCK.search(fold(text))) and is_dated(text)


def is_dated(text: str) -> bool:
    """Whether a line is little more than a date; a year in a headline makes none."""
    parsed = parse_date(text)
    if parsed is None or parsed.precision in (Precision.YEAR, Precision.MONTH):
        return False
    rest = squeeze(text[: parsed.start] + text[parsed.end :])
    if _SENTENCE.search(rest):
        return False
    before = len(squeeze(text[: parsed.start]))
    return len(rest) <= 24 and before <= (_BEFORE_CLOCK if parsed.has_time else _BEFORE_DAY)
