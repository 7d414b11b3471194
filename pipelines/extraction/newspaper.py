"""What only papers print: page number and name, strap and subtitle around the headline."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from archive.records import Assertion, Source
from pipelines.extraction.byline import is_byline, is_dated
from pipelines.extraction.folding import fold, han
from pipelines.extraction.furniture import is_crumbs, is_furniture
from pipelines.extraction.headline import Headline
from pipelines.extraction.hooks import ArticleHooks
from pipelines.extraction.pairs import split_pairs
from pipelines.extraction.region import Region
from pipelines.extraction.selection import Index
from pipelines.extraction.site_names import is_site_name
from pipelines.extraction.text import HEADINGS, Line, text_of, tidy

_EDITION = re.compile(
    r"(?:^|[\s|])(?:第 ?|(?=[A-Z]))(?P<no>[A-Z]{0,2}\d{1,3}(?:-\d{1,3})?) ?版(?: ?[:|·] ?| +)?"
    r"(?P<name>[^\s|:<>《》()]{0,16})(?=$|[\s|])"
)
_STOP = re.compile(r"[。；！？…]\s*\Z")
_SUB = re.compile(r"sub[-_]?tit|subhead|futi|fbt|fu-?title", re.IGNORECASE)
_INTRO = re.compile(
    r"intro|kicker|yinti|eyebrow|jianti|pre-?tit|lead-?tit|upper|shoulder|(?:^|[\s_-])pre(?:$|[\s_-])",
    re.IGNORECASE,
)
_LONGEST = 70


def edition_assertions(printed: Sequence[Line]) -> list[Assertion]:
    """Page number and name from the line that names the page read (links name other pages)."""
    for line in printed:
        if line.is_linked or len(line.text) > _LONGEST:
            continue
        match = _EDITION.search(fold(line.parted))
        if match:
            raw = line.text
            found = [Assertion("page_no", match["no"], raw, Source.HEADER, "版次")]
            if match["name"] and not is_furniture(match["name"]):
                name = tidy(line.parted[match.start("name") : match.end("name")])
                found.append(Assertion("page_name", name, raw, Source.HEADER, "版名"))
            return found
    return []


def is_subtitle(line: Line) -> bool:
    """Whether a line is named as the one below a headline."""
    return _is_beside(line) and bool(_SUB.search(_marks(line)))


def names_edition(line: Line) -> bool:
    """Whether a line names the page of a paper."""
    return bool(_EDITION.search(fold(line.parted)))


def around_headline(
    printed: Sequence[Line],
    region: Region,
    headline: Headline | None,
    hooks: ArticleHooks,
    index: Index,
    *,
    paper: bool,
    names: frozenset[str],
) -> list[Assertion]:
    """Subtitle below and kicker above the headline.

    Elsewhere than in a ``paper`` only markup that says so counts; a paper stacks them unmarked.
    """
    found = [*_hooked("subtitle", hooks.subtitle, index), *_hooked("kicker", hooks.kicker, index)]
    if headline is None:
        return found
    below = _below(printed, region, headline, paper=paper)
    if below is not None:
        found.append(_assertion("subtitle", below))
    above = _above(printed, headline, names, paper=paper)
    if above is not None:
        found.append(_assertion("kicker", above))
    return found


def _hooked(field: str, selectors: Sequence[str], index: Index) -> Iterator[Assertion]:
    for selector in selectors:
        for element in index.select(selector):
            text = text_of(element)
            if text:
                yield Assertion(field, text, text, Source.HEADING, selector)
                return


def _assertion(field: str, line: Line) -> Assertion:
    return Assertion(
        field, line.text, line.text, Source.HEADING, f"beside the headline: {line.element.tag}"
    )


def _below(
    printed: Sequence[Line], region: Region, headline: Headline, *, paper: bool
) -> Line | None:
    if headline.last >= len(printed):
        return None
    line = printed[headline.last]
    if not _is_beside(line):
        return None
    if _SUB.search(_marks(line)):
        return line
    if headline.last >= region.first or _STOP.search(line.text):
        return None
    heading = {line.element.tag, printed[headline.first].element.tag} <= HEADINGS
    return line if paper or heading else None


def _above(
    printed: Sequence[Line], headline: Headline, names: frozenset[str], *, paper: bool
) -> Line | None:
    if not headline.first:
        return None
    line = printed[headline.first - 1]
    if not _is_beside(line) or is_site_name(line.text, names):
        return None
    return line if paper or _INTRO.search(_marks(line)) else None


def _is_beside(line: Line) -> bool:
    text = line.text
    if line.linked or not 2 <= line.size <= _LONGEST or is_furniture(text) or is_crumbs(text):
        return False
    if is_byline(line.apart) or split_pairs(text) or names_edition(line) or is_dated(line.apart):
        return False
    return han(text) > 1


def _marks(line: Line) -> str:
    return f"{line.element.get('class') or ''} {line.element.get('id') or ''}"
