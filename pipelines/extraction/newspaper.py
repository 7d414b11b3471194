"""What only papers print: page number and name, strap and subtitle around the headline."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from archive.records import Assertion, Source
from pipelines.extraction.folding import fold, squeeze
from pipelines.extraction.furniture import is_crumbs, is_furniture
from pipelines.extraction.header import is_byline
from pipelines.extraction.hooks import ArticleHooks
from pipelines.extraction.pairs import split_pairs
from pipelines.extraction.region import Region
from pipelines.extraction.selection import Index
from pipelines.extraction.text import Line, text_of, tidy
from pipelines.extraction.title import Headline, is_site_name

_EDITION = re.compile(
    r"^第 ?(?P<no>[A-Z]{0,2}\d{1,3}(?:-\d{1,3})?) ?版(?: ?[:：|·] ?| +)?(?P<name>[^\s|:：<>《》（）()]{0,16})$"
)
_STOP = re.compile(r"[。；！？…]\s*\Z")
_SUB = re.compile(r"sub[-_]?tit|subhead|futi|fbt|fu-?title", re.IGNORECASE)
_INTRO = re.compile(r"intro|kicker|yinti|eyebrow|jianti|pre-?tit|lead-?tit|upper|shoulder", re.IGNORECASE)
_LONGEST = 70


def edition_assertions(printed: Sequence[Line]) -> list[Assertion]:
    """Page number and name from the line that names the page read (links name other pages)."""
    for line in printed:
        if line.linked or len(line.text) > 40:
            continue
        match = _EDITION.match(fold(line.text).strip())
        if match:
            raw = line.text
            found = [Assertion("page_no", match["no"], raw, Source.HEADER, "版次")]
            if match["name"] and not is_furniture(match["name"]):
                name = tidy(raw[-len(match["name"]) :])
                found.append(Assertion("page_name", name, raw, Source.HEADER, "版名"))
            return found
    return []


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
    return Assertion(field, line.text, line.text, Source.HEADING, f"beside the headline: {line.element.tag}")


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
    outside = headline.last < region.first
    return line if paper and outside and not _STOP.search(line.text) else None


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
    return not is_byline(text) and not split_pairs(text) and not _EDITION.match(fold(text).strip()) and bool(
        re.search(r"[\u3400-\u9fff]", squeeze(text))
    )


def _marks(line: Line) -> str:
    return f"{line.element.get('class') or ''} {line.element.get('id') or ''}"
