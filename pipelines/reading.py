"""What goes into a worker and what comes out: bytes in, frozen data out."""

from __future__ import annotations

from dataclasses import dataclass

from archive.records import (
    Extraction,
    FileText,
    Listing,
    ListItem,
    PageKind,
    ResourceKind,
)


@dataclass(frozen=True, slots=True)
class Job:
    """One fetched page to read. ``body`` has no content encoding any more.

    ``family`` overrides recognition; ``day_first`` is what is known of the site's date order;
    ``known_region`` and ``known_text`` spare the cleaning of an unchanged main region.
    """

    url: str | None
    body: bytes
    kind: ResourceKind = ResourceKind.ARTICLE
    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()
    family: str | None = None
    day_first: bool | None = None
    list_item: ListItem | None = None
    known_region: str | None = None
    known_text: str | None = None

    def header(self, name: str) -> str | None:
        """The last value of a response header, by its lower-case name."""
        values = [value for key, value in self.headers if key.lower() == name]
        return values[-1] if values else None


@dataclass(frozen=True, slots=True)
class Reading:
    """What one page turned out to be: a list job yields ``listing``, an article ``extraction``.

    A file yields ``file``. All are None for a page that the guard stopped; ``reason`` then says
    what was recognised.
    """

    kind: PageKind
    extraction: Extraction | None = None
    listing: Listing | None = None
    reason: str | None = None
    file: FileText | None = None
