"""Where the document stands on a page: the subtree whose lines read most like one text."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import groupby, takewhile

from lxml.html import HtmlElement

from pipelines.extraction.anchor import article_box, header_end, inside, with_others
from pipelines.extraction.byline import is_dated
from pipelines.extraction.folding import squeeze
from pipelines.extraction.furniture import ends_article
from pipelines.extraction.hooks import ArticleHooks
from pipelines.extraction.selection import Index, outermost
from pipelines.extraction.text import Line, ancestors
from pipelines.extraction.worth import worths

_UNIT = re.compile(r"[(（]?(?:计量|金额)?单位:.{1,10}\Z")
_SHARE_OF_BEST = 0.6
_SHARE_OF_EDITOR = 0.35
_STRAY = 4.0
_PART = 0.15

EDITORS = (
    "#UCAP-CONTENT",
    "ucapcontent",
    "founder-content",
    "cms-content",
    ".trs_editor_view",
    ".TRS_UEDITOR",
    ".TRS_Editor",
    ".trs_paper_default",
    ".v_news_content",
    "[id^=vsb_content]",
    ".wp_articlecontent",
    "#ozoom",
    "#ivs_content",
)
"""What the editors of content systems write around a text: sure wherever it is found."""

CONTAINERS = ("#zoom", "#zoomcon", ".article-content", "#articleContent", ".article_content")
"""What templates of many sites call the text; some mean more than the text by it."""


@dataclass(frozen=True, slots=True)
class Region:
    """The main region: its element, its lines, and the hook that named it (None: by scoring).

    ``first`` and ``last`` are its place among all lines of the page (``last`` is exclusive).
    """

    element: HtmlElement
    lines: tuple[Line, ...]
    first: int
    last: int
    hook: str | None


def find_region(
    tree: HtmlElement,
    printed: Sequence[Line],
    index: Index,
    hooks: ArticleHooks,
    framed: frozenset[int] = frozenset(),
    titles: Collection[str] = (),
) -> Region:
    """The region a hook names, as long as no other part of the page reads much more like a text.

    ``framed`` are the places of lines known to stand outside of a text, such as a date line;
    ``titles`` the declared ones, squeezed: the text stands below the one that is printed.
    """
    weighed = worths(printed, framed)
    scores = _scores(tree, printed, weighed)
    sums, best = scores.sums, scores.best
    for selector in dict.fromkeys((*hooks.body, *EDITORS, *CONTAINERS)):
        found = outermost(index.select(selector))
        if not found:
            continue
        element = _whole(found, sums)
        common = selector in CONTAINERS and selector not in hooks.body
        share = _SHARE_OF_BEST if common else _SHARE_OF_EDITOR
        worth = sums.get(element, 0.0)
        if worth < 0 or worth < share * sums.get(best, 0.0):
            continue
        if not common or best not in element.iterdescendants():
            return region_of(element, printed, selector)
    return _scored(scores, printed, weighed, titles)


def scored_region(
    tree: HtmlElement,
    printed: Sequence[Line],
    framed: frozenset[int] = frozenset(),
    titles: Collection[str] = (),
) -> Region:
    """The region that reads most like a text, whatever any part of the page is called."""
    weighed = worths(printed, framed)
    return _scored(_scores(tree, printed, weighed), printed, weighed, titles)


@dataclass(frozen=True, slots=True)
class _Scores:
    """What every element's lines are worth, where they stand, and the element worth most."""

    sums: dict[HtmlElement, float]
    reaches: dict[HtmlElement, range]
    best: HtmlElement


def _scores(tree: HtmlElement, printed: Sequence[Line], weighed: Sequence[float]) -> _Scores:
    sums, reaches = _sums(tree, printed, weighed)
    return _Scores(sums, reaches, _innermost(_best(tree, sums), printed, sums, reaches))


def _scored(
    scores: _Scores, printed: Sequence[Line], weighed: Sequence[float], titles: Collection[str]
) -> Region:
    best, header = scores.best, header_end(printed, titles)
    box = article_box(printed, weighed, header, best) if header is not None else None
    if box is not None:
        best = _innermost(_best(box, scores.sums), printed, scores.sums, scores.reaches)
    return region_of(with_others(best, printed, weighed), printed, None)


def _whole(found: Sequence[HtmlElement], sums: dict[HtmlElement, float]) -> HtmlElement:
    """The element with most text of those a hook names; all of them when each has its own part."""
    largest = max(found, key=lambda each: sums.get(each, 0.0))
    parts = [each for each in found if sums.get(each, 0.0) > _PART * sums.get(largest, 0.0) > 0]
    if len(parts) < 2:
        return largest
    for around in largest.iterancestors():
        if all(around in part.iterancestors() for part in parts):
            return largest if around.tag in ("body", "html") else around
    return largest


def region_of(element: HtmlElement, printed: Sequence[Line], hook: str | None = None) -> Region:
    """An element as a region, with its lines among all of the page."""
    places = [at for at, line in enumerate(printed) if inside(line.element, element)]
    first, last = (places[0], places[-1] + 1) if places else (len(printed), len(printed))
    return Region(element, tuple(printed[at] for at in places), first, last, hook)


def lines_beside(region: Region, printed: Sequence[Line]) -> list[Line]:
    """The lines that follow a region in the same box, up to a link or what closes an article.

    None for a region that its markup named, or that stands in the page itself.
    """
    box = region.element.getparent()
    if region.hook is not None or box is None or box.tag in ("body", "html"):
        return []
    beside = takewhile(lambda line: line.element.getparent() is box, printed[region.last :])
    return list(takewhile(lambda line: not (line.is_linked or ends_article(line.text)), beside))


def _sums(
    tree: HtmlElement, printed: Sequence[Line], weighed: Sequence[float]
) -> tuple[dict[HtmlElement, float], dict[HtmlElement, range]]:
    """For every element what its lines are worth together, and from where to where they stand.

    Lines of one element are added up before its ancestors are told of them: markup that nests
    deep often has all its lines in one place.
    """
    sums: dict[HtmlElement, float] = {}
    starts: dict[HtmlElement, int] = {}
    stops: dict[HtmlElement, int] = {}
    for own, group in groupby(enumerate(printed), key=lambda entry: entry[1].element):
        places = [at for at, _ in group]
        worth = sum(weighed[at] for at in places)
        for element in ancestors(own, tree):
            sums[element] = sums.get(element, 0.0) + worth
            starts.setdefault(element, places[0])
            stops[element] = places[-1] + 1
    return sums, {element: range(start, stops[element]) for element, start in starts.items()}


def _best(tree: HtmlElement, sums: dict[HtmlElement, float]) -> HtmlElement:
    """The element with the highest sum; of equal ones the innermost, since it comes last."""
    best, highest = tree, float("-inf")
    for element in tree.iter("*"):
        worth = sums.get(element)
        if worth is None or worth < highest:
            continue
        if worth > highest or best in set(element.iterancestors()):
            best, highest = element, worth
    return best


def _innermost(
    best: HtmlElement,
    printed: Sequence[Line],
    sums: dict[HtmlElement, float],
    reaches: dict[HtmlElement, range],
) -> HtmlElement:
    """The box inside the best element that holds the text, if all it leaves out is a stray line.

    A dated line below the box is a signature and belongs to the text.
    """
    while True:
        enough = sums.get(best, 0.0) - _STRAY
        inner = [
            child
            for child in best
            if sums.get(child, -1.0) >= enough and len(reaches.get(child, ())) > 1
        ]
        if not inner or _leaves_own_line(reaches[best], reaches[inner[0]], printed):
            return best
        best = inner[0]


def _leaves_own_line(around: range, box: range, printed: Sequence[Line]) -> bool:
    """Whether a box leaves out a table's unit above it, or the date of a signature below."""
    above, below = printed[around.start : box.start], printed[box.stop : around.stop]
    if any(_UNIT.match(squeeze(line.text)) for line in (*above, *below)):
        return True
    return any(is_dated(line.apart) for line in below)
