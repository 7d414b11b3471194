"""What a reader would see of a page, found in one pass without building a tree.

The guard looks at every page before it is parsed, so this must be cheap and linear on any input:
it stops as soon as it has seen enough, and at markup that never closes.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

_HIDDEN = re.compile(r"<(script|style|template|textarea|title|noscript)\b", re.IGNORECASE)
_TITLE = re.compile(r"<title[^>]{0,200}>([^<]{0,300})", re.IGNORECASE)
_BREAK = re.compile(r"</?(?:p|div|br|li|tr|td|h\d|ul|table|section|article)\b", re.IGNORECASE)


def title_of(source: str) -> str:
    """The page's ``<title>``, entities resolved, blanks collapsed; empty when it has none."""
    found = _TITLE.search(source)
    return " ".join(html.unescape(found.group(1)).split()) if found else ""


def visible_blocks(source: str, enough: int) -> tuple[str, ...]:
    """The text of the page block by block, until ``enough`` characters were seen."""
    blocks: list[str] = []
    current: list[str] = []
    seen = 0
    for piece, breaks in _pieces(source):
        if breaks and current:
            blocks.append(" ".join("".join(current).split()))
            current = []
        current.append(html.unescape(piece))
        seen += len(piece.strip())
        if seen >= enough:
            break
    blocks.append(" ".join("".join(current).split()))
    return tuple(block for block in blocks if block)


def _pieces(source: str) -> Iterator[tuple[str, bool]]:
    """Runs of text between tags, each with whether the tag before it begins a new block."""
    place, breaks = 0, False
    while place < len(source):
        opens = source.find("<", place)
        yield source[place : opens if opens >= 0 else len(source)], breaks
        if opens < 0:
            return
        breaks = _BREAK.match(source, opens) is not None
        place = _after_tag(source, opens)
        if place < 0:
            return


def _after_tag(source: str, opens: int) -> int:
    """Where the markup that opens here is over, hidden content included; -1 if it never is."""
    if source.startswith("<!--", opens):
        closes = source.find("-->", opens + 4)
        return closes + 3 if closes >= 0 else -1
    hidden = _HIDDEN.match(source, opens)
    if hidden:
        end = re.compile(rf"</{hidden.group(1)}", re.IGNORECASE).search(source, hidden.end())
        if end is None:
            return -1
        opens = end.start()
    closes = source.find(">", opens)
    return closes + 1 if closes >= 0 else -1
