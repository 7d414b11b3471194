"""PDF: the text layer of every page, line by line, by pdfium."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator

import pypdfium2
from pypdfium2 import raw

from archive.records import Outcome
from pipelines.extraction.files.formats import Format
from pipelines.extraction.files.limits import MOST_PAGES, SECONDS, Unread
from pipelines.extraction.files.packages import ENCRYPTED

NO_LAYER = "needs_ocr: no text layer"
GARBLED = "needs_ocr: its text layer cannot be read, its fonts name no characters"
_HYPHEN = re.compile("[\ufffe\x02]\n?")
_CONTROLS = re.compile("[\x00-\x08\x0b\x0e-\x1f\ufffe\uffff]")
_NO_CHARACTER = re.compile("[\ufffd\ue000-\uf8ff]")
_MOST_GARBLED = 0.3
_ENOUGH = 50


def read(body: bytes, found: Format, until: float) -> Iterator[str]:
    """The lines of a PDF. Unread: encrypted, broken, without a text layer, or too long."""
    document = _open(body)
    try:
        yield from _pages(document, until)
    finally:
        document.close()


def _open(body: bytes) -> pypdfium2.PdfDocument:
    try:
        return pypdfium2.PdfDocument(body)
    except pypdfium2.PdfiumError as error:
        if error.err_code in (raw.FPDF_ERR_PASSWORD, raw.FPDF_ERR_SECURITY):
            raise Unread(ENCRYPTED) from error
        raise Unread(f"broken: {error}") from error


def _pages(document: pypdfium2.PdfDocument, until: float) -> Iterator[str]:
    count = len(document)
    drawn = unreadable = size = garbled = 0
    for number in range(min(count, MOST_PAGES)):
        text, objects = _page(document, number)
        drawn += not text and objects > 0
        unreadable += objects < 0
        size += len(text)
        garbled += len(_NO_CHARACTER.findall(text))
        yield from text.split("\n") if text else ()
        if time.monotonic() > until:
            raise Unread(f"stopped after {SECONDS:g} s, at page {number + 1} of {count}")
    if count > MOST_PAGES:
        raise Unread(f"cut after {MOST_PAGES:,} of {count:,} pages")
    _judge(count, drawn, unreadable, size, garbled)


def _judge(count: int, drawn: int, unreadable: int, size: int, garbled: int) -> None:
    """Raise Unread for what a sound PDF still did not tell."""
    if unreadable:
        raise Unread(f"broken: {unreadable} of {count} pages cannot be read")
    if not size:
        raise Unread(NO_LAYER, Outcome.PARTIAL)
    if size > _ENOUGH and garbled > _MOST_GARBLED * size:
        raise Unread(GARBLED, Outcome.PARTIAL)
    if drawn:
        raise Unread(f"needs_ocr: {drawn} of {count} pages have no text layer")


def _page(document: pypdfium2.PdfDocument, number: int) -> tuple[str, int]:
    """A page's text and how much is drawn on it: 0 on a blank page, -1 when it is broken."""
    try:
        page = document[number]
    except pypdfium2.PdfiumError:
        return "", -1
    try:
        layer = page.get_textpage()
        try:
            text = _cleaned(layer.get_text_bounded())
        finally:
            layer.close()
        return text, raw.FPDFPage_CountObjects(page)
    except pypdfium2.PdfiumError:
        return "", -1
    finally:
        page.close()


def _cleaned(text: str) -> str:
    """Lines as they are printed; pdfium marks a hyphen at a line's end, and ends lines twice."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    return _CONTROLS.sub("", _HYPHEN.sub("", lines)).strip()
