"""The difference of two texts as pieces: equal, deleted, inserted."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import chain, groupby, pairwise
from math import isqrt
from zlib import crc32

from rapidfuzz.distance import Indel

from archive.diff.tokens import lines, sentences, words

_LEVELS: tuple[Callable[[str], list[str]], ...] = (lines, sentences, words)

# Indel keeps one bit per pair of units: this bounds its table to 50 MB.
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
    matched first, then sentences, words last, so that large texts stay fast.
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
        yield from _compare_blocks(old, new, level)
        return
    at_old = at_new = 0
    for old_start, old_end, new_start, new_end in _equal_runs(old, new):
        yield from _compare(
            "".join(old[at_old:old_start]), "".join(new[at_new:new_start]), level + 1
        )
        yield Piece(PieceKind.EQUAL, "".join(old[old_start:old_end]))
        at_old, at_new = old_end, new_end
    yield from _compare("".join(old[at_old:]), "".join(new[at_new:]), level + 1)


def _compare_blocks(old: Sequence[str], new: Sequence[str], level: int) -> Iterator[Piece]:
    """Match blocks of units first; what is left between them is smaller, or given up as whole."""
    size = isqrt(len(old) * len(new) // _LARGEST_TABLE) + 2
    left, right = _blocks(old, size), _blocks(new, size)
    at_old = at_new = 0
    ends = (len(left), len(left), len(right), len(right))
    for old_start, old_end, new_start, new_end in (*_equal_runs(left, right), ends):
        gap_old = [unit for block in left[at_old:old_start] for unit in block]
        gap_new = [unit for block in right[at_new:new_start] for unit in block]
        if len(gap_old) * len(gap_new) > _LARGEST_TABLE:
            yield from _replaced("".join(gap_old), "".join(gap_new))
        else:
            yield from _compare_units(gap_old, gap_new, level)
        yield Piece(PieceKind.EQUAL, "".join(chain.from_iterable(left[old_start:old_end])))
        at_old, at_new = old_end, new_end


def _blocks(units: Sequence[str], size: int) -> list[tuple[str, ...]]:
    """Units in blocks of about ``size``, cut where their content says so: edits stay local."""
    cuts = [at for at, unit in enumerate(units, 1) if _checksum(unit) % size == 0]
    bounds = (0, *cuts, len(units))
    return [tuple(units[start:end]) for start, end in pairwise(bounds) if start < end]


def _checksum(unit: str) -> int:
    return crc32(unit.encode("utf-8", "surrogatepass"))


def _equal_runs(
    old: Sequence[Hashable], new: Sequence[Hashable]
) -> Iterator[tuple[int, int, int, int]]:
    # rapidfuzz compares other sequences by hash; numbers of our own cannot collide.
    numbers: dict[Hashable, int] = {}
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
    filled = (piece for piece in pieces if piece.text)
    for is_equal, run in groupby(filled, lambda piece: piece.kind is PieceKind.EQUAL):
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
