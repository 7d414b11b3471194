"""Rows of tables that hold data, told from those that lay out a page."""

from __future__ import annotations

import re

from lxml.html import HtmlElement

_BLANK = re.compile(r"[\s\u200b-\u200d\ufeff\u00ad]+")
_LONGEST_CELL = 300
_LONGEST_OF_PARTS = 150
_PARAGRAPHS = 4
_STRUCTURE = ("table", "ul", "dl", "h1", "h2", "h3")


def is_row(row: HtmlElement) -> bool:
    """Whether a ``tr`` holds data: two cells or more, none of which lays out a part of the page."""
    cells = [cell for cell in row if cell.tag in ("td", "th")]
    if len(cells) < 2 or any(row.find(f".//{tag}") is not None for tag in _STRUCTURE):
        return False
    return not any(_is_text(cell) for cell in cells)


def _is_text(cell: HtmlElement) -> bool:
    """Whether a cell holds a text of its own, by its length or by its paragraphs."""
    size = len(_BLANK.sub("", cell.text_content()))
    parted = size > _LONGEST_OF_PARTS and sum(1 for _ in cell.iter("p", "br")) >= _PARAGRAPHS
    return parted or size > _LONGEST_CELL
