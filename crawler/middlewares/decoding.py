"""Takes content encodings off, within bounds: what is read is what any reader of the archive gets.

Scrapy's own middleware takes half a body for a whole one when its encoding breaks off, and knows
one bound for everything. A body that is refused here keeps its bytes as served: its exchange was
recorded before.
"""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from scrapy import signals
from scrapy.crawler import Crawler
from scrapy.http import Request, Response, TextResponse
from scrapy.responsetypes import responsetypes

from archive.problems import Problem
from archive.warc.payload import codings, decode_payload
from crawler.middlewares.bodies import SMALL, is_file, owner, owner_of
from crawler.middlewares.capture import header_pairs, truncation
from crawler.middlewares.failures import Told
from crawler.middlewares.load import Load
from crawler.middlewares.robots import LONGEST_FILE

MIDDLING = 2 << 20
OFFERED = "gzip, deflate, br, zstd"


class BodyRefused(Told):
    """The body is not read: it is too large, or its encoding is unknown or broken."""


class DecodingMiddleware:
    """Asks for encodings we know, and takes them off answers that came whole."""

    def __init__(self, longest_page: int, longest_file: int, load: Load) -> None:
        self._longest_page = longest_page
        self._longest_file = longest_file
        self._load = load

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> DecodingMiddleware:
        """Take the bounds from READ_MAX_PAGE and CAPTURE_MAX_BODY (bytes)."""
        page = crawler.settings.getint("READ_MAX_PAGE")
        middleware = cls(page, crawler.settings.getint("CAPTURE_MAX_BODY"), Load(page))
        crawler.signals.connect(middleware.item_gone, signals.item_scraped)
        crawler.signals.connect(middleware.item_gone, signals.item_error)
        crawler.signals.connect(middleware.request_scheduled, signals.request_scheduled)
        return middleware

    def process_request(self, request: Request) -> None:
        """Offer the encodings that can be taken off."""
        request.headers.setdefault("Accept-Encoding", OFFERED)

    async def process_response(self, request: Request, response: Response) -> Response:
        """Give the answer with its plain body; raise BodyRefused for one that must not be read."""
        if not response.body or truncation(response.flags):
            return response
        try:
            if request.meta.get("robots"):
                return plain(response, LONGEST_FILE, cut=True)
            return await self._with_room(request, response)
        except Problem as problem:
            refusal = f"{problem.what}: {problem.why}"
        # Out here the exception holds on to nothing of what was unpacked.
        if 200 <= response.status < 300:
            raise BodyRefused(refusal)
        # The status says enough, and needs no body.
        return bare(response, b"")

    def item_gone(self, item: Any) -> None:
        """A page was read and stored, or failed: its text may go."""
        self._load.release(owner_of(item))

    def request_scheduled(self, request: Request) -> None:
        """An answer is given up for a new try, which may be set aside or wait: its text goes."""
        self._load.release(owner(request))

    async def _with_room(self, request: Request, response: Response) -> Response:
        """Large texts wait for each other; how large one is shows only when it is unpacked."""
        most = self._longest_file if is_file(request) else self._longest_page
        if not codings(header_pairs(response.headers)):
            return response
        for step in (SMALL, MIDDLING):
            with suppress(Problem):
                return await self._unpacked(request, response, min(step, most))
        return await self._unpacked(request, response, most)

    async def _unpacked(self, request: Request, response: Response, limit: int) -> Response:
        who = owner(request)
        if limit > SMALL:
            await self._load.wait(who, limit)
        try:
            found = plain(response, limit)
        except Problem:
            self._load.release(who)
            raise
        self._load.shrink(who, len(found.body))
        return found


def plain(response: Response, limit: int, *, cut: bool = False) -> Response:
    """The answer without its content encodings, at most ``limit`` bytes of them."""
    headers = header_pairs(response.headers)
    return bare(response, decode_payload(response.body, headers, limit, cut=cut))


def bare(response: Response, body: bytes) -> Response:
    """The answer with another body, which has no content encoding."""
    headers = response.headers.copy()
    headers.pop("Content-Encoding", None)
    kind = responsetypes.from_args(headers=headers, url=response.url, body=body)
    changed: dict[str, Any] = {"headers": headers, "body": body}
    if issubclass(kind, TextResponse):
        changed["encoding"] = None
    return response.replace(cls=kind, **changed)
