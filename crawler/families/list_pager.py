"""Where a list goes on, and how many pages it has: from links and from script pagers."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from lxml.html import HtmlElement

from crawler.families.list_cells import joined_text
from pipelines.extraction.page import Page

_NEXT_WORDS = re.compile(
    r"(?:下一?页|下頁|后一?页|后页|下一版|next(?:page)?|>|›|»|&gt;)+[>›»\s]*", re.I
)
_ENDS = re.compile(r"尾\s*页|末\s*页|最后一?页|last", re.I)
_CREATE = re.compile(r"\bcreatePage(?:HTML)?\w*\s*\(([^()]*)\)")
_ARGUMENT = re.compile(r"""(["'])(?P<text>.*?)\1|(?P<number>-?\d+)""")
_COUNT = re.compile(
    r"\b(?:var\s+)?(?:countPage|pageCount|totalPage|total_page|nPageCount)\s*=\s*['\"]?(\d+)", re.I
)
_CURRENT = re.compile(
    r"\b(?:var\s+)?(?:currentPage|curPage|nCurrIndex|pageIndex)\s*=\s*['\"]?(\d+)", re.I
)
_WRITTEN_NAME = re.compile(
    r"""href=\\?["']{1,2}(?P<name>[\w./-]+)["']?\s*\+\s*["']_["']\s*\+\s*\w+\s*\+\s*["']\.["']\s*\+\s*["'](?P<ext>\w+)"""
)
_BACKWARD_BASE = re.compile(r"""\bpurl\s*=\s*["']([^"']+)["']""")
_BACKWARD_COUNT = re.compile(r"\bmaxPageNum\s*=\s*(\d{1,6})\b")
_BACKWARD_PAGE = re.compile(r"\bpageName\s*=\s*(\d{1,6})\s*;")
_CALL = re.compile(r"javascript:\s*(\w+)\s*\(\s*['\"]?(\d+)['\"]?\s*\)", re.I)
_TOTALS = (
    re.compile(r"共\s*(\d{1,6})\s*页"),
    re.compile(r"总页数\s*[:：]?\s*(\d{1,6})"),
    re.compile(r"(?:页次|页码|第)\s*[:：]?\s*\d{1,6}\s*/\s*(\d{1,6})"),
    re.compile(r"(?<![\d/.-])\d{1,6}\s*/\s*(\d{1,6})\s*页"),
)
_ADDRESS = re.compile(r"[/?]|\.\w{3,5}$")


@dataclass(frozen=True, slots=True)
class Pager:
    """How a list goes on. ``element`` is where the pager stands, when it is in the page."""

    next_page: str | None = None
    total_pages: int | None = None
    element: HtmlElement | None = None


def find_pager(page: Page, selectors: Sequence[HtmlElement] = ()) -> Pager:
    """The pager of a list page; family hooks first, then scripts, then links, then numbers."""
    scripts = [script for script in page.tree.iter("script") if script.text]
    total = _printed_total(page)
    for finder in (_created, _counted, _backward):
        for script in scripts:
            found = finder(page, script)
            if found is not None:
                return Pager(found.next_page, found.total_pages or total, script)
    link = _next_link(page, selectors)
    if link is None:
        return _options(page, total)
    return Pager(_follow(page, link), total or _last_number(page, link), link)


def _created(page: Page, script: HtmlElement) -> Pager | None:
    """TRS: ``createPageHTML(total, current, "index", "html")``, the current page from 0."""
    calls = [_arguments(match[1]) for match in _CREATE.finditer(script.text or "")]
    usable = [call for call in calls if call is not None]
    if not usable:
        return None
    total, current, name, extension = usable[-1]
    return Pager(_numbered(page, total, current, name, extension), total)


def _arguments(text: str) -> tuple[int, int, str, str] | None:
    """Total, current, name and extension out of a pager call, whatever else it is given."""
    found = list(_ARGUMENT.finditer(text))
    numbers = [int(match["number"]) for match in found if match["number"]]
    texts = [match["text"] for match in found if match["text"] is not None]
    numbers += [int(part) for part in texts if part.isdigit()]
    words = [part for part in texts if part and not part.isdigit()]
    if not numbers or len(words) < 2:
        return None
    return numbers[0], numbers[1] if len(numbers) > 1 else 0, words[-2], words[-1]


def _counted(page: Page, script: HtmlElement) -> Pager | None:
    """``var countPage=4, currentPage=0`` with the links written from their parts."""
    text = script.text or ""
    count, written = _COUNT.search(text), _WRITTEN_NAME.search(text)
    if not count or not written:
        return None
    current = _CURRENT.search(text)
    at = int(current[1]) if current else 0
    return Pager(_numbered(page, int(count[1]), at, written["name"], written["ext"]), int(count[1]))


def _numbered(page: Page, total: int, current: int, name: str, extension: str) -> str | None:
    if current + 1 >= total:
        return None
    return page.link(f"{name}_{current + 1}.{extension.lstrip('.')}")


def _backward(page: Page, script: HtmlElement) -> Pager | None:
    """Pages counted from the oldest: ``purl`` and ``maxPageNum``, page 0 being the newest."""
    text = script.text or ""
    base = _BACKWARD_BASE.search(text)
    counts = [int(number) for number in _BACKWARD_COUNT.findall(text) if int(number)]
    if not base or not counts:
        return None
    total = counts[-1]
    pages = _BACKWARD_PAGE.findall(text)
    current = int(pages[-1]) if pages and int(pages[-1]) else total
    following = page.link(f"{base[1]}_{current - 1}.html") if current > 1 else None
    return Pager(following, total)


def _next_link(page: Page, hooked: Sequence[HtmlElement]) -> HtmlElement | None:
    for link in hooked:
        if link.get("href"):
            return link
    for link in page.tree.iter("a"):
        words = (joined_text(link) or link.get("title") or "").strip(" <>[]【】（）()|")
        if words and link.get("href") and _NEXT_WORDS.fullmatch(words):
            return link
    return _next_number(page)


def _next_number(page: Page) -> HtmlElement | None:
    """A pager of bare numbers: the link after the number that is not a link."""
    for link in page.tree.iter("a"):
        number = joined_text(link)
        if not number.isdigit() or not link.get("href"):
            continue
        before = link.getprevious()
        while before is not None and not isinstance(before.tag, str):
            before = before.getprevious()
        if before is None:
            continue
        marked = before.tag in ("span", "strong", "em", "b") or "cur" in (before.get("class") or "")
        if marked and joined_text(before) == str(int(number) - 1):
            return link
    return None


def _options(page: Page, total: int | None) -> Pager:
    """A drop-down of pages: the option after the chosen one, when its value is an address."""
    for choice in page.tree.iter("select"):
        options = [option for option in choice.iter("option") if option.get("value")]
        values = [str(option.get("value")) for option in options]
        if len(options) < 2 or not all(_ADDRESS.search(value) for value in values):
            continue
        chosen = [at for at, option in enumerate(options) if option.get("selected") is not None]
        at = chosen[0] if chosen else 0
        numbered = all(re.search(r"\d", joined_text(option)) for option in options)
        if numbered:
            following = page.link(values[at + 1]) if at + 1 < len(values) else None
            return Pager(following, total or len(options), choice)
    return Pager(None, total)


def _follow(page: Page, link: HtmlElement) -> str | None:
    href = (link.get("href") or "").strip()
    call = _CALL.match(href)
    if call:
        return _called(page, call[1], call[2])
    if not href or href.lower().startswith(("javascript:", "#")):
        return None
    url = page.link(href)
    return url if url != page.url else None


def _called(page: Page, name: str, number: str) -> str | None:
    """What ``gotoPage('2')`` opens: the function sets ``location`` to a text and its argument."""
    body = re.search(
        rf"function\s+{re.escape(name)}\s*\(\s*(\w+)[^)]*\)\s*\{{(.{{0,800}})", page.source, re.S
    )
    if not body:
        return None
    argument = re.escape(body[1])
    opened = re.search(
        rf"""location(?:\.href)?\s*=\s*["']([^"']*)["']\s*\+\s*{argument}\b(?:\s*\+\s*["']([^"']*)["'])?""",
        body[2],
    )
    return page.link(f"{opened[1]}{number}{opened[2] or ''}") if opened else None


def _printed_total(page: Page) -> int | None:
    for element in page.tree.xpath(
        "//*[contains(@class,'all_pages') or contains(@class,'totalPage')]"
    ):
        if joined_text(element).isdigit():
            return int(joined_text(element))
    text = joined_text(page.tree)
    for pattern in _TOTALS:
        found = pattern.search(text)
        if found:
            return int(found[1])
    return None


def _last_number(page: Page, link: HtmlElement) -> int | None:
    """The highest page number that the pager around a link prints."""
    around = link
    for _ in range(3):
        above = around.getparent()
        if above is None:
            break
        around = above
        if any(_ENDS.search(joined_text(other)) for other in around.iter("a")):
            break
    numbers = [joined_text(other) for other in around.iter("a", "span", "em", "strong", "option")]
    return max(
        (int(number) for number in numbers if number.isdigit() and len(number) < 6), default=None
    )
