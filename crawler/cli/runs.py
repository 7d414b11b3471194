"""``gongwen runs``: the ledger."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import closing
from typing import Annotated, Any

import typer

from crawler.cli.board import summary
from crawler.cli.output import JsonOption, print_rows
from crawler.environment import Environment

COLUMNS = (
    "id",
    "seed",
    "trigger",
    "state",
    "due_at",
    "started_at",
    "finished_at",
    "counts",
    "reason",
)
SeedOption = Annotated[str | None, typer.Option("--seed", help="Only this seed's runs.")]
LimitOption = Annotated[int, typer.Option("--limit", min=1, help="At most so many, latest first.")]


def runs(seed: SeedOption = None, limit: LimitOption = 50, as_json: JsonOption = False) -> None:
    """Show runs: when due, why started, how they ended, and what they counted."""
    print_history(seed, limit, scheduled=False, as_json=as_json)


def print_history(seed: str | None, limit: int, *, scheduled: bool, as_json: bool) -> None:
    """Print ledger rows, the latest first; for people shortened to what tells a story."""
    from archive import ledger
    from archive.queries import require_seed

    environment = Environment()
    with closing(environment.open_existing()) as database, database.read() as session:
        if seed is not None and seed not in environment.load_seeds():
            require_seed(session, seed)
        rows = ledger.history(session, seed=seed, scheduled=scheduled, limit=limit)
    shown = rows if as_json else [readable(row) for row in rows]
    empty = "No scheduled run yet." if scheduled else "No run yet."
    print_rows(shown, COLUMNS, as_json=as_json, empty=f"{empty} Start one with: gongwen crawl SEED")


def readable(row: Mapping[str, Any]) -> dict[str, Any]:
    """A ledger row for people: its observations above zero in words."""
    return {**row, "counts": summary(row["counts"])}
