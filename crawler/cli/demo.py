"""``gongwen demo``: what gongwen does, in one line and with no network."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table

from archive.problems import Problem
from archive.records import FIELDS
from crawler.cli.output import JsonOption, console, print_json, print_rows

RUN_COLUMNS = ("id", "seed", "state", "started_at", "finished_at", "counts")


def demo(
    keep: Annotated[
        Path | None, typer.Option("--keep", help="Leave the archive in this folder.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Crawl four replica sites on two days and show what was archived and what changed."""
    from crawler.children import Stopper
    from crawler.demo import Report, carry_out

    stopper = Stopper()
    with stopper.listening():
        if as_json:
            print_json(carry_out(keep, stopper).row())
            return
        report: Report = carry_out(keep, stopper, on_end=_print_end, tell=_print_line)
    _print_documents(report.seed_documents)
    _print_runs(report.runs)
    _print_change(report)
    _print_closing(report, keep)


def _print_line(line: str) -> None:
    console.print(line, style="bold", markup=False)


def _print_end(ended: Any) -> None:
    from crawler.cli.board import ending_line

    if not isinstance(ended, Problem):
        console.print(f"  {ending_line(ended)}", markup=False, soft_wrap=True)


def _print_documents(documents: Any) -> None:
    """The official fields of each seed document, with what disagrees."""
    for document in documents:
        table = Table(box=None, pad_edge=False, show_header=False)
        table.add_column(style="cyan", no_wrap=True)
        table.add_column(overflow="fold")
        for name, label in FIELDS.items():
            if document[name]:
                table.add_row(f"{label} {name}", document[name])
        for conflict in document["conflicts"]:
            pairs = zip(conflict["fields"], conflict["values"], strict=False)
            told = ", ".join(f"{name} {value}" for name, value in pairs)
            table.add_row("[red]conflict[/]", told)
        console.print()
        console.print(f"{document['seed_text']}  {document['url']}", style="bold", markup=False)
        console.print(table)


def _print_runs(runs: Any) -> None:
    console.print()
    rows = [run | {"counts": _told(run["counts"])} for run in runs]
    print_rows(rows, RUN_COLUMNS, as_json=False)


def _told(counts: dict[str, int]) -> str:
    return " ".join(f"{name} {count}" for name, count in counts.items() if count)


def _print_change(report: Any) -> None:
    from crawler.cli.differences import print_comparison

    if report.comparison is not None:
        console.print()
        print_comparison(report.comparison)


def _print_closing(report: Any, keep: Path | None) -> None:
    console.print()
    console.print(
        f"{report.documents} documents, {report.versions} versions, "
        f"{len(report.changed)} changes in a day.",
        style="bold",
    )
    if keep is None:
        console.print("Keep the archive to look around in it: gongwen demo --keep DIR")
    else:
        console.print(f"Look around: GONGWEN_DATA={keep} gongwen docs", markup=False)
