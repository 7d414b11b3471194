"""Numbers that belong to a person: identity cards (GB 11643-1999) and bank accounts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from functools import cache

from pipelines.extraction.contact_labels import CELL, spaced
from pipelines.extraction.contact_people import person_at
from pipelines.extraction.vocabulary import words

Span = tuple[int, int]

_NUMBER = re.compile(r"(?<![0-9A-Za-z])[1-8]\d{16}[\dXx](?![0-9A-Za-z])")
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS = "10X98765432"
_NO_PERSON = re.compile(r"(?:代码|编号|索引号?|信用|账号|帐号)[^\n]{0,6}\Z")
_AROUND = 120


def is_identity(number: str) -> bool:
    """Whether 18 characters are the number of an identity card: a birthday and a right check."""
    try:
        born = date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return False
    total = sum(int(digit) * weight for digit, weight in zip(number, _WEIGHTS, strict=False))
    return 1900 <= born.year <= 2100 and _CHECKS[total % 11] == number[-1].upper()


def find_identities(folded: str) -> Iterator[Span]:
    """Numbers labelled as those of identity cards, and those whose check is right."""
    yield from (match.span("number") for match in _labelled().finditer(folded))
    for match in _NUMBER.finditer(folded):
        before = folded[max(0, match.start() - 14) : match.start()]
        if is_identity(match.group()) and not _NO_PERSON.search(before):
            yield match.span()


def find_accounts(folded: str) -> Iterator[Span]:
    """Accounts whose holder is named beside them and is a person; those of organs are none."""
    for match in _account().finditer(folded):
        first = max(0, match.start() - _AROUND)
        for holder in _holder().finditer(folded, first, min(len(folded), match.end() + _AROUND)):
            if person_at(folded, holder.end()):
                yield match.span("number")
                break


@cache
def _labelled() -> re.Pattern[str]:
    named = spaced(words("contacts", "identity_labels"))
    return re.compile(
        rf"(?:{named})(?:\s?\([^()\n]{{1,10}}\))?\s{{0,4}}(?::|为|{CELL}|(?=\d))\s{{0,3}}"
        r"(?P<number>\d{17}[\dXx]|\d{15})(?![0-9A-Za-z])"
    )


@cache
def _account() -> re.Pattern[str]:
    named = spaced(words("contacts", "account_labels"))
    return re.compile(
        rf"(?:{named})\s{{0,4}}(?::|{CELL})\s{{0,3}}"
        r"(?P<number>\d{3,6}(?:[ -]?\d{1,6}){1,6})(?!\d)"
    )


@cache
def _holder() -> re.Pattern[str]:
    named = spaced(words("contacts", "account_holders"))
    return re.compile(rf"(?:{named})\s{{0,4}}(?::|{CELL})\s{{0,3}}")
