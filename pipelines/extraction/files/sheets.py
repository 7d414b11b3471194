"""XLSX: every row of every sheet as a line of its cells, as last computed, by openpyxl."""

from __future__ import annotations

import io
import re
import time
import warnings
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

import openpyxl

from pipelines.extraction.files.formats import Format
from pipelines.extraction.files.limits import MOST_CELLS, SECONDS, Unread
from pipelines.extraction.files.packages import open_document, without_member
from pipelines.extraction.files.rows import row_line

# Sheets and shared strings are streamed; what else there is becomes a tree.
_PARSED = ("xl/workbook", "xl/styles", "xl/theme", "[Content_Types]", "_rels/", "xl/_rels/")
_PERCENT = re.compile(r"0(?:\.(0+))?%")
_STYLES = "xl/styles.xml"
_CLOCK_EVERY = 256


def read(body: bytes, found: Format, until: float) -> Iterator[str]:
    """The lines of a workbook; several sheets have their names before them.

    Unread: broken, encrypted, too large, or with entities of its own.
    """
    open_document(body, _PARSED).close()
    with warnings.catch_warnings():
        # It warns of what it does not keep: styles, validations, pictures.
        warnings.simplefilter("ignore")
        book, styled = _opened(body)
        try:
            yield from _sheets(book, until, styled=styled)
        finally:
            book.close()
    if not styled:
        raise Unread("its styles are broken: dates and percentages are as stored")


def _opened(body: bytes) -> tuple[Any, bool]:
    """The workbook, and whether with its styles: some programs write them against the rules."""
    try:
        return _load(body), True
    except (TypeError, ValueError, IndexError, AttributeError):
        return _load(without_member(body, _STYLES)), False


def _load(body: bytes) -> Any:
    return openpyxl.load_workbook(
        io.BytesIO(body), read_only=True, data_only=True, keep_links=False
    )


def _sheets(book: Any, until: float, *, styled: bool) -> Iterator[str]:
    room = MOST_CELLS
    several = len(book.worksheets) > 1
    for sheet in book.worksheets:
        # A stated size would fill every row up to it.
        sheet.reset_dimensions()
        named = not several
        for number, row in enumerate(sheet.iter_rows()):
            room -= max(len(row), 1)
            if room < 0:
                raise Unread(f"cut after {MOST_CELLS:,} cells")
            if number % _CLOCK_EVERY == 0 and time.monotonic() > until:
                raise Unread(f"stopped after {SECONDS:g} s, in sheet {sheet.title}")
            line = row_line(_shown(cell, styled=styled) for cell in row)
            if line and not named:
                yield sheet.title
                named = True
            if line:
                yield line


def _shown(cell: Any, *, styled: bool) -> str:
    """A cell as people see it, as far as that does not take a whole spreadsheet program."""
    value = cell.value
    if value is None or isinstance(value, str):
        return value or ""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, datetime):
        has_time = (value.hour, value.minute, value.second) != (0, 0, 0)
        return value.isoformat(" ", "seconds") if has_time else value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, int | float):
        return _number(value, cell.number_format or "" if styled else "")
    return str(value)


def _number(value: float, style: str) -> str:
    percent = _PERCENT.search(style)
    if percent:
        return f"{value:.{len(percent[1] or '')}%}"
    # Fifteen digits are what a workbook holds: the rest is the noise of binary fractions.
    return str(value) if isinstance(value, int) else f"{value:.15g}"
