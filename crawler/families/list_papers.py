"""Newspaper issues: the articles of one page, the other pages, and the issue before."""

from __future__ import annotations

import re
from dataclasses import dataclass

from lxml.html import HtmlElement

from archive.records import ListItem
from crawler.families.list_cells import joined_text, target, title_of
from pipelines.extraction.page import Page

_PAGE_NAME = re.compile(r"第?\s*[A-Z]{0,2}\d{1,3}[A-Z]?\s*版")
_ARTICLE_MAP = "pagepicmap"
_NEXT = re.compile(r"下一?版")
_EARLIER = re.compile(r"上一?期")
_REFRESH = re.compile(r"""url\s*=\s*["']?([^"'>\s;]+)""", re.I)
_SCRIPTED = re.compile(
    r"""(?:window\.|top\.|self\.)?location(?:\.href)?(?:\.replace\(|\s*=\s*)["']([^"']+)["']"""
)
LANDING_TEXT = 200
"""Characters a landing page may print beside its redirect."""

LANDING_LINKS = 3


@dataclass(frozen=True, slots=True)
class Issue:
    """One page of an issue. ``pages`` are all pages of it, ``earlier`` the issue before."""

    items: tuple[ListItem, ...]
    pages: tuple[str, ...]
    next_page: str | None
    earlier: str | None


def find_issue(page: Page) -> Issue | None:
    """The issue page behind a picture map of articles; None when the page has no such map."""
    areas = [area for area in page.tree.iter("area") if _in_article_map(area)]
    order = dict.fromkeys(url for area in areas if (url := target(page, area)))
    wanted = {_plain(url) for url in order}
    if not wanted:
        return None
    items = _titled(page, wanted)
    titled = {_plain(item.url) for item in items}
    untitled = {_plain(url): url for url in order if _plain(url) not in titled}
    items += tuple(ListItem(url=url) for url in untitled.values())
    pages = _pages(page)
    return Issue(items, pages, _next_page(page, pages), _link(page, _EARLIER))


def landing_target(page: Page) -> str | None:
    """Where a page that only forwards leads: a meta refresh or a script on a nearly empty page."""
    for meta in page.tree.iter("meta"):
        if (meta.get("http-equiv") or "").lower() == "refresh":
            found = _REFRESH.search(meta.get("content") or "")
            if found:
                return _elsewhere(page, found[1])
    links = sum(1 for _ in page.tree.iter("a"))
    if links > LANDING_LINKS or len(joined_text(page.tree)) > LANDING_TEXT:
        return None
    for script in page.tree.iter("script"):
        found = _SCRIPTED.search(script.text or "")
        if found:
            return _elsewhere(page, found[1])
    return None


def _in_article_map(area: HtmlElement) -> bool:
    above = next(area.iterancestors("map"), None)
    return (
        above is not None and (above.get("name") or above.get("id") or "").lower() == _ARTICLE_MAP
    )


def _titled(page: Page, wanted: set[str]) -> tuple[ListItem, ...]:
    """The titled links to the articles of the map, in the order of the title list."""
    found: dict[str, ListItem] = {}
    for link in page.tree.iter("a"):
        url = target(page, link)
        if url is None or _plain(url) not in wanted:
            continue
        title = title_of(link)
        known = found.get(_plain(url))
        if known is None:
            found[_plain(url)] = ListItem(url=url, title=title or None)
        elif title and len(title) > len(known.title or ""):
            found[_plain(url)] = ListItem(url=known.url, title=title)
    return tuple(found.values())


def _pages(page: Page) -> tuple[str, ...]:
    """Every page of the issue in its order; a list printed twice counts once."""
    found: dict[str, None] = {}
    for link in page.tree.iter("a"):
        named = (link.get("id") or "").lower() == "pagelink"
        if named or _PAGE_NAME.match(joined_text(link)):
            url = _address(page, link)
            if url and not url.lower().endswith(".pdf"):
                found[url] = None
    return tuple(found)


def _next_page(page: Page, pages: tuple[str, ...]) -> str | None:
    linked = _link(page, _NEXT)
    if linked or page.url not in pages:
        return linked
    at = pages.index(page.url)
    return pages[at + 1] if at + 1 < len(pages) else None


def _link(page: Page, words: re.Pattern[str]) -> str | None:
    for link in page.tree.iter("a"):
        if words.search(joined_text(link)) and (url := target(page, link)):
            return url
    return None


def _address(page: Page, link: HtmlElement) -> str | None:
    href = (link.get("href") or "").strip()
    if not href or href.startswith("#") or href.lower().startswith("javascript:"):
        return None
    return page.link(href).partition("#")[0]


def _elsewhere(page: Page, href: str) -> str | None:
    url = page.link(href)
    return None if url == page.url else url


def _plain(url: str) -> str:
    return url.partition("?")[0]
