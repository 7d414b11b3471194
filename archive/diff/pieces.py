"""The difference of two texts as pieces: equal, deleted, inserted."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby

from rapidfuzz.distance import Indel

from archive.diff.tokens import lines, sentences, stretches, words

_LEVELS: tuple[Callable[[str], list[str]], ...] = (lines, sentences, stretches, words)

# Indel keeps one bit per pair of units: this bounds its table to 50 MB. Beyond it the result is
# coarser, never wrong.
_LARGEST_TABLE = 400_000_000
_ISLAND = 2


class PieceKind(StrEnum):
    """What became of a stretch of text."""

    EQUAL = "equal"
    INSERT = "insert"
    DELETE = "delete"


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text of one kind."""

    kind: PieceKind
    text: str


def diff(old: str, new: str) -> tuple[Piece, ...]:
    """Pieces from old to new, neighbours of different kind, deletions before insertions.

    Equal and deleted pieces joined give ``old``, equal and inserted ones ``new``. Lines are
    matched first, then sentences and stretches, words last: large texts stay fast.
    """
    return tuple(_tidy(_without_islands(_tidy(_compare(old, new, 0)))))


def _compare(old: str, new: str, level: int) -> Iterator[Piece]:
    if old == new:
        yield Piece(PieceKind.EQUAL, old)
    elif not old or not new or level == len(_LEVELS):
        yield from _replaced(old, new)
    else:
        yield from _compare_units(_LEVELS[level](old), _LEVELS[level](new), level)


def _compare_units(old: Sequence[str], new: Sequence[str], level: int) -> Iterator[Piece]:
    if len(old) * len(new) > _LARGEST_TABLE:
        yield from _replaced("".join(old), "".join(new))
        return
    at_old = at_new = 0
    for old_start, old_end, new_start, new_end in _equal_runs(old, new):
        yield from _compare(
            "".join(old[at_old:old_start]), "".join(new[at_new:new_start]), level + 1
        )
        yield Piece(PieceKind.EQUAL, "".join(old[old_start:old_end]))
        at_old, at_new = old_end, new_end
    yield from _compare("".join(old[at_old:]), "".join(new[at_new:]), level + 1)


def _equal_runs(old: Sequence[str], new: Sequence[str]) -> Iterator[tuple[int, int, int, int]]:
    # rapidfuzz compares other sequences by hash; numbers of our own cannot collide.
    numbers: dict[str, int] = {}
    left = [numbers.setdefault(unit, len(numbers)) for unit in old]
    right = [numbers.setdefault(unit, len(numbers)) for unit in new]
    for step in Indel.opcodes(left, right):
        if step.tag == "equal":
            yield step.src_start, step.src_end, step.dest_start, step.dest_end


def _replaced(old: str, new: str) -> Iterator[Piece]:
    yield Piece(PieceKind.DELETE, old)
    yield Piece(PieceKind.INSERT, new)


def _tidy(pieces: Iterable[Piece]) -> Iterator[Piece]:
    """Merge neighbours, and put all that a change deletes before all that it inserts."""
    for is_equal, run in groupby(pieces, lambda piece: piece.kind is PieceKind.EQUAL):
        parts = list(run)
        kinds = (PieceKind.EQUAL,) if is_equal else (PieceKind.DELETE, PieceKind.INSERT)
        for kind in kinds:
            text = "".join(part.text for part in parts if part.kind is kind)
            if text:
                yield Piece(kind, text)


def _without_islands(pieces: Iterable[Piece]) -> Iterator[Piece]:
    """Give up equal stretches of a character or two between changes; they only tear words."""
    row = list(pieces)
    for index, piece in enumerate(row):
        if _is_island(row, index):
            yield from _replaced(piece.text, piece.text)
        else:
            yield piece


def _is_island(row: Sequence[Piece], index: int) -> bool:
    text = row[index].text
    if row[index].kind is not PieceKind.EQUAL or len(text) > _ISLAND or "\n" in text:
        return False
    before, after = _run_length(row, index, -1), _run_length(row, index, 1)
    return min(before, after) > len(text)


def _run_length(row: Sequence[Piece], index: int, step: int) -> int:
    """The longer side of the change next to an equal piece; 0 at either end of the text."""
    longest, at = 0, index + step
    while 0 <= at < len(row) and row[at].kind is not PieceKind.EQUAL:
        longest = max(longest, len(row[at].text))
        at += step
    return longest
