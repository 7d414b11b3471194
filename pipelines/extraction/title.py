"""The headline a reader sees: found among the printed lines with the help of what is declared.

A page that prints no headline and declares none has no title; a site's name is not one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice

from lxml.html import HtmlElement

from archive.records import Assertion, Source
from pipelines.extraction.byline import is_byline, is_dated
from pipelines.extraction.declared import Head
from pipelines.extraction.folding import han, squeeze
from pipelines.extraction.furniture import is_crumbs, is_foot, is_furniture
from pipelines.extraction.numbers import find_doc_nos
from pipelines.extraction.pairs import split_pairs
from pipelines.extraction.region import Region
from pipelines.extraction.text import HEADINGS, Line

_SEPARATORS = re.compile(
    r"\s*(?:[-_|｜–－]{1,3}|--+|——|::|<|>|»|\s\u00a0|\u00a0\u00a0|\s{2,}|\n)\s*"
)
_NAMED = re.compile(
    r"(?:^|[-_.#\s])(?:arti(?:cle)?|news|content|detail|info|doc|txt|main|wz|xl|zw|contt|page)?[-_]?"
    r"(?:h1|title|tit|biaoti|bt|headline|heading)\d*(?:$|[-_.#\s])|Title\b|ucaptitle",
    re.IGNORECASE,
)
_SUB = re.compile(r"sub[-_]?tit|subhead|futi|fbt|fu-?title|title2", re.IGNORECASE)
_INTRO = re.compile(r"intro|kicker|yinti|eyebrow|jianti|pre-?tit|yt\b", re.IGNORECASE)
_ELLIPSIS = re.compile(r"(?:…+|\.{2,}|。{2,})\s*\Z")
_SITE = re.compile(
    r"(?:政府|门户|网站|网|官网|日报|晚报|早报|时报|商报|周报|电子报|数字报|频道|首页|主页|平台|系统|局|厅|"
    r"委员会|科委|教委|发改委|卫健委|办公室|大学|学院|学校|中心|研究院|集团|公司|信息公开|公示公告|通知公告|"
    r"政务公开|工作动态|新闻中心|专栏|栏目|正文|详情|内容页?|详细信息|文章|无标题文档|[Uu]ntitled.*|[Hh]ome|[Ii]ndex)\Z"
)
_OFFICIAL = re.compile(
    r"^关于|(?:决议|决定|命令|公报|公告|通告|意见|通知|通报|报告|请示|批复|议案|函|纪要|条例|规定|办法|细则|方案|规划|公示)"
    r"(?:[（(].{1,12}[）)])?$"
)
_EDITION = re.compile(r"第.{1,6}版(?:[:：|·\s].{0,16})?$")
_OWNER = re.compile(
    r"(?:主办单位|主办|承办单位|版权所有|Copyright)[:©]*(?P<after>[\u3400-\u9fff]{3,24})|"
    r"(?P<before>[\u3400-\u9fff]{3,24})版权所有",
    re.IGNORECASE,
)
_LOUD = frozenset(("b", "strong", "font", "big"))
_LONGEST = 160


@dataclass(frozen=True, slots=True)
class Headline:
    """The lines of a headline among the printed lines: ``first`` to ``last`` (exclusive)."""

    text: str
    first: int
    last: int
    locator: str


@dataclass(frozen=True, slots=True)
class Titling:
    """The headline on the page, if printed, and every title assertion, the best first."""

    headline: Headline | None
    assertions: tuple[Assertion, ...]


def is_site_name(text: str, names: Iterable[str]) -> bool:
    """Whether a text names a site, a column or nothing at all instead of a document."""
    flat = squeeze(text)
    if not flat or any(flat == name for name in names):
        return True
    return len(flat) <= 24 and bool(_SITE.search(flat)) and "关于" not in flat


def head_titles(title: str) -> list[str]:
    """Readings of ``<title>``, longest first: whole, then without one suffix after another."""
    cuts = [match.start() for match in _SEPARATORS.finditer(title) if match.start() > 0]
    return [title, *(title[:cut] for cut in reversed(cuts))]


def find_title(
    printed: Sequence[Line],
    region: Region,
    head: Head,
    declared: Sequence[str],
    marked: Sequence[Line],
) -> Titling:
    """The headline among the printed lines, and the titles that head and declarations give.

    ``declared``: full titles stated elsewhere (meta, table, comment). ``marked``: lines that a
    family's title hook selects.
    """
    names = head.names | _column_names(printed[: region.first]) | _owners(printed[region.last :])
    candidates = list(_candidates(printed, region, names))
    known = [each for each in dict.fromkeys(map(squeeze, declared)) if each not in names]
    heads = [squeeze(each) for each in head_titles(head.title)]
    contents = _contents(printed)
    scored = [
        (_score(each, printed, region, known, heads, contents, marked, names), -order, each)
        for order, each in enumerate(candidates)
    ]
    best = max(scored, key=lambda entry: entry[:2], default=None)
    headline = best[2] if best and best[0] >= 20 else None
    return Titling(headline, tuple(_assertions(headline, head, names, printed)))


def _candidates(
    printed: Sequence[Line], region: Region, names: frozenset[str]
) -> Iterable[Headline]:
    """Single lines, and stacks of lines that stand in one heading or follow one another."""
    end = min(len(printed), region.first + 6)
    for first in range(end):
        if not _may_be_title(printed[first]):
            continue
        stack = ""
        for last in range(first + 1, min(first + 4, len(printed)) + 1):
            line = printed[last - 1]
            if last - 1 > first and not (_may_be_title(line) and _may_stack(printed[first], line)):
                break
            stack = _stacked(stack, line.text)
            if len(stack) <= _LONGEST:
                yield Headline(stack, first, last, _locator(printed[first]))


def _stacked(above: str, below: str) -> str:
    """Two lines of one heading as one text."""
    return f"{above} {below}" if above else below


def _may_be_title(line: Line) -> bool:
    size = line.size
    if not 2 <= size <= _LONGEST or (line.row and " | " in line.text) or line.linked > size * 0.5:
        return False
    if (
        _EDITION.match(line.text)
        or is_furniture(line.text)
        or is_crumbs(line.text)
        or is_foot(line.text)
    ):
        return False
    pairs = split_pairs(line.text)
    return not (pairs and squeeze(line.text).startswith(pairs[0].label))


def _may_stack(above: Line, below: Line) -> bool:
    if above.element is below.element:
        return True
    heading = above.element.tag in HEADINGS and above.element.tag == below.element.tag
    siblings = above.element.getparent() is below.element.getparent()
    return siblings and (heading or above.element.tag == below.element.tag)


def _score(
    each: Headline,
    printed: Sequence[Line],
    region: Region,
    known: Sequence[str],
    heads: Sequence[str],
    contents: frozenset[str],
    marked: Sequence[Line],
    names: frozenset[str],
) -> float:
    flat = squeeze(each.text)
    score = _agreement(flat, known, heads)
    if flat in contents:
        score += 40
    # Only a full statement beats the look of a site's name; a bare <title> often is that name.
    stated = score >= 100 or (score >= 60 and flat in heads[1:])
    if flat in names or (not stated and is_site_name(each.text, names)):
        return -100.0
    score += _look(each, printed, marked) + _place(each, printed)
    if han(each.text) < 4:
        score -= 30
    distance = region.first - each.last
    score -= min(max(distance, 0), 60) * 0.5
    if each.first >= region.first:
        # A repeated or a section heading inside the text loses to the one above it.
        score -= 8 + 4 * (each.first - region.first)
    if each.last - each.first > 1 and score < 60:
        # Several lines are one headline when something says so, or when one heading holds them.
        score -= 5 if "h" in each.locator[:1] else 25
    return score


def _agreement(flat: str, known: Sequence[str], heads: Sequence[str]) -> float:
    """How far a printed text is the title that the page declares."""
    bare = _ELLIPSIS.sub("", flat)
    if flat in known:
        return 100.0
    if flat in heads and len(flat) > 4:
        return 80.0
    if len(bare) >= 8 and any(title.startswith(bare) for title in (*known, *heads)):
        return 45.0
    if any(
        len(title) >= 8 and (title in flat) and len(flat) <= len(title) * 1.6 for title in known
    ):
        return 50.0
    return 0.0


def _look(each: Headline, printed: Sequence[Line], marked: Sequence[Line]) -> float:
    """How much the markup presents a line as the headline."""
    if _is_marked(printed[each.first], marked):
        return 50.0
    locator = each.locator
    score = {"h1": 30.0, "h2": 25.0, "h3": 18.0, "h4": 10.0}.get(locator[:2], 0.0)
    if _NAMED.search(locator):
        score += 18
    if _SUB.search(locator) or _INTRO.search(locator):
        score -= 15
    return score


def _is_marked(line: Line, marked: Sequence[Line]) -> bool:
    """Whether a line is one that a title hook selects, or the block around such an inline node."""
    return any(
        line.element is each.element or line.element in each.element.iterancestors()
        for each in marked
        if each.text in line.text
    )


def _place(each: Headline, printed: Sequence[Line]) -> float:
    """A headline stands above the date line, and an official one says what kind of text it is."""
    score = 0.0
    below = printed[each.last : each.last + 2]
    if any(is_byline(line.text) or is_dated(line.text) for line in below):
        score += 12
    if any(line.size <= 40 and "号" in line.text and find_doc_nos(line.text) for line in below[:1]):
        score += 15
    if _is_emphasised(printed[each.first].element):
        score += 6
    if _OFFICIAL.search(squeeze(each.text)) and len(each.text) > 8:
        score += 6
    return score


def _is_emphasised(element: HtmlElement) -> bool:
    """Whether a block is centred or printed bold or large."""
    if element.get("align") == "center" or "center" in (element.get("style") or ""):
        return True
    return any(child.tag in _LOUD for child in islice(element.iterdescendants(), 4))


def _locator(line: Line) -> str:
    """The block of a line as a CSS-like path, with the nearest block around it."""
    parts = []
    for element in (line.element, line.element.getparent()):
        if element is None or not isinstance(element.tag, str):
            continue
        identity = f"#{element.get('id')}" if element.get("id") else ""
        classes = "".join(f".{name}" for name in (element.get("class") or "").split()[:2])
        parts.append(f"{element.tag}{identity}{classes}")
        if len(element.getparent() if element.getparent() is not None else ()) > 3:
            break
    return " < ".join(parts)


def _column_names(printed: Sequence[Line]) -> frozenset[str]:
    """Column names from breadcrumb trails."""
    names: set[str] = set()
    for line in printed:
        if is_crumbs(line.text):
            names |= {squeeze(part) for part in re.split(r"[>›»/|:：·]+", line.text)}
    return frozenset(name for name in names if 1 < len(name) <= 20)


def _owners(printed: Sequence[Line]) -> frozenset[str]:
    """Who runs the site, from the page's foot."""
    found: set[str] = set()
    for line in printed:
        for match in _OWNER.finditer(squeeze(line.text)):
            found |= {match["before"] or "", match["after"] or ""}
    return frozenset(name for name in found if len(name) > 2)


def _contents(printed: Sequence[Line]) -> frozenset[str]:
    """Texts of links: a newspaper page links each of its articles by its headline."""
    return frozenset(squeeze(line.text) for line in printed if line.linked >= line.size >= 6)


def _assertions(
    headline: Headline | None, head: Head, names: frozenset[str], printed: Sequence[Line]
) -> Iterable[Assertion]:
    if headline is not None:
        yield Assertion("title", headline.text, headline.text, Source.HEADING, headline.locator)
    for title in head_titles(head.title):
        if (
            len(squeeze(title)) >= 8
            and not is_site_name(title, names)
            and not _ends_in_site(title, names)
        ):
            yield Assertion("title", title, head.title, Source.META, "title")
            return


def _ends_in_site(title: str, names: frozenset[str]) -> bool:
    """Whether the last part of a title is still the name of the site."""
    parts = _SEPARATORS.split(title)
    return len(parts) > 1 and is_site_name(parts[-1], names)
