"""The lines around a headline that say who, when and where from; also those at the foot."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from archive.records import Assertion, Precision, Source
from pipelines.extraction.byline import (
    BYLINE_FIELDS,
    is_byline,
    is_dated,
    opens_event,
    without_posting,
)
from pipelines.extraction.calendars import calendar_assertions, is_leaf
from pipelines.extraction.dates import parse_date
from pipelines.extraction.folding import squeeze
from pipelines.extraction.furniture import is_foot, is_furniture, opens_related
from pipelines.extraction.header_names import ROLE_FIRST, named_beside, reporters
from pipelines.extraction.headline import Headline
from pipelines.extraction.pairs import Pair, leading_text, split_pairs
from pipelines.extraction.people import credited, is_person
from pipelines.extraction.region import Region
from pipelines.extraction.tables import pairs_at
from pipelines.extraction.text import SEAM, Line, tidy
from pipelines.extraction.values import Place, assertions_of, date_assertion

_BRACKETED = re.compile(r"\s*[（(].*[)）]\s*", re.DOTALL)
_MOST_BEFORE = 12
_MOST_BESIDE = 24
_MOST_BESIDE_PIPED = 60
_LONGEST = 200
_ABOVE = 8
_BELOW = 8
_NEAR = 3
_PROSE = 60
_SENTENCE = 20
_ENDS = re.compile(r"[。！？][”’」）)]?\s*\Z")


def header_assertions(
    printed: Sequence[Line],
    region: Region,
    headline: Headline | None,
    day_first: bool | None,
    *,
    paper: bool = False,
) -> list[Assertion]:
    """What the lines above, beside and below the text assert about it, the nearest first.

    A date without a label counts beside the text; farther up it may be today's or a neighbour's,
    unless the page is of a ``paper`` or states a time of day.
    """
    found: list[Assertion] = []
    above = header_lines(printed, region, headline)
    beside = _beside_text(printed, region, headline)
    at = 0
    while at < len(above):
        line = above[at]
        taken, pairs = pairs_at(above, at)
        pairs = pairs if taken > 1 else split_pairs(line.parted)
        for pair in pairs:
            found += assertions_of(pair, Place(Source.HEADER, pair.label, day_first))
        near = id(line) in beside
        if taken <= 1 and (near or paper or is_byline(line.apart)):
            found += _unlabelled(line.parted, day_first, names=near)
            found += _behind_values(pairs, day_first)
        at += max(taken, 1)
    found += calendar_assertions([line.apart for line in above if id(line) in beside])
    found += calendar_assertions(
        [line.apart for line in _right_above(printed, headline) if is_leaf(line.apart)]
    )
    for line in _foot_lines(printed, region):
        pairs = split_pairs(line.parted)
        for pair in pairs:
            found += assertions_of(pair, Place(Source.HEADER, pair.label, day_first))
        if pairs and not line.is_linked:
            found += _unlabelled(line.parted, day_first)
    return found


def header_lines(printed: Sequence[Line], region: Region, headline: Headline | None) -> list[Line]:
    """The lines between headline and text, then those shortly above the headline."""
    if headline is None:
        first = max(0, region.first - 2 * _ABOVE)
        return [*printed[first : region.first], *_leading(region, headline)]
    after = printed[headline.last : region.first]
    before = printed[max(0, headline.first - _ABOVE) : headline.first]
    inside = [] if any(is_byline(line.apart) for line in after) else _leading(region, headline)
    return [*after[:_LONGEST], *inside, *before]


def _beside_text(printed: Sequence[Line], region: Region, headline: Headline | None) -> set[int]:
    """The lines (by identity) below the headline; without one, the last few above the text."""
    first = headline.last if headline else max(0, region.first - _NEAR)
    return {id(line) for line in printed[first:]}


def _right_above(printed: Sequence[Line], headline: Headline | None) -> Sequence[Line]:
    return printed[max(0, headline.first - _NEAR) : headline.first] if headline else ()


def leading_bylines(region: Region, headline: Headline | None) -> int:
    """How many lines at the start of a region are still header: up to its last byline.

    Right below the headline a bare date is one too. A time beside a place or a speaker is that
    of the event which the text announces.
    """
    last = 0
    below = headline.last - region.first if headline else 0
    # A headline inside the region has its date line below it, whatever stands above.
    first = below if 0 < below < len(region.lines) else 0
    for at, line in enumerate(region.lines[: first + 10]):
        if at < first and not is_byline(line.apart):
            continue
        following = region.lines[at + 1].text if at + 1 < len(region.lines) else ""
        if opens_event(line.text) or (opens_event(following) and split_pairs(line.text)):
            break
        right_below = all(credited(each.text) for each in region.lines[max(last, below) : at])
        bare = right_below and (is_dated(line.apart) or is_leaf(line.apart))
        if bare or is_byline(line.apart):
            last = at + 1
        elif line.size > _PROSE or (line.size > _SENTENCE and _ENDS.search(line.text)):
            break
    return last


def _leading(region: Region, headline: Headline | None) -> list[Line]:
    return list(region.lines[: leading_bylines(region, headline)])


def _foot_lines(printed: Sequence[Line], region: Region) -> Iterator[Line]:
    for line in printed[region.last : region.last + _BELOW]:
        if is_foot(line.text) or opens_related(line.text):
            return
        yield line


def _behind_values(pairs: Sequence[Pair], day_first: bool | None) -> list[Assertion]:
    """An unlabelled date printed behind another value: ``来源：宣教中心  2022-11-14``."""
    found = [each for pair in pairs for each in _after_part(pair)]
    if any("date" in field for pair in pairs for field in pair.fields):
        return found
    for pair in pairs:
        if set(pair.fields) & BYLINE_FIELDS and len(pair.value) <= 100:
            dated = _unlabelled(pair.value, day_first)
            if any(each.field == "date_published" for each in dated):
                return [*found, *(each for each in dated if each.field == "date_published")]
    return found


def _after_part(pair: Pair) -> list[Assertion]:
    """A person printed in an inline node of its own right behind the source."""
    parts = [tidy(part) for part in pair.value.split(SEAM) if tidy(part)]
    if pair.fields[:1] != ("source",):
        return []
    if len(parts) > 1 and ROLE_FIRST.match(parts[1]):
        return reporters(parts[1])
    people = [part for part in parts[1:] if is_person(part)]
    return [Assertion("author", name, name, Source.HEADER, "date line") for name in people[:1]]


def _unlabelled(text: str, day_first: bool | None, *, names: bool = False) -> list[Assertion]:
    """A date without a label in a header line, and ``names`` of medium and people beside it."""
    rest = without_posting(leading_text(text))
    found = reporters(rest) if names else []
    named = bool(found) and SEAM not in rest
    if found and not named:
        rest = rest.partition(SEAM)[2]
    if len(rest) > 80 or is_furniture(rest):
        return found
    parsed = parse_date(rest, day_first=day_first)
    if parsed is not None:
        outside = squeeze(rest[: parsed.start] + rest[parsed.end :])
        vague = parsed.precision in (Precision.YEAR, Precision.MONTH)
        most = _MOST_BESIDE_PIPED if "|" in rest else _MOST_BESIDE
        before = len(squeeze(rest[: parsed.start]))
        if vague or (not named and (len(outside) > most or before > _MOST_BEFORE)):
            return found
        # A date in brackets under a headline may say when the text was adopted.
        where = "bracketed date" if _BRACKETED.fullmatch(rest) else "date line"
        found.append(date_assertion("date_published", parsed, Place(Source.HEADER, where)))
        rest = rest[: parsed.start] + " " + rest[parsed.end :]
    if not names or named:
        return found
    return found + named_beside(rest, parsed is not None or bool(split_pairs(text)))
