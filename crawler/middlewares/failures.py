"""Download failures in words a person understands, instead of the names of classes."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

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


def in_words(error: BaseException | None) -> str:
    """Why a page could not be had: plain words where we have some, with details that help."""
    known = next((words for kind, words in WORDS.items() if isinstance(error, kind)), None)
    if known is not None:
        return known
    name, message = type(error).__name__, " ".join(str(error).split())
    if isinstance(error, IgnoreRequest):
        return message or name
    if isinstance(error, DownloadFailedError):
        name = "the connection failed"
    return f"{name}: {message}"[:LONGEST] if message else name
