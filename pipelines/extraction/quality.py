"""Is the text of a page what the page says? Empty, cut and navigation-only texts are noticed here.

What was noticed is mended where another way of reading gives a text, and told in any case: flags
stand among the conflicts, their reasons begin with ``extraction_suspect``.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import trafilatura

from archive.records import Conflict
from pipelines.extraction.attachments import is_attachment
from pipelines.extraction.body import body_lines
from pipelines.extraction.declared import Head
from pipelines.extraction.folding import squeeze
from pipelines.extraction.furniture import ends_article, is_crumbs, is_foot, is_furniture
from pipelines.extraction.headline import Headline
from pipelines.extraction.layout import Layout
from pipelines.extraction.region import lines_beside, region_of, scored_region
from pipelines.extraction.site_names import declared_titles
from pipelines.extraction.text import Line, ancestors
from pipelines.extraction.vocabulary import fields_of_label

SUSPECT = "extraction_suspect"
_ENOUGH = 60
"""Characters of sentences from which a page has a text of its own to give."""
_SENTENCE = 15
_MOST_LINES = 20_000
_LINKED = 0.6
_IN_ONE_LINK = 3
_EMBEDDED = ("img", "iframe", "embed", "object", "video", "form")
_OPEN_END = re.compile(r"[，、：；（《“,:;(-]\Z")
_CLOSERS_OF_ITEMS = re.compile(
    r"(?:(?<=[\s；。，：、|])|\A)[\dA-Za-z一二三四五六七八九十①-⑳]{1,3}[)）]", re.M
)
_PAIRS = (("“", "”"), ("《", "》"), ("（(", "）)"), ("【", "】"), ("「", "」"))
_GARBLED = re.compile("[\u00c0-\u00ff][\u0080-\u00bf\u0152-\u017e\u2018-\u2022\u20ac\u2122]")
_MOST_GARBLED = 5
_LABEL = re.compile(
    r"\s*[\[【〔]?\s*([^\s:：\]】〕][^:：\]】〕]{0,9}?)\s*(?:[\]】〕]\s*[:：]?|[:：])"
)
_RECORD = frozenset(
    ("index_no", "doc_no", "theme", "genre", "date_published", "date_written", "validity", "views")
)
_EDGE = 4


@dataclass(frozen=True, slots=True)
class Probed:
    """The lines of the document, the layout they were found in, and what made them suspect."""

    layout: Layout
    kept: list[Line]
    flags: tuple[Conflict, ...] = ()


def probe(
    layout: Layout, kept: list[Line], headline: Headline | None, head: Head, titled: Sequence[str]
) -> Probed:
    """The text of a page, read another way when this one gave none although the page has one.

    Ways: the region by scoring, what trafilatura keeps of the whole page, every printed sentence.
    A page that shows files, pictures or a form instead of a text has none rightly.
    """
    trouble = _trouble(layout, kept, headline)
    if trouble is None:
        return Probed(layout, kept)
    for way, read in _ways(headline, head, titled):
        found, lines = read(layout)
        if _prose(lines) >= _ENOUGH:
            return Probed(found, lines, (_flag("text", trouble, f"read by {way}"),))
    return Probed(layout, kept, (_flag("text", trouble),) if kept else ())


def flags_of(text: str, fields: Mapping[str, str | None], head: Head) -> Iterator[Conflict]:
    """Signs in a text and its title that something was lost, garbled, or let in."""
    for opening, closing in _PAIRS:
        body = _CLOSERS_OF_ITEMS.sub("", text) if ")" in closing else text
        opened, closed = (sum(map(body.count, marks)) for marks in (opening, closing))
        if closed <= opened <= closed + _continued(body, opening):
            continue
        yield _flag("text", "marks do not pair", f"{opening[0]} {opened}", f"{closing[0]} {closed}")
    lost = text.count("\ufffd")
    if lost:
        yield _flag("text", f"{lost} characters could not be decoded")
    if len(_GARBLED.findall(text)) > _MOST_GARBLED:
        yield _flag("text", "the page itself was saved garbled")
    if "enpproperty" in text:
        yield _flag("text", "data of the page stands in the text", "enpproperty")
    labels = _labels(text)
    if len(labels) > 1:
        yield _flag("text", "labels of the record stand in the text", *labels)
    title = squeeze(fields.get("title") or "")
    if title and title in head.names:
        yield _flag("title", "the title is the name of the site or column", title)


def _continued(text: str, opening: str) -> int:
    """Paragraphs that open again a quotation which the one before did not close."""
    lines = text.split("\n")
    return sum(
        line.startswith(opening[0]) and "”" not in before[-2:]
        for before, line in pairwise(lines)
        if opening == "“"
    )


def _flag(field: str, why: str, *values: str) -> Conflict:
    return Conflict((field,), values, f"{SUSPECT}: {why}")


def _labels(text: str) -> list[str]:
    """Labels of an official record at the edges of a text."""
    lines = text.split("\n")
    edges = lines if len(lines) <= 2 * _EDGE else lines[:_EDGE] + lines[-_EDGE:]
    found = (_LABEL.match(line) for line in edges)
    names = [each.group(1) for each in found if each]
    return [name for name in names if _RECORD & set(fields_of_label(name)[:1])]


def _trouble(layout: Layout, kept: Sequence[Line], headline: Headline | None) -> str | None:
    """What is wrong with a text, as far as lines tell; None for one that may be right."""
    if len(layout.printed) > _MOST_LINES:
        return None
    if not kept:
        below = _below(layout, headline)
        return "the text is empty" if _has_text(layout, below) else None
    size = sum(line.size for line in kept)
    linked = sum(line.size for line in kept if line.is_linked and not _is_file(line))
    if linked > _LINKED * size and not _prose(kept):
        below = _below(layout, headline)
        return "the text is navigation" if _prose(below) >= _ENOUGH else None
    return "the text is cut" if _is_cut(layout, kept) else None


def _has_text(layout: Layout, below: Sequence[Line]) -> bool:
    """Whether a page without text prints sentences, and nothing that stands for a text."""
    if _prose(below) < _ENOUGH:
        return False
    around = layout.region.element
    shows = any(around.find(f".//{tag}") is not None for tag in _EMBEDDED)
    return not shows and not any(is_attachment(link) for link in layout.tree.iter("a"))


def _is_cut(layout: Layout, kept: Sequence[Line]) -> bool:
    """Whether a text breaks off inside a sentence, or sentences beside its region are left out."""
    behind = lines_beside(layout.region, layout.printed)
    if any(_is_prose(line) and line.text.endswith("。") for line in behind):
        return True
    last, stop = kept[-1], layout.region.last
    if last is not layout.region.lines[-1] or not _OPEN_END.search(last.text) or last.row:
        return False
    return stop < len(layout.printed) and _is_prose(layout.printed[stop])


def _is_prose(line: Line) -> bool:
    if line.size < _SENTENCE or not re.search("[，。；]", line.text):
        return False
    frame = is_foot(line.text) or is_crumbs(line.text) or is_furniture(line.text)
    return not frame and not line.is_linked


def _prose(lines: Sequence[Line]) -> int:
    """Characters of sentences in some lines; a page needs a full stop to have any."""
    prose = [line for line in _unlinked(lines) if _is_prose(line)]
    return sum(line.size for line in prose) if any("。" in line.text for line in prose) else 0


def _unlinked(lines: Sequence[Line]) -> list[Line]:
    """The lines, with links that swallowed several of them (``<a>`` never closed) taken off."""
    swallowed: dict[object, int] = {}
    links: list[object | None] = []
    for line in lines:
        link = next((each for each in ancestors(line.element) if each.tag == "a"), None)
        links.append(link if line.linked else None)
        if line.linked and link is not None:
            swallowed[link] = swallowed.get(link, 0) + 1
    return [
        replace(line, linked=0) if link is not None and swallowed[link] >= _IN_ONE_LINK else line
        for line, link in zip(lines, links, strict=True)
    ]


def _is_file(line: Line) -> bool:
    return any(is_attachment(link) for link in line.element.iter("a"))


def _below(layout: Layout, headline: Headline | None) -> list[Line]:
    """The lines below the headline, up to what closes an article, without its record."""
    start = headline.last if headline else 0
    below: list[Line] = []
    for at in range(start, len(layout.printed)):
        line = layout.printed[at]
        if ends_article(line.text) and below:
            break
        if at not in layout.official:
            below.append(line)
    return below


Way = tuple[str, Callable[[Layout], tuple[Layout, list[Line]]]]


def _ways(headline: Headline | None, head: Head, titled: Sequence[str]) -> tuple[Way, ...]:
    def by_scoring(layout: Layout) -> tuple[Layout, list[Line]]:
        if layout.region.hook is None:
            return layout, []
        found = scored_region(layout.tree, layout.printed, layout.official, declared_titles(head))
        scored = replace(layout, region=found)
        return scored, body_lines(found, headline, layout.official, layout.printed, titled)

    def by_trafilatura(layout: Layout) -> tuple[Layout, list[Line]]:
        page = copy.deepcopy(layout.tree)
        text = trafilatura.extract(
            page, fast=True, favor_recall=True, include_comments=False, with_metadata=False
        )
        judged = squeeze(text or "").replace("|", "")
        below = _below(layout, headline)
        lines = [line for line in below if squeeze(line.text).replace("|", "") in judged]
        return _around(layout, lines), lines

    def as_printed(layout: Layout) -> tuple[Layout, list[Line]]:
        lines = [line for line in _unlinked(_below(layout, headline)) if not line.is_linked]
        framed = (is_foot, is_crumbs, is_furniture)
        kept = [line for line in lines if not any(each(line.text) for each in framed)]
        return _around(layout, kept), kept

    return (
        ("scoring", by_scoring),
        ("trafilatura on the whole page", by_trafilatura),
        ("taking all that is printed", as_printed),
    )


def _around(layout: Layout, lines: Sequence[Line]) -> Layout:
    """The layout with the box around some lines as its region: files beside them are theirs."""
    if not lines:
        return layout
    boxes = list(ancestors(lines[0].element))
    for line in lines[1:]:
        above = set(ancestors(line.element))
        boxes = [box for box in boxes if box in above]
    return replace(layout, region=region_of(boxes[0], layout.printed))
