"""One field of a cron line, resolved to the set of values it stands for."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

MONTH_NAMES = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
DAY_NAMES = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")


class ScheduleError(ValueError):
    """A schedule that cannot be: which field, its value, what is allowed, and a right example."""

    def __init__(self, field: str, value: str, allowed: str, example: str) -> None:
        super().__init__(f"{field} {value!r}: needs {allowed}, for example {example!r}")
        self.field = field
        self.value = value
        self.allowed = allowed
        self.example = example


@dataclass(frozen=True, slots=True)
class FieldKind:
    """What one position of a cron line may hold."""

    low: int
    high: int
    example: str
    names: Mapping[str, int]

    @property
    def allowed(self) -> str:
        """The allowed values in words."""
        words = f"numbers {self.low} to {self.high}"
        return f"{words} or names such as {next(iter(self.names))}" if self.names else words


def _names(words: tuple[str, ...], first: int) -> Mapping[str, int]:
    return MappingProxyType({word: first + place for place, word in enumerate(words)})


FIELDS: Mapping[str, FieldKind] = MappingProxyType(
    {
        "minute": FieldKind(0, 59, "*/15", _names((), 0)),
        "hour": FieldKind(0, 23, "8,14", _names((), 0)),
        "day": FieldKind(1, 31, "1-7", _names((), 0)),
        "month": FieldKind(1, 12, "mar-sep", _names(MONTH_NAMES, 1)),
        "weekday": FieldKind(0, 7, "mon-fri", _names(DAY_NAMES, 0)),
    }
)

_PART = re.compile(
    r"(?P<first>\*|[0-9]+|[a-z]+)(?:-(?P<last>[0-9]+|[a-z]+))?(?:/(?P<step>[0-9]+))?"
)


@dataclass(frozen=True, slots=True)
class CronField:
    """The sorted values of a field; ``restricted`` unless it was written with a leading star."""

    values: tuple[int, ...]
    restricted: bool

    def __iter__(self) -> Iterator[int]:
        return iter(self.values)

    def listed(self) -> str:
        """The values joined with commas."""
        return ",".join(map(str, self.values))


def parse_field(name: str, text: str) -> CronField:
    """Read one field such as ``*/15``, ``8,14`` or ``mon-fri``; ScheduleError when it cannot be."""
    kind = FIELDS[name]
    values = {value for part in text.lower().split(",") for value in _part(name, kind, text, part)}
    if name == "weekday":
        values = {value % 7 for value in values}
    return CronField(tuple(sorted(values)), not text.startswith("*"))


def _part(name: str, kind: FieldKind, text: str, part: str) -> range:
    match = _PART.fullmatch(part)
    if match is None or (match["first"] == "*" and match["last"]):
        raise ScheduleError(name, text, kind.allowed, kind.example)
    first, last = _bounds(name, kind, text, match)
    step = int(match["step"] or 1)
    if not 1 <= step <= kind.high:
        raise ScheduleError(name, text, f"a step from 1 to {kind.high}", kind.example)
    return range(first, last + 1, step)


def _bounds(name: str, kind: FieldKind, text: str, match: re.Match[str]) -> tuple[int, int]:
    # 7 is only another name for Sunday, so open ranges end one earlier there.
    end = 6 if name == "weekday" else kind.high
    if match["first"] == "*":
        return kind.low, end
    first = _number(name, kind, text, match["first"])
    if match["last"] is None:
        return first, max(first, end) if match["step"] else first
    last = _number(name, kind, text, match["last"])
    if name == "weekday" and last == 0:
        last = 7
    if last < first:
        raise ScheduleError(name, text, "ranges that rise", kind.example)
    return first, last


def _number(name: str, kind: FieldKind, text: str, word: str) -> int:
    value = int(word) if word.isdigit() else kind.names.get(word, -1)
    if not kind.low <= value <= kind.high:
        raise ScheduleError(name, text, kind.allowed, kind.example)
    return value
