"""What a worker reads from one page: an extraction of an article, or a listing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from archive.records.names import (
    RULE_VERSION,
    ContactKind,
    Outcome,
    PageKind,
    Precision,
    RightsClass,
    Source,
)


@dataclass(frozen=True, slots=True)
class Assertion:
    """One field value with where it came from.

    ``value`` is normalised (a date: ``YYYY-MM-DD``, or shorter when less is stated); ``raw`` is
    as printed; ``locator`` is a label, meta name or CSS-like path that a person can follow.
    """

    field: str
    value: str
    raw: str
    source: Source
    locator: str
    precision: Precision | None = None


@dataclass(frozen=True, slots=True)
class Conflict:
    """Sources that disagree, kept and shown."""

    fields: tuple[str, ...]
    values: tuple[str, ...]
    reason: str


@dataclass(frozen=True, slots=True)
class AttachmentLink:
    """A file as its page names it; ``url`` is absolute when the page's own URL is known."""

    name: str
    url: str | None


@dataclass(frozen=True, slots=True)
class Relation:
    """A document that this one cites, forwards, interprets, amends, repeals or replies to."""

    kind: str
    doc_no: str | None = None
    title: str | None = None
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Encoding:
    """The codec used, and why (``header``, ``bom``, ``meta``, ``bytes``, ``override``)."""

    name: str
    evidence: str


@dataclass(frozen=True, slots=True)
class Contact:
    """A span of the text that tells how to reach a person: ``text[start:end]``, by code points."""

    kind: ContactKind
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Rights:
    """What a document itself says of its rights; the seed's class holds where it says nothing.

    ``evidence`` is the line as printed, ``locator`` names the rule: ``reprint``,
    ``copyright`` or ``document``.
    """

    rights: RightsClass
    evidence: str
    locator: str


@dataclass(frozen=True, slots=True)
class FileText:
    """The text of an attached file, or why there is none.

    ``format`` is decided by the bytes (``pdf docx xlsx ofd doc …``), ``evidence`` says by which of
    them. ``reason`` is set whenever the text is missing or not whole.
    """

    format: str
    evidence: str
    outcome: Outcome
    text: str = ""
    reason: str | None = None
    rule_version: str = RULE_VERSION


@dataclass(frozen=True, slots=True)
class Extraction:
    """Text and fields computed from one page by one rule version.

    ``fields`` has exactly the keys of :data:`FIELDS`. ``day_first`` is evidence about the site:
    True or False when a date on the page can only be read one way round, else None.
    ``region_digest`` names the main region's bytes, so that an equal region is not cleaned twice.
    ``markdown`` is the text with its headings, lists, tables and images; ``images`` are those of
    the main region; ``rights`` is None where the page says nothing of them.
    """

    kind: PageKind
    outcome: Outcome
    family: str
    fields: Mapping[str, str | None]
    text: str
    encoding: Encoding
    assertions: tuple[Assertion, ...] = ()
    conflicts: tuple[Conflict, ...] = ()
    attachments: tuple[AttachmentLink, ...] = ()
    relations: tuple[Relation, ...] = ()
    region_digest: str | None = None
    day_first: bool | None = None
    canonical_url: str | None = None
    reason: str | None = None
    rule_version: str = RULE_VERSION
    markdown: str = ""
    images: tuple[AttachmentLink, ...] = ()
    contacts: tuple[Contact, ...] = ()
    rights: Rights | None = None


@dataclass(frozen=True, slots=True)
class ListItem:
    """One row of a list page: absolute URL, full title, date, and other labelled cells."""

    url: str
    title: str | None = None
    date: str | None = None
    fields: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Listing:
    """What a list page offers. ``next_page`` is absolute; None on the last page."""

    family: str
    items: tuple[ListItem, ...]
    next_page: str | None = None
    total_pages: int | None = None
    day_first: bool | None = None
    pages: tuple[str, ...] = ()
    """Further list pages of equal rank, such as the other pages of one newspaper issue."""
