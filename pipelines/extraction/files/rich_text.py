"""RTF, by striprtf."""

from __future__ import annotations

import re
from collections.abc import Iterator

from striprtf.striprtf import rtf_to_text

from pipelines.extraction.files.formats import Format
from pipelines.extraction.files.limits import MOST_PARSED, Unread, megabytes
from pipelines.extraction.files.rows import row_line

_PICTURES = re.compile(r"[0-9a-fA-F\r\n]{512,}")
_FIELDS = re.compile(r"\\fldinst[ \r\n]*")
_ENCRYPTED = re.compile(r"\A\{\\rtf1?[^{}]{0,200}\\(?:encrypt|password)")


def read(body: bytes, found: Format, until: float) -> Iterator[str]:
    """The lines of an RTF; its rows end in a bar, as striprtf writes them."""
    if len(body) > MOST_PARSED:
        raise Unread(f"{megabytes(len(body))}, more than {megabytes(MOST_PARSED)}")
    source = _PICTURES.sub("", body.decode("latin-1"))
    # A line end there keeps striprtf from writing addresses of links into the text, with a
    # pattern that takes quadratic time.
    source = _FIELDS.sub(r"\\fldinst\n", source)
    text = rtf_to_text(source, encoding="gb18030", errors="replace")  # type: ignore[no-untyped-call]
    for line in _paired(text).splitlines():
        if line.rstrip().endswith("|"):
            yield row_line(line.split("|"))
        elif line.strip():
            yield line.strip()


def _paired(text: str) -> str:
    """Characters beyond the first plane are written as two halves."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
