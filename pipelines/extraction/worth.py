"""How much each line of a page speaks for a text, or for the frame around it.

What reads like a page's foot or a button weighs heavily against the box it stands in, as long as
that box holds little else. Inside a text the same words are a sentence of the document: a notice
names its organisers, a competition forbids copies of its entries.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence

from lxml.html import HtmlElement

from pipelines.extraction.anchor import links_file
from pipelines.extraction.byline import opens_event
from pipelines.extraction.folding import squeeze
from pipelines.extraction.furniture import closes_page, is_crumbs, is_foot, is_furniture
from pipelines.extraction.pairs import is_label
from pipelines.extraction.text import HEADINGS, Line

_STOPS = re.compile("[，。；：、！？,;!?]|[.](?=\\s)")
_SENTENCE = re.compile("[。！？；;!?\n]")
_FRAME = -30.0
_FILE = 8.0
_SHORT_LINE = 1.5
_SHORTEST_SENTENCE = 12
_CONTACT = re.compile(r"(?:联系)?(?:地址|邮编|邮政编码|电话|传真|邮箱|邮件):")
_OF_SITE = re.compile(
    r"(?:主管|主办|承办|协办|维护|技术支持|版权|地址|邮编|邮政编码|电话|联系电话|传真|邮箱|备案|"
    r"本[网站]|网站|建议|浏览器|关于我们|联系我们)"
)
_FEW = 3
"""Lines of its own from which a box without any full sentence holds a text."""

Seen = dict[str, HtmlElement | None]
"""Sentences met so far, with the element around the block where each stood first."""


def worths(printed: Sequence[Line], framed: frozenset[int]) -> list[float]:
    """For every line how much it speaks for the text (positive) or the frame (negative).

    ``framed`` are the places of lines known to stand outside of a text, such as a date line.
    """
    seen: Seen = {}
    found = [_FRAME if at in framed else line_worth(line, seen) for at, line in enumerate(printed)]
    for at in _within_texts(printed, found, framed):
        found[at] = 0.0 if closes_page(printed[at].text) else _SHORT_LINE
    return found


def line_worth(line: Line, seen: Seen) -> float:
    """How much a line by itself speaks for the text (positive) or the frame (negative) around it.

    Sentences seen before count nothing, so that a copy for phones does not pull in its parent.
    """
    flat = squeeze(line.text)
    size = len(flat)
    if not size:
        return 0.0
    if reads_framed(line):
        return _FRAME
    if line.element.tag in HEADINGS and size < 60:
        return 0.0
    if line.is_linked:
        if links_file(line):
            return _FILE
        return -min(size, 30) * (0.5 if line.row else 1.0)
    fresh = _fresh(line, seen)
    if line.row:
        return min(fresh, 120) * 0.6
    if size >= 15 and _STOPS.search(line.text) and not _CONTACT.match(flat):
        return float(fresh)
    return min(fresh, 20) * 0.15


def reads_framed(line: Line) -> bool:
    """Whether a line by itself reads like a foot, a trail or another part of the frame."""
    return is_foot(line.text) or is_crumbs(line.text) or is_furniture(line.text)


def _within_texts(
    printed: Sequence[Line], found: Sequence[float], framed: frozenset[int]
) -> list[int]:
    """The places of lines that read like the frame, behind lines of a text in the same box."""
    on_one = Counter(line.element for line in printed)
    boxes: dict[HtmlElement | None, list[int]] = defaultdict(list)
    for at, line in enumerate(printed):
        several = on_one[line.element] > 1
        boxes[line.element if several else line.element.getparent()].append(at)
    places: list[int] = []
    for inside in boxes.values():
        doubtful = [at for at in inside if found[at] == _FRAME]
        if doubtful:
            own = [at for at in inside if at not in framed and _is_own(printed[at])]
            if _is_text(printed, own, doubtful):
                places += [at for at in doubtful if _follows(printed, own, at, at in framed)]
    return places


def _follows(printed: Sequence[Line], own: Sequence[int], at: int, framed: bool) -> bool:
    """Whether a line stands behind a text's own lines; for a date line these must be clear ones.

    A header often stands in the box of its text: 时间 is a date line's label there, and one of an
    announcement's items behind 主讲人.
    """
    if printed[at].is_linked or at < own[0]:
        return False
    before = [printed[each].text for each in own if each < at]
    return not framed or any(text.endswith("。") or opens_event(text) for text in before)


def _is_own(line: Line) -> bool:
    """Whether a line may be a document's: no heading, link or label, nothing feet say of a site."""
    if line.is_linked or line.element.tag in HEADINGS or is_label(line.text):
        return False
    if _OF_SITE.match(squeeze(line.text)):
        return False
    if is_crumbs(line.text) or (is_furniture(line.text) and not is_foot(line.text)):
        return False
    return not closes_page(line.text)


def _is_text(printed: Sequence[Line], own: Sequence[int], doubtful: Sequence[int]) -> bool:
    """Whether the own lines of a box make a text that outweighs what reads like the frame."""
    sentences = any(printed[at].text.rstrip().endswith("。") for at in own)
    if len(own) < (2 if sentences else _FEW):
        return False
    other = [at for at in doubtful if at not in own]
    return len(own) > len(other) or (
        sum(printed[at].size for at in own) > sum(printed[at].size for at in other)
    )


def _fresh(line: Line, seen: Seen) -> int:
    """Characters in sentences that did not occur before, unless beside the first time."""
    fresh, around = 0, line.element.getparent()
    for sentence in _SENTENCE.split(line.text):
        flat = squeeze(sentence)
        if len(flat) >= _SHORTEST_SENTENCE and seen.setdefault(flat, around) is not around:
            continue
        fresh += len(flat)
    return fresh
