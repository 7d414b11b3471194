"""A difference laid out by paragraph: changed ones with their neighbours, the rest counted."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from archive.diff.pieces import Piece, PieceKind

ParagraphKind = Literal["equal", "changed", "inserted", "deleted"]

GUTTER: dict[ParagraphKind, str] = {"equal": " ", "changed": "~", "inserted": "+", "deleted": "-"}
_MARKS = {
    PieceKind.EQUAL: "{}",
    PieceKind.DELETE: "[-{}-]",
    PieceKind.INSERT: "{{+{}+}}",
}


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One line of either text, as pieces without the line end."""

    pieces: tuple[Piece, ...]

    @property
    def kind(self) -> ParagraphKind:
        """Changed inside, or whole of one kind."""
        kinds = {piece.kind for piece in self.pieces}
        if kinds == {PieceKind.INSERT}:
            return "inserted"
        if kinds == {PieceKind.DELETE}:
            return "deleted"
        return "changed" if kinds - {PieceKind.EQUAL} else "equal"


@dataclass(frozen=True, slots=True)
class Hunk:
    """Neighbouring paragraphs that are shown, after ``skipped`` equal ones that are not."""

    skipped: int
    paragraphs: tuple[Paragraph, ...]


def hunks(pieces: Iterable[Piece], context: int = 1) -> tuple[Hunk, ...]:
    """The changed paragraphs with ``context`` equal ones on either side; none when all is equal."""
    row = [paragraph for paragraph in _paragraphs(pieces) if paragraph.pieces]
    shown = _shown(row, context)
    result: list[Hunk] = []
    last = -1
    for index in shown:
        if not result or index != last + 1:
            result.append(Hunk(index - last - 1, ()))
        hunk = result[-1]
        result[-1] = Hunk(hunk.skipped, (*hunk.paragraphs, row[index]))
        last = index
    return tuple(result)


def abridged(paragraph: Paragraph, keep: int = 30) -> Paragraph:
    """The same paragraph for a quick look: long equal stretches become ``…`` away from changes."""
    last = len(paragraph.pieces) - 1
    return Paragraph(
        tuple(
            Piece(piece.kind, _shortened(piece.text, keep, left=index > 0, right=index < last))
            if piece.kind is PieceKind.EQUAL
            else piece
            for index, piece in enumerate(paragraph.pieces)
        )
    )


def _shortened(text: str, keep: int, *, left: bool, right: bool) -> str:
    """The ends of an equal stretch that touch a change; its beginning when none does."""
    head = keep if left or not right else 0
    tail = keep if right else 0
    if len(text) <= head + tail + 1:
        return text
    return text[:head] + "…" + text[len(text) - tail :]


def plain(laid_out: Iterable[Hunk]) -> str:
    """The hunks without colour: ``[-deleted-]`` and ``{+inserted+}`` inside changed paragraphs."""
    parts: list[str] = []
    for hunk in laid_out:
        if hunk.skipped:
            parts.append(f"… {hunk.skipped}")
        parts.extend(_plain_line(paragraph) for paragraph in hunk.paragraphs)
    return "\n".join(parts)


def _plain_line(paragraph: Paragraph) -> str:
    marked = (_MARKS[p.kind].format(p.text) for p in paragraph.pieces)
    whole = "".join(p.text for p in paragraph.pieces)
    return f"{GUTTER[paragraph.kind]} {''.join(marked) if paragraph.kind == 'changed' else whole}"


def _shown(row: Sequence[Paragraph], context: int) -> list[int]:
    near: set[int] = set()
    for index, paragraph in enumerate(row):
        if paragraph.kind != "equal":
            near.update(range(max(0, index - context), min(len(row), index + context + 1)))
    return sorted(near)


def _paragraphs(pieces: Iterable[Piece]) -> Iterator[Paragraph]:
    current: list[Piece] = []
    for piece in pieces:
        for number, part in enumerate(piece.text.split("\n")):
            if number:
                yield Paragraph(tuple(current))
                current = []
            if part:
                current.append(Piece(piece.kind, part))
    yield Paragraph(tuple(current))
