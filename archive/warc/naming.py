"""What WARC files are called: month, slot, and a number that is never used twice."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC

from archive import clock

_NAME = re.compile(r"gongwen-(\d{4}-\d{2})-s(\d{2})-(\d{6})\.warc\.gz")


def month_of(at: int) -> str:
    """``2026-11`` for a moment in UTC microseconds."""
    return clock.to_datetime(at).astimezone(UTC).strftime("%Y-%m")


def next_name(taken: Iterable[str], month: str, slot: int) -> str:
    """The name of a slot's next file, given all names that were ever used."""
    used = [
        int(match[3])
        for match in map(_NAME.fullmatch, taken)
        if match and match[1] == month and int(match[2]) == slot
    ]
    return f"gongwen-{month}-s{slot:02d}-{max(used, default=0) + 1:06d}.warc.gz"
