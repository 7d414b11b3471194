"""How commands print: tables for people, JSON for programs, errors with the next command."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping, Sequence
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.text import Text

from archive.problems import Problem
from crawler.cli.tables import record_lines, table_lines
from crawler.cli.wording import sentence

JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON (JSON lines for lists).")]

console = Console(highlight=False)
errors = Console(stderr=True, highlight=False)


def print_json(value: Any) -> None:
    """Print one JSON object on one line, Chinese unescaped."""
    typer.echo(json.dumps(value, ensure_ascii=False, default=str))


def print_rows(
    rows: Iterable[Mapping[str, Any]],
    columns: Sequence[str],
    *,
    as_json: bool,
    empty: str = "Nothing to show.",
) -> None:
    """Print rows as JSON lines (whole rows) or as a table of those named columns that hold values.

    Without rows people are told ``empty``, on standard error; programs read no line.
    """
    if as_json:
        for row in rows:
            print_json(row)
        return
    listed = list(rows)
    if not listed:
        errors.print(Text(empty), soft_wrap=True)
        return
    for line in table_lines(listed, columns, screen_width()):
        console.print(line, soft_wrap=True)


def print_record(
    record: Mapping[str, Any], *, as_json: bool, notes: Mapping[str, str] | None = None
) -> None:
    """Print one thing: a JSON object, or its values by name without the empty ones.

    ``notes`` stand dim beside the values they are named after.
    """
    if as_json:
        print_json(record)
        return
    for line in record_lines(record, screen_width(), notes):
        console.print(line, soft_wrap=True)


def print_problem(problem: Problem) -> None:
    """Print what happened, why, and the next command, on standard error."""
    told = Text.assemble((problem.what, "bold red"), f": {problem.why}")
    errors.print(told, soft_wrap=True)
    errors.print(Text(f"  {sentence(problem.next_step)}"), soft_wrap=True)


def screen_width() -> int | None:
    """Columns to lay out for; None for a pipe or file, where one row is best one line."""
    asked = os.environ.get("COLUMNS", "")
    if asked.isdigit() and int(asked) > 0:
        return int(asked)
    return console.width if console.is_terminal else None
