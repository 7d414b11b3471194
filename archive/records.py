"""The one place for field names, outcome names and the frozen records handed between stages.

Times are integer UTC microseconds, digests are ``sha256:<hex>``, dates are ``YYYY-MM-DD``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

RULE_VERSION = "1"
"""Names the extraction rules; raise it whenever a rule change can alter a result."""


class Observation(StrEnum):
    """What a check of one resource concluded, also when nothing changed."""

    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    NOT_MODIFIED = "not_modified"
    NOISE = "noise"
    BLOCKED = "blocked"
    SOFT_404 = "soft_404"
    GONE = "gone"
    ERROR = "error"


class ChangeClass(StrEnum):
    """Why a version exists, or what kind of noise was ignored."""

    NEW = "new"
    SUBSTANTIVE = "substantive"
    METADATA = "metadata"
    ATTACHMENT = "attachment"
    REVERTED = "reverted"
    FORMATTING = "formatting"
    NONE = "none"


class RunState(StrEnum):
    """Where one execution of a seed stands in the ledger."""

    DUE = "due"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    MISSED = "missed"
    SKIPPED_OVERLAP = "skipped_overlap"
    INTERRUPTED = "interrupted"
    CANCELLED = "cancelled"
    REFUSED = "refused"


class Lifecycle(StrEnum):
    """What became of a resource on its site."""

    LIVE = "live"
    DELISTED = "delisted"
    MOVED = "moved"
    REMOVED = "removed"
    WITHDRAWN = "withdrawn"
    RETURNED = "returned"


class EventKind(StrEnum):
    """An entry of the change feed."""

    NEW = "new"
    EDITED = "edited"
    RENUMBERED = "renumbered"
    WITHDRAWN = "withdrawn"
    REMOVED = "removed"
    DELISTED = "delisted"
    RETURNED = "returned"
    MOVED = "moved"


class ResourceKind(StrEnum):
    """What one known URL is for."""

    LIST = "list"
    ARTICLE = "article"
    ATTACHMENT = "attachment"
    ROBOTS = "robots"


class PageKind(StrEnum):
    """What a page turned out to be; ``other`` is an empty shell, login, maintenance or stub."""

    DOCUMENT = "document"
    LIST = "list"
    CHALLENGE = "challenge"
    SOFT_404 = "soft_404"
    OTHER = "other"


class Outcome(StrEnum):
    """How the extraction of one page ended."""

    OK = "ok"
    PARTIAL = "partial"
    TIMEOUT = "timeout"
    OOM = "oom"
    ERROR = "error"


class Precision(StrEnum):
    """How much of a date was stated."""

    YEAR = "year"
    MONTH = "month"
    DAY = "day"
    MINUTE = "minute"
    SECOND = "second"


class Source(StrEnum):
    """Where on the page, or beside it, a value was found."""

    TABLE = "table"
    META = "meta"
    SCRIPT = "script"
    COMMENT = "comment"
    HEADER = "header"
    HEADING = "heading"
    MASTHEAD = "masthead"
    SIGNATURE = "signature"
    BODY = "body"
    LIST = "list"
    URL = "url"


FIELDS: Mapping[str, str] = MappingProxyType(
    {
        "title": "标题",
        "subtitle": "副题",
        "kicker": "引题",
        "index_no": "索引号",
        "doc_no": "发文字号",
        "issuer": "发布机构",
        "theme": "主题分类",
        "genre": "体裁分类",
        "source": "来源",
        "author": "作者",
        "publisher": "发布者",
        "date_written": "成文日期",
        "date_signed": "落款日期",
        "date_published": "发布日期",
        "date_effective": "施行日期",
        "date_expiry": "失效日期",
        "validity": "有效性",
        "keywords": "关键词",
        "page_no": "版次",
        "page_name": "版名",
    }
)
"""Every extracted field, in the order people read them, with its Chinese name."""

DATE_FIELDS = tuple(name for name in FIELDS if name.startswith("date_"))


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
class Extraction:
    """Text and fields computed from one page by one rule version.

    ``fields`` has exactly the keys of :data:`FIELDS`. ``day_first`` is evidence about the site:
    True or False when a date on the page can only be read one way round, else None.
    ``region_digest`` names the main region's bytes, so that an equal region is not cleaned twice.
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


@dataclass(frozen=True, slots=True)
class Exchange:
    """One HTTP exchange as served. ``body`` still has its content encoding; secrets are gone."""

    url: str
    method: str
    request_headers: tuple[tuple[str, str], ...]
    status: int
    reason: str
    response_headers: tuple[tuple[str, str], ...]
    body: bytes
    fetched_at: int
    ip: str | None = None
    truncated: str | None = None


@dataclass(frozen=True, slots=True)
class Check:
    """One resource looked at once: the only thing the store takes in.

    ``exchanges`` holds every hop, the last one final; it is empty when nothing was received.
    ``observation`` is set where the fetch alone decides (blocked, gone, error, not_modified,
    unchanged, soft_404); otherwise the store decides from ``extraction``, ``listing`` or the bytes.
    """

    url: str
    kind: ResourceKind
    seed: str
    run: int
    checked_at: int
    exchanges: tuple[Exchange, ...] = ()
    observation: Observation | None = None
    reason: str | None = None
    extraction: Extraction | None = None
    listing: Listing | None = None
    refetch: bool = False


@dataclass(frozen=True, slots=True)
class Due:
    """A frontier row handed to the crawler, with what it needs to ask politely and skip work."""

    resource: int
    url: str
    kind: ResourceKind
    etag: str | None = None
    last_modified: str | None = None
    payload_digest: str | None = None
    day_first: bool | None = None
    list_item: ListItem | None = None
    known_region: str | None = None
    known_text: str | None = None


@dataclass(frozen=True, slots=True)
class AttachmentState:
    """An attachment inside a version; ``digest`` is None until its bytes were captured."""

    name: str
    url: str | None
    digest: str | None = None


@dataclass(frozen=True, slots=True)
class Content:
    """What versions are compared by: text, field values and attachments, nothing else."""

    text: str
    fields: Mapping[str, str | None]
    attachments: tuple[AttachmentState, ...] = ()


@dataclass(frozen=True, slots=True)
class Decision:
    """The outcome of comparing a page with what is known of it.

    ``reverts_to`` is the number of the earlier version whose content came back.
    """

    observation: Observation
    change_class: ChangeClass | None
    fields: tuple[str, ...] = ()
    reverts_to: int | None = None
    reason: str = ""

    @property
    def makes_version(self) -> bool:
        """Only new and changed content becomes a version."""
        return self.observation in (Observation.NEW, Observation.CHANGED)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the store made of one check; returned once it is durable."""

    url: str
    observation: Observation
    change_class: ChangeClass | None = None
    document: str | None = None
    version: int | None = None
    fields: tuple[str, ...] = ()
    reason: str | None = None
    discovered: int = 0
