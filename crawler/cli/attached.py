"""`gongwen show DOC --file N`: one attached file, its text or its bytes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from archive.problems import Problem
from crawler.cli.output import console, print_json, print_record

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from archive.models import Version
    from archive.queries.files import AttachedFile


def show_file(
    session: Session,
    folder: Path,
    version: Version,
    number: int,
    *,
    raw: bool = False,
    as_served: bool = False,
    text: bool = False,
    as_json: bool = False,
) -> None:
    """Print a file of a version: its bytes, its text, or what is known of it and its text."""
    from archive import queries
    from archive.queries.files import attached_file

    file = attached_file(session, version, number)
    if raw:
        capture = file.capture
        if capture is None:
            raise _missing(file, "its bytes were never had")
        typer.echo(queries.raw(session, folder, capture, as_served=as_served), nl=False)
    elif text:
        typer.echo(_text(file).encode(), nl=False)
    elif as_json:
        print_json(file.row | {"text": file.text})
    else:
        print_record(file.row, as_json=False)
        console.print(f"\n{file.text}\n" if file.text else "", markup=False, soft_wrap=True)


def file_line(row: dict[str, Any]) -> str:
    """One file among the facts of a document: its name, its format, how much was read of it."""
    if row["format"] is None:
        return f"{row['name']} ({'not read' if row['digest'] else 'not fetched'})"
    told = [row["format"], f"{row['characters']:,} characters" if row["characters"] else ""]
    told.append(row["reason"] or "")
    return f"{row['name']} ({', '.join(part for part in told if part)})"


def _text(file: AttachedFile) -> str:
    if not file.text:
        raise _missing(file, file.row["reason"] or "it was not read yet")
    return file.text


def _missing(file: AttachedFile, why: str) -> Problem:
    known = file.row["capture"]
    next_step = (
        f"Its bytes: gongwen show {known} --raw" if known else "Fetch it with: gongwen recrawl"
    )
    return Problem(
        f"File {file.row['number']} ({file.row['name']}) has no text here", why, next_step
    )
