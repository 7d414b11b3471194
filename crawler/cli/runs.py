"""``gongwen runs``: the ledger."""

from __future__ import annotations

from contextlib import closing
from typing import Annotated

import typer

from archive import ledger
from crawler.cli.output import JsonOption, print_rows
from crawler.environment import Environment

COLUMNS = (
    "id",
    "seed",
    "due_at",
    "trigger",
    "state",
    "reason",
    "started_at",
    "finished_at",
    "counts",
)
SeedOption = Annotated[str | None, typer.Option("--seed", help="Only this seed's runs.")]
LimitOption = Annotated[int, typer.Option("--limit", min=1, help="At most so many, latest first.")]


def runs(seed: SeedOption = None, limit: LimitOption = 50, as_json: JsonOption = False) -> None:
    """Show runs: when due, why started, how they ended, and what they counted."""
    print_history(seed, limit, scheduled=False, as_json=as_json)


def print_history(seed: str | None, limit: int, *, scheduled: bool, as_json: bool) -> None:
    """Print ledger rows, the latest first; for people only the counts above zero."""
    with closing(Environment().open()) as database, database.read() as session:
        rows = ledger.history(session, seed=seed, scheduled=scheduled, limit=limit)
    if not as_json:
        for row in rows:
            row["counts"] = {name: count for name, count in row["counts"].items() if count}
    print_rows(rows, COLUMNS, as_json=as_json)
