"""What the article pages of all families share: blocks, related links, rows of a list."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from posixpath import dirname, relpath

from crawler.replica.facts import Block, BlockKind
from crawler.replica.markup import Html, Parts, escaped, lines
from crawler.replica.randomness import stream
from crawler.replica.state import Attached, SiteState

VISITS = "{{visits}}"
CLOCK = "{{clock}}"
"""Marks of what moves at every request; the server fills them in last."""

TITLE_CUT = 22
_DIGITS = re.compile(r"(?<![&#x\w])\d+(?!\w)")


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a list as shown today."""

    document: int
    ordinal: int
    title: str
    path: str


def body(parts: Parts, state: SiteState, document: int) -> Html:
    """The whole body, block after block."""
    files, base = state.files(document), state.path(document)
    images = iter(state.images(document))
    return lines([block(parts, each, files, images, base) for each in state.facts(document).blocks])


def block(
    parts: Parts, each: Block, files: tuple[Attached, ...], images: Iterator[str], base: str
) -> Html:
    """One block; a part that the variant does not tell apart looks like a paragraph.

    ``images`` gives the path of the next figure's image.
    """
    name = f"block_{each.kind}"
    if each.kind is BlockKind.FIGURE:
        return parts.fill(name, text=each.text, href=relative(next(images), base))
    if each.kind is BlockKind.TABLE:
        rows = [parts.fill("table_row", cells=_cells(parts, row)) for row in each.rows]
        return parts.fill(name, rows=lines(rows))
    if each.kind is BlockKind.ITEMS:
        rows = [parts.fill("item", text=_inline(parts, row[0])) for row in each.rows]
        return parts.fill(name, rows=lines(rows))
    if each.file is not None:
        file = files[each.file]
        return parts.fill(name, text=each.text, name=file.name, href=relative(file.path, base))
    name = name if parts.has(name) else "block_paragraph"
    return parts.fill(name, text=_inline(parts, each.text))


def _cells(parts: Parts, row: tuple[str, ...]) -> Html:
    return Html("".join(parts.fill("cell", text=cell) for cell in row))


def _inline(parts: Parts, text: str) -> Html:
    """Running text; some editors leave every number in a span of its own."""
    shown = escaped(text)
    if not parts.has("digits"):
        return Html(shown)
    return Html(_DIGITS.sub(lambda found: parts.fill("digits", text=found[0]), shown))


def relative(path: str, base: str) -> str:
    """A link as these CMSs write it: ``./x`` within a folder, absolute across the site."""
    up = relpath(path, dirname(base))
    if up.startswith("../.."):
        return path
    return up if up.startswith("..") else f"./{up}"


def related(parts: Parts, state: SiteState, document: int) -> Html:
    """Links to some older documents, by the titles and addresses they were born with."""
    base = state.path(document)
    rows = [
        parts.fill(
            "related_row",
            title=state.first_title(other),
            href=relative(state.path(other, moved=False), base),
        )
        for other in state.related(document)
    ]
    return lines(rows)


def token(state: SiteState, document: int) -> str:
    """A meaningless token in the page that changes with every shuffle of its surroundings."""
    rng = stream(state.world.number, state.family, document, "token", state.noise(document))
    return f"{rng.getrandbits(64):016x}"


def cut(title: str) -> str:
    """A title as narrow lists show it."""
    return title if len(title) <= TITLE_CUT else title[: TITLE_CUT - 1] + "…"


def pages(state: SiteState) -> int:
    """How many list pages the site has."""
    return max(1, -(-len(state.listed) // page_size(state)))


def page_size(state: SiteState) -> int:
    """Rows per list page: few on a small site, so that it still has pages to turn."""
    return 20 if state.held.early > 100 else 5


def rows(state: SiteState, page: int) -> list[Row]:
    """The rows of list page ``page``, counted from 1."""
    size = page_size(state)
    start = (page - 1) * size
    return [
        Row(
            document,
            start + at + 1,
            state.facts(document).fields["title"] or "",
            state.path(document),
        )
        for at, document in enumerate(state.listed[start : start + size])
    ]
