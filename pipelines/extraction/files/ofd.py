"""OFD (GB/T 33190): the text of every page in reading order, by ofdkit."""

from __future__ import annotations

import time
from collections.abc import Iterator

import ofdkit

from archive.records import Outcome
from pipelines.extraction.files.formats import Format
from pipelines.extraction.files.limits import MOST_PAGES, SECONDS, Unread
from pipelines.extraction.files.packages import open_document
from pipelines.extraction.files.pdf import NO_LAYER


def read(body: bytes, found: Format, until: float) -> Iterator[str]:
    """The lines of an OFD. Unread: broken, encrypted, too large, without text or with entities."""
    open_document(body, ("OFD", "Doc", "ofd", "doc")).close()
    try:
        with ofdkit.OFDDocument(body) as document:
            yield from _pages(document, until)
    except ofdkit.OFDError as error:
        raise Unread(f"broken: {error}") from error


def _pages(document: ofdkit.OFDDocument, until: float) -> Iterator[str]:
    count = len(document.pages)
    written = False
    for number, page in enumerate(document.pages[:MOST_PAGES], 1):
        lines = [line.strip() for line in page.text().splitlines() if line.strip()]
        written = written or bool(lines)
        yield from lines
        if time.monotonic() > until:
            raise Unread(f"stopped after {SECONDS:g} s, at page {number} of {count}")
    if count > MOST_PAGES:
        raise Unread(f"cut after {MOST_PAGES:,} of {count:,} pages")
    if not written:
        raise Unread(NO_LAYER, Outcome.PARTIAL)
