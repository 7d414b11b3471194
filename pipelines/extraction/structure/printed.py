"""What a region prints, with its markup: the same lines as ``text.lines``, cut where it changes."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from lxml.html import HtmlElement

from pipelines.extraction.attachments import address_of
from pipelines.extraction.text import Line, Writer, tidy, walk

_BOLD = frozenset(("b", "strong"))
_WEIGHT = re.compile(r"font(?:-weight)?\s*:[^;]*?\b(bold(?:er)?|normal|lighter|[1-9]00)\b", re.I)
_LIGHT = frozenset(("normal", "lighter", "100", "200", "300", "400", "500"))


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of characters in one markup; or, without characters, an image or a line break.

    ``link`` is the absolute address of the file that the run leads to.
    """

    text: str = ""
    bold: bool = False
    link: str | None = None
    image: HtmlElement | None = None
    breaks: bool = False

    def is_plain(self, *, bold: bool = True) -> bool:
        """Whether this is nothing but text; ``bold`` tells whether bold print is told apart."""
        marked = (self.bold and bold) or self.link is not None
        return not (marked or self.image is not None or self.breaks)

    def continues(self, other: Piece) -> bool:
        """Whether this run is in the same markup as the one before it."""
        plain = self.image is None and other.image is None and not (self.breaks or other.breaks)
        return plain and (self.bold, self.link) == (other.bold, other.link)


@dataclass(frozen=True, slots=True)
class Printed:
    """One printed line with its pieces; ``line`` is None where nothing but images stands.

    ``cells`` are those of a table row, empty ones included, and ``pieces`` then all of theirs.
    ``block`` is the innermost block.
    """

    block: HtmlElement
    line: Line | None
    pieces: tuple[Piece, ...]
    cells: tuple[tuple[HtmlElement, tuple[Piece, ...]], ...] = ()

    @property
    def text(self) -> str:
        """The line's text, exactly as ``text.lines`` prints it."""
        return self.line.text if self.line is not None else ""

    @property
    def columns(self) -> list[tuple[str, tuple[Piece, ...]]]:
        """The cells of a row, each with its text as the line prints it."""
        return [
            (tidy("".join(" " if piece.breaks else piece.text for piece in pieces)), pieces)
            for _, pieces in self.cells
        ]


def read(root: HtmlElement, link: Callable[[str], str], *, hidden: bool = False) -> list[Printed]:
    """Everything printed below an element, in page order. ``link`` makes addresses absolute."""
    writer = _Marked(root, link)
    walk(writer, root, hidden=hidden)
    return writer.printed


class _Marked(Writer):
    """Collects lines as its base does, and beside each its pieces."""

    def __init__(self, root: HtmlElement, link: Callable[[str], str]) -> None:
        super().__init__(root)
        self.printed: list[Printed] = []
        self._link = link
        self._runs: list[Piece] = []
        self._row_cells: list[tuple[HtmlElement, tuple[Piece, ...]]] = []
        self._bold = False
        self._target: str | None = None
        self._outer: list[tuple[HtmlElement, bool, str | None]] = []

    def open(self, element: HtmlElement) -> None:
        if element.tag == "img":
            self._runs.append(Piece(link=self._target, image=element))
        self._enter(element)
        super().open(element)

    def close(self, element: HtmlElement) -> None:
        super().close(element)
        if self._outer and self._outer[-1][0] is element:
            _, self._bold, self._target = self._outer.pop()

    def flush(self) -> None:
        inside = self._row is not None
        if not self._runs and not inside:
            return
        known = len(self.lines)
        super().flush()
        if inside:
            self._runs.append(Piece(breaks=True))
            return
        self._keep(known, self._blocks[-1], merged(self._runs))
        self._runs = []

    def _add(self, text: str) -> None:
        super()._add(text)
        self._runs.append(Piece(text, self._bold, self._target))

    def _close_cell(self) -> None:
        super()._close_cell()
        self._row_cells.append((self._blocks[-1], merged(self._runs)))
        self._runs = []

    def _close_row(self, element: HtmlElement) -> None:
        known = len(self.lines)
        super()._close_row(element)
        cells = tuple(self._row_cells)
        pieces = tuple(piece for _, cell in cells for piece in (*cell, Piece(breaks=True)))
        self._keep(known, element, pieces, cells)
        self._row_cells = []

    def _keep(
        self,
        known: int,
        block: HtmlElement,
        pieces: tuple[Piece, ...],
        cells: tuple[tuple[HtmlElement, tuple[Piece, ...]], ...] = (),
    ) -> None:
        line = self.lines[-1] if len(self.lines) > known else None
        if line is not None or any(piece.image is not None for piece in pieces):
            self.printed.append(Printed(block, line, pieces, cells))

    def _enter(self, element: HtmlElement) -> None:
        """Note what the markup of an element changes, until it closes."""
        bold, target = self._bold, self._target
        if element.tag in _BOLD:
            bold = True
        if "font" in (style := element.get("style") or ""):
            weight = _WEIGHT.search(style)
            bold = bold if weight is None else weight[1].lower() not in _LIGHT
        if element.tag == "a":
            address = address_of(element)
            target = self._link(address) if address is not None else None
        if (bold, target) != (self._bold, self._target):
            self._outer.append((element, self._bold, self._target))
            self._bold, self._target = bold, target


def merged(runs: Sequence[Piece]) -> tuple[Piece, ...]:
    """Neighbouring runs in the same markup as one."""
    if len(runs) == 1:
        return (runs[0],)
    found: list[list[Piece]] = []
    for run in runs:
        if found and run.continues(found[-1][0]):
            found[-1].append(run)
        else:
            found.append([run])
    return tuple(
        group[0] if len(group) == 1 else replace(group[0], text="".join(p.text for p in group))
        for group in found
    )
