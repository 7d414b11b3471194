"""``gongwen demo``: what gongwen does, in one line and with no network."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from archive.problems import Problem
from crawler.cli.output import JsonOption, console, print_json, print_record, print_rows
from crawler.cli.wording import conflict_line, counted, labelled

RUN_COLUMNS = ("id", "seed", "state", "started_at", "finished_at", "counts")


def demo(
    keep: Annotated[
        Path | None, typer.Option("--keep", help="Leave the archive in this folder.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Crawl four replica sites on two days and show what was archived and what changed."""
    from crawler.demo import Report, carry_out
    from crawler.runner.children import Stopper

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
    """The official fields of each seed document, where they came from, and what disagrees."""
    for document in documents:
        fields, sources = labelled(document)
        conflicts = {"conflict": [conflict_line(one) for one in document["conflicts"]]}
        console.print()
        console.print(document["seed_text"], style="bold cyan", markup=False)
        record = {"url": document["url"]} | fields | conflicts
        print_record(record, as_json=False, notes=sources)


def _print_runs(runs: Any) -> None:
    from crawler.cli.board import summary

    console.print()
    rows = [run | {"counts": summary(run["counts"])} for run in runs]
    print_rows(rows, RUN_COLUMNS, as_json=False)


def _print_change(report: Any) -> None:
    from crawler.cli.differences import print_comparison

    if report.comparison is not None:
        console.print()
        print_comparison(report.comparison)


def _print_closing(report: Any, keep: Path | None) -> None:
    console.print()
    console.print(
        f"{counted(report.documents, 'document')}, {counted(report.versions, 'version')}, "
        f"{counted(len(report.changed), 'change')} in a day.",
        style="bold",
    )
    if keep is None:
        console.print(
            "Keep the archive to look around in it: gongwen demo --keep DIR", soft_wrap=True
        )
    else:
        console.print(
            f"Look around: GONGWEN_DATA={keep} gongwen docs", markup=False, soft_wrap=True
        )
