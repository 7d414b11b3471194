"""Rows that a page carries in a script instead of its markup: Hanweb's ``<datastore>``."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass

import lxml.html
from lxml.html import HtmlElement

from pipelines.extraction.page import Page

_RECORD = re.compile(r"<record>\s*<!\[CDATA\[(.*?)\]\]>\s*</record>", re.S | re.I)
_GROUP = re.compile(r"<nextgroup>\s*<!\[CDATA\[(.*?)\]\]>\s*</nextgroup>", re.S | re.I)
_PAGES = re.compile(r"<totalpage>\s*(\d+)\s*</totalpage>", re.I)
_HREF = re.compile(r"""href\s*=\s*["']?([^"'\s>]+)""", re.I)
_BREAK_IN_DATE = re.compile(r"(?<=\d-)\s+(?=\d)")


@dataclass(frozen=True, slots=True)
class Records:
    """What a datastore holds: one element per record, and where the next group is."""

    elements: tuple[HtmlElement, ...]
    next_page: str | None
    total_pages: int | None


def find_records(page: Page) -> Records | None:
    """The records embedded in a page or answered by ``dataproxy.jsp``; None without any."""
    texts = _RECORD.findall(page.source)
    if not texts:
        return None
    elements = tuple(_element(text) for text in texts)
    group, total = _GROUP.search(page.source), _PAGES.search(page.source)
    link = _HREF.search(html.unescape(group[1])) if group else None
    following = page.link(link[1]) if link else None
    return Records(
        elements,
        None if following == page.url else following,
        int(total[1]) if total else None,
    )


def _element(text: str) -> HtmlElement:
    # A line break inside a date is a fault of the CMS, not of the date.
    return lxml.html.fragment_fromstring(_BREAK_IN_DATE.sub("", text), create_parent="div")
