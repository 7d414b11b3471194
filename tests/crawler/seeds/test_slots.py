"""After an absence the latest slot is caught up and the others are told as missed."""

from __future__ import annotations

from datetime import datetime

import pytest

from archive.clock import SECOND, SHANGHAI, from_datetime, show
from crawler.scheduler.schedule_text import parse_schedule
from crawler.scheduler.slots import LISTED, passed_slots

NOW = from_datetime(datetime(2026, 11, 21, 12, tzinfo=SHANGHAI))
DAY = 86_400 * SECOND


@pytest.mark.parametrize(
    ("text", "away", "latest", "missed", "complete"),
    [
        ("0 8 * * *", 7 * DAY, "2026-11-21T08:00:00+08:00", 6, True),
        ("0 8 * * *", 4 * 3_600 * SECOND, None, 0, True),
        ("0 8 * * *", 5 * 3_600 * SECOND, "2026-11-21T08:00:00+08:00", 0, True),
        ("0 8 1 * *", 60 * DAY, "2026-11-01T08:00:00+08:00", 1, True),
        ("every 1h", 7 * DAY, "2026-11-21T12:00:00+08:00", 167, True),
        ("every 5s", 30 * DAY, "2026-11-21T12:00:00+08:00", LISTED, False),
        ("* * * * *", 365 * DAY, "2026-11-21T12:00:00+08:00", LISTED, False),
        ("every 5s", 0, None, 0, True),
    ],
)
def test_the_latest_slot_is_caught_up_and_the_others_missed(
    text: str, away: int, latest: str | None, missed: int, complete: bool
) -> None:
    passed = passed_slots(parse_schedule(text), NOW - away, NOW)
    assert show(passed.latest) == latest
    assert (len(passed.missed), passed.complete) == (missed, complete)
    assert list(passed.missed) == sorted(set(passed.missed))
    assert all(NOW - away < slot < (passed.latest or 0) for slot in passed.missed)
