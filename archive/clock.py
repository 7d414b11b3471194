"""Time as the archive keeps it: integer microseconds since 1970 in UTC."""

from __future__ import annotations

import time
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from archive.problems import DAMAGED, Problem

SHANGHAI = ZoneInfo("Asia/Shanghai")
SECOND = 1_000_000


def now() -> int:
    """The present moment in UTC microseconds."""
    return time.time_ns() // 1000


def from_datetime(moment: datetime) -> int:
    """Microseconds of an aware datetime."""
    delta = moment.astimezone(UTC) - datetime(1970, 1, 1, tzinfo=UTC)
    return delta // timedelta(microseconds=1)


def to_datetime(micros: int, zone: ZoneInfo = SHANGHAI) -> datetime:
    """The aware datetime of a stored time, by default in China Standard Time.

    Raises :class:`Problem` for a number that is no time, as only damage can have stored it.
    """
    try:
        return datetime.fromtimestamp(micros / SECOND, UTC).astimezone(zone)
    except (OverflowError, ValueError, OSError, TypeError):
        raise Problem(
            DAMAGED, f"{micros!r} is no time", "See what is damaged with: gongwen verify"
        ) from None


def end_of_day(day: date) -> int:
    """The last microsecond of a day in Asia/Shanghai: what a bare date means in as-of reads."""
    following = datetime(day.year, day.month, day.day, tzinfo=SHANGHAI) + timedelta(days=1)
    return from_datetime(following) - 1


def show(micros: int | None) -> str | None:
    """ISO text with offset, to the second, for people and JSON."""
    return None if micros is None else to_datetime(micros).isoformat(timespec="seconds")
