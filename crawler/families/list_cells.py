"""Reads one row of a list: which link is meant, its full title, its date, its other cells."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import cast

from lxml import etree
from lxml.html import HtmlElement

from pipelines.extraction.dates import ParsedDate, find_dates
from pipelines.extraction.folding import fold
from pipelines.extraction.page import Page

CUT = re.compile(r"(?:…+|\.{2,}|。{2,})\s*$")
HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
SHORT_TITLE = 4
_TEXT = etree.XPath(".//text()[not(ancestor::script or ancestor::style or ancestor::noscript)]")
_WRITTEN = re.compile(r"""document\.write\(.{0,40}?(["'])(.+?)\1""", re.S)
_TAGS = re.compile(r"<[^>]*>")
_BULLET = re.compile(r"^[\s·•●○◆◇▪■□►▶>»*\-–—|]+")
_DATE_MARKS = re.compile(r"[\s\[\]()【】〔〕（）|/:：\-]*")
_TITLED = re.compile(r"(?:^|[-_\s])(?:tit|title|bt|biaoti|subject)(?:[-_\s\d]|$)", re.I)
_INLINE = ("span", "em", "i", "font", "b", "div", "p", "time")
_UNFOLLOWED = ("javascript:", "mailto:", "tel:", "#", "data:")
_MONTH_DAY = re.compile(
    r"(?<![\d./-])(?P<month>\d{1,2})(?:[-/.]|月)(?P<day>\d{1,2})日?(?![\d./:-])"
)
_DAY = r"(?P<day>\d{1,2})"
_MONTH = r"(?P<month>\d{1,2})"
_YEAR = r"(?P<year>(?:19|20)\d{2})"
# A calendar leaf: the parts of one date in boxes of their own, in three orders.
_SPLIT_DATES = tuple(
    re.compile(pattern)
    for pattern in (
        rf"(?<![\d./-]){_DAY}日?\s*[/|]?\s*{_YEAR}[-./年]\s?{_MONTH}月?(?![-./\d])",
        rf"(?<![\d./-]){_MONTH}[-./月]{_DAY}日?\s*[/|]?\s*{_YEAR}年?(?![-./\d])",
        rf"(?<![\d./-]){_YEAR}[-./年]\s?{_MONTH}月?\s+{_DAY}日?(?![-./:\d])",
    )
)
_URL_DATE = re.compile(
    r"(?:/t|[/_-])(?P<year>(?:19|20)\d{2})[/-]?(?P<month>0[1-9]|1[0-2])[/-]?(?P<day>0[1-9]|[12]\d|3[01])?(?=[_/.-]|\d)"
)


@dataclass(frozen=True, slots=True)
class Row:
    """One listed document as printed. ``rest`` is the row's text without its title."""

    element: HtmlElement
    url: str
    title: str
    rest: str
    date: ParsedDate | None
    month_day: str | None = None
    cells: tuple[str, ...] = field(default=())


def texts(element: HtmlElement) -> list[str]:
    """The printed pieces of text in an element, in order."""
    return cast("list[str]", _TEXT(element))


def spaced(text: str) -> str:
    """White space as single spaces, nothing else changed: a title is kept as it is printed."""
    return " ".join(text.split())


def text_of(element: HtmlElement) -> str:
    """Printed text with single spaces, scripts left out."""
    return spaced(" ".join(texts(element)))


def joined_text(element: HtmlElement) -> str:
    """Printed text, inline nodes joined without a space: Chinese words are often cut by markup."""
    return spaced("".join(texts(element)))


def target(page: Page, link: HtmlElement) -> str | None:
    """The absolute address a link leads to, None for one that leads to no other page."""
    href = (link.get("href") or "").strip()
    if not href or href.lower().startswith(_UNFOLLOWED):
        return None
    url = page.link(href).partition("#")[0]
    return url if url and url != page.url else None


def links_in(page: Page, element: HtmlElement) -> Iterator[tuple[HtmlElement, str]]:
    """Every link inside an element, itself included, with its address."""
    for link in element.iter("a"):
        url = target(page, link)
        if url is not None:
            yield link, url


def title_of(link: HtmlElement) -> str:
    """The full title a link prints; its ``title`` attribute where the text is cut or missing."""
    shown = _clean(_shown_title(link))
    full = _clean(link.get("title") or "")
    if not shown:
        return full or _clean(_image_title(link))
    stem = CUT.sub("", shown).strip()
    same = bool(stem) and _dense(full).startswith(_dense(stem))
    cut = bool(CUT.search(shown))
    return full if full and same and (cut or len(full) > len(shown)) else shown


def main_link(links: Sequence[tuple[HtmlElement, str]]) -> tuple[HtmlElement, str, str] | None:
    """The link a row is about: the target with the longest title, by its first titled link."""
    titles: dict[str, tuple[HtmlElement, str]] = {}
    for link, url in links:
        title = title_of(link)
        known = titles.get(url)
        if known is None or (len(known[1]) < SHORT_TITLE < len(title)):
            titles[url] = (link, title)
    if not titles:
        return None
    url, (link, title) = max(titles.items(), key=lambda entry: len(entry[1][1]))
    return link, url, title


def read_row(
    page: Page, element: HtmlElement, tail: Sequence[HtmlElement], day_first: bool | None
) -> Row | None:
    """One row from its element and the linkless elements that follow it; None when not one row."""
    links = list(links_in(page, element))
    chosen = main_link(links)
    if chosen is None:
        return None
    link, url, title = chosen
    if not title or _is_several(links, url, title):
        return None
    whole = " ".join(text_of(part) for part in (element, *tail))
    own_tail = spaced(element.tail or "") if element.tag == "a" else ""
    rest = f"{whole} {own_tail}".replace(joined_text(link), " ", 1) + " " + _dates_inside(link)
    date = _printed_date(rest, day_first)
    cells = tuple(text_of(cell) for cell in element.iterchildren("td", "th"))
    return Row(element, url, title, rest, date, None if date else _month_day(rest, url), cells)


def is_date(text: str) -> bool:
    """Whether a text is a date and nothing else but brackets."""
    found = find_dates(text) if text else ()
    if len(found) == 1:
        return not _DATE_MARKS.sub("", text[: found[0].start] + text[found[0].end :])
    return bool(text) and bool(_MONTH_DAY.fullmatch(text.strip("[]()（） ")))


def _printed_date(rest: str, day_first: bool | None) -> ParsedDate | None:
    """The last day printed beside the title; a day box above its month counts too."""
    dates = [found for found in find_dates(rest, day_first=day_first) if len(found.value) != 4]
    whole = [found for found in dates if len(found.value) == 10 or found.ambiguous]
    if whole:
        return whole[-1]
    for pattern in _SPLIT_DATES:
        if split := pattern.search(fold(rest)):
            text = f"{split['year']}-{split['month']}-{split['day']}"
            return next(iter(find_dates(text)), None)
    return None


def _month_day(rest: str, url: str) -> str | None:
    """``MM-DD`` is a date only when the row's own URL tells the year."""
    printed = _MONTH_DAY.search(fold(rest))
    dated = _URL_DATE.search(url)
    if not printed or not dated:
        return None
    month, year = int(printed["month"]), int(dated["year"])
    far = month - int(dated["month"])
    year += -1 if far > 6 else 1 if far < -6 else 0
    found = find_dates(f"{year}-{month}-{printed['day']}")
    return found[0].value if found else None


def _is_several(links: Sequence[tuple[HtmlElement, str]], url: str, title: str) -> bool:
    """True for a block of several documents; a short category or icon link beside is no second."""
    others = (title_of(link) for link, other in links if other != url)
    return any(len(other) >= 10 and 3 * len(other) >= len(title) for other in others)


def _shown_title(link: HtmlElement) -> str:
    for part in link.iter():
        if isinstance(part.tag, str) and part is not link and _names_title(part):
            text = joined_text(part)
            if text and not is_date(text):
                return text
    written = "".join(script.text or "" for script in link.iter("script"))
    if written and not joined_text(link):
        found = _WRITTEN.search(written)
        return _TAGS.sub("", found[2]) if found else ""
    return _without_dates(link)


def _names_title(part: HtmlElement) -> bool:
    return part.tag in HEADINGS or bool(_TITLED.search(part.get("class") or ""))


def _without_dates(link: HtmlElement) -> str:
    """The text of a link without the parts that are only a date."""
    dated = [
        part
        for part in link.iter("span", "em", "i", "font", "b", "div", "p", "time")
        if is_date(joined_text(part))
    ]
    inside = {text for part in dated for text in texts(part)}
    return spaced("".join(text for text in texts(link) if text not in inside))


def _dates_inside(link: HtmlElement) -> str:
    parts = link.iter(*_INLINE)
    return " ".join(text for part in parts if is_date(text := joined_text(part)))


def _image_title(link: HtmlElement) -> str:
    return next((image.get("alt") or "" for image in link.iter("img")), "")


def _clean(text: str) -> str:
    return _BULLET.sub("", spaced(text)).strip()


def _dense(text: str) -> str:
    return "".join(text.split())
