"""Dates as Chinese sites print them. What is not stated is not filled in: precision is data.

``08.06.2016`` can be June or August; only a component above 12, on this or a sibling page, decides.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import lru_cache

from archive import clock
from archive.records import Precision
from pipelines.extraction.folding import fold
from pipelines.extraction.numerals import ZEROS, number
from pipelines.extraction.remembered import LONGEST

EARLIEST = date(1949, 10, 1)
"""The founding of the People's Republic: an earlier date is not that of an official document."""

_YEAR = r"(?P<year>(?:19|20)\d{2})"
_YEAR_IN_NUMERALS = rf"(?<![一二三四五六七八九十])[一二][{ZEROS}一二三四五六七八九]{{3}}"
_MAYBE_YEAR = re.compile(rf"(?:19|20)\d\d|[一二][{ZEROS}一二三四五六七八九]{{3}}")
_NUMBER = r"[\d一二三四五六七八九十元正廿卅]"

_CHINESE = re.compile(
    rf"(?<!\d)(?P<year>(?:19|20)\d{{2}}|{_YEAR_IN_NUMERALS})\s{{0,6}}年"
    rf"(?:\s{{0,6}}(?P<month>{_NUMBER}{{1,3}})\s{{0,6}}月"
    rf"(?:\s{{0,6}}(?P<day>{_NUMBER}{{1,4}})\s{{0,6}}(?:[日号]|(?![^\s,，。;；)）])))?)?"
)
_DASHED = re.compile(
    rf"(?<!\d){_YEAR}\s{{0,2}}[-—–]{{1,2}}\s{{0,2}}(?P<month>\d{{1,2}})"
    r"\s{0,2}[-—–]{1,2}\s{0,2}(?P<day>\d{1,2})(?!\d)"
)
_SLASHED = re.compile(
    rf"(?<!\d){_YEAR}\s?(?P<sign>[/.])\s?(?P<month>\d{{1,2}})\s?(?P=sign)\s?(?P<day>\d{{1,2}})(?!\d)"
)
_COMPACT = re.compile(rf"(?<!\d){_YEAR}(?P<month>\d{{2}})(?P<day>\d{{2}})(?!\d)")
_YEAR_LAST = re.compile(
    r"(?<![\d./-])(?P<first>\d{1,2})(?P<sign>[./-])(?P<second>\d{1,2})(?P=sign)"
    rf"{_YEAR}(?!\d|[./-]\d)"
)
_YEAR_FIRST_PATTERNS = (_CHINESE, _DASHED, _SLASHED, _COMPACT)
_WHOLE_VALUES = (
    re.compile(rf"{_YEAR}(?:[-/.](?P<month>\d{{1,2}}))?"),
    re.compile(rf"{_YEAR}(?P<month>\d{{2}})(?P<day>\d{{2}})[0-2]\d[0-5]\d(?P<seconds>[0-5]\d)"),
)
_TIME = re.compile(
    r"(?:\s{0,4}\(?(?:星期|周)[一二三四五六日天]?\)?)?"  # the numeral may be left to a script
    r"(?:\s{0,2}[T-]\s{0,2}|\s{0,8})(?:上午|中午|下午|晚上?)?"
    r"(?P<hour>[01]?\d|2[0-3])\s?[:时点]\s?(?P<minute>[0-5]\d)(?!\d)"
    r"(?:\s?[:分]\s?(?P<second>[0-5]\d)(?!\d)(?:\.\d{1,9})?秒?|分)?"
    r"(?P<zone>Z|[+-]\d{2}:?\d{2}(?!\d))?"
)
_SPAN_OF_YEARS = re.compile(r"\s{0,2}[度级代来前后间内起底初末中均第以]")


@dataclass(frozen=True, slots=True)
class ParsedDate:
    """One printed date. ``value`` is ``YYYY-MM-DD``, ``YYYY-MM`` or ``YYYY``, without the time.

    ``raw`` is the text's own slice ``start:end``. When day and month cannot be told apart ``value``
    is empty and ``ambiguous`` holds both readings, the day-first one first.
    """

    value: str
    precision: Precision
    raw: str
    start: int
    end: int
    has_time: bool = False
    ambiguous: tuple[str, ...] = ()


def parse_date(
    raw: str, *, day_first: bool | None = None, far_future: bool = False
) -> ParsedDate | None:
    """The first date of a labelled value; also a bare ``2023`` or ``2023-07`` that is all of it.

    ``day_first`` is what is known of the site's order. ``far_future`` admits a date up to a century
    ahead, as of an expiry; otherwise nothing later than a year from now is believed.
    """
    parse = _parsed_before if len(raw) <= LONGEST else _parsed
    return parse(raw, day_first, _latest(far_future))


def _parsed(raw: str, day_first: bool | None, latest: date) -> ParsedDate | None:
    folded = fold(raw)
    lead = len(folded) - len(folded.lstrip())
    for pattern in _WHOLE_VALUES:
        match = pattern.fullmatch(folded, lead, len(folded.rstrip()))
        made = _year_first(match, folded, raw, latest) if match else None
        if made and "seconds" in pattern.groupindex:
            return replace(made, has_time=True, precision=Precision.SECOND)
        if made:
            return made
    return next(iter(_found(raw, folded, day_first, latest)), None)


_parsed_before = lru_cache(maxsize=2048)(_parsed)


def find_dates(text: str, *, day_first: bool | None = None) -> tuple[ParsedDate, ...]:
    """Every date in a text in reading order; also months, and years as in 2023年."""
    return _found(text, fold(text), day_first, _latest(False))


def day_first_evidence(text: str) -> bool | None:
    """Whether ``DD.MM.YYYY`` is the order here: True or False if some date has only one reading."""
    pairs = [(int(m["first"]), int(m["second"])) for m in _YEAR_LAST.finditer(fold(text))]
    orders = {
        first > 12 for first, second in pairs if min(first, second) <= 12 < max(first, second)
    }
    return orders.pop() if len(orders) == 1 else None


def _latest(far_future: bool) -> date:
    return _today() + timedelta(days=36_525 if far_future else 366)


def _today() -> date:
    return clock.to_datetime(clock.now()).date()


def _found(text: str, folded: str, day_first: bool | None, latest: date) -> tuple[ParsedDate, ...]:
    made: list[ParsedDate] = []
    if not _MAYBE_YEAR.search(folded):
        return ()
    for pattern in _YEAR_FIRST_PATTERNS:
        made += filter(
            None, (_year_first(m, folded, text, latest) for m in pattern.finditer(folded))
        )
    for match in _YEAR_LAST.finditer(folded):
        made += filter(None, (_year_last(match, folded, text, latest, day_first),))
    return tuple(_apart(sorted(made, key=lambda item: (item.start, -item.end))))


def _apart(dates: list[ParsedDate]) -> Iterator[ParsedDate]:
    """Dates that do not overlap, the earlier and longer one winning."""
    end = 0
    for found in dates:
        if found.start >= end:
            end = found.end
            yield found


def _year_first(match: re.Match[str], folded: str, text: str, latest: date) -> ParsedDate | None:
    parts = match.groupdict()
    stated = [number(parts[name]) for name in ("year", "month", "day") if parts.get(name)]
    if len(stated) == 1 and _SPAN_OF_YEARS.match(folded, match.end()):
        return None  # 2023年度, 2023年以来, 2023年第31号: a period or a series, not a date
    value = _value(stated, latest)
    if value is None:
        return None
    precision = (Precision.YEAR, Precision.MONTH, Precision.DAY)[len(stated) - 1]
    made = ParsedDate(value, precision, "", match.start(), match.end())
    return _timed(made, folded, text)


def _year_last(
    match: re.Match[str], folded: str, text: str, latest: date, day_first: bool | None
) -> ParsedDate | None:
    year, first, second = int(match["year"]), int(match["first"]), int(match["second"])
    by_day, by_month = _value([year, second, first], latest), _value([year, first, second], latest)
    readings = [value for value in (by_day, by_month) if value]
    if not readings:
        return None
    if day_first is None or len(readings) == 1:
        chosen = readings[0] if len(set(readings)) == 1 else ""
    else:
        chosen = readings[0] if day_first else readings[1]
    unsettled = () if chosen else tuple(readings)
    made = ParsedDate(chosen, Precision.DAY, "", match.start(), match.end(), ambiguous=unsettled)
    return _timed(made, folded, text)


def _value(stated: list[int | None], latest: date) -> str | None:
    """``YYYY[-MM[-DD]]`` of a real day within the believed years, else None."""
    year, month, day = (*stated, None, None)[:3]
    if year is None or None in stated:
        return None
    try:
        begins = date(year, month or 1, day or 1)
        ends = date(year, month or 12, day or 28)
    except ValueError:
        return None
    if ends < EARLIEST or begins > latest:
        return None
    return begins.isoformat()[: (4, 7, 10)[len(stated) - 1]]


def _timed(made: ParsedDate, folded: str, text: str) -> ParsedDate:
    """The date with the clock time that follows it, and its own slice of the text."""
    time = _TIME.match(folded, made.end) if made.precision is Precision.DAY else None
    end = time.end() if time else made.end
    raw = text[made.start : end]
    if time is None:
        return replace(made, raw=raw)
    precision = Precision.SECOND if time["second"] else Precision.MINUTE
    value = _in_china(made.value, time) if time["zone"] and made.value else made.value
    return replace(made, raw=raw, end=end, has_time=True, precision=precision, value=value)


def _in_china(value: str, time: re.Match[str]) -> str:
    """The day in China of a moment that states another zone, as machine-written dates do."""
    moment = f"{value}T{int(time['hour']):02}:{time['minute']}:00{time['zone']}"
    try:
        return datetime.fromisoformat(moment).astimezone(clock.SHANGHAI).date().isoformat()
    except (ValueError, OverflowError):
        return value
