"""A data table as a GitHub table."""

from __future__ import annotations

from collections.abc import Iterable

from lxml.html import HtmlElement

from pipelines.extraction.structure.grid import Grid
from pipelines.extraction.structure.inline import Images, cell
from pipelines.extraction.structure.printed import Printed
from pipelines.extraction.text import ancestors


def table_block(grid: Grid, group: Iterable[Printed], images: Images) -> str:
    """The lines of one data table as a GitHub table; its first row becomes the header.

    A cell that spans several columns or rows is printed once, in its first corner, and leaves the
    other places empty. Rows and columns of which nothing is printed are left out.
    """
    filled: dict[tuple[int, int], str] = {}
    for each in group:
        for place, content in _contents(grid, each, images):
            if content:
                held = filled.get(place)
                filled[place] = f"{held}<br>{content}" if held else content
    rows = sorted({row for row, _ in filled})
    columns = sorted({column for _, column in filled})
    lines = [_row(filled.get((row, column), "") for column in columns) for row in rows]
    return "\n".join((*lines[:1], _row("---" for _ in columns), *lines[1:])) if lines else ""


def _contents(grid: Grid, each: Printed, images: Images) -> Iterable[tuple[tuple[int, int], str]]:
    """The places of a line's cells with their Markdown; stray text of a row goes to its last."""
    if not each.cells:
        around = next(one for one in ancestors(each.block) if one in grid.places)
        yield grid.places[around], cell(each.pieces, images)
        return
    last = grid.places[_last_cell(each)]
    for element, pieces in each.cells:
        yield grid.places.get(element, last), cell(pieces, images)


def _last_cell(each: Printed) -> HtmlElement:
    return [one for one in each.block if one.tag in ("td", "th")][-1]


def _row(cells: Iterable[str]) -> str:
    return "| " + " | ".join(cells) + " |"
