"""Links that a page sets to its policy or its interpretation: 相关解读, 解读文件, 政策原文."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from lxml.html import HtmlElement

from archive.records import Relation
from pipelines.extraction.folding import fold, squeeze
from pipelines.extraction.page import Page
from pipelines.extraction.text import tidy

_TO_INTERPRETATION = re.compile(
    r"[▌■●◆|【\[]*(?:(?:相关|关联|配套|延伸|文件)(?:政策|文件)?解读|(?:政策)?解读(?:文章|稿件|链接|材料))[:>»】\]]*\Z"
)
_TO_POLICY = re.compile(
    r"[▌■●◆|【\[]*(?:(?:相关|关联|被解读|所解读|解读)的?(?:政策|文件)(?:文件|原文)?|(?:政策|文件)原文(?:链接)?|"
    r"原文件?链接)[:>»】\]]*\Z"
)
_INTERPRETS = re.compile(r"解读|图解|读懂|问答|答记者问|图说|新闻发布会")
_LINK = re.compile(r"(?:https?:)?/|\.{0,2}/|[\w-]+[./]", re.ASCII)
_LONGEST_LABEL = 16
_SHORTEST_TITLE = 8
_MOST_LINKS = 8
_LEVELS = 3
_HEADINGS = ("h1", "h2", "h3", "h4")


@dataclass(frozen=True, slots=True)
class _Order:
    """The elements of a tree by their place in it, of which labels ask again and again.

    ``ends`` has the last place inside of each element; ``links`` and ``headings`` are places.
    """

    elements: list[HtmlElement]
    places: Mapping[HtmlElement, int]
    ends: list[int]
    links: list[int]
    headings: list[int]


def related_links(page: Page, title: str | None) -> tuple[Relation, ...]:
    """What links under such a label say: an interpretation's policy, a policy's interpretations.

    ``interprets`` on a page whose title says that it interprets, ``interpreted_by`` on others.
    """
    explains = bool(title and _INTERPRETS.search(fold(title)))
    kind = "interprets" if explains else "interpreted_by"
    wanted = _TO_POLICY if explains else _TO_INTERPRETATION
    found: dict[str, Relation] = {}
    itself = squeeze(title or "")
    for link in _labelled_links(page.tree, wanted):
        url = page.link(link.get("href") or "")
        name = tidy(link.get("title") or link.text_content())
        flat = squeeze(name)
        if url and flat != itself and len(flat) >= _SHORTEST_TITLE:
            found.setdefault(url, Relation(kind, title=_bare(name), url=url))
        if len(found) == _MOST_LINKS:
            break
    return tuple(found.values())


def cited_addresses(region: HtmlElement, page: Page) -> Mapping[str, str]:
    """The addresses to which a text links the titles it cites, by title without white space."""
    found: dict[str, str] = {}
    for link in region.iter("a"):
        name = squeeze(link.text_content() or "")
        url = page.link(link.get("href") or "") if len(name) >= _SHORTEST_TITLE else None
        if url and _LINK.match(link.get("href") or ""):
            found.setdefault(_bare(name), url)
    return found


def _bare(name: str) -> str:
    flat = "".join(name.split())
    whole = re.fullmatch(r"[^《》]{0,3}《([^《》]+(?:《[^《》]+》[^《》]*)*)》[^《》]{0,3}", flat)
    return whole.group(1) if whole else flat


def _labels(tree: HtmlElement, wanted: re.Pattern[str]) -> Iterator[HtmlElement]:
    for element in tree.iter():
        text = element.text if isinstance(element.tag, str) else None
        if not text or not text.strip() or element.tag in ("script", "style", "title", "option"):
            continue
        short = squeeze(text) if len(text) <= 4 * _LONGEST_LABEL else ""
        # A label that leads elsewhere itself is an entry of the site's menu.
        if 0 < len(short) <= _LONGEST_LABEL and wanted.match(short) and not _leads(element):
            yield element


def _leads(element: HtmlElement) -> bool:
    return element.tag == "a" or any(each.tag == "a" for each in element.iterancestors())


def _labelled_links(tree: HtmlElement, wanted: re.Pattern[str]) -> Iterator[HtmlElement]:
    """The links below all labels, each once however many labels it stands below."""
    order, given = None, set[int]()
    for label in _labels(tree, wanted):
        order = order or _ordered(tree)
        for place in _links_below(order, label):
            if place not in given:
                given.add(place)
                yield order.elements[place]


def _ordered(tree: HtmlElement) -> _Order:
    elements = [*tree.iter()]
    places = {element: place for place, element in enumerate(elements)}
    ends = [*range(len(elements))]
    for place in range(len(elements) - 1, 0, -1):
        above = places[elements[place].getparent()]
        ends[above] = max(ends[above], ends[place])
    links = [at for at, each in enumerate(elements) if each.tag == "a" and each.get("href")]
    headings = [at for at, each in enumerate(elements) if each.tag in _HEADINGS]
    return _Order(elements, places, ends, links, headings)


def _links_below(order: _Order, label: HtmlElement) -> list[int]:
    """The places of the links behind a label in the smallest box around it that has any."""
    box, at = label, order.places[label]
    first = bisect_right(order.links, at)
    for _ in range(_LEVELS):
        box = box.getparent()
        if box is None or box.tag in ("body", "html") or first == len(order.links):
            return []
        end = order.ends[order.places[box]]
        if order.links[first] <= end:
            return _until_heading(order, first, end)
    return []


def _until_heading(order: _Order, first: int, end: int) -> list[int]:
    """The links from one on, as far as the next heading behind it and the end of a box."""
    links = order.links[first : first + _MOST_LINKS]
    heading = bisect_right(order.headings, links[0])
    stop = order.headings[heading] if heading < len(order.headings) else end + 1
    return [place for place in links if place <= end and place < stop]
