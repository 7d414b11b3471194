"""The one place for the names of outcomes, states and kinds."""

from __future__ import annotations

from enum import StrEnum

RULE_VERSION = "2"
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


class RightsClass(StrEnum):
    """Who may pass a document on: official texts are free, those of the press are protected."""

    OFFICIAL = "official"
    PRESS = "press"
    UNKNOWN = "unknown"


class ContactKind(StrEnum):
    """What a marked span of contact data holds; ``identity`` and ``account`` are a person's."""

    PERSON = "person"
    PHONE = "phone"
    EMAIL = "email"
    ADDRESS = "address"
    IDENTITY = "identity"
    ACCOUNT = "account"


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
    PERSON = "person"
