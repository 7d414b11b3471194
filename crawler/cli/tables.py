"""Lays out rows and records for a terminal of any width, or for none: pure, lines out.

What does not fit beside the other columns goes under its row, widest first, so that nothing is
folded at a few characters and every address can be copied whole.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from crawler.cli.wording import address, full_moment, told

GAP = 2
INDENT = 4
NEAR = 40
"""A value wider than this has its note right behind it, and the others keep theirs in reach."""

_STAYS = frozenset({"id", "seed", "state", "name", "observation", "what"})
"""Columns that people scan or copy from; they go under the row only when nothing else is left."""

_SPEAKS = frozenset({"title", "url", "path", "reason", "detail", "counts", "next_step"})
"""Columns whose values need no name when they stand under a row."""

_RULER = Console()


@dataclass(frozen=True, slots=True)
class Column:
    """One column's cells as text; figures stand to the right."""

    name: str
    cells: tuple[str, ...]
    figures: bool = False

    @property
    def width(self) -> int:
        """Cells that the name and the widest value take."""
        return max(cell_len(text) for text in (self.name, *self.cells))

    def fitted(self, text: str) -> str:
        """The text filled up to the column's width."""
        room = " " * (self.width - cell_len(text))
        return room + text if self.figures else text + room


def table_lines(
    rows: Sequence[Mapping[str, Any]], names: Sequence[str], width: int | None
) -> list[Text]:
    """A header and a line or more per row; columns without any value are left out.

    ``width`` None means that lines may be of any length.
    """
    columns = [_column(name, rows) for name in names]
    beside, below = split([column for column in columns if any(column.cells)], width)
    lines = [Text(_beside(beside, [column.name for column in beside]), style="bold")]
    for at in range(len(rows)):
        lines.append(Text(_beside(beside, [column.cells[at] for column in beside])))
        for column in below:
            lines += _under(column, column.cells[at], width)
    return lines


def record_lines(
    record: Mapping[str, Any],
    width: int | None,
    notes: Mapping[str, str] | None = None,
) -> list[Text]:
    """A line or more per value that there is: its name, the value, and a dim note if it has one."""
    values = {name: told(value, "\n", full_moment) for name, value in record.items()}
    shown = {name: value for name, value in values.items() if value}
    label = max((cell_len(name) for name in shown), default=0)
    room = None if width is None else max(width - label - GAP, 20)
    laid_out = {name: wrap(value, room) for name, value in shown.items()}
    noted = {name: note for name, note in (notes or {}).items() if name in shown}
    at = _note_column(laid_out, noted, room)
    lines: list[Text] = []
    for name, parts in laid_out.items():
        lines += _entry(name, parts, label, noted.get(name), at, room)
    return lines


def split(columns: Sequence[Column], width: int | None) -> tuple[list[Column], list[Column]]:
    """Which columns stand beside each other, and which go under the row for want of room."""
    beside, below = list(columns), set[str]()
    while width is not None and len(beside) > 1 and _total(beside) > width:
        lesser = beside if beside[0].name in _SPEAKS else beside[1:]
        movable = [column for column in lesser if column.name not in _STAYS] or lesser
        widest = max(movable, key=lambda column: column.width)
        beside.remove(widest)
        below.add(widest.name)
    return beside, [column for column in columns if column.name in below]


def wrap(value: str, width: int | None) -> list[str]:
    """The value in lines of at most ``width`` cells; an address is never broken."""
    lines: list[str] = []
    for line in value.splitlines():
        if width is None or cell_len(line) <= width or address(line):
            lines.append(line)
        else:
            wrapped = Text(line).wrap(_RULER, width, overflow="fold")
            lines += [part.plain.rstrip() for part in wrapped]
    return lines


def _column(name: str, rows: Sequence[Mapping[str, Any]]) -> Column:
    values = [row.get(name) for row in rows]
    given = [value for value in values if value is not None]
    figures = bool(given) and all(type(value) in (int, float) for value in given)
    return Column(name, tuple(" ".join(told(value).split("\n")) for value in values), figures)


def _total(columns: Sequence[Column]) -> int:
    return sum(column.width for column in columns) + GAP * (len(columns) - 1)


def _beside(columns: Sequence[Column], texts: Sequence[str]) -> str:
    pairs = zip(columns, texts, strict=True)
    return (" " * GAP).join(column.fitted(text) for column, text in pairs).rstrip()


def _under(column: Column, text: str, width: int | None) -> Iterator[Text]:
    if not text:
        return
    name = "" if column.name in _SPEAKS else f"{column.name} "
    room = None if width is None else max(width - INDENT - cell_len(name), 20)
    for number, part in enumerate(wrap(text, room)):
        lead = name if number == 0 else " " * cell_len(name)
        yield Text.assemble(" " * INDENT, (lead, "dim"), part)


def _note_column(
    values: Mapping[str, Sequence[str]], notes: Mapping[str, str], room: int | None
) -> int:
    """Where notes begin, counted from where values begin: beside most values, within the room."""
    ends = (cell_len(values[name][-1]) for name in notes)
    widest = max(map(cell_len, notes.values()), default=0)
    near = (end + GAP for end in ends if end <= NEAR and _fits(end, widest, room))
    return max(near, default=0)


def _fits(end: int, note: int, room: int | None) -> bool:
    return room is None or end + GAP + note <= room


def _entry(
    name: str, parts: Sequence[str], label: int, note: str | None, at: int, room: int | None
) -> list[Text]:
    """The lines of one value; a note that finds no room beside the last one gets its own."""
    left = " " * (label + GAP)
    lines = [Text.assemble(left if number else "", part) for number, part in enumerate(parts)]
    lead = name + " " * (label - cell_len(name) + GAP)
    lines[0] = Text.assemble((lead, "bold"), parts[0])
    if note is not None:
        end = cell_len(parts[-1])
        if _fits(end, cell_len(note), room):
            lines[-1].append(" " * max(at - end, GAP) + note, "dim")
        else:
            lines.append(Text.assemble(left, (note, "dim")))
    return lines
