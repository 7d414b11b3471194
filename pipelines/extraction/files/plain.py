"""Text and CSV files: decoded as pages are; the rows of a table become lines of cells."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from pipelines.extraction.decoding import decode
from pipelines.extraction.files.formats import Format
from pipelines.extraction.files.rows import delimiter, row_line


def read(body: bytes, found: Format, until: float) -> Iterator[str]:
    """The lines of a text, characters as they are."""
    text, _ = decode(body, None)
    parted = delimiter(text) if found.name == "csv" else None
    if parted is None:
        yield from (line.rstrip() for line in text.splitlines())
        return
    for row in csv.reader(io.StringIO(text, newline=""), delimiter=parted):
        yield row_line(row)
