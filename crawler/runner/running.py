"""Runs ledger rows, each in a child process, and leaves a truthful row whatever happens."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from signal import Signals
from typing import Any

from sqlalchemy.orm import Session

import crawler
from archive import clock, ledger
from archive.database import Database
from archive.owners import owner_of
from archive.records import RunState
from crawler.environment import PREFIX, Environment
from crawler.runner.beginning import Order, begin
from crawler.runner.children import STOP_SIGNALS, Child, Stopper
from crawler.seeds import Seed

CHILD_COMMAND = (sys.executable, "-P", "-m", "crawler.child")
USAGE = 2
DISK_FULL = 3
STOPPED = 11

_PACKAGES = Path(crawler.__file__).parent.parent


@dataclass(frozen=True, slots=True)
class Progress:
    """What a running child said last: pages fetched, and observations counted by name."""

    run_id: int
    seed: str
    pages: int = 0
    counts: Mapping[str, int] = field(default_factory=dict)
    url: str | None = None


@dataclass(frozen=True, slots=True)
class RunOutcome:
    """How a run ended. ``row`` is its ledger row as ``gongwen runs`` prints it."""

    run_id: int
    seed: str
    state: RunState
    reason: str | None
    counts: Mapping[str, Any]
    child_code: int | None
    row: Mapping[str, Any]

    @property
    def exit_code(self) -> int:
        """What the command line should exit with: 0 ok, 1 failed, 3 disk, 11 resumable."""
        if self.state == RunState.DONE:
            return 0
        if self.state == RunState.INTERRUPTED:
            return STOPPED
        return self.child_code if self.child_code in (USAGE, DISK_FULL) else 1


OnProgress = Callable[[Progress], None]


@dataclass(frozen=True, slots=True)
class Runner:
    """What running needs beside the seed. ``command`` gets the run's id as its last word."""

    environment: Environment
    stopper: Stopper = field(default_factory=Stopper)
    command: Sequence[str] = CHILD_COMMAND
    on_progress: OnProgress = lambda _: None

    def run(self, seed: Seed, *, trigger: str, request: Mapping[str, Any] | None) -> RunOutcome:
        """Add and claim a row for a seed, run it to its end and say how it ended.

        Problem, and a row that is ``refused``, when the settings do not let it be asked.
        """
        with closing(self.environment.open()) as database:
            run = begin(database, self.environment, Order(seed, trigger, request or {}))
            return self.carry(database, run.id, seed.id)

    def carry(self, database: Database, run_id: int, seed: str) -> RunOutcome:
        """Run a claimed row in a child process; its row is ended when this returns or raises."""
        progress = Progress(run_id, seed)
        code, words = None, None
        try:
            child = Child(
                [*self.command, str(run_id)], self._variables(), _errors(database, run_id)
            )
            try:
                progress = self._follow(database, child, progress)
                code = child.wait()
            finally:
                child.kill()
            words = child.last_words()
        finally:
            outcome = _settle(database, progress, code, words)
        return outcome

    def _follow(self, database: Database, child: Child, progress: Progress) -> Progress:
        with self.stopper.watching(child):
            with database.write() as session:
                ledger.set_owner(session, progress.run_id, owner_of(child.pid))
            for line in child.lines():
                progress = _advance(progress, line)
                self.on_progress(progress)
        return progress

    def _variables(self) -> dict[str, str]:
        names = {PREFIX + name.upper() for name in Environment.model_fields}
        inherited = {name: value for name, value in os.environ.items() if name not in names}
        # A child takes the packages we were started from, installed or checked out.
        paths = [str(_PACKAGES), *filter(None, [inherited.get("PYTHONPATH")])]
        path = os.pathsep.join(paths)
        return inherited | self.environment.variables() | {"PYTHONPATH": path}


def run_seed(
    environment: Environment,
    seed: Seed,
    *,
    trigger: str = "manual",
    request: Mapping[str, Any] | None = None,
    on_progress: OnProgress = lambda _: None,
    stopper: Stopper | None = None,
    command: Sequence[str] = CHILD_COMMAND,
) -> RunOutcome:
    """Run one seed now, in a child process, and wait for its end.

    Takes up the seed's last walk when that was interrupted. Raises Problem when the seed is being
    crawled by a living process.
    """
    runner = Runner(environment, stopper or Stopper(), command, on_progress)
    return runner.run(seed, trigger=trigger, request=request)


def _errors(database: Database, run_id: int) -> Path:
    return database.folder / "logs" / f"run-{run_id}.stderr"


def _advance(progress: Progress, line: str) -> Progress:
    """Take in one line; anything but a JSON object is somebody's stray print."""
    try:
        event = json.loads(line)
    except ValueError:
        return progress
    if not isinstance(event, dict):
        return progress
    counts = event.get("counts") or progress.counts
    pages = event.get("pages") or counts.get("pages") or progress.pages
    return Progress(progress.run_id, progress.seed, pages, counts, event.get("url") or progress.url)


def _settle(
    database: Database, progress: Progress, code: int | None, words: str | None
) -> RunOutcome:
    """End the row if the child left it running, and read what the row says now."""
    state, reason = _verdict(code, words)
    with database.write() as session:
        ledger.finish(
            session,
            progress.run_id,
            state,
            at=clock.now(),
            reason=reason,
            counts=_figures(session, progress),
            exit_code=code,
        )
        run = ledger.get_run(session, progress.run_id)
        return RunOutcome(
            run_id=run.id,
            seed=progress.seed,
            state=RunState(run.state),
            reason=run.reason,
            counts=run.counts,
            child_code=code,
            row=ledger.row_of(run, progress.seed),
        )


def _figures(session: Session, progress: Progress) -> Mapping[str, int]:
    """What the child said last, or what it stored when that is more: it may have died silent."""
    stored = ledger.recount(session, progress.run_id)
    later = stored["pages"] >= max(progress.pages, 1)
    return {**progress.counts, **stored} if later else progress.counts


def _verdict(code: int | None, words: str | None) -> tuple[RunState, str]:
    """What to record for a child that ended without recording anything."""
    if code is None:
        return RunState.INTERRUPTED, "the runner ended before its child"
    if code == STOPPED or -code in STOP_SIGNALS:
        return RunState.INTERRUPTED, "stopped by signal"
    if code < 0:
        return RunState.INTERRUPTED, f"its process was killed by {Signals(-code).name}"
    reason = f"its process ended with exit code {code}"
    return RunState.FAILED, f"{reason}: {words}" if words else reason
