"""Whether a crawl is at work in an archive, for commands that must have it to themselves."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import select

from archive.database import Database
from archive.models import Run
from archive.owners import is_dead
from archive.problems import Problem
from archive.records import RunState
from archive.warc.slots import SLOTS, is_live


def refuse_writers(folder: Path, consequence: str) -> None:
    """Problem while a writer slot is held; ``consequence`` says what would come of going on."""
    held = [slot for slot in range(SLOTS) if is_live(folder, slot)]
    if held:
        raise _in_use(f"a crawl holds its writer slot {held[0]}, {consequence}")


def refuse_runs(database: Database, consequence: str) -> None:
    """As :func:`refuse_writers`, and Problem while a run is under way that may take a slot."""
    refuse_writers(database.folder, consequence)
    with database.read() as session:
        owners = session.scalars(select(Run.owner).where(Run.state == RunState.RUNNING)).all()
    if any(owner is not None and is_dead(owner) is not True for owner in owners):
        raise _in_use(f"a run is under way, {consequence}")


def _in_use(why: str) -> Problem:
    next_step = "Stop the crawls (see gongwen runs), then run the same command again"
    return Problem("The archive is in use", why, next_step)
