"""DOCX: paragraphs and tables in the order of the document, by python-docx.

Its own lists of paragraphs leave out what stands in content controls and what was inserted while
changes were tracked, so the body is walked here.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

import docx
from docx.oxml.ns import qn

from pipelines.extraction.files.formats import Format
from pipelines.extraction.files.packages import open_document
from pipelines.extraction.files.rows import row_line

_PARSED = ("word/document", "word/styles", "word/numbering", "[Content_Types]", "_rels/")
_P, _TBL, _TR, _TC = qn("w:p"), qn("w:tbl"), qn("w:tr"), qn("w:tc")
_T, _TAB = qn("w:t"), qn("w:tab")
_BREAKS = (qn("w:br"), qn("w:cr"))
# What was deleted, what a field computes from, what stands twice for older readers, tab stops.
_SKIPPED = frozenset(
    {qn("w:del"), qn("w:moveFrom"), qn("w:instrText"), qn("w:pPr"), qn("w:rPr")}
    | {"{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"}
)


def read(body: bytes, found: Format, until: float) -> Iterator[str]:
    """The lines of a DOCX. Unread: broken, encrypted, too large, or with entities of its own."""
    open_document(body, _PARSED).close()
    document = docx.Document(io.BytesIO(body))
    yield from _blocks(document.element.body)


def _blocks(parent: Any) -> Iterator[str]:
    """The lines of everything below an element that holds blocks: a body, a cell, a control."""
    for child in parent:
        if child.tag == _P:
            yield from _paragraph(child)
        elif child.tag == _TBL:
            yield from _table(child)
        elif isinstance(child.tag, str) and child.tag not in _SKIPPED:
            yield from _blocks(child)


def _paragraph(paragraph: Any) -> Iterator[str]:
    pieces: list[str] = []
    boxes: list[Any] = []
    _collect(paragraph, pieces, boxes)
    yield from (line for line in "".join(pieces).split("\n") if line.strip())
    for box in boxes:
        yield from _blocks(box)


def _collect(element: Any, pieces: list[str], boxes: list[Any]) -> None:
    """The text of inline elements; text boxes hold blocks and are read after their paragraph."""
    for child in element:
        tag = child.tag
        if tag == _T:
            pieces.append(child.text or "")
        elif tag == _TAB:
            pieces.append("\t")
        elif tag in _BREAKS:
            pieces.append("\n")
        elif tag == qn("w:txbxContent"):
            boxes.append(child)
        elif isinstance(tag, str) and tag not in _SKIPPED:
            _collect(child, pieces, boxes)


def _table(table: Any) -> Iterator[str]:
    for row in _descend(table, _TR):
        cells = [list(_blocks(cell)) for cell in _descend(row, _TC)]
        filled = [lines for lines in cells if lines]
        if len(filled) == 1:
            # A frame around a text, not a row of data.
            yield from filled[0]
        elif filled:
            yield row_line(" ".join(lines) for lines in filled)


def _descend(element: Any, tag: str) -> Iterator[Any]:
    """The nearest elements of a tag: rows and cells may be wrapped into content controls."""
    for child in element:
        if child.tag == tag:
            yield child
        elif child.tag not in (_TBL, _P) and isinstance(child.tag, str):
            yield from _descend(child, tag)
