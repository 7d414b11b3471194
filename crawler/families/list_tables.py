"""Lists printed as tables with a header row: which column is which."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from lxml.html import HtmlElement

from pipelines.extraction.dates import find_dates
from pipelines.extraction.folding import squeeze
from pipelines.extraction.pairs import split_pairs
from pipelines.extraction.vocabulary import fields_of_label

TITLE_COLUMN = "title"
DATE_COLUMN = "date_published"
LEAST_LABELS = 2


def header_labels(body: HtmlElement) -> tuple[str, ...]:
    """The labels of a table's columns, empty when it has no row of known labels."""
    table = body if body.tag == "table" else next(body.iterancestors("table"), None)
    if table is None:
        return ()
    for row in table.iter("tr"):
        cells = [" ".join(cell.text_content().split()) for cell in row.iterchildren("td", "th")]
        known = sum(bool(fields_of_label(cell)) for cell in cells if len(cell) <= 12)
        if known >= LEAST_LABELS and row.find(".//td/a") is None:
            return tuple(cells)
    return ()


def labelled_cells(labels: Sequence[str], cells: Sequence[str]) -> dict[str, str]:
    """Cells by field name, or by their own label when the field is unknown."""
    if len(labels) != len(cells):
        return {}
    return {
        field_name(label): cell for label, cell in zip(labels, cells, strict=True) if label and cell
    }


def inline_cells(rest: str) -> dict[str, str]:
    """Cells that carry their label with them: ``文号：渝府发〔2023〕1号``."""
    cells = {}
    for pair in split_pairs(rest):
        if pair.fields:
            dated = pair.fields[0].startswith("date_")
            value = pair.value if dated else _before_date(pair.value)
            cells[pair.fields[0]] = value
    return {name: value for name, value in cells.items() if value}


def _before_date(value: str) -> str:
    """The last cell of a row runs on into the row's date, which has no label of its own."""
    dates = find_dates(value)
    if dates and not value[dates[-1].end :].strip(" ]】)）"):
        return value[: dates[-1].start].rstrip(" [【(（")
    return value


def field_name(label: str) -> str:
    """The field a label stands for, else the label itself without white space."""
    fields = fields_of_label(label)
    return fields[0] if fields else squeeze(label)


def other_cells(cells: Mapping[str, str]) -> dict[str, str]:
    """The cells that are neither title nor date of publication, which an item has of its own."""
    return {name: value for name, value in cells.items() if name not in (TITLE_COLUMN, DATE_COLUMN)}
