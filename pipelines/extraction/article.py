"""A document from its page: region, text, official fields with their evidence, attachments."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain

from lxml.html import HtmlElement

from archive.records import (
    Assertion,
    AttachmentLink,
    Conflict,
    Extraction,
    ListItem,
    Outcome,
    PageKind,
    Relation,
    Source,
)
from pipelines.extraction.attachments import embedded, find_attachments
from pipelines.extraction.body import body_lines, region_digest
from pipelines.extraction.contacts import find_contacts
from pipelines.extraction.dates import day_first_evidence
from pipelines.extraction.declared import Head, read_head
from pipelines.extraction.evidence import around, listed, stated, title_of, within, without_desk
from pipelines.extraction.headline import Headline
from pipelines.extraction.hooks import ArticleHooks
from pipelines.extraction.layout import Layout, lay_out, size_of
from pipelines.extraction.page import Page
from pipelines.extraction.quality import flags_of, probe
from pipelines.extraction.region import CONTAINERS, EDITORS
from pipelines.extraction.related_links import cited_addresses, related_links
from pipelines.extraction.relations import find_relations
from pipelines.extraction.resolve import choose, find_conflicts, unique
from pipelines.extraction.rights import find_rights
from pipelines.extraction.scripts import script_links
from pipelines.extraction.site_names import declared_titles
from pipelines.extraction.structure import Structure, printed_again, structure_of
from pipelines.extraction.text import Line, join_lines

TOO_DEEP = "markup nested too deep to be read as it is"
_TITLE_CELL = ("title", Source.TABLE)
_ROWS = 8
_FEW_ROWS = 5
_ROW_SIZE = 8
_LITTLE = 300


@dataclass(frozen=True, slots=True)
class _Body:
    """A document's lines with the layout that they were read in, ``digest`` that of its region.

    The digest is of the region found first, by which an equal page is known again.
    """

    layout: Layout
    kept: Sequence[Line]
    digest: str
    flags: Sequence[Conflict]
    structure: Structure


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
    head = read_head(page)
    layout = lay_out(page, hooks, declared_titles(head))
    evidence = day_first_evidence(" ".join(line.text for line in layout.printed))
    order = day_first if evidence is None else evidence
    known = stated(page, head, layout, order)
    titling = title_of(layout, head, known, hooks)
    known_part = (known_region, known_text)
    read = _body(page, hooks, layout, head, titling.headline, known, known_part)
    found = [
        *known,
        *titling.assertions,
        *around(read.layout, head, titling.headline, hooks, order),
        *within(read.layout, titling.headline, join_lines(read.kept), order),
        *listed(list_item),
    ]
    assertions = unique(without_desk(found, read.layout.printed))
    extraction = _gathered(page, head, read, titling.headline, assertions, family)
    return replace(extraction, day_first=evidence)


def _body(
    page: Page,
    hooks: ArticleHooks,
    layout: Layout,
    head: Head,
    headline: Headline | None,
    known: Sequence[Assertion],
    known_part: tuple[str | None, str | None],
) -> _Body:
    """The document's own lines; ``known_part`` is a region's digest and the text it had."""
    digest = region_digest(layout.region)
    known_region, known_text = known_part
    titled = [each.value for each in known if (each.field, each.source) == _TITLE_CELL]
    kept = None
    if known_text is not None and known_region == digest:
        kept = printed_again(known_text, layout.region.lines)
    if kept is None:
        kept = body_lines(layout.region, headline, layout.official, layout.printed, titled)
    probed = probe(layout, kept, headline, head, titled)
    structure = structure_of(
        page,
        probed.layout.region.element,
        probed.kept,
        headline=_unnamed(probed.layout, headline, probed.kept),
        named=() if probed.kept else _named(probed.layout, hooks),
    )
    return _Body(probed.layout, probed.kept, digest, probed.flags, structure)


def _gathered(
    page: Page,
    head: Head,
    read: _Body,
    headline: Headline | None,
    assertions: Sequence[Assertion],
    family: str,
) -> Extraction:
    """Everything that a page's text and its assertions say, together."""
    layout, text = read.layout, join_lines(read.kept)
    fields = choose(assertions)
    linked = (*embedded(layout.tree), *script_links(page))
    attachments = find_attachments(page, _places(layout, headline), linked)
    printed = [line.text for line in layout.printed]
    return Extraction(
        kind=_kind(layout, text, fields, attachments),
        outcome=Outcome.OK if page.complete else Outcome.PARTIAL,
        family=family,
        fields=fields,
        text=text,
        encoding=page.encoding,
        assertions=tuple(assertions),
        conflicts=(
            *find_conflicts(assertions, fields),
            *read.flags,
            *flags_of(text, fields, head),
            *_left_out(read.structure),
        ),
        attachments=attachments,
        relations=_relations(page, layout, fields, text),
        region_digest=read.digest,
        canonical_url=head.canonical,
        reason=None if page.complete else TOO_DEEP,
        markdown=read.structure.markdown,
        images=read.structure.images,
        contacts=find_contacts(text),
        rights=find_rights(fields, assertions, printed, text, head.names),
    )


def _left_out(structure: Structure) -> tuple[Conflict, ...]:
    """What tells that a page shows more images than are looked after."""
    if not structure.surplus:
        return ()
    first = len(structure.images)
    reason = f"only the first {first:,} of {first + structure.surplus:,} images are kept"
    return (Conflict(("images",), (), reason),)


def _relations(
    page: Page, layout: Layout, fields: Mapping[str, str | None], text: str
) -> tuple[Relation, ...]:
    return find_relations(
        fields["title"],
        text,
        fields["doc_no"],
        related_links(page, fields["title"]),
        cited_addresses(layout.region.element, page),
    )


def _places(layout: Layout, headline: Headline | None) -> list[HtmlElement]:
    """Where a document's files are linked: in its text and in the box of text and headline."""
    region = layout.region.element
    if headline is None:
        return [region]
    around_text = {region, *region.iterancestors()}
    box = layout.printed[headline.first].element
    while box is not None and box not in around_text:
        box = box.getparent()
    return [region] if box is None or box.tag in ("body", "html") else [region, box]


def _unnamed(layout: Layout, headline: Headline | None, kept: Sequence[Line]) -> HtmlElement | None:
    """The headline's element, where no hook says how far the document reaches."""
    if headline is None or (kept and layout.region.hook is not None):
        return None
    return layout.printed[headline.first].element


def _named(layout: Layout, hooks: ArticleHooks) -> list[HtmlElement]:
    """What hooks name as a document's text, the surest first."""
    selectors = (*hooks.body, *EDITORS, *CONTAINERS)
    return [*chain.from_iterable(map(layout.index.select, selectors))]


def _kind(
    layout: Layout,
    text: str,
    fields: Mapping[str, str | None],
    attachments: tuple[AttachmentLink, ...],
) -> PageKind:
    """A document when anything official or a file says so; else by what the page is made of."""
    if attachments or any(fields[name] for name in ("doc_no", "index_no", "date_signed")):
        return PageKind.DOCUMENT
    if fields["title"] and fields["date_published"]:
        return PageKind.DOCUMENT
    rows = _ROWS if fields["title"] else _FEW_ROWS
    if size_of(layout.region.lines) < _LITTLE and _lists(layout.printed, rows):
        return PageKind.LIST
    return PageKind.DOCUMENT if text or fields["title"] else PageKind.OTHER


def _lists(printed: list[Line], least: int) -> bool:
    """Whether a page prints mostly rows that lead elsewhere, and no fewer than ``least``."""
    rows = [line for line in printed if line.size >= _ROW_SIZE and line.is_linked]
    return len(rows) >= least and 2 * size_of(rows) > size_of(printed)
