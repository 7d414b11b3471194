"""Downloads as Scrapy does, but with our own TLS and with bounds on the head of an answer.

Twisted bounds the length of one header line, not how many there are: an endless head would fill
the memory until the timeout. What is private in Scrapy and used here is held by the tests of D9.
"""

from __future__ import annotations

from typing import Any

from scrapy.core.downloader.handlers.http11 import HTTP11DownloadHandler, _ScrapyAgent
from scrapy.crawler import Crawler
from scrapy.http import Request, Response
from scrapy.utils._download_handlers import wrap_twisted_exceptions
from scrapy.utils.defer import maybe_deferred_to_future
from twisted.web.client import _HTTP11ClientFactory

from crawler.middlewares.failures import Told
from crawler.middlewares.lengths import ExactParser, ExactProtocol
from crawler.middlewares.tls import DeclaredTls

LONGEST_LINE = 16 << 10
LONGEST_HEAD = 30 << 10
"""Bytes of all header lines together. FastWARC reads no head of more than 32 KiB back."""

LINE_END = 4
"""Bytes that a line may take in a record beyond what came: the blank, the line's end."""


class HeadTooLong(Told):
    """The status line and headers of an answer do not end where they should."""


class BoundedHandler(HTTP11DownloadHandler):
    """Scrapy's handler for http and https; each connection bounds what it reads of a head."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._pool._factory = _BoundedFactory
        policy: Any = DeclaredTls(getattr(crawler.spidercls, "seed", None))
        self._contextFactory = policy

    async def download_request(self, request: Request) -> Response:
        """Ask as Scrapy does; sizes are bounded by the capture, so they have no bounds here."""
        agent = _TellingAgent(
            contextFactory=self._contextFactory,
            bindAddress=self._bind_address,
            pool=self._pool,
            fail_on_dataloss=self._fail_on_dataloss,
            crawler=self._crawler,
        )
        with wrap_twisted_exceptions():
            return await maybe_deferred_to_future(agent.download_request(request))


class _TellingAgent(_ScrapyAgent):
    """Tells the status before the body comes, and the peer also when no body is taken."""

    def _cb_bodyready(self, txresponse: Any, request: Request) -> Any:
        request.meta["status"] = txresponse.code
        result: Any = super()._cb_bodyready(txresponse, request)
        if isinstance(result, dict):
            result["ip_address"] = getattr(txresponse, "_scrapy_ip_address", None)
        return result


class _BoundedParser(ExactParser):
    MAX_LENGTH = LONGEST_LINE
    _length = 0

    def lineReceived(self, line: bytes) -> None:  # noqa: N802
        self._length += len(line) + LINE_END
        if self._length > LONGEST_HEAD:
            raise HeadTooLong(f"the headers are longer than {LONGEST_HEAD} bytes")
        super().lineReceived(line)

    def lineLengthExceeded(self, line: bytes) -> None:  # noqa: N802
        raise HeadTooLong(f"a header is longer than {LONGEST_LINE} bytes")


class _BoundedProtocol(ExactProtocol):
    parser = _BoundedParser


class _BoundedFactory(_HTTP11ClientFactory):
    noisy = False

    def buildProtocol(self, addr: Any) -> Any:  # noqa: N802
        return _BoundedProtocol(self._quiescentCallback)  # type: ignore[no-untyped-call]
