"""Contact data in the columns of a table, whose first row names them: 单位 | 联系人 | 联系电话."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from archive.records import ContactKind
from pipelines.extraction.contact_labels import is_label_cell
from pipelines.extraction.contact_people import person_at
from pipelines.extraction.phones import CLEAR, LABELLED
from pipelines.extraction.postal import is_address
from pipelines.extraction.vocabulary import words

Span = tuple[int, int]

_LINE = re.compile(r"[^\n]+")
_CELL = re.compile(r"[^\n|\s](?:(?!\s\|\s)[^\n])*")
_DIGITS = re.compile(r"\d{2}")
_LONGEST_LABEL = 16
_PEOPLE = ("联系人", "联络人", "联络员", "经办人", "承办人")


@dataclass(frozen=True, slots=True)
class _Columns:
    people: frozenset[int]
    phones: frozenset[int]
    addresses: frozenset[int]
    width: int


def in_columns(folded: str) -> Iterator[tuple[ContactKind, Span]]:
    """What stands below the labels of a table's first row, in rows of the same width."""
    columns: _Columns | None = None
    for line in _LINE.finditer(folded):
        if " | " not in line.group():
            columns = None
            continue
        cells = [each.span() for each in _CELL.finditer(folded, *line.span())]
        head = _columns([folded[start:end] for start, end in cells])
        if head is not None:
            columns = head
        elif columns is not None:
            yield from _row(folded, cells, columns)


def _columns(cells: Sequence[str]) -> _Columns | None:
    """The columns that a row names, when all it holds is short and without figures."""
    bare = ["".join(cell.split()) for cell in cells]
    if len(bare) < 2 or any(len(cell) > _LONGEST_LABEL or _DIGITS.search(cell) for cell in bare):
        return None
    labels = [at for at, cell in enumerate(bare) if is_label_cell(cell)]
    if not labels or any(at + 1 < len(bare) and _fills(bare[at + 1]) for at in labels):
        return None
    people = frozenset(at for at in labels if any(word in bare[at] for word in _PEOPLE))
    phones = frozenset(at for at in labels if bare[at].endswith(words("contacts", "phone_labels")))
    places = frozenset(
        at
        for at in labels
        if bare[at].endswith(words("contacts", "address_labels"))
        and not bare[at][:-2].endswith(words("contacts", "address_prefixes_never"))
    )
    return _Columns(people, phones, places, len(bare)) if people or phones or places else None


def _fills(cell: str) -> bool:
    """Whether a cell is a value, so that its row states a pair and names no columns."""
    named = person_at(cell, 0)
    return named is not None and named == (0, len(cell)) and not is_label_cell(cell)


def _row(
    folded: str, cells: Sequence[Span], columns: _Columns
) -> Iterator[tuple[ContactKind, Span]]:
    aligned = len(cells) == columns.width
    for at, (start, end) in enumerate(cells):
        if columns.phones:
            known = LABELLED if aligned and at in columns.phones else CLEAR
            for number in known.finditer(folded, start, end):
                yield ContactKind.PHONE, number.span()
        if aligned and at in columns.people:
            yield from ((ContactKind.PERSON, span) for span in _names(folded, start, end))
        if aligned and at in columns.addresses and is_address(folded[start:end]):
            yield ContactKind.ADDRESS, (start, end)


def _names(folded: str, start: int, end: int) -> Iterator[Span]:
    at = start
    while at < end:
        named = person_at(folded, at)
        if named and named[1] <= end:
            yield named
            at = named[1]
        else:
            at += 1
            while at < end and "\u3400" <= folded[at - 1] <= "\u9fff" and folded[at] > "\u3400":
                at += 1
