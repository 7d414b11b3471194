"""The terms of the filter grammar: what each accepts, and its condition in SQL."""

from __future__ import annotations

import calendar
import difflib
import re
from collections.abc import Callable, Sequence
from datetime import date

from sqlalchemy import ColumnElement, String, cast, false, func

from archive.bytewise import bytewise, contains, matches
from archive.clock import end_of_day
from archive.models import Derivation, Resource, Seed, Version
from archive.problems import Problem
from archive.queries.corrections import corrected_column
from archive.queries.rights import effective_rights
from archive.queries.witnesses import lifecycle_expression
from archive.records import FIELDS, ChangeClass, Lifecycle

RIGHTS = ("official", "press", "unknown")
"""What a document, or else its seed, can say of the rights in it."""

_IGNORED = (ChangeClass.FORMATTING, ChangeClass.NONE)
_CLASSES = tuple(str(name) for name in ChangeClass if name not in _IGNORED)
_YES, _NO = ("yes", "true", "any"), ("no", "false", "none")
_NUMBERS = ("doc_no", "index_no")
_NAMES = ("genre", "theme", "source", "author", "publisher")
_DATES = ("published", "written", "signed", "effective", "expiry")
_PART = re.compile(r"([12]\d{3})(?:-(\d{1,2})(?:-(\d{1,2}))?)?")
_BRACKETS = str.maketrans("[]［］()（）【】", "〔〕〔〕〔〕〔〕〔〕")

Condition = ColumnElement[bool]


def word(text: str) -> Condition:
    """Documents whose title contains a word; of an address, those whose address does."""
    if "://" in text:
        return contains(Resource.url, text)
    # A headline set in several lines keeps a blank where they join; nobody types it.
    title = func.replace(func.replace(_stored("title"), " ", ""), "\u3000", "")
    return contains(title, "".join(text.split()))


def read_range(key: str, value: str) -> tuple[date | None, date | None]:
    """The first and last day of ``2023``, ``2023-07``, ``2023-01..2023-06`` or half of a range."""
    left, dots, right = value.partition("..")
    first, last = _bounds(left), _bounds(right if dots else left)
    if (left and first is None) or (right and last is None) or not (left or right):
        why = "it is no date or range of dates"
        raise _unreadable(key, value, why, f"{key}:2023-07 or {key}:2023-01..2023-06")
    if first and last and first[0] > last[1]:
        raise _unreadable(key, value, "it ends before it begins", f"{key}:{right}..{left}")
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


def _stored(name: str) -> ColumnElement[str]:
    column: ColumnElement[str] = Derivation.fields[name].as_string()
    return corrected_column(name, column)


def _number(name: str) -> Callable[[str], Condition]:
    """A number is given whole; brackets of any width are the same."""

    def condition(value: str) -> Condition:
        wanted = value.translate(_BRACKETS) if name == "doc_no" else value
        return matches(_stored(name), wanted) if "*" in wanted else _stored(name) == wanted

    return condition


def _name(name: str) -> Callable[[str], Condition]:
    """A name is given by a part; with ``*`` it is given whole."""

    def condition(value: str) -> Condition:
        if "*" in value:
            return matches(_stored(name), value)
        return contains(_stored(name), value)

    return condition


def _dates(name: str) -> Callable[[str], Condition]:
    def condition(value: str) -> Condition:
        first, last = read_range(name, value)
        column = bytewise(_stored(f"date_{name}"))
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
    if value in _YES:
        return stored != "[]"
    if value in _NO:
        return stored == "[]"
    _require("conflict", value, ("yes", "no", *FIELDS))
    return contains(stored, f'"{value}"')


def _class(value: str) -> Condition:
    _require("class", value, _CLASSES)
    return Version.change_class == value


def _lifecycle(value: str) -> Condition:
    _require("lifecycle", value, tuple(map(str, Lifecycle)))
    return lifecycle_expression() == value


def _rights(value: str) -> Condition:
    _require("rights", value, RIGHTS)
    return effective_rights() == value


def _title(value: str) -> Condition:
    return word(value) if "://" not in value else false()


def _require(key: str, value: str, allowed: Sequence[str]) -> None:
    if value in allowed:
        return
    near = difflib.get_close_matches(value, allowed, n=1) or allowed[:1]
    raise _unreadable(key, value, f"allowed are {', '.join(allowed)}", f"{key}:{near[0]}")


def _unreadable(key: str, value: str, why: str, example: str) -> Problem:
    return Problem(f"{key}:{value} cannot be read", why, f"Write it like {example}", exit_code=2)


TERMS: dict[str, Callable[[str], Condition]] = {
    "seed": lambda value: Seed.id == value,
    "issuer": _name("issuer"),
    **{name: _number(name) for name in _NUMBERS},
    **{name: _name(name) for name in _NAMES},
    "title": _title,
    **{name: _dates(name) for name in _DATES},
    "changed": _changed,
    "class": _class,
    "lifecycle": _lifecycle,
    "conflict": _conflict,
    "rights": _rights,
}
"""Every key of the grammar with the maker of its condition, which raises Problem (exit code 2)."""
