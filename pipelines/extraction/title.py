"""The headline a reader sees: found among the printed lines with the help of what is declared.

A page that prints no headline and declares none has no title; a site's name is not one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from archive.records import Assertion, Source
from pipelines.extraction.byline import is_byline, is_dated
from pipelines.extraction.declared import Head
from pipelines.extraction.folding import squeeze, words_of
from pipelines.extraction.furniture import is_crumbs
from pipelines.extraction.headline import Headline, candidates, may_be_headline
from pipelines.extraction.looks import OFFICIAL_END, look_of, untidiness
from pipelines.extraction.numbers import find_doc_nos
from pipelines.extraction.organs import organs
from pipelines.extraction.region import Region
from pipelines.extraction.site_names import (
    column_names,
    document_title,
    head_titles,
    is_site_name,
    last_part,
    owners,
)
from pipelines.extraction.text import HEADINGS, Line

_ELLIPSIS = re.compile(r"(?:…+|\.{2,}|。{2,})\s*\Z")
_OFFICIAL = re.compile(rf"^关于|{OFFICIAL_END.pattern}")
_PROSE = re.compile(r"[^。]{24}。")
_INTO_TEXT = 6
_FEW = 6
_ENOUGH = 20.0
_ENOUGH_AGAINST = 50.0
_AGREES = 45.0
_MOST_OF_IT = 0.5
_STATED = 100.0
_OWNER = 30.0


@dataclass(frozen=True, slots=True)
class Titling:
    """The headline on the page, if printed, and what page and head assert as title."""

    headline: Headline | None
    assertions: tuple[Assertion, ...]


@dataclass(frozen=True, slots=True)
class _Clues:
    """What candidates are judged by; all texts squeezed.

    ``known``: titles stated in full; ``heads``: readings of ``<title>``, the whole one first;
    ``contents``: texts of links, by which a paper lists its articles; ``names``: sites, columns;
    ``last``: the end of a ``<title>`` that begins with the site; ``prose``: where the text has
    its first whole sentence, which no headline follows.
    """

    printed: Sequence[Line]
    region: Region
    known: tuple[str, ...]
    heads: tuple[str, ...]
    contents: frozenset[str]
    names: frozenset[str]
    marked: Sequence[Line]
    last: str
    prose: int


def find_title(
    printed: Sequence[Line],
    region: Region,
    head: Head,
    declared: Sequence[str],
    marked: Sequence[Line],
    linked: frozenset[str] = frozenset(),
) -> Titling:
    """The headline among the printed lines, and the titles that it and the head give.

    ``declared``: full titles stated elsewhere (meta, table, comment). ``marked``: lines that a
    family's title hook selects. ``linked``: texts of the page's links, squeezed.
    """
    foot = printed[region.last :]
    names = head.names | column_names(printed[: region.first]) | owners(foot)
    clues = _Clues(
        printed,
        region,
        tuple(each for each in dict.fromkeys(map(squeeze, declared)) if each not in names),
        tuple(squeeze(each) for each in head_titles(head.title)),
        linked,
        names,
        marked,
        squeeze(last_part(head.title, names) or ""),
        next(
            (at for at in range(region.first, region.last) if _PROSE.search(printed[at].text)),
            region.last,
        ),
    )
    headline = _best(clues)
    stated = [*declared, document_title(head.title, names) or ""]
    whole = _completed(headline, stated, printed)
    return Titling(headline, tuple(_assertions(headline, whole, head, names)))


def _best(clues: _Clues) -> Headline | None:
    scored = [
        (_score(each, clues), -order, each)
        for order, each in enumerate(candidates(clues.printed, clues.region.first + _INTO_TEXT))
    ]
    best = max(scored, key=lambda entry: entry[:2], default=None)
    if best is None:
        return None
    agreement = _agreement(squeeze(best[2].text), clues)
    # Where a title is stated in full, a line unlike it must look very much like a headline.
    enough = _ENOUGH_AGAINST if clues.known and agreement < _AGREES else _ENOUGH
    return best[2] if best[0] >= enough else _named_like_its_column(clues)


def _named_like_its_column(clues: _Clues) -> Headline | None:
    """The heading right above the text of a page that is its whole column: 学校简介."""
    for each in candidates(clues.printed, clues.region.first):
        line, flat = clues.printed[each.first], squeeze(each.text)
        heads = each.last == clues.region.first and line.element.tag in HEADINGS
        if heads and flat in clues.heads[1:] and flat in clues.names and not line.is_linked:
            return each
    return None


def _completed(
    headline: Headline | None, titles: Sequence[str], printed: Sequence[Line]
) -> str | None:
    """The headline's text, whole where the page cuts it with ``…``."""
    if headline is None:
        return None
    bare = _ELLIPSIS.sub("", headline.text)
    if bare == headline.text or squeeze(headline.text) in map(squeeze, titles):
        return headline.text
    attribute = printed[headline.first].element.get("title") or ""
    whole = (each for each in (attribute, *titles) if squeeze(each).startswith(squeeze(bare)))
    return next((each for each in whole if not _ELLIPSIS.search(each)), headline.text)


def _score(each: Headline, clues: _Clues) -> float:
    flat = squeeze(each.text)
    score = _agreement(flat, clues, heads=_heads_article(each, clues)) + (
        40.0 if flat in clues.contents else 0.0
    )
    # Only a full statement beats the look of a site's name; a bare <title> often is that name.
    stated = score >= _STATED or flat in clues.heads[1:] or _heads_article(each, clues)
    if flat in clues.names or (not stated and is_site_name(each.text, clues.names)):
        return -100.0
    if not stated and organs(each.text):
        score = -_OWNER  # 某市总工会 in large letters, and in <title>, owns the site
    if score < 60:
        score -= untidiness(each, clues.printed)
    if score < _AGREES and clues.printed[each.first].is_linked:
        return -100.0
    if each.first > clues.prose and (score < _AGREES or organs(each.text)):
        return -100.0  # who signs a text stands above its date as a headline does
    if words_of(each.text) < _FEW and flat != clues.heads[0]:
        score -= 30 if words_of(each.text) < 4 else 8
    return score + look_of(each, clues.printed, clues.marked) + _place(each, clues)


def _agreement(flat: str, clues: _Clues, *, heads: bool = False) -> float:
    """How far a printed text is the title that the page declares.

    ``heads``: it stands above a date line, so that even two characters can be one.
    """
    bare = _ELLIPSIS.sub("", flat)
    if flat in clues.known:
        return _STATED
    if flat in clues.heads and len(flat) > 4:
        return 80.0
    if flat == clues.heads[0] or (len(flat) >= 10 and clues.heads[0].endswith(flat)):
        return _AGREES
    if flat in clues.heads and not is_site_name(flat, clues.names) and heads:
        return _AGREES
    if flat == clues.last:
        return 60.0
    known = [title for title in clues.known if len(title) >= 8]
    if any(title in flat and len(flat) <= len(title) * 1.6 for title in known):
        return 50.0
    least = 0.0 if bare != flat else _MOST_OF_IT
    whole = (title for title in (*clues.known, *clues.heads) if title.startswith(bare))
    if len(bare) >= 8 and any(len(bare) >= least * len(title) for title in whole):
        return _AGREES
    return 0.0


def _place(each: Headline, clues: _Clues) -> float:
    """A headline stands near the text, above the date line or the number, outside the text."""
    below = clues.printed[each.last : each.last + 2]
    score = -0.5 * min(max(clues.region.first - each.last, 0), 60)
    if _heads_article(each, clues):
        near = clues.region.first - each.last <= _INTO_TEXT
        score += 22 if near and any(is_byline(line.apart) for line in below) else 12
    if _follows_trail(each, clues):
        score += 12
    if any(line.size <= 40 and "号" in line.text and find_doc_nos(line.text) for line in below[:1]):
        score += 15
    if _OFFICIAL.search(squeeze(each.text)) and len(each.text) > 8:
        one = clues.printed[each.first].element is clues.printed[each.last - 1].element
        directly = one and abs(clues.region.first - each.last) <= 1
        score += 14 if directly and "关于" in each.text else 6
    if each.first >= clues.region.first:
        # A repeated or a section heading inside the text loses to the one above it.
        score -= 4 + 4 * (each.first - clues.region.first)
    return score


def _follows_trail(each: Headline, clues: _Clues) -> bool:
    """Whether a line stands alone below the breadcrumbs: a column's name has the headline below."""
    above = clues.printed[max(0, each.first - 1) : each.first]
    if not any(is_crumbs(line.text) for line in above) or each.last >= len(clues.printed):
        return False
    below = clues.printed[each.last]
    dated = is_byline(below.apart) or is_dated(below.apart)
    return dated or each.last >= clues.region.first or not may_be_headline(below)


def _heads_article(each: Headline, clues: _Clues) -> bool:
    """Whether the date line of an article follows."""
    below = clues.printed[each.last : each.last + 2]
    return any(is_byline(line.apart) or is_dated(line.apart) for line in below)


def _assertions(
    headline: Headline | None, whole: str | None, head: Head, names: frozenset[str]
) -> Iterator[Assertion]:
    if headline is not None and whole is not None:
        yield Assertion("title", whole, headline.text, Source.HEADING, headline.locator)
    title = document_title(head.title, names)
    if title is not None:
        yield Assertion("title", title, head.title, Source.META, "title")
