"""Handing the archive to other programs: export."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from archive.problems import Problem
from crawler.cli.output import JsonOption, errors, print_json

if TYPE_CHECKING:
    from archive.export import CdxjIndex


class Format(StrEnum):
    """What can be written."""

    CDXJ = "cdxj"


def export(
    format_: Annotated[
        Format, typer.Option("--format", help="cdxj: an index of the WARC files, for pywb.")
    ],
    output: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Where to write; standard output if absent.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Write the archive in a format of other programs, also while a crawl is running."""
    from archive.export import cdxj_index, written_whole
    from crawler.environment import Environment

    if as_json and output is None:
        why = "standard output takes the export itself"
        raise Problem("--json needs --output", why, "Add --output FILE", exit_code=2)
    database = Environment().open_existing()
    try:
        with database.read() as session:
            index = cdxj_index(session, database.folder)
            if output is None:
                _print_lines(index)
            else:
                written_whole(output, index.lines())
    finally:
        database.close()
    _tell(index, format_, output, as_json=as_json)


def _print_lines(index: CdxjIndex) -> None:
    out = typer.get_binary_stream("stdout")
    out.writelines(index.lines())
    out.flush()


def _tell(index: CdxjIndex, format_: Format, output: Path | None, *, as_json: bool) -> None:
    """Say what is not in it, which nobody would miss otherwise."""
    if as_json:
        counts = {"written": index.written, "lost": index.lost, "hidden": index.hidden}
        print_json({"format": format_, "output": output, **counts})
        return
    if output is not None:
        errors.print(f"{index.written} captures in {output}", markup=False, soft_wrap=True)
    if index.lost:
        told = f"Left out: {index.lost} captures whose bytes are lost; see gongwen verify"
        errors.print(told, markup=False, soft_wrap=True)
    if index.hidden:
        told = f"Left out: {index.hidden} captures whose content was withheld or purged"
        errors.print(told, markup=False, soft_wrap=True)
