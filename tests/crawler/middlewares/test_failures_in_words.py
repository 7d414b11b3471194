"""Failures are told in words, not by the names of classes."""

import pytest
from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
)

from crawler.middlewares.failures import in_words
from crawler.middlewares.refusals import NotAllowed


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (CannotResolveHostError("DNS lookup failed: x"), "the host name was not found"),
        (DownloadConnectionRefusedError("111"), "the host refused the connection"),
        (DownloadTimeoutError("60.0 s"), "the host did not answer in time"),
        (DownloadFailedError("TLS\nalert"), "the connection failed: TLS alert"),
        (NotAllowed("refused: the URL names no host"), "refused: the URL names no host"),
        (ValueError("x" * 900), "ValueError: xxx"),
    ],
)
def test_a_failure_is_told_in_words(error, words):
    assert in_words(error).startswith(words)
    assert len(in_words(error)) <= 300
    assert "Error" not in in_words(error) or isinstance(error, ValueError)
