"""A file's bytes to its text: the format's reader, or a reason why there is none."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from importlib import import_module
from types import MappingProxyType

from archive.characters import storable
from archive.records import FileText, Outcome
from pipelines.extraction.files.formats import Format, by_sign, recognise
from pipelines.extraction.files.limits import SECONDS, Unread, gather
from pipelines.extraction.files.trees import refuse_shortage

PICTURE = "needs_ocr: a picture"
_HERE = "pipelines.extraction.files"
_READERS: Mapping[str, str] = MappingProxyType(
    {
        "pdf": "pdf",
        "docx": "word",
        "xlsx": "sheets",
        "pptx": "slides",
        "ofd": "ofd",
        "rtf": "rich_text",
        "txt": "plain",
        "csv": "plain",
        "html": "markup",
        "mhtml": "markup",
        "xml": "markup",
        "zip": "archives",
        "doc": "office",
        "xls": "office",
        "ppt": "office",
        "odt": "office",
        "ods": "office",
        "odp": "office",
        "xlsb": "office",
        "wordxml": "office",
        "excelxml": "office",
    }
)
"""Modules with a function ``read(body, found, until) -> lines``, loaded when a file needs them."""

_PICTURES = frozenset({"png", "jpeg", "gif", "bmp", "tiff", "webp"})

Reader = Callable[[bytes, Format, float], Iterator[str]]


def read_file(
    body: bytes,
    url: str | None = None,
    *,
    until: float | None = None,
) -> FileText:
    """The text of a file, or the reason why there is none; never raises but for lack of memory.

    ``until`` is the time of the monotonic clock at which reading ends, in 12 s by default.
    """
    found = recognise(body, url)
    deadline = time.monotonic() + SECONDS if until is None else until
    try:
        text, stop = gather(_lines(body, found, deadline), deadline)
    except MemoryError:
        why = "reading needed more memory than a worker may use"
        return FileText(found.name, found.evidence, Outcome.OOM, reason=why)
    return _concluded(found, storable(text), stop)


def is_readable_file(body: bytes) -> bool:
    """Whether bytes begin as no page does, and as something that has a reader here."""
    found = by_sign(body)
    return found is not None and found.name in _READERS


def _lines(body: bytes, found: Format, until: float) -> Iterator[str]:
    """The lines of a file; whatever its reader stumbles over is a reason, not a crash."""
    if found.name in _PICTURES:
        raise Unread(PICTURE, Outcome.PARTIAL)
    if found.name == "ooxml":
        raise Unread("encrypted: it needs a password")
    module = _READERS.get(found.name)
    if module is None:
        raise Unread(f"no reader for this format ({found.name})")
    reader: Reader = import_module(f"{_HERE}.{module}").read
    try:
        yield from reader(body, found, until)
    except (Unread, MemoryError):
        raise
    except Exception as error:  # a library's fault on a stranger's bytes
        refuse_shortage(error)
        raise Unread(f"broken: {type(error).__name__}: {error}"[:300]) from error


def _concluded(found: Format, text: str, stop: Unread | None) -> FileText:
    if stop is None and text:
        return FileText(found.name, found.evidence, Outcome.OK, text)
    if stop is None:
        return FileText(found.name, found.evidence, Outcome.PARTIAL, reason="it holds no text")
    outcome = Outcome.PARTIAL if text else stop.outcome
    return FileText(found.name, found.evidence, outcome, text, stop.reason)
