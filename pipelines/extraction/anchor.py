"""The box that must be the article's: below its printed title and date line, around all of it.

A short text loses to comments, to abstracts of other articles or to a site's portrait when only
size counts; the header that stands above it says which of them is the document.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from itertools import islice

from lxml.html import HtmlElement

from pipelines.extraction.attachments import is_attachment
from pipelines.extraction.byline import is_byline, is_counted, is_dated
from pipelines.extraction.dates import parse_date
from pipelines.extraction.folding import squeeze
from pipelines.extraction.furniture import (
    is_crumbs,
    is_foot,
    is_furniture,
    opens_comments,
    opens_related,
)
from pipelines.extraction.pairs import leading_text, split_pairs
from pipelines.extraction.text import BLOCKS, HEADINGS, Line, ancestors

_STATED = frozenset(("date_published", "source", "author", "publisher_person_or_unit", "views"))
_NEAR = 3
_FAR = 10
_SHORTEST_TITLE = 4
_SHORTEST_LINK = 8
_MANY = 2
_SAYS = 4.0
_LITTLE = 60.0
_PARAGRAPH = 20.0
_HEADLINE = 60


def header_end(printed: Sequence[Line], titles: Collection[str]) -> int | None:
    """The place of the date line that follows a printed title; None where no such header stands.

    ``titles`` are the declared ones, squeezed. When none of them is printed, the first line that
    states a date and more under labels makes a header with the line above it.
    """
    for at, line in enumerate(printed):
        flat = squeeze(line.text)
        if len(flat) < _SHORTEST_TITLE or flat not in titles or line.is_linked:
            continue
        for below in range(at + 1, min(at + 1 + _NEAR, len(printed))):
            if is_byline(printed[below].apart) or is_dated(printed[below].apart):
                return below
    return next((at for at in range(1, len(printed)) if _is_header(printed, at)), None)


def _is_header(printed: Sequence[Line], at: int) -> bool:
    """Whether a line states date and origin under labels, below one that may be a headline."""
    line, above = printed[at], printed[at - 1]
    if line.is_linked or above.is_linked or above.size > _HEADLINE or not is_byline(line.apart):
        return False
    fields = {field for pair in split_pairs(line.apart) for field in pair.fields[:1]}
    fields |= {"views"} if is_counted(line.apart) else set()
    dated = "date_published" in fields or parse_date(leading_text(line.apart)) is not None
    told = above.element.tag in HEADINGS or len(fields & _STATED | {"date_published"}) >= _MANY
    if not (dated and told) or is_furniture(above.text) or opens_comments(above.text):
        return False
    return not is_crumbs(above.text) and not split_pairs(above.apart)


def article_box(
    printed: Sequence[Line], worths: Sequence[float], header: int, best: HtmlElement
) -> HtmlElement | None:
    """The box of header and text, when the best region is elsewhere or holds other articles too.

    None where the best region can stay.
    """
    first = next(
        (
            at
            for at in range(header + 1, min(header + 1 + _FAR, len(printed)))
            if worths[at] > _SAYS and (links_file(printed[at]) or not printed[at].is_linked)
        ),
        None,
    )
    if first is None:
        return None
    box = _common(printed[header].element, printed[first].element)
    if box is None or box.tag in ("body", "html"):
        return None
    places = [at for at, line in enumerate(printed) if inside(line.element, best)]
    if not places:
        return None
    if first not in places:
        little = sum(worths[at] for at in places) < _LITTLE
        apart = places[-1] < header or _stops(printed, range(first, places[0] + 1))
        return box if apart or (little and not inside(best, box)) else None
    if best is box or not inside(box, best):
        return None
    last = max(at for at, line in enumerate(printed) if inside(line.element, box))
    if any(_reads(printed[at], worths[at]) for at in places if at < header - _NEAR):
        return box  # a site's portrait or abstracts of other articles stand before it
    return box if _stops(printed, range(last + 1, places[-1] + 1)) else None


def _reads(line: Line, worth: float) -> bool:
    return worth > _PARAGRAPH and not line.is_linked


def _stops(printed: Sequence[Line], places: range) -> bool:
    """Whether something between belongs to other articles or to their readers."""
    away = [line for line in printed[places.start : places.stop] if _leads_away(line)]
    if sum(line.size >= _SHORTEST_LINK for line in away) >= _MANY:
        return True
    return any(
        opens_related(line.text)
        or opens_comments(line.text)
        or (line.is_linked and line.element.tag in HEADINGS)
        for line in printed[places.start : places.stop]
    )


def _common(one: HtmlElement, other: HtmlElement) -> HtmlElement | None:
    around = set(ancestors(one))
    return next((each for each in ancestors(other) if each in around), None)


def inside(element: HtmlElement, root: HtmlElement) -> bool:
    """Whether an element is another or stands in it."""
    return any(above is root for above in ancestors(element))


def with_others(best: HtmlElement, printed: Sequence[Line], worths: Sequence[float]) -> HtmlElement:
    """The box around a single paragraph, when a date or editor's line parted it from the others.

    In a short text one such line weighs more than a paragraph; a box that also holds links,
    a foot or a trail is more than the text's.
    """
    around = best.getparent()
    if around is None or around.tag == "html" or any(child.tag in BLOCKS for child in best):
        return best
    both = [
        (line, worth)
        for line, worth in zip(printed, worths, strict=True)
        if inside(line.element, around)
    ]
    others = [each for each in both if not inside(each[0].element, best)]
    if len(both) - len(others) != 1:
        return best
    if any(_leads_away(line) or (worth < 0 and _frames(line)) for line, worth in others):
        return best
    return around if any(worth > 1 for _, worth in others) else best


def _frames(line: Line) -> bool:
    return is_foot(line.text) or is_crumbs(line.text)


def _leads_away(line: Line) -> bool:
    return line.is_linked and not links_file(line) and not is_furniture(line.text)


def links_file(line: Line) -> bool:
    """Whether a line leads to a file: an enclosure belongs to the text that names it."""
    links = islice(line.element.iter("a"), 4)
    return any(is_attachment(link) for link in links)
