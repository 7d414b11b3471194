"""Rendered answers kept for reuse, bounded by their bytes; and what a request is told of them."""

from __future__ import annotations

import gzip
from collections import OrderedDict
from dataclasses import dataclass
from email.utils import format_datetime

from crawler.replica.responding import Page

KEPT_BYTES = 96_000_000
GZIPPED = frozenset({"founder"})
"""Families whose server compresses what a client accepts compressed."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes over the wire."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes


@dataclass(frozen=True, slots=True)
class Kept:
    """A page with its compressed form, if its site has one."""

    page: Page
    zipped: bytes | None

    @property
    def size(self) -> int:
        """Bytes held."""
        return len(self.page.body) + len(self.zipped or b"")


class Cache:
    """The most recently served pages."""

    def __init__(self, limit: int = KEPT_BYTES) -> None:
        self._limit = limit
        self._held = 0
        self._pages: OrderedDict[tuple[str, str], Kept] = OrderedDict()

    def find(self, key: tuple[str, str]) -> Kept | None:
        """A kept page, now the most recent."""
        if key not in self._pages:
            return None
        self._pages.move_to_end(key)
        return self._pages[key]

    def keep(self, key: tuple[str, str], page: Page) -> Kept:
        """Keep a page; the oldest go when there is no room."""
        whole = page.status == 200 and not page.moving and key[0] in GZIPPED
        kept = Kept(page, gzip.compress(page.body, 6, mtime=0) if whole else None)
        self._pages[key] = kept
        self._held += kept.size
        while self._held > self._limit and len(self._pages) > 1:
            self._held -= self._pages.popitem(last=False)[1].size
        return kept

    def clear(self) -> None:
        """Forget everything, as on a new day."""
        self._pages.clear()
        self._held = 0


def answer(kept: Kept, asked: dict[str, str]) -> Answer:
    """The answer to a request with these lower-case headers: whole, compressed, or 304."""
    page = kept.page
    headers = [("Content-Type", page.content_type)]
    if page.location:
        headers.append(("Location", page.location))
    body = page.body
    if kept.zipped is not None:
        headers.append(("Vary", "Accept-Encoding"))
        if "gzip" in asked.get("accept-encoding", ""):
            headers.append(("Content-Encoding", "gzip"))
            body = kept.zipped
    if page.etag:
        headers.append(("ETag", page.etag))
    if page.last_modified:
        headers.append(("Last-Modified", stamp(page)))
    if page.moving:
        headers.append(("Cache-Control", "no-cache"))
    if _fresh(page, asked):
        wanted = {"ETag", "Last-Modified", "Vary"}
        return Answer(304, tuple(each for each in headers if each[0] in wanted), b"")
    return Answer(page.status, tuple(headers), body)


def stamp(page: Page) -> str:
    """The Last-Modified header of a page that has one; empty otherwise."""
    return format_datetime(page.last_modified, usegmt=True) if page.last_modified else ""


def _fresh(page: Page, asked: dict[str, str]) -> bool:
    """Whether the client's copy is current: ETag before date, dates exactly as nginx does."""
    if page.status != 200:
        return False
    matches = asked.get("if-none-match")
    if page.etag and matches is not None:
        known = {each.strip().removeprefix("W/") for each in matches.split(",")}
        return matches.strip() == "*" or page.etag in known
    return bool(page.last_modified) and asked.get("if-modified-since") == stamp(page)
