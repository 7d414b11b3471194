"""A document from its page: region, text, official fields with their evidence, attachments."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from lxml.html import HtmlElement

from archive.records import (
    FIELDS,
    Assertion,
    AttachmentLink,
    Extraction,
    ListItem,
    Outcome,
    PageKind,
    Precision,
    Source,
)
from pipelines.extraction.attachments import find_attachments
from pipelines.extraction.body import body_lines, region_digest
from pipelines.extraction.byline import is_byline
from pipelines.extraction.dates import day_first_evidence, parse_date
from pipelines.extraction.declared import Head, comment_assertions, head_assertions, read_head
from pipelines.extraction.header import header_assertions, header_lines
from pipelines.extraction.hooks import ArticleHooks
from pipelines.extraction.masthead import masthead_number
from pipelines.extraction.newspaper import around_headline, edition_assertions
from pipelines.extraction.page import Page
from pipelines.extraction.pairs import Pair, split_pairs
from pipelines.extraction.people import find_bylines, split_people
from pipelines.extraction.region import Region, find_region
from pipelines.extraction.relations import find_relations
from pipelines.extraction.resolve import choose, find_conflicts, unique
from pipelines.extraction.scripts import script_assertions, script_body, script_links
from pipelines.extraction.selection import Index
from pipelines.extraction.signature import find_signature
from pipelines.extraction.tables import find_runs, find_tables
from pipelines.extraction.text import Line, join_lines, lines
from pipelines.extraction.title import Titling, find_title
from pipelines.extraction.values import Place, assertions_of, date_assertion
from pipelines.extraction.volatile import remove, remove_volatile

_LITTLE = 40
_TITLE_CELL = ("title", Source.TABLE)


@dataclass(frozen=True, slots=True)
class _Reading:
    """A cleaned copy of a page: its lines, its region, and which lines are a metadata record."""

    tree: HtmlElement
    index: Index
    printed: list[Line]
    region: Region
    official: frozenset[int]
    pairs: tuple[Pair, ...]


def extract(
    page: Page,
    hooks: ArticleHooks,
    *,
    family: str,
    day_first: bool | None = None,
    list_item: ListItem | None = None,
    known_region: str | None = None,
    known_text: str | None = None,
) -> Extraction:
    """Read a page that is not stopped by the guard. The page itself is not changed.

    ``day_first`` is what is known of the site's date order; evidence on the page goes before it.
    ``list_item`` is the row that led here: it fills what the page does not state, as such.
    ``known_text`` is used as it is when the region's digest is still ``known_region``.
    """
    reading = _read(page, hooks)
    head = read_head(page)
    evidence = day_first_evidence(" ".join(line.text for line in reading.printed))
    order = day_first if evidence is None else evidence
    stated = _stated(page, head, reading, order)
    titling = _title(reading, head, stated, hooks)
    digest = region_digest(reading.region)
    if known_text is not None and known_region == digest:
        text = known_text
    else:
        text = join_lines(
            body_lines(
                reading.region,
                titling.headline,
                reading.official,
                reading.printed,
                [each.value for each in stated if (each.field, each.source) == _TITLE_CELL],
            )
        )
    found = [
        *stated,
        *titling.assertions,
        *_around(page, reading, head, titling, hooks, order),
        *_within(reading, titling, text, order),
        *_listed(list_item),
    ]
    assertions = unique(_without_desk(found, reading.printed))
    fields = choose(assertions)
    attachments = _attachments(page, reading, titling)
    return Extraction(
        kind=_kind(reading, text, fields, attachments),
        outcome=Outcome.OK if page.complete else Outcome.PARTIAL,
        family=family,
        fields=fields,
        text=text,
        encoding=page.encoding,
        assertions=tuple(assertions),
        conflicts=find_conflicts(assertions, fields),
        attachments=attachments,
        relations=find_relations(fields["title"], text),
        region_digest=digest,
        day_first=evidence,
        canonical_url=head.canonical,
        reason=None if page.complete else "markup nested too deep to be read as it is",
    )


def _read(page: Page, hooks: ArticleHooks) -> _Reading:
    tree = copy.deepcopy(page.tree)
    remove_volatile(tree, hooks.volatile)
    pairs: list[Pair] = []
    for record in find_tables(tree):
        pairs += record.pairs
        for element in record.elements:
            remove(element)
    reading = _locate(tree, hooks, pairs)
    if reading.region.element is not None and _size(reading.region.lines) < _LITTLE:
        return _fallback(page, reading, hooks, pairs)
    return reading


def _locate(
    tree: HtmlElement, hooks: ArticleHooks, pairs: Sequence[Pair], *, hidden: bool = False
) -> _Reading:
    printed = lines(tree, hidden=hidden)
    runs = find_runs(printed)
    official = frozenset(at for first, last, _ in runs for at in range(first, last))
    framed = official | {at for at, line in enumerate(printed) if is_byline(line.text)}
    index = Index(tree)
    region = find_region(tree, printed, index, hooks, framed)
    found = (*pairs, *(pair for _, _, run in runs for pair in run))
    return _Reading(tree, index, printed, region, official, found)


def _fallback(
    page: Page, reading: _Reading, hooks: ArticleHooks, pairs: Sequence[Pair]
) -> _Reading:
    """A page that prints next to nothing: its text may be hidden until a script shows it."""
    shown = _locate(reading.tree, hooks, pairs, hidden=True)
    if _size(shown.region.lines) >= _LITTLE:
        return shown
    written = script_body(page)
    body = reading.tree.find("body")
    if written is None or body is None:
        return reading
    for element in list(written.iter("body")):
        body.append(element[0])
    return _locate(reading.tree, hooks, pairs)


def _size(printed: Iterable[Line]) -> int:
    return sum(line.size for line in printed)


def _stated(page: Page, head: Head, reading: _Reading, order: bool | None) -> list[Assertion]:
    """What tables, comments, meta tags and scripts state."""
    found: list[Assertion] = []
    for pair in reading.pairs:
        found += assertions_of(pair, Place(Source.TABLE, pair.label, order, official=True))
    found += comment_assertions(page, order)
    found += head_assertions(head, order)
    return found + script_assertions(page, order)


def _title(
    reading: _Reading, head: Head, stated: Sequence[Assertion], hooks: ArticleHooks
) -> Titling:
    declared = [each.value for each in stated if each.field == "title"]
    marked = [
        line
        for selector in hooks.title
        for element in reading.index.select(selector)
        for line in lines(element)
    ]
    return find_title(reading.printed, reading.region, head, declared, marked)


def _around(
    page: Page,
    reading: _Reading,
    head: Head,
    titling: Titling,
    hooks: ArticleHooks,
    order: bool | None,
) -> list[Assertion]:
    """What the lines around headline and text assert."""
    printed = reading.printed
    edition = edition_assertions(printed[: reading.region.first + 6])
    return [
        *header_assertions(printed, reading.region, titling.headline, order),
        *edition,
        *around_headline(
            printed,
            reading.region,
            titling.headline,
            hooks,
            reading.index,
            paper=bool(edition),
            names=head.names,
        ),
    ]


def _within(
    reading: _Reading, titling: Titling, text: str, order: bool | None
) -> Iterator[Assertion]:
    """What the text itself asserts: signature, own number, writers, a reprint's source."""
    body = tuple(text.split("\n")) if text else ()
    signature = find_signature(body)
    if signature is not None:
        place = Place(Source.SIGNATURE, "signature block", order)
        if signature.date is not None:
            yield date_assertion("date_signed", signature.date, place)
        for issuer in signature.issuers:
            yield Assertion("issuer", issuer, issuer, Source.SIGNATURE, "signature block")
    between = header_lines(reading.printed, reading.region, titling.headline)
    after = [line.text for line in between if titling.headline is not None]
    headline = titling.headline.text if titling.headline else None
    own = masthead_number((*after[:8], *body[:10]), headline)
    if own is not None:
        yield own
    writers = find_bylines(body)
    if writers:
        names = "、".join(name for name, _ in writers)
        yield Assertion("author", names, writers[0][1], Source.BODY, "byline in the text")
    for line in (*body[:2], *body[-3:]):
        for pair in split_pairs(line):
            if pair.fields[:1] in (("source",), ("author",)) and len(line) <= 120:
                yield from assertions_of(pair, Place(Source.BODY, pair.label, order))


def _listed(item: ListItem | None) -> Iterator[Assertion]:
    """What the list row states that led to the page."""
    if item is None:
        return
    if item.title:
        yield Assertion("title", item.title, item.title, Source.LIST, "list row")
    if item.date:
        parsed = parse_date(item.date)
        precision = parsed.precision if parsed else Precision.DAY
        value = parsed.value if parsed else item.date
        yield Assertion("date_published", value, item.date, Source.LIST, "list row", precision)
    for name, value in item.fields.items():
        if name in FIELDS:
            yield Assertion(name, value, value, Source.LIST, "list row")


def _without_desk(found: Iterable[Assertion], printed: Sequence[Line]) -> Iterator[Assertion]:
    """Drop declared authors whom the page itself prints as its editors."""
    desk: set[str] = set()
    for line in printed:
        for pair in split_pairs(line.text) if len(line.text) <= 200 else ():
            if pair.fields[:1] in (("editor",), ("proofreader",)):
                desk |= set(split_people(pair.value))
    for each in found:
        declared = each.field == "author" and each.source is Source.META
        if not (declared and set(each.value.split("、")) & desk):
            yield each


def _attachments(page: Page, reading: _Reading, titling: Titling) -> tuple[AttachmentLink, ...]:
    """Files linked in the text and in the article's box around it."""
    places = [reading.region.element]
    box = _box(reading, titling)
    if box is not None:
        places.append(box)
    return find_attachments(page, places, script_links(page))


def _box(reading: _Reading, titling: Titling) -> HtmlElement | None:
    """The smallest part of the page with both headline and text."""
    if titling.headline is None:
        return None
    around = set(reading.region.element.iterancestors()) | {reading.region.element}
    element = reading.printed[titling.headline.first].element
    while element is not None and element not in around:
        element = element.getparent()
    return None if element is None or element.tag in ("body", "html") else element


def _kind(
    reading: _Reading,
    text: str,
    fields: dict[str, str | None],
    attachments: tuple[AttachmentLink, ...],
) -> PageKind:
    linked = sum(line.linked for line in reading.region.lines)
    size = _size(reading.region.lines)
    if fields["doc_no"] or fields["index_no"] or fields["date_signed"]:
        return PageKind.DOCUMENT
    if size and linked > 0.6 * size and not attachments:
        return PageKind.LIST
    if not text and not attachments and not (fields["title"] and fields["date_published"]):
        return PageKind.OTHER
    return PageKind.DOCUMENT
