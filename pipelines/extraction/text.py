"""The text of a tree as lines: what a browser would print, without any change of characters.

Inline nodes are joined with the empty string, white space is folded as HTML does it, and a line
break between two Chinese characters is dropped (CSS Text Level 3, segment break rules). A table
row with several cells is one line, its cells joined by `` | ``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from lxml import etree
from lxml.html import HtmlElement

from pipelines.extraction.data_rows import is_row
from pipelines.extraction.remembered import remembered

_BLOCKS_NAMES = (
    "address article aside blockquote body caption center dd details dialog dir div dl dt "
    "fieldset figcaption figure footer form h1 h2 h3 h4 h5 h6 header hr html legend li main "
    "menu nav ol p pre section summary table tbody td tfoot th thead tr ul ucapcontent "
    "ucaptitle"
)
BLOCKS = frozenset(_BLOCKS_NAMES.split())
_SKIPPED_NAMES = (
    "applet audio button canvas datalist embed frame frameset head iframe map math noscript "
    "object option script select style svg template textarea title video"
)
SKIPPED = frozenset(_SKIPPED_NAMES.split())
HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
_CJK = "\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef\u3000-\u303f\u2018-\u201d"
_SEGMENT_BREAK = re.compile(rf"(?<=[{_CJK}])[ \t]*[\r\n][ \t\r\n]*(?=[{_CJK}])")
_UNEVEN = re.compile(r"[\t\r\n\f\v]|  ")
_SPACES = re.compile(r"[ \t\r\n\f\v]+")
EDGE = " \t\r\n\f\v\u00a0\u3000\u2002\u2003\u2009\u200b\u200c\u200d\u2060\ufeff\u00ad"
_HIDDEN = re.compile(r"display\s*:\s*none", re.IGNORECASE)
_BLANK = re.compile(r"[\s\u200b-\u200d\ufeff\u00ad]+")
_LONGEST_PARTED = 240
_SHORTEST_LINK = 4
_ORNAMENT = 0.15
_BESIDE_LINK = re.compile(
    r"[\[(（]?\d{2,4}[-/.年]\d{1,2}(?:[-/.月]\d{1,2})?日?[\])）]?|[|·•●■▪◆>»-]"
)
SEAM = "\u2060"
"""Marks in :attr:`Line.parted` where one inline node ends; folding takes it for a space."""


@dataclass(frozen=True, slots=True)
class Line:
    """One printed line. ``element`` is the innermost block, ``linked`` its characters in links.

    ``parted`` is the text with a :data:`SEAM` between inline nodes (short lines only), because
    ``<b>来源：甲报</b><i>字体</i>`` prints no other sign of where the value ends.
    """

    text: str
    element: HtmlElement
    linked: int = 0
    row: bool = False
    parted: str = ""

    @property
    def apart(self) -> str:
        """The text with its inline nodes told apart, as far as that is known."""
        return self.parted or self.text

    @property
    def size(self) -> int:
        """Characters without white space."""
        return _size(self.text)

    @property
    def is_linked(self) -> bool:
        """Whether a line leads elsewhere: most of it is a link, or all but a date and a dot."""
        size = self.size
        if self.linked > size / 2:
            return True
        if self.linked < _SHORTEST_LINK:
            return False
        rest = len(_BLANK.sub("", _BESIDE_LINK.sub("", self.text))) - self.linked
        return rest <= size * _ORNAMENT


@remembered
def _size(text: str) -> int:
    return len(_BLANK.sub("", text))


def tidy(text: str) -> str:
    """White space folded and trimmed the way HTML prints it; characters stay as they are."""
    if _UNEVEN.search(text):
        text = _SPACES.sub(" ", _SEGMENT_BREAK.sub("", text))
    return text.strip(EDGE)


def text_of(root: HtmlElement) -> str:
    """All lines of a subtree, joined by spaces: for labels, titles and cells."""
    return " ".join(line.text for line in lines(root))


def join_lines(printed: Iterable[Line]) -> str:
    """The lines as one text, paragraphs on lines of their own."""
    return "\n".join(line.text for line in printed)


def is_hidden(element: HtmlElement) -> bool:
    """Whether the page itself hides an element from its readers."""
    style = element.get("style")
    return (style is not None and bool(_HIDDEN.search(style))) or element.get("hidden") is not None


def lines(root: HtmlElement, *, hidden: bool = False) -> list[Line]:
    """The printed lines below an element, in page order. ``hidden`` adds what is not displayed."""
    writer = Writer(root)
    walk(writer, root, hidden=hidden)
    return writer.lines


def walk(writer: Writer, root: HtmlElement, *, hidden: bool = False) -> None:
    """Lead a writer through what is printed below an element."""
    events = etree.iterwalk(root, events=("start", "end", "comment", "pi"))
    for event, element in events:
        if event == "start":
            if element.tag in SKIPPED or (not hidden and is_hidden(element)):
                writer.skipped = element
                events.skip_subtree()
                continue
            writer.open(element)
            continue
        if event == "end" and element is not writer.skipped:
            writer.close(element)
        if element.tail and element is not root:
            writer.write(element.tail)
    writer.flush()


class Writer:
    """Collects text pieces into lines while the tree is walked: :func:`walk` leads it."""

    def __init__(self, root: HtmlElement) -> None:
        self.lines: list[Line] = []
        self.skipped: HtmlElement | None = None
        self._blocks: list[HtmlElement] = [root]
        self._pieces: list[str] = []
        self._linked = 0
        self._links = 0
        self._row: HtmlElement | None = None
        self._cells: list[str] = []
        self._kept_breaks = 0

    def open(self, element: HtmlElement) -> None:
        """An element begins: a block begins a line."""
        tag = element.tag
        if tag == "a":
            self._links += 1
        elif tag == "br":
            self.flush()
        elif tag in BLOCKS or "-" in tag:
            self.flush()
            self._blocks.append(element)
            self._kept_breaks += tag == "pre"
            if tag == "tr" and self._row is None and is_row(element):
                self._row = element
        if element.text:
            self.write(element.text)

    def close(self, element: HtmlElement) -> None:
        """An element ends, and with a block its line."""
        tag = element.tag
        if tag == "a":
            self._links -= 1
        elif tag in BLOCKS or "-" in tag:
            if element is self._row:
                self._close_row(element)
            elif self._row is not None and tag in ("td", "th"):
                self._close_cell()
            else:
                self.flush()
            self._kept_breaks -= tag == "pre"
            self._blocks.pop()

    def write(self, text: str) -> None:
        """Characters between two tags."""
        if self._kept_breaks and "\n" in text:
            for piece in text.splitlines():
                self._add(piece)
                self.flush()
            return
        self._add(text)

    def _add(self, text: str) -> None:
        self._pieces.append(text)
        if self._links:
            self._linked += len(_BLANK.sub("", text))

    def flush(self) -> None:
        """The line ends, if there is one."""
        if self._row is not None:
            self._pieces.append(" ")
            return
        text = tidy("".join(self._pieces))
        if text:
            parted = text
            if len(self._pieces) > 1 and len(text) <= _LONGEST_PARTED:
                parted = tidy(SEAM.join(self._pieces))
            self.lines.append(Line(text, self._blocks[-1], self._linked, parted=parted))
        self._pieces.clear()
        self._linked = 0

    def _close_cell(self) -> None:
        text = tidy("".join(self._pieces))
        self._pieces.clear()
        if text:
            self._cells.append(text)

    def _close_row(self, element: HtmlElement) -> None:
        self._close_cell()
        self._row = None
        if self._cells:
            text = " | ".join(self._cells)
            self.lines.append(Line(text, element, self._linked, row=True, parted=text))
        self._cells = []
        self._linked = 0


def ancestors(element: HtmlElement, root: HtmlElement | None = None) -> Iterator[HtmlElement]:
    """The element itself and everything around it, up to and including ``root``."""
    while element is not None:
        yield element
        if element is root:
            return
        element = element.getparent()
