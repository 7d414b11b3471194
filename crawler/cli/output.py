"""How commands print: tables for people, JSON for programs, errors with the next command."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from archive.problems import Problem

JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON (JSON lines for lists).")]

_UNBROKEN = ("id", "capture", "document", "versions", "lifecycle", "date_published")
"""Columns that people copy from or scan; a narrow terminal folds the others first."""

console = Console(highlight=False)
errors = Console(stderr=True, highlight=False)


def print_json(value: Any) -> None:
    """Print one JSON object on one line, Chinese unescaped."""
    typer.echo(json.dumps(value, ensure_ascii=False, default=str))


def print_rows(rows: Iterable[Mapping[str, Any]], columns: Sequence[str], *, as_json: bool) -> None:
    """Print rows as JSON lines (whole rows) or as a table of the named columns."""
    if as_json:
        for row in rows:
            print_json(row)
        return
    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in columns:
        table.add_column(name, overflow="fold", no_wrap=name in _UNBROKEN)
    for row in rows:
        table.add_row(*(Text(_cell(row.get(name))) for name in columns))
    console.print(table)


def print_record(record: Mapping[str, Any], *, as_json: bool) -> None:
    """Print one thing: a JSON object, or a two-column table without its empty values."""
    if as_json:
        print_json(record)
        return
    table = Table(box=None, pad_edge=False, show_header=False)
    table.add_column(style="bold", no_wrap=True)
    table.add_column(overflow="fold")
    for name, value in record.items():
        if value not in (None, "", [], {}):
            table.add_row(name, Text(_cell(value)))
    console.print(table)


def print_problem(problem: Problem) -> None:
    """Print what happened, why, and the next command, on standard error."""
    told = Text.assemble((problem.what, "bold red"), f": {problem.why}")
    errors.print(told, soft_wrap=True)
    errors.print(Text(f"  {problem.next_step}"), soft_wrap=True)


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, Mapping):
        return " ".join(f"{name}={_cell(part)}" for name, part in value.items())
    if isinstance(value, (list, tuple)):
        return "\n".join(_cell(part) for part in value)
    return str(value)
