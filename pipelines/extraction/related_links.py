"""Links that a page sets to its policy or its interpretation: 相关解读, 解读文件, 政策原文."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import islice

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


def related_links(page: Page, title: str | None) -> tuple[Relation, ...]:
    """What links under such a label say: an interpretation's policy, a policy's interpretations.

    ``interprets`` on a page whose title says that it interprets, ``interpreted_by`` on others.
    """
    explains = bool(title and _INTERPRETS.search(fold(title)))
    kind = "interprets" if explains else "interpreted_by"
    wanted = _TO_POLICY if explains else _TO_INTERPRETATION
    found: dict[str, Relation] = {}
    for label in _labels(page.tree, wanted):
        for link in _links_below(label):
            url = page.link(link.get("href") or "")
            name = tidy(link.get("title") or link.text_content())
            itself = squeeze(name) == squeeze(title or "")
            if url and not itself and len(squeeze(name)) >= _SHORTEST_TITLE:
                found.setdefault(url, Relation(kind, title=_bare(name), url=url))
    return tuple(islice(found.values(), _MOST_LINKS))


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


def _links_below(label: HtmlElement) -> Iterator[HtmlElement]:
    """The links behind a label in the smallest box around it that has any."""
    box = label
    for _ in range(_LEVELS):
        box = box.getparent()
        if box is None or box.tag in ("body", "html"):
            return
        links = _after(box, label)
        if links:
            yield from links[:_MOST_LINKS]
            return


def _after(box: HtmlElement, label: HtmlElement) -> list[HtmlElement]:
    passed, found = False, []
    for element in box.iter():
        if element is label:
            passed = True
        elif passed and element.tag == "a" and element.get("href"):
            found.append(element)
        elif passed and element.tag in ("h1", "h2", "h3", "h4") and found:
            break
    return found
