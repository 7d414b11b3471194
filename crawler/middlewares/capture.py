"""Records every exchange as served: beside the downloader, inside decompression and redirects.

Each request carries the exchanges made for it in ``request.meta["exchanges"]``; redirects and
retries copy that meta, so the last one holds every hop. What Scrapy and Twisted do not hand on
and a record therefore cannot show: the case and overall order of header names, the reason phrase
(the standard one is written), the hop-by-hop headers ``Connection`` and ``Transfer-Encoding`` with
the chunking they announce, and of the request ``Host`` and ``Connection``. Request headers that
carry secrets are recorded without their value.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from scrapy import signals
from scrapy.crawler import Crawler
from scrapy.exceptions import StopDownload
from scrapy.http import Headers, Request, Response

from archive.clock import now
from archive.records import Exchange
from crawler.middlewares import tls
from crawler.middlewares.bodies import (
    GROWTH,
    PATIENCE,
    SIDE_BODY,
    SMALL,
    START,
    held,
    is_file,
    owner,
    owner_of,
    room,
    shorten,
)
from crawler.middlewares.failures import Told
from crawler.middlewares.load import Load
from crawler.middlewares.politeness import REDIRECTS
from crawler.middlewares.refusals import SetAside
from crawler.seeds import Seed

SECRET = frozenset({b"authorization", b"cookie", b"proxy-authorization"})
REDACTED = "[redacted]"


class CaptureMiddleware:
    """Appends one Exchange for each response the downloader gives, and caps their size.

    What is announced to be larger than the cap is not fetched at all: status and headers are
    kept, marked as cut. Room is held for what came of a body and a little more, never for what it
    promises. One that grows beyond all room is given up, and asked for again when its turn comes.
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
        shorten(request, SIDE_BODY)
        self._load.shrink(owner(request), held(request))
        request.meta["received"] = 0
        request.meta["room"] = room(request, self._most(request))
        request.meta["announced"] = 0
        if self._seed is not None and (terms := tls.terms(self._seed, request.url)):
            request.meta["access"] = {**request.meta.get("access", {}), **terms}
        if size := request.meta.pop("postponed", 0):
            await self._load.wait(owner(request), size)

    def headers_received(self, headers: Headers, body_length: Any, request: Request) -> None:
        """Give up a body that is announced as too long."""
        if b"Location" in headers and request.meta.get("status") in REDIRECTS:
            request.meta["room"] = min(request.meta["room"], SIDE_BODY)
        # Of an unknown length there is no number, and the most is to be expected.
        if isinstance(body_length, int):
            if body_length > request.meta["room"]:
                raise StopDownload(fail=False)
            request.meta["announced"] = body_length

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
        if isinstance(exception, StopDownload) and "postponed" in request.meta:
            # Who waits holds nothing: two of them would wait for each other.
            self._load.release(owner(request))
            exception.response = None
            return request.replace(dont_filter=True)
        if isinstance(exception, SetAside):
            self._load.release(owner(request))
        # Any other goes on to a new try or to the archive, with the bodies that came before.
        self._load.shrink(owner(request), held(request))
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
        if owner(request) is None or self._has_room(request, size):
            return
        # What failed tries brought gives way before the try that may succeed.
        shorten(request, START)
        self._load.shrink(owner(request), held(request) + size)
        if not self._has_room(request, size):
            request.meta["postponed"] = self._expected(request, PATIENCE * size)
            raise StopDownload(fail=True)

    def _has_room(self, request: Request, size: int) -> bool:
        who, now_held = owner(request), held(request) + size
        if now_held <= max(SMALL, self._load.held_by(who)):
            return True
        return self._load.take(who, max(now_held, self._expected(request, GROWTH * size)))

    def _expected(self, request: Request, size: int) -> int:
        most: int = request.meta["announced"] or request.meta["room"]
        return held(request) + min(most, size)


def told_by(error: BaseException) -> Told | None:
    """What Twisted and Scrapy wrapped, where it can be told in plain words."""
    for failure in getattr(error.__cause__, "reasons", ()):
        if isinstance(failure.value, Told):
            return failure.value
        if words := tls.in_words(failure.value):
            return tls.TlsFault(words)
    return None


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
