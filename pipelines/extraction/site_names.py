"""Names of sites and columns, which stand where headlines stand and are none."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from pipelines.extraction.byline import is_dated
from pipelines.extraction.declared import TITLES, Head
from pipelines.extraction.folding import squeeze
from pipelines.extraction.furniture import is_crumbs
from pipelines.extraction.text import Line

_SEPARATORS = re.compile(
    r"\s*(?:[-_|｜–－]{1,3}|--+|——|::|<|>|»|\s\u00a0|\u00a0\u00a0|\s{2,}|\n)\s*"
)
_SITE = re.compile(
    r"(?:政府|门户|网站|网|官网|日报|晚报|早报|时报|商报|周报|电子报|电子版|数字报|频道|首页|主页|"
    r"平台|系统|局|厅|委员会|科委|教委|发改委|卫健委|办公室|大学|学院|学校|中心|研究院|集团|公司|"
    r"信息公开|公示公告|通知公告|政务公开|工作动态|新闻中心|专栏|栏目|正文|详情|内容页?|详细信息|"
    r"文章|无标题文档|[Uu]ntitled.*|[Hh]ome|[Ii]ndex)\Z"
)
# A short name behind a separator that no sentence has: 某校新生军训结束 | 某市一中.
_TAGGED = re.compile(r".{10,}?(?:\s[-–|]\s|_|\|)[^-_|–，。]{2,12}")
_OWNER = re.compile(
    r"(?:主办单位|主办|承办单位|版权所有|Copyright)[:©]*(?P<after>[\u3400-\u9fff]{3,24})|"
    r"(?P<before>[\u3400-\u9fff]{3,24})版权所有",
    re.IGNORECASE,
)
_CRUMBS = re.compile(r"[>›»/|:：·]+")
_LONGEST_SITE = 24
_LONGEST_COLUMN = 20
_SHORT_COLUMN = 8
_SHORTEST_TITLE = 8


def is_site_name(text: str, names: Iterable[str]) -> bool:
    """Whether a text names a site, a column or nothing at all instead of a document."""
    flat = squeeze(text)
    if not flat or flat in names:
        return True
    return len(flat) <= _LONGEST_SITE and bool(_SITE.search(flat)) and "关于" not in flat


def head_titles(title: str) -> list[str]:
    """Readings of ``<title>``, longest first: whole, then without one suffix after another."""
    cuts = [match.start() for match in _SEPARATORS.finditer(title) if match.start() > 0]
    return [title, *(title[:cut] for cut in reversed(cuts))]


def declared_titles(head: Head) -> frozenset[str]:
    """Every reading of the titles that a head declares, squeezed, without names of the site."""
    stated = (head.metas.get(name, "") for name in TITLES)
    readings = {squeeze(each) for each in (*stated, *head_titles(head.title))}
    return frozenset(each for each in readings if each and each not in head.names)


def last_part(title: str, names: Iterable[str]) -> str | None:
    """The end of a ``<title>`` that names the site first: 某报--2009年03月05日--民生--标题."""
    known = frozenset(names)
    *before, last = _SEPARATORS.split(title)
    if not before or len(squeeze(last)) < _SHORTEST_TITLE or is_site_name(last, known):
        return None
    dates = (is_dated(part) for part in before)
    longest = all(dated or len(last) > len(part) for part, dated in zip(before, dates, strict=True))
    return last if longest and is_site_name(before[0], known) else None


def document_title(title: str, names: Iterable[str]) -> str | None:
    """The document's part of ``<title>``, None when that only names the site."""
    known = frozenset(names)
    last = last_part(title, known)
    if last is not None:
        return last
    cut = False
    for reading in head_titles(title):
        parts = _SEPARATORS.split(reading)
        # Before the site's name stands the column's, which is short: 标题_政策文件_某市政府.
        column = cut and len(squeeze(parts[-1])) <= _SHORT_COLUMN
        tagged = not cut and _TAGGED.fullmatch(reading)
        if len(parts) > 1 and (column or tagged or is_site_name(parts[-1], known)):
            cut = True
            continue
        if len(squeeze(reading)) >= _SHORTEST_TITLE and not is_site_name(reading, known):
            return reading
    return None


def column_names(printed: Sequence[Line]) -> frozenset[str]:
    """Column names from breadcrumb trails; an unlinked end may be the headline, unless short."""
    names: set[str] = set()
    for line in printed:
        if not is_crumbs(line.text):
            continue
        names |= {squeeze(link.text_content()) for link in line.element.iter("a")}
        pieces = [squeeze(piece) for piece in _CRUMBS.split(line.text)]
        names |= {piece for piece in pieces[-1:] if len(piece) <= _SHORT_COLUMN}
    return frozenset(name for name in names if 1 < len(name) <= _LONGEST_COLUMN)


def owners(printed: Sequence[Line]) -> frozenset[str]:
    """Who runs the site, from the page's foot."""
    found: set[str] = set()
    for line in printed:
        for match in _OWNER.finditer(squeeze(line.text)):
            found |= {match["before"] or "", match["after"] or ""}
    return frozenset(name for name in found if len(name) > 2)
