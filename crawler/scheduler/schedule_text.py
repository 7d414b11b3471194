"""Schedules as people write them: cron lines, ``@daily`` and its kin, ``every 10m``.

All of them are read in Asia/Shanghai. Cron follows crontab(5): ``0`` and ``7`` are Sunday, and a
restricted day of month and a restricted weekday mean *either*. APScheduler counts weekdays from
Monday and would mean *both*, so fields are resolved to plain sets here and handed on by name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from apscheduler.triggers.base import BaseTrigger
from apscheduler.triggers.combining import OrTrigger
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.interval import IntervalTrigger

from archive.clock import SECOND, SHANGHAI, from_datetime, to_datetime
from crawler.scheduler.cron_field import FIELDS, CronField, ScheduleError, parse_field

ALIASES = {
    "@hourly": "0 * * * *",
    "@daily": "0 0 * * *",
    "@weekly": "0 0 * * 0",
    "@monthly": "0 0 1 * *",
}
EXAMPLE = "30 8,14 * * mon-fri"
UNITS = {"s": 1, "m": 60, "h": 3_600, "d": 86_400}
WEEKDAY_NAMES = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
LONGEST_MONTH = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)

# Intervals lie on a grid from midnight in Shanghai, so that every scheduler sees the same slots.
GRID_START = -8 * 3_600 * SECOND

_DURATION = re.compile(r"([0-9]{1,7})([smhd])")


@dataclass(frozen=True, slots=True)
class Cron:
    """The five fields of a cron line, resolved to the values they stand for."""

    minute: CronField
    hour: CronField
    day: CronField
    month: CronField
    weekday: CronField

    @property
    def either_day(self) -> bool:
        """Whether day of month and weekday are both restricted, so that either one is enough."""
        return self.day.restricted and self.weekday.restricted


@dataclass(frozen=True, slots=True)
class Schedule:
    """When a seed is due: ``every`` so many microseconds, or by ``cron``."""

    text: str
    every: int | None = None
    cron: Cron | None = None

    def trigger(self) -> BaseTrigger:
        """The APScheduler trigger that fires at the slots."""
        if self.cron is not None:
            return _cron_trigger(self.cron)
        return IntervalTrigger(
            seconds=(self.every or SECOND) // SECOND,
            start_date=to_datetime(GRID_START),
            timezone=SHANGHAI,
        )

    def after(self, at: int) -> int:
        """The first slot strictly later than ``at``; both in UTC microseconds."""
        return next(self.upcoming(at))

    def upcoming(self, at: int) -> Iterator[int]:
        """The slots strictly later than ``at``, without end."""
        trigger = self.trigger()
        while True:
            moment = to_datetime(at) + timedelta(microseconds=1)
            at = from_datetime(trigger.get_next_fire_time(None, moment))
            yield at


def parse_duration(text: str) -> int:
    """Microseconds of ``30s``, ``10m``, ``2h``, ``1d`` or ``0s``; ScheduleError otherwise."""
    match = _DURATION.fullmatch(text)
    if match is None:
        raise ScheduleError("duration", text, "a whole number and one of s, m, h, d", "10m")
    return int(match[1]) * UNITS[match[2]] * SECOND


def parse_schedule(text: str) -> Schedule:
    """Read a schedule; ScheduleError names the field, its value and a right example."""
    words = text.split()
    if words and words[0] == "every":
        return Schedule(text, every=_interval(words))
    if text.startswith("@") and text not in ALIASES:
        raise ScheduleError("schedule", text, f"one of {', '.join(ALIASES)}", "@daily")
    return Schedule(text, cron=_cron(ALIASES.get(text, text)))


def _interval(words: list[str]) -> int:
    length = parse_duration(words[1]) if len(words) == 2 else 0
    if length == 0:
        raise ScheduleError("interval", " ".join(words), "'every' and a time above 0", "every 10m")
    return length


def _cron(text: str) -> Cron:
    words = text.split()
    if len(words) != len(FIELDS):
        wanted = f"five fields ({', '.join(FIELDS)}), an interval or one of {', '.join(ALIASES)}"
        raise ScheduleError("schedule", text, wanted, EXAMPLE)
    fields = zip(FIELDS, words, strict=True)
    cron = Cron(*(parse_field(name, word) for name, word in fields))
    _require_reachable(cron, text)
    return cron


def _require_reachable(cron: Cron, text: str) -> None:
    if cron.either_day:
        return
    if not any(day <= LONGEST_MONTH[month - 1] for month in cron.month for day in cron.day):
        raise ScheduleError(
            "day", text, "a day that its months have; this never fires", "0 0 28 2 *"
        )


def _cron_trigger(cron: Cron) -> BaseTrigger:
    if not cron.either_day:
        return _single_trigger(cron, days=True, weekdays=True)
    either = [
        _single_trigger(cron, days=True, weekdays=False),
        _single_trigger(cron, days=False, weekdays=True),
    ]
    return OrTrigger(either)


def _single_trigger(cron: Cron, *, days: bool, weekdays: bool) -> CronTrigger:
    names = ",".join(WEEKDAY_NAMES[number] for number in cron.weekday)
    return CronTrigger(
        month=cron.month.listed(),
        day=cron.day.listed() if days else "*",
        day_of_week=names if weekdays else "*",
        hour=cron.hour.listed(),
        minute=cron.minute.listed(),
        second="0",
        timezone=SHANGHAI,
    )
