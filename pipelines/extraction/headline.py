"""Which printed lines could be the headline: single ones, and stacks of lines in one heading."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from lxml.html import HtmlElement

from pipelines.extraction.byline import is_byline, is_dated
from pipelines.extraction.folding import plain, squeeze
from pipelines.extraction.furniture import is_crumbs, is_foot, is_furniture
from pipelines.extraction.numbers import find_doc_nos
from pipelines.extraction.pairs import split_pairs
from pipelines.extraction.text import HEADINGS, SEAM, Line, tidy

LONGEST = 160
_EDITION = re.compile(r"第.{1,6}版(?:[:：|·\s].{0,16})?$")
_SENTENCES = re.compile(r"[。；]")
_EMPTY_LABEL = re.compile(r"[\u3400-\u9fff]{2,5}[:：]")
_LOUD = frozenset(("b", "strong", "font", "big"))
_ADDRESS = re.compile(r"\bwww\.|https?://", re.IGNORECASE)
_DASHES = ("——", "--", "—", "––", "──")
_MOST_LINES = 4
_CROWD = 3


@dataclass(frozen=True, slots=True)
class Headline:
    """The lines of a headline among the printed lines: ``first`` to ``last`` (exclusive)."""

    text: str
    first: int
    last: int
    locator: str


def candidates(printed: Sequence[Line], end: int) -> Iterator[Headline]:
    """Every line before ``end`` that could be a headline, and every stack that begins with it."""
    for first in range(min(end, len(printed))):
        if not may_be_headline(printed[first]):
            continue
        stack = ""
        for last in range(first + 1, min(first + _MOST_LINES, len(printed)) + 1):
            line = printed[last - 1]
            if stack and not (may_stack(line) and _go_together(printed[first], line)):
                break
            text = _without_label(line)
            stack = f"{stack} {text}" if stack else text
            if len(stack) <= LONGEST:
                yield Headline(stack, first, last, path_of(printed[first].element))


def may_be_headline(line: Line) -> bool:
    """Whether a line could be (part of) a headline at all."""
    size = line.size
    if not 2 <= size <= LONGEST or (line.is_linked and line.element.tag not in HEADINGS):
        return False
    if line.row and " | " in line.text:
        return False
    if _EDITION.match(line.text) or is_furniture(line.text):
        return False
    if is_crumbs(line.text) or is_foot(line.text) or _ADDRESS.search(line.text):
        return False
    pairs = split_pairs(line.text)
    return not (pairs and squeeze(plain(line.text)).startswith(pairs[0].label))


def may_stack(line: Line) -> bool:
    """Whether a line could go on a headline; a number or a date of its own does not."""
    if not may_be_headline(line) or is_byline(line.apart) or is_dated(line.apart):
        return False
    if line.is_linked or _SENTENCES.search(line.text):
        return False
    numbers = find_doc_nos(line.text) if "号" in line.text else ()
    return not (numbers and numbers[0].end - numbers[0].start > line.size * 0.7)


def is_emphasised(element: HtmlElement) -> bool:
    """Whether a block is centred or printed bold or large."""
    around = element.getparent()
    if any(each is not None and _is_centred(each) for each in (element, around)):
        return True
    return any(child.tag in _LOUD for child in islice(element.iterdescendants(), 4))


def _is_centred(element: HtmlElement) -> bool:
    style = (element.get("style") or "").replace(" ", "")
    return element.tag == "center" or element.get("align") == "center" or "n:center" in style


def path_of(element: HtmlElement) -> str:
    """A block as a CSS-like path, with the block around it unless that holds much else."""
    parent = element.getparent()
    around = parent is not None and isinstance(parent.tag, str) and len(parent) <= _CROWD
    return f"{_name(element)} < {_name(parent)}" if around else _name(element)


def _name(element: HtmlElement) -> str:
    identity = f"#{element.get('id')}" if element.get("id") else ""
    classes = "".join(f".{name}" for name in (element.get("class") or "").split()[:2])
    return f"{element.tag}{identity}{classes}"


def _without_label(line: Line) -> str:
    """A line's text without an empty label at its end: ``某事开工 <span>原标题：</span>``."""
    parts = line.apart.split(SEAM)
    if len(parts) > 1 and _EMPTY_LABEL.fullmatch(parts[-1].strip()):
        return tidy("".join(parts[:-1]))
    return line.text


def _go_together(above: Line, below: Line) -> bool:
    if above.element is below.element:
        return True
    if below.element.tag in HEADINGS and squeeze(below.text).startswith(_DASHES):
        return False  # a subtitle in a heading of its own
    return above.element.getparent() is below.element.getparent()
