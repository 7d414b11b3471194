"""Schedules mean what crontab(5) says, in China Standard Time, or are refused by field."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import islice

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.clock import SECOND, SHANGHAI, from_datetime, show, to_datetime
from crawler.scheduler.cron_field import ScheduleError
from crawler.scheduler.schedule_text import parse_duration, parse_schedule

SATURDAY = from_datetime(datetime(2026, 11, 21, 12, tzinfo=SHANGHAI))


def next_days(text: str, count: int = 3) -> list[str]:
    slots = islice(parse_schedule(text).upcoming(SATURDAY), count)
    return [f"{to_datetime(slot):%a %m-%d %H:%M:%S}" for slot in slots]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("30 8,14 * * mon-fri", ["Mon 11-23 08:30:00", "Mon 11-23 14:30:00", "Tue 11-24 08:30:00"]),
        ("0 0 * * 0", ["Sun 11-22 00:00:00", "Sun 11-29 00:00:00", "Sun 12-06 00:00:00"]),
        ("0 0 * * 7", ["Sun 11-22 00:00:00", "Sun 11-29 00:00:00", "Sun 12-06 00:00:00"]),
        ("0 0 * * SUN", ["Sun 11-22 00:00:00", "Sun 11-29 00:00:00", "Sun 12-06 00:00:00"]),
        ("0 0 * * 1", ["Mon 11-23 00:00:00", "Mon 11-30 00:00:00", "Mon 12-07 00:00:00"]),
        ("0 0 * * sat-sun", ["Sun 11-22 00:00:00", "Sat 11-28 00:00:00", "Sun 11-29 00:00:00"]),
        ("0 0 * * 5-7", ["Sun 11-22 00:00:00", "Fri 11-27 00:00:00", "Sat 11-28 00:00:00"]),
        ("0 0 1 * mon", ["Mon 11-23 00:00:00", "Mon 11-30 00:00:00", "Tue 12-01 00:00:00"]),
        ("0 0 */10 * mon", ["Mon 12-21 00:00:00", "Mon 01-11 00:00:00", "Mon 02-01 00:00:00"]),
        ("*/20 12 * * *", ["Sat 11-21 12:20:00", "Sat 11-21 12:40:00", "Sun 11-22 12:00:00"]),
        ("50/5 12 * * *", ["Sat 11-21 12:50:00", "Sat 11-21 12:55:00", "Sun 11-22 12:50:00"]),
        ("0 0 29 feb *", ["Tue 02-29 00:00:00", "Sun 02-29 00:00:00", "Fri 02-29 00:00:00"]),
        ("@daily", ["Sun 11-22 00:00:00", "Mon 11-23 00:00:00", "Tue 11-24 00:00:00"]),
        ("@hourly", ["Sat 11-21 13:00:00", "Sat 11-21 14:00:00", "Sat 11-21 15:00:00"]),
        ("@weekly", ["Sun 11-22 00:00:00", "Sun 11-29 00:00:00", "Sun 12-06 00:00:00"]),
        ("@monthly", ["Tue 12-01 00:00:00", "Fri 01-01 00:00:00", "Mon 02-01 00:00:00"]),
        ("every 5s", ["Sat 11-21 12:00:05", "Sat 11-21 12:00:10", "Sat 11-21 12:00:15"]),
        ("every 6h", ["Sat 11-21 18:00:00", "Sun 11-22 00:00:00", "Sun 11-22 06:00:00"]),
        ("every 1d", ["Sun 11-22 00:00:00", "Mon 11-23 00:00:00", "Tue 11-24 00:00:00"]),
    ],
)
def test_a_schedule_fires_when_it_says(text: str, expected: list[str]) -> None:
    assert next_days(text) == expected


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ("60 * * * *", "minute"),
        ("* 24 * * *", "hour"),
        ("0 0 0 * *", "day"),
        ("0 0 32 * *", "day"),
        ("0 0 L * *", "day"),
        ("0 0 * 13 *", "month"),
        ("0 0 * mo *", "month"),
        ("0 0 * * 8", "weekday"),
        ("0 0 * * fri-mon", "weekday"),
        ("*/0 * * * *", "minute"),
        ("*/90 * * * *", "minute"),
        ("*-5 * * * *", "minute"),
        ("5-1 * * * *", "minute"),
        ("1,,2 * * * *", "minute"),
        ("一 * * * *", "minute"),
        ("５ * * * *", "minute"),
        ("-1 * * * *", "minute"),
        ("* * * *", "schedule"),
        ("0 * * * * *", "schedule"),
        ("", "schedule"),
        ("@dayly", "schedule"),
        ("0 0 30 2 *", "day"),
        ("0 0 31 4,6,9,11 *", "day"),
        ("every 0s", "interval"),
        ("every", "interval"),
        ("every 5 m", "interval"),
        ("every 1w", "duration"),
    ],
)
def test_a_schedule_that_cannot_be_is_refused_by_field(text: str, field: str) -> None:
    with pytest.raises(ScheduleError) as refusal:
        parse_schedule(text)
    assert refusal.value.field == field
    assert refusal.value.example in str(refusal.value)


def test_every_example_in_a_refusal_is_accepted() -> None:
    for text in ("60 * * * *", "* 24 * * *", "0 0 0 * *", "0 0 * 13 *", "0 0 * * 8"):
        with pytest.raises(ScheduleError) as refusal:
            parse_schedule(text)
        fields = text.split()
        place = ["minute", "hour", "day", "month", "weekday"].index(refusal.value.field)
        fields[place] = refusal.value.example
        parse_schedule(" ".join(fields))


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("30s", 30), ("10m", 600), ("2h", 7_200), ("1d", 86_400), ("0s", 0)],
)
def test_a_duration_is_a_number_and_a_unit(text: str, seconds: int) -> None:
    assert parse_duration(text) == seconds * SECOND


def cron_fields() -> st.SearchStrategy[tuple[list[int], list[int], list[int]]]:
    def some(low: int, high: int) -> st.SearchStrategy[list[int]]:
        return st.lists(st.integers(low, high), min_size=1, max_size=3, unique=True)

    return st.tuples(some(0, 59), some(0, 23), some(0, 6))


@given(cron_fields(), st.integers(0, 400 * 86_400))
def test_the_next_slot_is_the_first_minute_that_matches(
    fields: tuple[list[int], list[int], list[int]], offset: int
) -> None:
    minutes, hours, weekdays = fields
    text = f"{_listed(minutes)} {_listed(hours)} * * {_listed(weekdays)}"
    start = SATURDAY + offset * SECOND
    found = to_datetime(parse_schedule(text).after(start))
    assert found > to_datetime(start)
    assert (found.minute in minutes, found.hour in hours) == (True, True)
    assert (found.weekday() + 1) % 7 in weekdays, "0 is Sunday"
    earlier = to_datetime(start).replace(second=0, microsecond=0) + timedelta(minutes=1)
    days = {(earlier + timedelta(days=place)).date() for place in range(8)}
    matching = [
        datetime(day.year, day.month, day.day, hour, minute, tzinfo=SHANGHAI)
        for day in days
        if (day.weekday() + 1) % 7 in weekdays
        for hour in hours
        for minute in minutes
    ]
    assert found == min(moment for moment in matching if moment > to_datetime(start))


@given(st.integers(1, 10_000), st.integers(0, 4 * 10**15))
def test_intervals_lie_on_one_grid_whoever_asks(seconds: int, at: int) -> None:
    schedule = parse_schedule(f"every {seconds}s")
    first = schedule.after(at)
    assert at < first <= at + seconds * SECOND
    assert schedule.after(first - 1) == first
    assert schedule.after(first) == first + seconds * SECOND


def test_slots_are_shown_with_their_zone() -> None:
    assert show(parse_schedule("0 8 * * *").after(SATURDAY)) == "2026-11-22T08:00:00+08:00"


def _listed(values: list[int]) -> str:
    return ",".join(map(str, values))
