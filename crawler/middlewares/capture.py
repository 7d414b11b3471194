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

from scrapy import signals
from scrapy.crawler import Crawler
from scrapy.exceptions import StopDownload
from scrapy.http import Headers, Request, Response

from archive.clock import now
from archive.records import Exchange

SECRET = frozenset({b"authorization", b"cookie", b"proxy-authorization"})
REDACTED = "[redacted]"


class CaptureMiddleware:
    """Appends one Exchange for each response the downloader gives, and caps their size."""

    def __init__(self, max_body: int) -> None:
        self._max_body = max_body

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> CaptureMiddleware:
        """Take the cap from CAPTURE_MAX_BODY (bytes)."""
        middleware = cls(crawler.settings.getint("CAPTURE_MAX_BODY"))
        crawler.signals.connect(middleware.bytes_received, signals.bytes_received)
        return middleware

    def process_request(self, request: Request) -> None:
        """Start counting the bytes of this exchange."""
        request.meta["received"] = 0

    def bytes_received(self, data: bytes, request: Request) -> None:
        """Stop a body at the cap; what came so far is kept and marked as cut."""
        received = request.meta.get("received", 0) + len(data)
        request.meta["received"] = received
        if received > self._max_body:
            raise StopDownload(fail=False)

    def process_response(self, request: Request, response: Response) -> Response:
        """Add the exchange to those the request already carries."""
        before: tuple[Exchange, ...] = request.meta.get("exchanges", ())
        request.meta["exchanges"] = (*before, to_exchange(request, response))
        return response


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
