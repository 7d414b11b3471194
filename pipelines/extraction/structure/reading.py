"""The structure of a document: its kept lines in their markup, and the images among them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from lxml.html import HtmlElement

from archive.records import AttachmentLink
from pipelines.extraction.anchor import links_file
from pipelines.extraction.furniture import ends_article, is_foot
from pipelines.extraction.page import Page
from pipelines.extraction.structure.blocks import to_markdown
from pipelines.extraction.structure.graphics import shown
from pipelines.extraction.structure.images import choose
from pipelines.extraction.structure.inline import escape, guard_start
from pipelines.extraction.structure.printed import Piece, Printed, read
from pipelines.extraction.text import Line, ancestors

_MOST_LINES = 20_000
_LINKS = 2
_MOST_IMAGES = 300
"""Each is asked for on its own; the longest scanned official files have about 200 pages."""


@dataclass(frozen=True, slots=True)
class Structure:
    """A document's text as Markdown, and its images, each address once and no more than a limit.

    ``surplus`` is how many more images there are, which nobody looks after.
    """

    markdown: str
    images: tuple[AttachmentLink, ...]
    surplus: int = 0


def structure_of(
    page: Page,
    region: HtmlElement,
    kept: Sequence[Line],
    *,
    headline: HtmlElement | None = None,
    named: Sequence[HtmlElement] = (),
) -> Structure:
    """The structure of the kept lines of a region; those lines alone are the document.

    A ``headline`` is given when the region was not named by its markup: then an image may stand
    beside it, below the headline. A page may print no text because its document is a scan: when
    nothing was kept, images are looked for in ``named`` elements, or else below the headline.
    Of a text of very many lines only those are written, without structure: nobody reads it, and a
    second walk would double its cost.
    """
    if len(kept) > _MOST_LINES:
        return Structure("\n\n".join(guard_start(escape(line.text)) for line in kept), ())
    if not kept:
        printed = _scans(page, region, headline, named)
        images = choose(printed, [False] * len(printed), page.link)
        return _written(region, lambda chosen: _alone(printed, chosen), images)
    printed, places = _best_placed(page, region, headline, kept)
    keeping = [False] * len(printed)
    for place in places:
        if place is not None:
            keeping[place] = True
    images = choose(printed, keeping, page.link, named=headline is None)
    return _written(region, lambda chosen: _document(printed, places, kept, chosen), images)


def _written(
    region: HtmlElement,
    document: Callable[[dict[object, AttachmentLink]], Iterable[Printed]],
    images: dict[object, AttachmentLink],
) -> Structure:
    """The structure of what a ``document`` shows with the images that are within the limit."""
    every = _unique(images.values())
    chosen = images
    if len(every) > _MOST_IMAGES:
        first = {each.url for each in every[:_MOST_IMAGES]}
        chosen = {element: each for element, each in images.items() if each.url in first}
    markdown = to_markdown(region, list(document(chosen)), chosen)
    return Structure(markdown, every[:_MOST_IMAGES], max(len(every) - _MOST_IMAGES, 0))


def _best_placed(
    page: Page, region: HtmlElement, headline: HtmlElement | None, kept: Sequence[Line]
) -> tuple[Sequence[Printed], list[int | None]]:
    """What is printed around the kept lines, and their places; widely read where that finds all.

    A text that the page hides until a script shows it was read with what is hidden.
    """
    around = _around(region, headline)
    ways = [(around, False), (region, False), (region, True)]
    found: tuple[Sequence[Printed], list[int | None]] = ((), [None] * len(kept))
    for root, hidden in ways[around is region :]:
        placed = _placed(read(root, page.link, hidden=hidden), kept)
        if placed[1].count(None) < found[1].count(None):
            found = placed
        if None not in found[1]:
            break
    return found


def _around(region: HtmlElement, headline: HtmlElement | None) -> HtmlElement:
    """The smallest element that holds the region and its headline."""
    if headline is None:
        return region
    holding = set(ancestors(headline))
    return next((each for each in ancestors(region) if each in holding), region)


def _scans(
    page: Page, region: HtmlElement, headline: HtmlElement | None, named: Sequence[HtmlElement]
) -> Sequence[Printed]:
    """What is printed where the images of a document without text stand."""
    for element in named:
        if any(shown(image) is not None for image in element.iter("img")):
            return read(element, page.link)
    if headline is None:
        return read(region, page.link)
    printed = read(headline.getroottree().getroot(), page.link)
    lines_ = (at for at, each in enumerate(printed) if each.line and each.block is headline)
    first = next(lines_, len(printed))
    end = _end(printed, first + 1)
    if end == len(printed):
        return printed[first:]
    part = _part_without(printed[end].block, headline)
    return [each for each in printed[first:end] if part not in ancestors(each.block)]


def _part_without(block: HtmlElement, headline: HtmlElement) -> HtmlElement:
    """The largest part of the page that holds a block but not the headline, such as its foot."""
    holding = set(ancestors(headline))
    part = block
    for around in ancestors(block):
        if around in holding:
            break
        part = around
    return part


def _end(printed: Sequence[Printed], first: int) -> int:
    """Where what follows a headline ends: at the foot, or where links lead to other pages."""
    linked = 0
    for at in range(first, len(printed)):
        line = printed[at].line
        if line is None:
            continue
        linked = linked + 1 if line.is_linked and not links_file(line) else 0
        if linked == _LINKS or is_foot(line.text) or ends_article(line.text):
            return at
    return len(printed)


def printed_again(text: str, printed: Iterable[Line]) -> list[Line] | None:
    """The lines that a known text was made of; None when they are not all printed any more."""
    wanted = text.split("\n") if text else []
    found: list[Line] = []
    for line in printed:
        if len(found) < len(wanted) and line.text == wanted[len(found)]:
            found.append(line)
    return found if len(found) == len(wanted) else None


def _placed(
    printed: Sequence[Printed], kept: Sequence[Line]
) -> tuple[Sequence[Printed], list[int | None]]:
    """Where each kept line stands among the printed ones, in their order; None where nowhere."""
    known: dict[tuple[HtmlElement, str], list[int]] = {}
    for at in range(len(printed) - 1, -1, -1):
        line = printed[at].line
        if line is not None:
            known.setdefault((line.element, line.text), []).append(at)
    places: list[int | None] = []
    last = -1
    for line in kept:
        ahead = known.get((line.element, line.text), [])
        while ahead and ahead[-1] <= last:
            ahead.pop()
        places.append(ahead.pop() if ahead else None)
        last = max(last, places[-1] or 0) if places[-1] is not None else last
    return printed, places


def _document(
    printed: Sequence[Printed],
    places: Sequence[int | None],
    kept: Sequence[Line],
    images: dict[object, AttachmentLink],
) -> Iterable[Printed]:
    """What the document shows, in page order: its lines, and the images that stand alone."""
    done = 0
    for line, place in zip(kept, places, strict=True):
        if place is None:
            yield Printed(line.element, line, (Piece(line.text),))
            continue
        yield from _alone(printed[done:place], images)
        yield printed[place]
        done = place + 1
    yield from _alone(printed[done:], images)


def _alone(between: Iterable[Printed], images: dict[object, AttachmentLink]) -> Iterable[Printed]:
    for each in between:
        if each.line is None and any(piece.image in images for piece in each.pieces):
            yield each


def _unique(images: Iterable[AttachmentLink]) -> tuple[AttachmentLink, ...]:
    found: dict[str | None, AttachmentLink] = {}
    for each in images:
        found.setdefault(each.url, each)
    return tuple(found.values())
