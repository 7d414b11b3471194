"""Reads answers over HTTP/1.1 and believes no length that the bytes contradict.

Scrapy's client takes a body for whole when a promised length was reached, although more follows,
and when a connection without any promise was reset. Both are data loss here, as a body is that
ends too early: kept, marked as cut, retried, and never a version.
"""

from __future__ import annotations

from typing import Any

from scrapy.core.downloader.handlers.http11 import (
    _LenientHTTP11ClientProtocol,
    _LenientHTTPClientParser,
)
from twisted.internet.defer import Deferred
from twisted.internet.error import ConnectionLost
from twisted.internet.interfaces import ISSLTransport
from twisted.python.failure import Failure
from twisted.web._newclient import ResponseFailed
from twisted.web.http import _DataLoss, _IdentityTransferDecoder


class ExactParser(_LenientHTTPClientParser):
    """Reports data loss for a body that is followed by more than it promised, or was reset."""

    surplus: bool = False
    secure: bool = False

    def connectionLost(self, reason: Any = None) -> None:  # noqa: N802
        """The end of the body, however it came about."""
        if self.bodyDecoder is not None and (self.surplus or self._was_reset(reason)):
            loss = Failure(_DataLoss())  # type: ignore[no-untyped-call]
            broken = ResponseFailed([reason, loss], self.response)  # type: ignore[no-untyped-call]
            lost = Failure(broken)  # type: ignore[no-untyped-call]
            self.response._bodyDataFinished(lost)
            return
        super().connectionLost(reason)

    def _was_reset(self, reason: Any) -> bool:
        """A body that only the connection's end can end. Many servers end TLS without a word.

        ``reason`` is no Failure where the connection goes on.
        """
        if self.secure or not isinstance(reason, Failure):
            return False
        return isinstance(reason.value, ConnectionLost)


class ExactProtocol(_LenientHTTP11ClientProtocol):
    """One connection whose answers are read by ``parser``."""

    parser: type[ExactParser] = ExactParser

    def request(self, request: Any) -> Deferred[Any]:
        """Send a request; the parser's class is replaced as Scrapy itself replaces it."""
        answer = super().request(request)
        parser: Any = self._parser
        parser.__class__ = self.parser
        parser.secure = ISSLTransport.providedBy(self.transport)
        return answer

    def _finishResponse_WAITING(self, rest: bytes) -> None:  # noqa: N802
        """A body reached its promised length; ``rest`` arrived together with its end."""
        parser: Any = self._parser
        if rest.strip() and parser is not None:
            parser.surplus = isinstance(parser.bodyDecoder, _IdentityTransferDecoder)
            # What follows would be taken for the beginning of the next answer.
            parser.connHeaders.setRawHeaders(b"Connection", [b"close"])
        super()._finishResponse_WAITING(rest)

    _finishResponse_TRANSMITTING = _finishResponse_WAITING  # noqa: N815
