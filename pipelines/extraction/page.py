"""One fetched page, decoded once and parsed once."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import escape
from html.parser import HTMLParser
from urllib.parse import urljoin

import lxml.html
from lxml import etree
from lxml.html import HtmlElement

from archive.addresses import without_credentials
from archive.records import Encoding
from pipelines.extraction.decoding import decode
from pipelines.extraction.text import BLOCKS

_PROLOGUE = re.compile(r"\A\s*<\?xml[^>]*\?>")
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f]")
_EMPTY = "<html><body></body></html>"
_DEEPEST = 100
"""Levels kept of markup that no parser follows: far more than pages are laid out with."""
_VOID_NAMES = "area base br col embed hr img input link meta param source track wbr"
_VOID = frozenset(_VOID_NAMES.split())


@dataclass(frozen=True, slots=True)
class Page:
    """A parsed page. ``tree`` is the html element, comments kept (some families store data there).

    ``url`` is the address as far as it is known; ``base_url`` has ``<base href>`` applied and may
    be relative or None. ``complete`` is False when the markup was too deep to be read as it is.
    """

    url: str | None
    source: str
    tree: HtmlElement
    encoding: Encoding
    base_url: str | None
    headers: tuple[tuple[str, str], ...] = ()
    complete: bool = True

    def link(self, href: str) -> str:
        """The address a link leads to: absolute when the page's own is known, else as written."""
        return join(self.base_url, href)


def join(base: str | None, href: str) -> str:
    """Resolve a link against a base; a base or link that no rule can read leaves it as written.

    A user name and password in the result are dropped: they are nobody's to use or to keep.
    """
    href = re.sub(r"[\t\r\n]", "", href).strip()
    if not base:
        return href
    try:
        joined = urljoin(base, href)
    except ValueError:
        joined = href
    return without_credentials(joined) if "@" in joined else joined


def parse(
    body: bytes,
    content_type: str | None = None,
    url: str | None = None,
    headers: tuple[tuple[str, str], ...] = (),
) -> Page:
    """Decode and parse the bytes of one page. Never fails: a page without markup has no text."""
    source, encoding = decode(body, content_type)
    tree, complete = parse_html(source)
    return Page(url, source, tree, encoding, _base(tree, url), headers, complete)


def parse_html(source: str) -> tuple[HtmlElement, bool]:
    """The html element of a source text, and whether everything in it was read."""
    markup = _FORBIDDEN.sub("", _PROLOGUE.sub("", source))
    tree, deep = _parse(markup)
    if deep:
        # libxml2 stops at 2048 levels and keeps nothing that stands deeper.
        tree, _ = _parse(_shallow(markup))
    return tree, not deep


def _parser() -> etree.HTMLParser:
    """A parser whose elements all have one class: lxml.html asks a function for that of each."""
    parser = etree.HTMLParser(huge_tree=True, remove_comments=False)
    one_class = etree.ElementDefaultClassLookup(
        element=HtmlElement,
        comment=lxml.html.HtmlComment,
        pi=lxml.html.HtmlProcessingInstruction,
        entity=lxml.html.HtmlEntity,
    )
    parser.set_element_class_lookup(one_class)
    return parser


def _parse(markup: str) -> tuple[HtmlElement, bool]:
    parser = _parser()
    try:
        tree = lxml.html.document_fromstring(markup, parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError):
        tree = lxml.html.document_fromstring(_EMPTY)
    faults = {entry.type for entry in parser.error_log}
    if etree.ErrorTypes.ERR_NO_MEMORY in faults:
        # libxml2 calls that a fault of the markup: the page would pass for an empty one.
        raise MemoryError("the tree of the page does not fit into memory")
    deep = etree.ErrorTypes.ERR_RESOURCE_LIMIT in faults
    return tree, deep


def _base(tree: HtmlElement, url: str | None) -> str | None:
    for element in tree.iter("base"):
        href = (element.get("href") or "").strip()
        if href:
            return join(url, href)
    return url


class _Leveller(HTMLParser):
    """Rewrites markup without the tags that stand deeper than a parser can follow.

    Where a block would have begun, the line still ends.
    """

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self.depth = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _VOID:
            self.parts.append(self.get_starttag_text() or "")
            return
        self.depth += 1
        if self.depth <= _DEEPEST:
            self.parts.append(self.get_starttag_text() or "")
        elif tag in BLOCKS:
            self.parts.append("<br>")

    def handle_endtag(self, tag: str) -> None:
        if tag in _VOID or not self.depth:
            return
        if self.depth <= _DEEPEST:
            self.parts.append(f"</{tag}>")
        self.depth -= 1

    def handle_data(self, data: str) -> None:
        self.parts.append(data if self.cdata_elem else escape(data, quote=False))

    def handle_comment(self, data: str) -> None:
        self.parts.append(f"<!--{data}-->")


def _shallow(markup: str) -> str:
    leveller = _Leveller()
    leveller.feed(markup)
    leveller.close()
    return "".join(leveller.parts)
