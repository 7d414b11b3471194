"""A page taken apart: its lines, its records, and the region that holds the document."""

from __future__ import annotations

import copy
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace

from lxml.html import HtmlElement

from pipelines.extraction.byline import apart_from_bylines, is_byline
from pipelines.extraction.folding import squeeze
from pipelines.extraction.hooks import ArticleHooks
from pipelines.extraction.page import Page
from pipelines.extraction.pairs import Pair
from pipelines.extraction.region import Region, find_region
from pipelines.extraction.scripts import script_body, show_written
from pipelines.extraction.selection import Index
from pipelines.extraction.tables import find_runs, find_tables
from pipelines.extraction.text import Line, lines
from pipelines.extraction.volatile import remove, remove_volatile

_LITTLE = 40
_LISTED = 6


@dataclass(frozen=True, slots=True)
class Layout:
    """A cleaned copy of a page. ``official`` are places among ``printed`` that are a record.

    ``pairs`` are the labels and values of all records, of tables first, in page order;
    ``linked`` the texts of all links before cleaning, squeezed: what lists of contents name.
    """

    tree: HtmlElement
    index: Index
    printed: list[Line]
    region: Region
    official: frozenset[int]
    pairs: tuple[Pair, ...]
    linked: frozenset[str] = frozenset()


def lay_out(page: Page, hooks: ArticleHooks, titles: Collection[str] = ()) -> Layout:
    """Clean a copy of the page, take its metadata tables out, and find the main region.

    ``titles`` are the declared ones, squeezed.
    """
    tree = copy.deepcopy(page.tree)
    show_written(tree)
    remove_volatile(tree, hooks.volatile)
    pairs: list[Pair] = []
    for record in find_tables(tree):
        pairs += record.pairs
        for element in record.elements:
            remove(element)
    layout = _locate(tree, hooks, pairs, titles)
    if size_of(layout.region.lines) < _LITTLE:
        layout = _unhide(page, layout, hooks, pairs)
    return replace(layout, linked=_link_texts(page.tree))


def _link_texts(tree: HtmlElement) -> frozenset[str]:
    texts = (squeeze(link.text_content()) for link in tree.iter("a"))
    areas = (squeeze(area.get("alt") or area.get("title") or "") for area in tree.iter("area"))
    return frozenset(text for text in (*texts, *areas) if len(text) >= _LISTED)


def size_of(printed: Iterable[Line]) -> int:
    """Characters without white space in some lines."""
    return sum(line.size for line in printed)


def _locate(
    tree: HtmlElement,
    hooks: ArticleHooks,
    pairs: Sequence[Pair],
    titles: Collection[str] = (),
    *,
    hidden: bool = False,
) -> Layout:
    printed = apart_from_bylines(lines(tree, hidden=hidden))
    runs = find_runs(printed)
    official = frozenset(at for first, last, _ in runs for at in range(first, last))
    framed = official | {at for at, line in enumerate(printed) if is_byline(line.apart)}
    index = Index(tree)
    region = find_region(tree, printed, index, hooks, framed, titles)
    found = (*pairs, *(pair for _, _, run in runs for pair in run))
    return Layout(tree, index, printed, region, official, found)


def _unhide(page: Page, layout: Layout, hooks: ArticleHooks, pairs: Sequence[Pair]) -> Layout:
    """A page that prints next to nothing: its text may be hidden until a script shows it."""
    shown = _locate(layout.tree, hooks, pairs, hidden=True)
    if size_of(shown.region.lines) >= _LITTLE:
        return shown
    written, body = script_body(page), layout.tree.find("body")
    if written is None or body is None:
        return layout
    for container in list(written.iter("body")):
        body.append(container[0])
    return _locate(layout.tree, hooks, pairs)
