"""What passes between the crawler and the archive: due, fetched, checked, concluded."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from archive.records.extracted import Extraction, FileText, Listing, ListItem
from archive.records.names import ChangeClass, Observation, ResourceKind


@dataclass(frozen=True, slots=True)
class Exchange:
    """One HTTP exchange as served. ``body`` still has its content encoding; secrets are gone.

    ``access`` says on what terms it was asked, by flat names: ``robots``.
    """

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
    access: Mapping[str, str] = field(default_factory=dict)


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
    file: FileText | None = None
    refetch: bool = False


@dataclass(frozen=True, slots=True)
class Due:
    """A frontier row handed to the crawler, with what it needs to ask politely and skip work.

    ``unreadable`` is the payload digest of bytes that workers failed on often enough; ``image``
    tells an inline image from the files that a document lists.
    """

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
    unreadable: str | None = None
    image: bool = False


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
