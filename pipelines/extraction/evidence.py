"""All that a page states about its document, gathered from every place that can state it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from archive.records import FIELDS, Assertion, ListItem, Precision, Source
from pipelines.extraction.byline import is_byline
from pipelines.extraction.dates import parse_date
from pipelines.extraction.declared import Head, comment_assertions, head_assertions
from pipelines.extraction.header import header_assertions
from pipelines.extraction.headline import Headline
from pipelines.extraction.hooks import ArticleHooks
from pipelines.extraction.layout import Layout
from pipelines.extraction.masthead import masthead_number
from pipelines.extraction.newspaper import around_headline, edition_assertions
from pipelines.extraction.page import Page
from pipelines.extraction.pairs import split_pairs
from pipelines.extraction.people import find_bylines, split_people
from pipelines.extraction.scripts import script_assertions
from pipelines.extraction.signature import find_signature
from pipelines.extraction.text import Line, lines, tidy
from pipelines.extraction.title import Titling, find_title
from pipelines.extraction.values import Place, assertions_of, date_assertion

_HEAD_LINES = 8
_SHORT = 120
_SHORT_HEAD = 30
_LABELLED = 200
_PUT_UP_BY = (("editor",), ("proofreader",))
_SAID_INSIDE = (("source",), ("author",))


def stated(page: Page, head: Head, layout: Layout, day_first: bool | None) -> list[Assertion]:
    """What records, comments, meta tags and scripts state."""
    found: list[Assertion] = []
    # 信息来源 is the issuer of a record that names no other, and the source of one that does.
    issued = any(pair.fields == ("issuer",) and pair.value for pair in layout.pairs)
    for pair in layout.pairs:
        place = Place(Source.TABLE, pair.label, day_first, official=not issued)
        found += assertions_of(pair, place)
    found += comment_assertions(page, day_first)
    found += head_assertions(head, day_first)
    return found + script_assertions(page, day_first)


def title_of(
    layout: Layout, head: Head, known: Sequence[Assertion], hooks: ArticleHooks
) -> Titling:
    """The headline among the lines, with the help of the titles that are known already."""
    declared = [each.value for each in known if each.field == "title"]
    marked = [
        line
        for selector in hooks.title
        for element in layout.index.select(selector)
        for line in lines(element)
    ]
    return find_title(layout.printed, layout.region, head, declared, marked, layout.linked)


def around(
    layout: Layout, head: Head, headline: Headline | None, hooks: ArticleHooks, order: bool | None
) -> list[Assertion]:
    """What the lines around headline and text assert."""
    printed, region = layout.printed, layout.region
    edition = edition_assertions(printed[: region.first + 6])
    beside = around_headline(
        printed, region, headline, hooks, layout.index, paper=bool(edition), names=head.names
    )
    header = header_assertions(printed, region, headline, order, paper=bool(edition))
    # What a record states in lines of its own stands there already, with the record as its place.
    stated_in_lines = {(pair.label, tidy(pair.value)) for pair in layout.pairs}
    own = [each for each in header if (each.locator, each.raw) not in stated_in_lines]
    return [*own, *edition, *beside]


def within(
    layout: Layout, headline: Headline | None, text: str, order: bool | None
) -> Iterator[Assertion]:
    """What the text itself asserts: signature, own number, writers, a reprint's source."""
    body = tuple(text.split("\n")) if text else ()
    yield from _signed(body, order)
    below = layout.printed[headline.last : layout.region.first] if headline else []
    # An order's number may stand on the line under its headline: 某市人民政府令 / 第12号.
    order_head = [headline.text] if headline and len(headline.text) <= _SHORT_HEAD else []
    # A date line between the two is neither.
    printed = [line.text for line in below[:_HEAD_LINES] if not is_byline(line.apart)]
    mastheads = (*order_head, *printed, *body)
    own = masthead_number(mastheads, headline.text if headline else None)
    if own is not None:
        yield own
    writers = find_bylines(body)
    if writers:
        names = "、".join(name for name, _ in writers)
        yield Assertion("author", names, writers[0][1], Source.BODY, "byline in the text")
    for line in (*body[:2], *body[-3:]):
        for pair in split_pairs(line) if len(line) <= _SHORT else ():
            if pair.fields[:1] in _SAID_INSIDE:
                yield from assertions_of(pair, Place(Source.BODY, pair.label, order))


def _signed(body: Sequence[str], order: bool | None) -> Iterator[Assertion]:
    signature = find_signature(body)
    if signature is None:
        return
    place = Place(Source.SIGNATURE, "signature block", order)
    if signature.date is not None:
        yield date_assertion("date_signed", signature.date, place)
    for issuer in signature.issuers:
        yield Assertion("issuer", issuer, issuer, Source.SIGNATURE, place.locator)


def listed(item: ListItem | None) -> Iterator[Assertion]:
    """What the list row states that led to the page."""
    if item is None:
        return
    if item.title:
        yield Assertion("title", item.title, item.title, Source.LIST, "list row")
    if item.date:
        parsed = parse_date(item.date)
        value = parsed.value if parsed else item.date
        precision = parsed.precision if parsed else Precision.DAY
        yield Assertion("date_published", value, item.date, Source.LIST, "list row", precision)
    for name, value in item.fields.items():
        if name in FIELDS:
            yield Assertion(name, value, value, Source.LIST, "list row")


def without_desk(found: Iterable[Assertion], printed: Sequence[Line]) -> Iterator[Assertion]:
    """Leave out declared authors whom the page itself prints as its editors."""
    desk: set[str] = set()
    for line in printed:
        for pair in split_pairs(line.text) if len(line.text) <= _LABELLED else ():
            if pair.fields[:1] in _PUT_UP_BY:
                desk |= set(split_people(pair.value))
    for each in found:
        declared = each.field == "author" and each.source is Source.META
        if not (declared and set(each.value.split("、")) & desk):
            yield each
