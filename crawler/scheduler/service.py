"""Scheduled runs: APScheduler ticks, the ledger decides, children do the work.

A tick only makes sure that the ledger holds the slot's row. The dispatcher claims due rows, also
those that others put there, and runs each in a child. Several schedulers on one archive are safe.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Collection, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from apscheduler.schedulers.background import BackgroundScheduler
from sqlalchemy.exc import SQLAlchemyError

from archive import clock, ledger
from archive.clock import SHANGHAI
from archive.database import Database
from archive.models import Run
from archive.owners import owner_of
from archive.problems import Problem
from archive.records import RunState
from crawler.runner.admission import refusal
from crawler.runner.batch import default_jobs
from crawler.runner.running import STOPPED, Runner, RunOutcome
from crawler.scheduler.proposing import propose, recover
from crawler.scheduler.roster import Roster
from crawler.seeds import Seed

STEP = 0.25
UPKEEP = 5.0
"""Seconds between looks at the seed files and for lost runs."""

OnEvent = Callable[[Mapping[str, Any]], None]
TROUBLE = (SQLAlchemyError, OSError, Problem)


@dataclass(frozen=True, slots=True)
class Going:
    """A run that one of our children carries."""

    run_id: int
    seed: Seed


class Scheduler:
    """One scheduling process. ``serve`` returns when the runner's stopper was asked to stop."""

    def __init__(
        self,
        runner: Runner,
        database: Database,
        *,
        named: Collection[str] = (),
        jobs: int | None = None,
        on_event: OnEvent = lambda _: None,
    ) -> None:
        self._runner = runner
        self._database = database
        self._roster = Roster(runner.environment, named)
        self._jobs = jobs or default_jobs()
        self._on_event = on_event
        self._going: dict[Future[RunOutcome], Going] = {}
        self._started_at = clock.now()
        self._troubled = False
        self._cut_short = False
        self._wake = threading.Event()
        quiet = logging.getLogger(__name__)
        quiet.setLevel(logging.ERROR)
        self._ticks = BackgroundScheduler(timezone=SHANGHAI, logger=quiet)

    def serve(self) -> int:
        """Run until asked to stop, let the children finish; 11 if one was cut short, else 0."""
        self._upkeep()
        self._tell("ready", seeds=sorted(self._roster.timed))
        self._ticks.start()
        with ThreadPoolExecutor(self._jobs) as pool:
            steps = 0
            while not self._runner.stopper.stopping:
                steps += 1
                if steps % round(UPKEEP / STEP) == 0:
                    self._guarded(self._upkeep)
                self._guarded(lambda: self._dispatch(pool))
                self._wake.wait(STEP)
                self._wake.clear()
                self._collect()
            self._ticks.shutdown(wait=True)
        self._collect()
        self._tell("stopped")
        return STOPPED if self._cut_short else 0

    def tick(self, seed_id: str) -> None:
        """Make the latest passed slot of a seed due."""
        self._guarded(lambda: self._propose(seed_id))
        self._wake.set()

    def _propose(self, seed_id: str) -> None:
        file = self._roster.timed.get(seed_id)
        if file is not None:
            with self._database.write() as session:
                propose(session, file, self._started_at, clock.now())

    def _upkeep(self) -> None:
        """Take in changed seed files, keep one tick per timed seed, take up lost runs."""
        changed = self._roster.refresh(self._database)
        if changed:
            self._set_ticks()
            for seed_id in self._roster.timed:
                self._propose(seed_id)
        with self._database.write() as session:
            recover(session, list(self._roster.timed), clock.now())

    def _set_ticks(self) -> None:
        for job in self._ticks.get_jobs():
            job.remove()
        for seed_id, file in self._roster.timed.items():
            timing = file.seed.timing
            assert timing is not None
            self._ticks.add_job(
                self.tick,
                timing.trigger(),
                [seed_id],
                id=seed_id,
                misfire_grace_time=None,
                coalesce=True,
                max_instances=1,
            )

    def _dispatch(self, pool: ThreadPoolExecutor) -> None:
        with self._database.read() as session:
            waiting = ledger.due_runs(session, clock.now())
        for run, seed_id in waiting:
            seed = self._roster.serves(seed_id, by_hand=run.due_at is None)
            if seed is not None and self._may_claim(run, seed):
                self._claim(pool, run, seed)

    def _may_claim(self, run: Run, seed: Seed) -> bool:
        """A free place on free hosts; or a slot whose seed is running here, to be skipped."""
        if any(going.seed.id == seed.id for going in self._going.values()):
            return run.due_at is not None
        taken = frozenset[str]().union(*(going.seed.hosts for going in self._going.values()))
        return len(self._going) < self._jobs and not seed.hosts & taken

    def _claim(self, pool: ThreadPoolExecutor, run: Run, seed: Seed) -> None:
        at = clock.now()
        try:
            with self._database.write() as session:
                ledger.supersede_due(session, run.seed_key, at=at)
                problem = refusal(session, self._runner.environment, seed, run.request)
                claimed = (
                    ledger.claim(session, run.id, owner=owner_of(), at=at)
                    if problem is None
                    else ledger.refuse(session, run.id, problem, at)
                )
        except ledger.Overlap:
            return
        if claimed.state == RunState.RUNNING and claimed.owner != owner_of():
            # Another scheduler was quicker between our look and our claim.
            return
        row = ledger.row_of(claimed, seed.id)
        if claimed.state != RunState.RUNNING:
            self._tell("passed over", **row)
            return
        self._tell("started", **row)
        future = pool.submit(self._runner.carry, self._database, run.id, seed.id)
        future.add_done_callback(lambda _: self._wake.set())
        self._going[future] = Going(run.id, seed)

    def _collect(self) -> None:
        for future in [future for future in self._going if future.done()]:
            going = self._going.pop(future)
            error = future.exception()
            if error is None:
                outcome = future.result()
                stopping = self._runner.stopper.stopping
                self._cut_short |= stopping and outcome.exit_code == STOPPED
                self._tell("ended", **outcome.row)
            else:
                self._tell("trouble", seed=going.seed.id, id=going.run_id, reason=str(error))

    def _guarded(self, work: Callable[[], None]) -> None:
        """Trouble with the archive is told once and tried again; ticking goes on."""
        try:
            work()
        except TROUBLE as error:
            if not self._troubled:
                self._tell("trouble", reason=str(error))
            self._troubled = True
        else:
            self._troubled = False

    def _tell(self, event: str, **values: Any) -> None:
        self._on_event({"event": event, **values})
