"""The lines of the main region that are the document: trafilatura's judgement, exact characters."""

from __future__ import annotations

import copy
import hashlib
import logging
import re
from collections.abc import Sequence

import trafilatura
from lxml import etree
from lxml.html import Element, HtmlElement

from pipelines.extraction.anchor import links_file
from pipelines.extraction.attachments import is_attachment
from pipelines.extraction.byline import is_byline, is_dated
from pipelines.extraction.folding import squeeze
from pipelines.extraction.furniture import (
    closes_page,
    ends_article,
    is_crumbs,
    is_editor,
    is_foot,
    is_furniture,
    opens_related,
)
from pipelines.extraction.header import leading_bylines
from pipelines.extraction.headline import Headline
from pipelines.extraction.newspaper import is_subtitle
from pipelines.extraction.region import Region
from pipelines.extraction.text import HEADINGS, Line

_LONG = 20
_ENOUGH = 0.9
_MOST_LINES = 20_000
_SHORT_TEXT = 300
_FAR = 12
_TAIL = 0.5
_LINKED = re.compile(r"^(?:.{0,12}[:：])?\s*https?://\S+\Z")
_BACKGROUND = re.compile(r"[▌■●◆|【\[]*(?:相关|延伸)(?:链接|阅读|新闻|资料)[:】\]]*\Z")
_FOOT = re.compile(
    r"(?:主办|承办|协办|主管|运行维护|技术支持|维护|版权所有|地址|邮编|邮政编码|电话|联系电话|传真|备案序?号)"
    r"(?:单位|者)?:"
)
_PROMOTION = re.compile(r"^(?:点击|戳|长按|扫码|关注|欢迎关注|更多).{0,40}\Z")

# Pages that hold no text are ordinary here, and their outcome says so.
logging.getLogger("trafilatura").setLevel(logging.CRITICAL)


def region_digest(region: Region) -> str:
    """Names the bytes of a cleaned region, so that an equal one is not cleaned twice."""
    markup = etree.tostring(region.element, encoding="utf-8", with_tail=False)
    return "sha256:" + hashlib.sha256(markup).hexdigest()


def body_lines(
    region: Region,
    headline: Headline | None,
    official: frozenset[int],
    printed: Sequence[Line],
    titled: Sequence[str] = (),
) -> list[Line]:
    """The document's own lines: without header, official record, furniture and neighbours.

    ``official`` are places among ``printed`` that belong to a metadata record, ``titled`` the
    titles such a record states. A line that
    trafilatura leaves out goes too when it is made of links, as long as trafilatura
    has the long sentences: when it lost those, its judgement is not followed.
    """
    if _is_elsewhere(region, headline):
        return []
    start = _start(region, headline, printed, titled)
    kept = [printed[at] for at in range(start, region.last) if at not in official]
    kept = _without_furniture(_before_end(_own(kept, region)))
    if all(_FOOT.match(squeeze(line.text)) for line in kept):
        return []
    doubtful = [line for line in kept if _leads_away(line)]
    # Its judgement is asked where it can alter something: it costs as much as all else together.
    judged = _judged(region.element, kept) if doubtful else None
    if judged is None:
        return kept
    return [line for line in kept if not _leads_away(line) or _flat(line) in judged]


def _is_elsewhere(region: Region, headline: Headline | None) -> bool:
    """Whether a short text found by scoring is not the one that the headline heads.

    A page that only links a file or holds a form has no text; its foot is none.
    """
    if headline is None or region.hook is not None:
        return False
    if sum(line.size for line in region.lines) > _SHORT_TEXT:
        return False
    return region.last <= headline.first or region.first - headline.last > _FAR


def _start(
    region: Region, headline: Headline | None, printed: Sequence[Line], titled: Sequence[str]
) -> int:
    """The place of the first line below header and headline."""
    above = printed[headline.last if headline else 0 : region.first]
    start = region.first
    if not any(is_byline(line.apart) or is_dated(line.apart) for line in above):
        start += leading_bylines(region, headline)
    if headline is not None and region.first <= headline.first < region.first + 6:
        tag = printed[headline.first].element.tag
        if tag in HEADINGS or not _is_printed_before(headline, region, printed, titled):
            start = max(start, headline.last)
            if start < len(printed) and is_subtitle(printed[start]):
                start += 1
    return start


def _is_printed_before(
    headline: Headline, region: Region, printed: Sequence[Line], titled: Sequence[str]
) -> bool:
    """Whether the page gives the title above the text too, so that the text repeats it itself."""
    unlinked = (line for line in printed[: region.first] if not line.is_linked)
    above = {squeeze(line.text) for line in unlinked} | set(map(squeeze, titled))
    return squeeze(headline.text) in above


def _own(kept: Sequence[Line], region: Region) -> list[Line]:
    inside = {id(line) for line in region.lines}
    return [line for line in kept if id(line) in inside]


def _before_end(kept: Sequence[Line]) -> list[Line]:
    """The lines up to one that closes an article, when little text follows it."""
    total = sum(line.size for line in kept)
    read = 0
    for at, line in enumerate(kept):
        read += line.size
        late = read > (1 - _TAIL) * total
        if late and ends_article(line.text) and not _is_background(kept, at):
            return list(kept[:at])
    return list(kept)


def _is_background(kept: Sequence[Line], at: int) -> bool:
    """Whether a line heads a paper's own background text, not a list of other articles."""
    if not _BACKGROUND.match(squeeze(kept[at].text)) or at + 1 == len(kept):
        return False
    below = kept[at + 1]
    return not below.is_linked and below.size >= _LONG


def _without_furniture(kept: Sequence[Line]) -> list[Line]:
    found: list[Line] = []
    related = False
    for at, line in enumerate(kept):
        leads_away = line.is_linked and not links_file(line)
        background = _is_background(kept, at)
        opens = opens_related(line.text) and not background
        related = (related and (leads_away or line.size < 4)) or opens
        if related or is_editor(line.text) or (is_crumbs(line.text) and not found):
            continue
        # What reads like a foot is one at the end only: notices say the like of their own subject.
        if is_furniture(line.text) and not (background or is_foot(line.text)):
            continue
        found.append(line)
    while found and (closes_page(found[-1].text) or _points_elsewhere(found[-1])):
        found.pop()
    while found and _points_elsewhere(found[0]):
        found.pop(0)
    return found


def _points_elsewhere(line: Line) -> bool:
    """Whether a line at an edge of the text only leads to another page."""
    if any(is_attachment(link) for link in line.element.iter("a")):
        return False
    return bool(_LINKED.match(line.text)) or (
        line.linked >= line.size * 0.8 and bool(_PROMOTION.match(squeeze(line.text)))
    )


def _judged(element: HtmlElement, kept: Sequence[Line]) -> str | None:
    """Everything trafilatura keeps of a region, squeezed; None when it lost real sentences."""
    if not kept or len(kept) > _MOST_LINES:
        return None
    page = Element("html")
    body = etree.SubElement(page, "body")
    body.append(copy.deepcopy(element))
    found = trafilatura.extract(
        page,
        fast=True,
        favor_recall=True,
        include_comments=False,
        include_tables=True,
        deduplicate=False,
        with_metadata=False,
    )
    judged = squeeze(found or "").replace("|", "")
    long = [line for line in kept if line.size >= _LONG and not line.row]
    total = sum(line.size for line in long)
    covered = sum(line.size for line in long if _flat(line) in judged)
    return judged if total and covered >= _ENOUGH * total else None


def _leads_away(line: Line) -> bool:
    """Whether a line is made of links, none of them to a file: the text's own or a neighbour."""
    return line.is_linked and not any(is_attachment(link) for link in line.element.iter("a"))


def _flat(line: Line) -> str:
    return squeeze(line.text).replace("|", "")
