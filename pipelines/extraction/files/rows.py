"""Rows of tables as lines, the way pages print them."""

from __future__ import annotations

import csv
from collections.abc import Iterable

SEPARATOR = " | "
_SAMPLE = 50
_LEAST_ROWS = 2
_LEAST_CELLS = 2
_DELIMITERS = ",\t;"


def row_line(cells: Iterable[str]) -> str:
    """The cells that hold something, joined; empty for a row without any."""
    folded = (" ".join(cell.split()) for cell in cells)
    return SEPARATOR.join(cell for cell in folded if cell)


def delimiter(text: str, *, whole: bool = True) -> str | None:
    """What parts the cells when all rows of the beginning have as many; None for other texts.

    The last line does not count unless the text is the ``whole`` one.
    """
    beginning = text[:65_536].splitlines()
    sample = [line for line in (beginning if whole else beginning[:-1]) if line.strip()][:_SAMPLE]
    if len(sample) < _LEAST_ROWS:
        return None
    for sign in _DELIMITERS:
        try:
            widths = {len(row) for row in csv.reader(sample, delimiter=sign, strict=True)}
        except csv.Error:
            continue
        if len(widths) == 1 and min(widths) >= _LEAST_CELLS:
            return sign
    return None
