"""Which slots of a schedule have passed: the latest is caught up, the others were missed."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from itertools import takewhile

from archive.clock import SECOND
from crawler.scheduler.schedule_text import Schedule

LISTED = 200
"""How many missed slots get a row of their own; a longer absence is told by the first of them."""

LOOK_BACK = 7 * 86_400 * SECOND


@dataclass(frozen=True, slots=True)
class Passed:
    """Slots in ``(since, at]``. ``complete`` is False when ``missed`` does not list all of them."""

    latest: int | None = None
    missed: tuple[int, ...] = ()
    complete: bool = True


def passed_slots(schedule: Schedule, since: int, at: int) -> Passed:
    """The slots later than ``since`` and not later than ``at``; times in UTC microseconds."""
    floor = max(since, at - _reach(schedule))
    found, seen = _between(schedule, floor, at)
    if not found and floor > since:
        # Rarer than the look-back, so the whole span holds few slots.
        floor = since
        found, seen = _between(schedule, since, at)
    if not found:
        return Passed()
    *missed, latest = found
    return Passed(latest, tuple(missed), complete=floor == since and seen == len(found))


def _reach(schedule: Schedule) -> int:
    return LOOK_BACK if schedule.every is None else (LISTED + 1) * schedule.every


def _between(schedule: Schedule, since: int, at: int) -> tuple[list[int], int]:
    """The last slots of a span, at most ``LISTED + 1`` of them, and how many there were."""
    kept: deque[int] = deque(maxlen=LISTED + 1)
    count = 0
    for slot in takewhile(lambda slot: slot <= at, schedule.upcoming(since)):
        kept.append(slot)
        count += 1
    return list(kept), count
