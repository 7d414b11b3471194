"""Records every exchange as served: beside the downloader, inside decompression and redirects.

Each request carries the exchanges made for it in ``request.meta["exchanges"]``; redirects and
retries copy that meta, so the last one holds every hop. What Scrapy and Twisted do not hand on
and a record therefore cannot show: the case and overall order of header names, the reason phrase
(the standard one is written), the hop-by-hop headers ``Connection`` and ``Transfer-Encoding`` with
the chunking they announce, and of the request ``Host`` and ``Connection``. Request headers that
carry secrets are recorded without their value.
"""

from __future__ import annotations

from collections.abc import Hashable
from http import HTTPStatus
from typing import Any

from scrapy import signals
from scrapy.crawler import Crawler
from scrapy.exceptions import StopDownload
from scrapy.http import Headers, Request, Response

from archive.clock import now
from archive.records import Exchange, ResourceKind
from crawler.middlewares import tls
from crawler.middlewares.failures import Told
from crawler.middlewares.load import Load
from crawler.seeds import Seed

SECRET = frozenset({b"authorization", b"cookie", b"proxy-authorization"})
REDACTED = "[redacted]"

SMALL = 256 << 10
"""Bytes that a body may have without being counted against those of others."""

GROWTH = 4
"""Of a body whose length is not announced, so many times more is reserved than has come."""

SIDE_BODY = 1 << 20
"""Bytes kept of a robots.txt or of a redirect's body, and of each retry when much is held."""


class CaptureMiddleware:
    """Appends one Exchange for each response the downloader gives, and caps their size.

    What is announced to be larger than the cap is not fetched at all: status and headers are
    kept, marked as cut. A large body waits until there is room for it beside the others: its
    first request is given up and made again in its turn.
    """

    def __init__(
        self, max_body: int, seed: Seed | None = None, max_page: int | None = None
    ) -> None:
        self._max_body = max_body
        self._max_page = max_page or max_body
        self._seed = seed
        self._load = Load(max_body)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> CaptureMiddleware:
        """Take the caps from CAPTURE_MAX_BODY (files, and all together) and READ_MAX_PAGE."""
        seed = getattr(crawler.spidercls, "seed", None)
        settings = crawler.settings
        middleware = cls(
            settings.getint("CAPTURE_MAX_BODY"), seed, settings.getint("READ_MAX_PAGE")
        )
        for handler in (
            middleware.headers_received,
            middleware.bytes_received,
            middleware.item_scraped,
            middleware.item_error,
        ):
            crawler.signals.connect(handler, getattr(signals, handler.__name__))
        return middleware

    async def process_request(self, request: Request) -> None:
        """Start counting the bytes of this exchange, with room for it if it is known as large."""
        request.meta["received"] = 0
        request.meta["room"] = room(request, self._most(request))
        request.meta["announced"] = 0
        if self._seed is not None and (terms := tls.terms(self._seed, request.url)):
            request.meta["access"] = {**request.meta.get("access", {}), **terms}
        if size := request.meta.pop("postponed", 0):
            await self._load.wait(owner(request), size)

    def headers_received(self, headers: Headers, body_length: Any, request: Request) -> None:
        """Give up a body that is announced as too long, or as large while there is no room."""
        if b"Location" in headers:
            request.meta["room"] = min(request.meta["room"], SIDE_BODY)
        # Of an unknown length there is no number, and the most is to be expected.
        if isinstance(body_length, int):
            if body_length > request.meta["room"]:
                raise StopDownload(fail=False)
            request.meta["announced"] = body_length
            self._make_room(request, body_length)

    def bytes_received(self, data: bytes, request: Request) -> None:
        """Stop a body at the cap; what came so far is kept and marked as cut."""
        received = request.meta.get("received", 0) + len(data)
        request.meta["received"] = received
        if received > request.meta["room"]:
            raise StopDownload(fail=False)
        self._make_room(request, received)

    def process_exception(self, request: Request, exception: Exception) -> Request | None:
        """Make a request again whose large body found no room.

        What no second try can mend is raised in its own words, past those who would try again.
        """
        self._load.release(owner(request))
        if isinstance(exception, StopDownload) and "postponed" in request.meta:
            return request.replace(dont_filter=True)
        if (told := told_by(exception)) is not None:
            raise told from exception
        return None

    def process_response(self, request: Request, response: Response) -> Response:
        """Add the exchange to those the request already carries."""
        before: tuple[Exchange, ...] = request.meta.get("exchanges", ())
        request.meta["exchanges"] = (*before, to_exchange(request, response))
        self._load.shrink(owner(request), held(request))
        return response

    def item_scraped(self, item: Any) -> None:
        """A check is durable: its bodies may go."""
        self._load.release(owner_of(item))

    def item_error(self, item: Any) -> None:
        """A check could not be stored: its bodies go as well."""
        self._load.release(owner_of(item))

    def _most(self, request: Request) -> int:
        # A longer page is never read, and half of it is worth little; of a file it is no matter.
        return self._max_body if is_file(request) else self._max_page

    def _make_room(self, request: Request, size: int) -> None:
        """Count a body of so many bytes by now; one that does not fit is put off, and awaited."""
        who, before = owner(request), held(request)
        if size <= SMALL or who is None or self._load.held_by(who) >= size + before:
            return
        most = request.meta["announced"] or request.meta["room"]
        if not self._load.take(who, before + min(most, GROWTH * size)):
            request.meta["postponed"] = before + most
            raise StopDownload(fail=True)


def told_by(error: BaseException) -> Told | None:
    """What Twisted and Scrapy wrapped, where it can be told in plain words."""
    for failure in getattr(error.__cause__, "reasons", ()):
        if isinstance(failure.value, Told):
            return failure.value
        if words := tls.in_words(failure.value):
            return tls.TlsFault(words)
    return None


def room(request: Request, most: int) -> int:
    """Bytes of body that this exchange may have, given those that came before it."""
    if request.meta.get("robots"):
        return SIDE_BODY
    return max(most - held(request), SIDE_BODY)


def is_file(request: Request) -> bool:
    """Whether a request is for an attachment, and not for a page."""
    return getattr(request.meta.get("due"), "kind", None) is ResourceKind.ATTACHMENT


def held(request: Request) -> int:
    """Bytes of body in the exchanges that a request carries."""
    return sum(len(exchange.body) for exchange in request.meta.get("exchanges", ()))


def owner(request: Request) -> Hashable:
    """The resource that a request is made for; None for robots.txt and outside a run."""
    return getattr(request.meta.get("due"), "resource", None)


def owner_of(item: Any) -> Hashable:
    """The resource of an item at any stage."""
    return getattr(getattr(getattr(item, "fetched", item), "due", None), "resource", None)


def to_exchange(request: Request, response: Response) -> Exchange:
    """The record of one response, its body still encoded as it was sent."""
    return Exchange(
        url=response.url,
        method=request.method,
        request_headers=header_pairs(request.headers, redact=True),
        status=response.status,
        reason=phrase(response.status),
        response_headers=header_pairs(response.headers),
        body=response.body,
        fetched_at=now(),
        ip=str(response.ip_address) if response.ip_address else None,
        truncated=truncation(response.flags),
        access=dict(request.meta.get("access", {})),
    )


def header_pairs(headers: Headers, *, redact: bool = False) -> tuple[tuple[str, str], ...]:
    """Name and value of every header line; latin-1 keeps any byte a site sends."""
    return tuple(
        (
            name.decode("latin-1"),
            REDACTED if redact and name.lower() in SECRET else value.decode("latin-1"),
        )
        for name, values in headers.items()
        for value in values
    )


def truncation(flags: list[str]) -> str | None:
    """WARC's word for why a body is incomplete, None for a whole one."""
    if "download_stopped" in flags:
        return "length"
    return "disconnect" if "dataloss" in flags else None


def phrase(status: int) -> str:
    """The standard reason phrase, empty for a status that has none."""
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""
