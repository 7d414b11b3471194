"""PPTX: the text of the slides in their order."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml import etree

from pipelines.extraction.files.formats import Format
from pipelines.extraction.files.packages import open_document, read_member
from pipelines.extraction.files.rows import row_line
from pipelines.extraction.files.trees import parse_xml

_MAIN = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_P, _T, _BR, _TR, _TC = (_MAIN + name for name in ("p", "t", "br", "tr", "tc"))
_SLIDE = re.compile(r"ppt/slides/slide(\d{1,6})\.xml")


def read(body: bytes, found: Format, until: float) -> Iterator[str]:
    """The lines of a presentation. Unread: broken, encrypted, too large, or with entities."""
    with open_document(body, ("ppt/slides/",)) as package:
        numbered = [
            (int(match[1]), name)
            for name in package.namelist()
            if (match := _SLIDE.fullmatch(name))
        ]
        for _, name in sorted(numbered):
            yield from _lines(parse_xml(read_member(package, name)))


def _lines(element: etree._Element) -> Iterator[str]:
    for child in element:
        if child.tag == _TR:
            yield row_line(" ".join(_lines(cell)) for cell in child.iter(_TC))
        elif child.tag == _P:
            text = "".join("\n" if e.tag == _BR else e.text or "" for e in child.iter(_T, _BR))
            yield from (line for line in text.split("\n") if line.strip())
        else:
            yield from _lines(child)
