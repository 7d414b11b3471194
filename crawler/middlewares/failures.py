"""Download failures in words a person understands, instead of the names of classes."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from OpenSSL.SSL import SysCallError
from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    IgnoreRequest,
    ResponseDataLossError,
    UnsupportedURLSchemeError,
)
from twisted.internet.error import ConnectionDone, ConnectionLost
from twisted.web._newclient import ParseError
from twisted.web.client import ResponseFailed, ResponseNeverReceived

LOST = (ConnectionLost, ConnectionDone, SysCallError)

WORDS: Mapping[type[BaseException], str] = MappingProxyType(
    {
        # The gate drops addresses that are not public: then a name leads nowhere as well.
        CannotResolveHostError: "the host name was not found, or leads to no public address",
        DownloadConnectionRefusedError: "the host refused the connection",
        DownloadTimeoutError: "the host did not answer in time",
        ResponseDataLossError: "the connection broke off inside the body",
        DownloadCancelledError: "the download was cancelled",
        UnsupportedURLSchemeError: "only http and https are fetched",
    }
)
LONGEST = 300


class Told(Exception):
    """A failure whose message is in plain words already."""


def in_words(error: BaseException | None) -> str:
    """Why a page could not be had: plain words where we have some, with details that help."""
    known = next((words for kind, words in WORDS.items() if isinstance(error, kind)), None)
    if known is None and isinstance(error, DownloadFailedError):
        known = broken_off(error.__cause__)
    if known is not None:
        return known
    name, message = type(error).__name__, " ".join(str(error).split())
    if isinstance(error, IgnoreRequest | Told):
        return message[:LONGEST] or name
    if isinstance(error, DownloadFailedError):
        name = "the connection failed"
    return f"{name}: {message}"[:LONGEST] if message else name


def broken_off(cause: BaseException | None) -> str | None:
    """What went wrong before a body began; None when the cause has better words of its own."""
    if not isinstance(cause, ResponseFailed):
        return None
    reasons = [getattr(reason, "value", reason) for reason in cause.reasons]
    if any(isinstance(reason, ParseError) for reason in reasons):
        return "the answer is not HTTP"
    headers = next(
        (reason for reason in reasons if isinstance(reason, (ValueError, KeyError))), None
    )
    if headers is not None:
        return f"the answer's headers cannot be used: {headers}"[:LONGEST]
    if not reasons or not all(isinstance(reason, LOST) for reason in reasons):
        return None
    if isinstance(cause, ResponseNeverReceived):
        return "the connection broke off before an answer came"
    return "the connection broke off inside the head of the answer"
