"""Data tables as grids: every cell in its row and column, spans laid out."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from lxml.html import HtmlElement

from pipelines.extraction.data_rows import is_row

_NUMBER = re.compile(r"\s*(\d{1,6})")
_WIDEST = 200
_LEAST_ROWS = 2
_LONGEST_TITLE = 100


@dataclass(frozen=True, slots=True)
class Grid:
    """Where the cells of a table stand: ``places[cell]`` is ``(row, column)`` of its first corner.

    ``first`` is the row before which every row is a single cell: a title above the header.
    """

    places: dict[HtmlElement, tuple[int, int]]
    first: int

    def heads(self, cell: HtmlElement | None) -> bool:
        """Whether a cell stands above the header."""
        return cell in self.places and self.places[cell][0] < self.first


def grid_of(table: HtmlElement) -> Grid | None:
    """The grid of a table that holds data; None for one that lays out parts of a page."""
    rows = _rows(table)
    if rows is None or len(rows) < _LEAST_ROWS:
        return None
    wide = [row for row in rows if len(_cells(row)) > 1]
    data = sum(1 for row in wide if is_row(row))
    if data < _LEAST_ROWS or 2 * data < len(wide):
        return None
    sizes = [len(row.text_content()) for row in rows if len(_cells(row)) < 2]
    framed = sum(size for size in sizes if size > _LONGEST_TITLE)
    if framed > sum(len(row.text_content()) for row in wide):
        return None  # a frame around a text, with some rows above it
    return _laid_out(rows)


def _rows(table: HtmlElement) -> list[HtmlElement] | None:
    """The table's own rows; None when it holds another table."""
    rows: list[HtmlElement] = []
    for element in table.iterdescendants("table", "tr"):
        if element.tag == "table":
            return None
        rows.append(element)
    return rows


def _cells(row: HtmlElement) -> list[HtmlElement]:
    return [cell for cell in row if cell.tag in ("td", "th")]


def _laid_out(rows: Sequence[HtmlElement]) -> Grid | None:
    """Every cell at its place, as browsers find it: to the right of what spans from above."""
    places: dict[HtmlElement, tuple[int, int]] = {}
    taken: dict[int, int] = {}
    for at, row in enumerate(rows):
        column = 0
        for cell in _cells(row):
            while taken.get(column, 0) > at:
                column += 1
            places[cell] = (at, column)
            end = column + min(_span(cell, "colspan"), _WIDEST)
            below = at + (_span(cell, "rowspan") or len(rows))
            taken.update(dict.fromkeys(range(column, end), below))
            column = end
            if column > _WIDEST:
                return None
    first = next(at for at, row in enumerate(rows) if len(_cells(row)) > 1)
    return Grid(places, first)


def _span(cell: HtmlElement, name: str) -> int:
    """How many columns or rows a cell takes; 0 rows are all that are left."""
    given = _NUMBER.match(cell.get(name) or "")
    number = int(given[1]) if given else 1
    return number if name == "rowspan" else max(1, number)
