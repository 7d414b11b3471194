"""Reading the ledger: single rows, what waits, and what was."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from archive.clock import show
from archive.models import Run, Seed
from archive.problems import Problem
from archive.records import RunState


def get_run(session: Session, run_id: int, *, for_update: bool = False) -> Run:
    """The row of one run; Problem when there is none."""
    # A locked row is read anew: what this session saw before may be another's by now.
    run = session.get(Run, run_id, with_for_update=for_update, populate_existing=for_update)
    if run is None:
        raise Problem(f"No run {run_id}", "the ledger has no such row", "Run: gongwen runs")
    return run


def running_run(session: Session, seed_key: int) -> Run | None:
    """The run of a seed that is going on now."""
    going = select(Run).where(Run.seed_key == seed_key, Run.state == RunState.RUNNING)
    return session.scalar(going)


def due_runs(session: Session, at: int) -> list[tuple[Run, str]]:
    """The runs that wait to be claimed, with their seeds' ids, the longest waiting first."""
    moment = func.coalesce(Run.due_at, Run.created_at)
    waiting = (
        select(Run, Seed.id)
        .join(Seed, Seed.key == Run.seed_key)
        .where(Run.state == RunState.DUE, moment <= at)
        .order_by(moment, Run.id)
    )
    return [(run, seed) for run, seed in session.execute(waiting)]


def last_slot(session: Session, seed_key: int) -> int | None:
    """The latest slot of a seed's schedule that has a row, whatever became of it."""
    return session.scalar(select(func.max(Run.due_at)).where(Run.seed_key == seed_key))


def attempts(session: Session, run: Run) -> int:
    """How many runs in a row took up the same lost work, this one included."""
    count = 1
    while run.resumes is not None:
        run = get_run(session, run.resumes)
        count += 1
    return count


def history(
    session: Session, *, seed: str | None = None, scheduled: bool = False, limit: int | None = None
) -> list[dict[str, Any]]:
    """Rows for people and JSON, the latest first; ``scheduled`` leaves out runs by hand."""
    rows = select(Run, Seed.id).join(Seed, Seed.key == Run.seed_key).order_by(Run.id.desc())
    if seed is not None:
        rows = rows.where(Seed.id == seed)
    if scheduled:
        rows = rows.where(Run.due_at.is_not(None))
    return [row_of(run, name) for run, name in session.execute(rows.limit(limit))]


def row_of(run: Run, seed: str) -> dict[str, Any]:
    """One run with JSON-ready values; times are ISO text in China Standard Time."""
    return {
        "id": run.id,
        "seed": seed,
        "due_at": show(run.due_at),
        "trigger": run.trigger,
        "state": str(run.state),
        "reason": run.reason,
        "started_at": show(run.started_at),
        "finished_at": show(run.finished_at),
        "counts": run.counts,
        "resumes": run.resumes,
    }
