"""The filter grammar of ``docs``: ``field:value`` terms, date ranges and words of the title."""

from __future__ import annotations

import re
from dataclasses import dataclass

from archive.characters import storable
from archive.problems import Problem
from archive.queries.terms import TERMS, Condition, word

_TERM = re.compile(
    r'(?P<empty>[A-Za-z_]+):(?:""|"?(?=\s|$))'
    r'|(?P<key>[A-Za-z_]+):(?P<value>"[^"]*"|\S+)|"(?P<phrase>[^"]*)"|(?P<word>\S+)'
)


@dataclass(frozen=True, slots=True)
class Filters:
    """What documents to list: words that the title contains, and terms ``(key, value)``."""

    words: tuple[str, ...] = ()
    terms: tuple[tuple[str, str], ...] = ()
    limit: int | None = None


def parse_filters(query: str, *, limit: int | None = None) -> Filters:
    """Read a query such as ``issuer:科技局 published:2023-01..2023-06 创新``.

    Numbers are given whole, names by a part; ``*`` stands for anything, and ties a name to its
    ends. Raises Problem (exit code 2) for an unknown key and for a value that it cannot have.
    """
    query = storable(query)
    words: list[str] = []
    terms: list[tuple[str, str]] = []
    for match in _TERM.finditer(query):
        if match["empty"] is not None:
            raise _valueless(_known(match["empty"].lower()))
        if match["key"] is None or match["key"].lower() in ("http", "https"):
            words.append(match["phrase"] if match["phrase"] is not None else match[0])
        else:
            terms.append((_known(match["key"].lower()), match["value"].strip('"')))
    filters = Filters(tuple(word for word in words if word), tuple(terms), limit)
    conditions(filters)
    return filters


def conditions(filters: Filters) -> list[Condition]:
    """SQL conditions on the current version of each document."""
    return [*map(word, filters.words), *(TERMS[key](value) for key, value in filters.terms)]


def _known(key: str) -> str:
    if key in TERMS:
        return key
    allowed = " ".join(f"{name}:" for name in TERMS)
    raise Problem(
        f"There is no filter {key}",
        f"known are {allowed}",
        "Put quotation marks around text that contains a colon",
        exit_code=2,
    )


def _valueless(key: str) -> Problem:
    return Problem(
        f"The filter {key} has no value",
        "nothing follows its colon",
        f"Write the value right behind it: {key}:…",
        exit_code=2,
    )
