"""Numbers and dates that a change touched: what readers of official texts look for first."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Literal

from archive.diff.pieces import Piece, PieceKind
from archive.diff.tokens import DATE, NUMBER
from archive.versioning.folding import normalise

_FIGURE = re.compile(rf"(?P<date>{DATE})|(?P<number>{NUMBER})")
_CONTEXT = 10

FigureKind = Literal["date", "number"]


@dataclass(frozen=True, slots=True)
class Figure:
    """One number or date that changed, came or went; ``before`` is the text leading up to it."""

    kind: FigureKind
    old: str | None
    new: str | None
    before: str


def changed_figures(pieces: Sequence[Piece]) -> tuple[Figure, ...]:
    """The changed figures of a difference, in reading order."""
    found: list[Figure] = []
    before = deleted = inserted = ""
    for piece in (*pieces, Piece(PieceKind.EQUAL, "")):
        if piece.kind is PieceKind.DELETE:
            deleted = piece.text
        elif piece.kind is PieceKind.INSERT:
            inserted = piece.text
        else:
            found.extend(_changes(deleted, inserted, before))
            before, deleted, inserted = _tail(piece.text), "", ""
    return tuple(found)


def _changes(deleted: str, inserted: str, before: str) -> Iterator[Figure]:
    kinds: tuple[FigureKind, ...] = ("date", "number")
    for kind in kinds:
        for old, new in zip_longest(_figures(deleted, kind), _figures(inserted, kind)):
            if old is None or new is None or normalise(old) != normalise(new):
                yield Figure(kind, old, new, before)


def _figures(text: str, kind: FigureKind) -> list[str]:
    return [match[kind] for match in _FIGURE.finditer(text) if match[kind]]


def _tail(text: str) -> str:
    last_line = text.rsplit("\n", 1)[-1]
    return last_line[-_CONTEXT:]
