"""The structure of a document: its kept lines in their markup, and the images among them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from lxml.html import HtmlElement

from archive.records import AttachmentLink
from pipelines.extraction.page import Page
from pipelines.extraction.structure.blocks import to_markdown
from pipelines.extraction.structure.images import choose, shown
from pipelines.extraction.structure.inline import escape, guard_start
from pipelines.extraction.structure.printed import Piece, Printed, read
from pipelines.extraction.text import Line

_MOST_LINES = 20_000


@dataclass(frozen=True, slots=True)
class Structure:
    """A document's text as Markdown, and its images, each address once."""

    markdown: str
    images: tuple[AttachmentLink, ...]


def structure_of(
    page: Page, region: HtmlElement, kept: Sequence[Line], elsewhere: Iterable[HtmlElement] = ()
) -> Structure:
    """The structure of the kept lines of a region; those lines alone are the document.

    A page may print no text because its document is a scan: when nothing was kept, the first of
    ``elsewhere`` that holds images is read instead. Of a text of very many lines only those are
    written, without structure: nobody reads it, and a second walk would double its cost.
    """
    if len(kept) > _MOST_LINES:
        return Structure("\n\n".join(guard_start(escape(line.text)) for line in kept), ())
    if not kept:
        region = next((each for each in elsewhere if _has_images(each)), region)
    printed, places = _placed(read(region, page.link), kept)
    if None in places:
        # A text that the page hides until a script shows it was read with what is hidden.
        every = _placed(read(region, page.link, hidden=True), kept)
        if every[1].count(None) < places.count(None):
            printed, places = every
    keeping = [False] * len(printed)
    for place in places:
        if place is not None:
            keeping[place] = True
    images = choose(printed, keeping, page.link)
    document = list(_document(printed, places, kept, images))
    return Structure(to_markdown(region, document, images), _unique(images.values()))


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


def _has_images(element: HtmlElement) -> bool:
    return any(shown(image) is not None for image in element.iter("img"))


def _unique(images: Iterable[AttachmentLink]) -> tuple[AttachmentLink, ...]:
    found: dict[str | None, AttachmentLink] = {}
    for each in images:
        found.setdefault(each.url, each)
    return tuple(found.values())
