"""Kept lines as Markdown blocks: headings, lists, tables and paragraphs in page order."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

from lxml.html import HtmlElement

from pipelines.extraction.structure.grid import Grid, grid_of
from pipelines.extraction.structure.inline import Images, guard_end, guard_start, inline
from pipelines.extraction.structure.lists import Lists
from pipelines.extraction.structure.printed import Printed
from pipelines.extraction.structure.tables import table_block
from pipelines.extraction.text import HEADINGS, ancestors

_OUTLINE = (
    (2, re.compile(r"[一二三四五六七八九十]{1,3}、|第[一二三四五六七八九十百]{1,4}章")),
    (3, re.compile(r"[(（][一二三四五六七八九十]{1,3}[)）]|第[一二三四五六七八九十百]{1,4}节")),
    (4, re.compile(r"\d{1,2}[.．、](?!\d)")),
)
"""The levels of the official outline (GB/T 9704), for lines that the page sets apart in bold."""

_STOPS = re.compile("[。；;！？!?]")
_LONGEST_HEADING = 150
_LONGEST_OUTLINE = 60


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a block stands: its list items from the outside in, its heading, table and cell."""

    items: tuple[HtmlElement, ...]
    heading: HtmlElement | None
    table: HtmlElement | None
    cell: HtmlElement | None


def to_markdown(root: HtmlElement, document: Sequence[Printed], images: Images) -> str:
    """The Markdown of what a document shows, in page order.

    A rendered text has the characters of the lines, no others; names of images aside.
    """
    places = _Places(root)
    lists = Lists()
    for _, run in groupby(document, places.together):
        group = list(run)
        place = places.of(group[0].block)
        grid = places.grid(group[0])
        if grid is not None and place.table is not None:
            lists.put(table_block(grid, group, images), places.of(place.table).items, closed=True)
        elif place.heading is not None:
            lists.put(_heading(group, int(place.heading.tag[1]), images), place.items)
        else:
            for each in group:
                lists.put(_paragraph(each, images), place.items)
    return lists.text


class _Places:
    """Looks up where blocks stand, each block and each table once."""

    def __init__(self, root: HtmlElement) -> None:
        self._root = root
        self._known: dict[HtmlElement, _Place] = {}
        self._grids: dict[HtmlElement, Grid | None] = {}

    def of(self, block: HtmlElement) -> _Place:
        """The place of a block inside the region."""
        place = self._known.get(block)
        if place is None:
            place = self._known[block] = self._find(block)
        return place

    def grid(self, each: Printed) -> Grid | None:
        """The grid that shows a line; None outside of data tables, and for titles above one."""
        place = self.of(each.block)
        if place.table is None:
            return None
        if place.table not in self._grids:
            self._grids[place.table] = grid_of(place.table)
        grid = self._grids[place.table]
        if grid is None or (not each.cells and place.cell not in grid.places):
            return None
        return None if not each.cells and grid.heads(place.cell) else grid

    def together(self, each: Printed) -> HtmlElement | tuple[HtmlElement, ...] | None:
        """What a line shares with the next one of the same block: a table, a heading, items."""
        place = self.of(each.block)
        if self.grid(each) is not None:
            return place.table
        return place.heading if place.heading is not None else place.items

    def _find(self, block: HtmlElement) -> _Place:
        items: list[HtmlElement] = []
        heading = table = cell = None
        for around in ancestors(block, self._root):
            tag = around.tag
            if tag == "li" and around is not self._root:
                items.append(around)
            elif tag in HEADINGS and heading is None and table is None:
                heading = around
            elif tag in ("td", "th") and cell is None and table is None:
                cell = around
            elif tag == "table" and table is None:
                table = around
            if around is self._root:
                break
        else:
            return _Place((), None, None, None)  # an image beside the region
        return _Place(tuple(reversed(items)), heading, table, cell)


def _heading(group: Iterable[Printed], level: int, images: Images) -> str:
    """A heading of the page; what is much longer than headings are is none."""
    lines = [_line(each, images, bold=False) for each in group]
    content = guard_end(" ".join(filter(None, lines)))
    return f"{'#' * level} {content}" if len(content) <= _LONGEST_HEADING else guard_start(content)


def _paragraph(each: Printed, images: Images) -> str:
    level = _outline_level(each)
    if level is not None:
        return f"{'#' * level} {guard_end(_line(each, images, bold=False))}"
    return guard_start(_line(each, images))


def _line(each: Printed, images: Images, *, bold: bool = True) -> str:
    if each.cells:
        cells = (inline(text, pieces, images) for text, pieces in each.columns)
        return " | ".join(filter(None, cells))
    return inline(each.text, each.pieces, images, bold=bold)


def _outline_level(each: Printed) -> int | None:
    """The level of a line that is numbered as the official outline is and bold as a whole."""
    text = each.text
    if not text or len(text) > _LONGEST_OUTLINE or _STOPS.search(text[:-1]) or each.cells:
        return None
    if not all(piece.bold for piece in each.pieces if piece.text.strip()):
        return None
    return next((level for level, form in _OUTLINE if form.match(text)), None)
