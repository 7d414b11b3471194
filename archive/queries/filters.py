"""The filter grammar of ``docs``: ``field:value`` terms, date ranges and words of the title."""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, String, cast, false, func

from archive.clock import end_of_day
from archive.models import Derivation, Resource, Seed, Version
from archive.problems import Problem
from archive.queries.witnesses import lifecycle_expression

_TERM = re.compile(r'(?P<key>[A-Za-z_]+):(?P<value>"[^"]*"|\S+)|"(?P<phrase>[^"]*)"|(?P<word>\S+)')
_VALUE_FIELDS = ("issuer", "doc_no", "index_no", "genre", "theme", "source", "author", "publisher")
_DATE_FIELDS = ("published", "written", "signed", "effective", "expiry")
_PART = re.compile(r"([12]\d{3})(?:-(\d{1,2})(?:-(\d{1,2}))?)?")
_BRACKETS = str.maketrans("[]［］()（）【】", "〔〕〔〕〔〕〔〕〔〕")

Condition = ColumnElement[bool]


@dataclass(frozen=True, slots=True)
class Filters:
    """What documents to list: words that the title contains, and terms ``(key, value)``."""

    words: tuple[str, ...] = ()
    terms: tuple[tuple[str, str], ...] = ()
    limit: int | None = None


def parse_filters(query: str, *, limit: int | None = None) -> Filters:
    """Read a query such as ``issuer:市科技局 published:2023-01..2023-06 创新``.

    Raises Problem (exit code 2) for an unknown key or a date that cannot be read.
    """
    words: list[str] = []
    terms: list[tuple[str, str]] = []
    for match in _TERM.finditer(query):
        if match["key"] is None or match["key"].lower() in ("http", "https"):
            words.append(match["phrase"] if match["phrase"] is not None else match[0])
        else:
            terms.append((_known(match["key"].lower()), match["value"].strip('"')))
    filters = Filters(tuple(word for word in words if word), tuple(terms), limit)
    conditions(filters)
    return filters


def conditions(filters: Filters) -> list[Condition]:
    """SQL conditions on the current version of each document."""
    found = [_word(word) for word in filters.words]
    return found + [_TERMS[key](value) for key, value in filters.terms]


def _known(key: str) -> str:
    if key in _TERMS:
        return key
    allowed = " ".join(f"{name}:" for name in _TERMS)
    raise Problem(
        f"There is no filter {key}:",
        f"known are {allowed}",
        "Put quotation marks around text that contains a colon",
        exit_code=2,
    )


def _word(word: str) -> Condition:
    if "://" in word:
        return Resource.url.contains(word, autoescape=True)
    # A headline set in several lines keeps a blank where they join; nobody types it.
    title = func.replace(func.replace(_stored("title"), " ", ""), "\u3000", "")
    return title.contains("".join(word.split()), autoescape=True)


def _stored(name: str) -> ColumnElement[str]:
    column: ColumnElement[str] = Derivation.fields[name].as_string()
    return column


def _value(name: str) -> Callable[[str], Condition]:
    def condition(value: str) -> Condition:
        column = _stored(name)
        wanted = value.translate(_BRACKETS) if name == "doc_no" else value
        if "*" not in wanted:
            return column == wanted
        escaped = re.sub(r"([%_/])", r"/\1", wanted).replace("*", "%")
        return column.like(escaped, escape="/")

    return condition


def _dates(name: str) -> Callable[[str], Condition]:
    def condition(value: str) -> Condition:
        first, last = read_range(name, value)
        column = _stored(f"date_{name}")
        return column.between(
            first.isoformat() if first else "0000", last.isoformat() if last else "9999-12-31"
        )

    return condition


def _changed(value: str) -> Condition:
    first, last = read_range("changed", value)
    start = end_of_day(date.fromordinal(first.toordinal() - 1)) if first else 0
    condition: Condition = Version.created_at > start
    return condition & (Version.created_at <= end_of_day(last)) if last else condition


def _conflict(value: str) -> Condition:
    stored = cast(Derivation.conflicts, String)
    match value:
        case "yes" | "true" | "any":
            return stored != "[]"
        case "no" | "false" | "none":
            return stored == "[]"
        case _:
            return stored.contains(f'"{value}"', autoescape=True)


def _class(value: str) -> Condition:
    return Version.change_class == value


def read_range(key: str, value: str) -> tuple[date | None, date | None]:
    """The first and last day of ``2023``, ``2023-07``, ``2023-01..2023-06`` or half of a range."""
    left, dots, right = value.partition("..")
    first, last = _bounds(left), _bounds(right if dots else left)
    if (left and first is None) or (right and last is None) or not (left or right):
        raise Problem(
            f"{key}:{value} cannot be read",
            "it is no date or range of dates",
            f"Write it like {key}:2023-07 or {key}:2023-01..2023-06",
            exit_code=2,
        )
    return (first[0] if first else None), (last[1] if last else None)


def _bounds(text: str) -> tuple[date, date] | None:
    match = _PART.fullmatch(text)
    if match is None:
        return None
    year, month, day = (int(part) if part else 0 for part in match.groups())
    try:
        first = date(year, month or 1, day or 1)
        last_month = month or 12
        return first, date(year, last_month, day or calendar.monthrange(year, last_month)[1])
    except ValueError:
        return None


def _title(value: str) -> Condition:
    return _word(value) if "://" not in value else false()


_TERMS: dict[str, Callable[[str], Condition]] = {
    "seed": lambda value: Seed.id == value,
    **{name: _value(name) for name in _VALUE_FIELDS},
    "title": _title,
    **{name: _dates(name) for name in _DATE_FIELDS},
    "changed": _changed,
    "class": _class,
    "lifecycle": lambda value: lifecycle_expression() == value,
    "conflict": _conflict,
    "rights": lambda value: Seed.rights == value,
}
