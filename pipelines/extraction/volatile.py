"""Parts of a page that move by themselves or belong to its frame, removed before reading."""

from __future__ import annotations

import re
from collections.abc import Iterable

from lxml.html import HtmlElement

from pipelines.extraction.attachments import is_attachment
from pipelines.extraction.folding import squeeze
from pipelines.extraction.furniture import is_furniture
from pipelines.extraction.remembered import remembered
from pipelines.extraction.selection import Index, named

VOLATILE = (
    ".WP_VisitCount",
    ".arti_views",
    "#visitcount",
    "[id^=dynclicks]",
    "[id^=nattach]",
    ".bdsharebuttonbox",
    ".bshare-custom",
    ".jiathis_style",
    ".social-share",
    "#qrcode",
    "#qr_container",
)
"""Counters and share bars of widely used systems and widgets."""

_FRAME = re.compile(
    r"(?:^|[-_ ])(?:share|shares|sharebox|sharebar|shareicon|bdshare\w*|fenxiang|fx|qrcode\w*|ewm|"
    r"erweima|"
    r"xgxw|xgwz|xgyd|xgzx|xglj|xgnews|related?|relevant|recommend\w*|hot-?news|crumbs?|breadcrumbs?|"
    r"weizhi|dqwz|curmb|position|comments?|pinglun|copyright|footer?|foot|sidebar|toolbar|pagetool|"
    r"print|dyym|fontsize|font-size|prevnext|pre-?next|sxp|sxt|vote|advert\w*)(?:$|[-_ \d])",
    re.IGNORECASE,
)
_TEXT = re.compile(
    r"content|article|text|body|detail|zoom|(?:^|[-_ ])con(?:$|[-_ ])", re.IGNORECASE
)
_BOXES = frozenset(("div", "ul", "dl", "p", "section", "footer", "nav", "aside", "li", "span"))
_LONGEST = 300
_STOPS = re.compile("[。；]")


def remove_volatile(tree: HtmlElement, selectors: Iterable[str]) -> None:
    """Take counters, share bars and the like out of a tree; what a hook names goes whatever it is.

    Guesses by class name go only when they hold little prose, since a template's ``share`` may
    be the box around the whole article.
    """
    index = Index(tree)
    for selector in (*selectors, *VOLATILE):
        for element in index.select(selector):
            remove(element)
    for link in list(tree.iter("a")):
        text = link.text_content()
        if text and len(text) <= 40 and is_furniture(text) and not is_attachment(link):
            remove(link)
    for element in named(tree):
        if element.tag not in _BOXES:
            continue
        name = f"{element.get('class') or ''} {element.get('id') or ''}".strip()
        if name and _is_framed(name) and _is_frame(element, name):
            remove(element)


@remembered
def _is_framed(name: str) -> bool:
    return _FRAME.search(name) is not None


def remove(element: HtmlElement) -> None:
    """Take an element out, leaving the text after it in place."""
    if element.getparent() is not None:
        element.drop_tree()


def _is_frame(element: HtmlElement, name: str) -> bool:
    """Whether an element named like a part of the frame holds no sentence, heading or file."""
    if _TEXT.search(name) or element.find(".//h1") is not None:
        return False
    text = squeeze(element.text_content())
    if len(text) > _LONGEST or _STOPS.search(text):
        return False
    return not any(is_attachment(link) for link in element.iter("a"))
