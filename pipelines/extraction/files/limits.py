"""How much of a file is read: lines are gathered until one of the limits says stop."""

from __future__ import annotations

import time
from collections.abc import Iterable

from archive.records import Outcome

SECONDS = 12.0
"""Reading ends after this, so that what was read is kept: a worker is killed at 20 seconds."""

MOST_CHARACTERS = 5_000_000
"""Characters of one file's text; the longest official texts have about one million."""

MOST_PAGES = 5_000
MOST_CELLS = 2_000_000
"""Cells of one workbook, empty ones that lie between others included."""

MOST_MEMBERS = 10_000
MOST_UNPACKED = 192 << 20
"""Bytes that all members of a package may unpack to."""

MOST_PARSED = 48 << 20
"""Bytes of XML that are parsed into one tree, which takes several times as much memory."""

_CLOCK_EVERY = 64


class Unread(Exception):
    """A file that cannot be read, or only so far; the argument is the reason.

    ``outcome`` is what holds when nothing was read at all: ``error`` for a file that is broken or
    has no reader here, ``partial`` for a sound file whose text is not there to be read.
    """

    def __init__(self, reason: str, outcome: Outcome = Outcome.ERROR) -> None:
        super().__init__(reason)
        self.reason = reason
        self.outcome = outcome


def gather(lines: Iterable[str], until: float) -> tuple[str, Unread | None]:
    """The lines as one text, and why it ends early; ``until`` is a time of the monotonic clock."""
    kept: list[str] = []
    size = 0
    try:
        for number, line in enumerate(lines):
            kept.append(line[: MOST_CHARACTERS - size])
            size += len(line) + 1
            if size > MOST_CHARACTERS:
                raise Unread(f"cut after {MOST_CHARACTERS:,} characters")
            if number % _CLOCK_EVERY == 0 and time.monotonic() > until:
                raise Unread(f"stopped after {SECONDS:g} s")
    except Unread as stop:
        return _joined(kept), stop
    return _joined(kept), None


def megabytes(size: int) -> str:
    """A number of bytes for people."""
    return f"{size / (1 << 20):,.0f} MB"


def _joined(lines: list[str]) -> str:
    return "\n".join(lines).strip("\n")
