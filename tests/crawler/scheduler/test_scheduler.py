"""Ticks propose, the ledger decides: each slot runs once, nothing overlaps, nothing is lost."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from archive import clock, ledger
from archive.clock import SECOND
from archive.database import Database
from archive.models import Seed as SeedRow
from archive.problems import Problem
from archive.records import RunState
from crawler.environment import Environment
from crawler.runner.running import Runner
from crawler.scheduler.proposing import propose, recover
from crawler.scheduler.roster import Roster
from crawler.scheduler.service import Scheduler
from crawler.seeds import Seed
from crawler.seeds.registry import register

AddSeed = Callable[..., Seed]
Event = Mapping[str, Any]
DAY = 86_400 * SECOND


@pytest.fixture
def database(environment: Environment) -> Iterator[Database]:
    with closing(environment.open()) as opened:
        yield opened


def rows(database: Database) -> list[dict[str, Any]]:
    with database.read() as session:
        return ledger.history(session)


def states(database: Database) -> list[str]:
    return [row["state"] for row in reversed(rows(database))]


def until(condition: Callable[[], Any], patience: float = 15) -> Any:
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline:
        if found := condition():
            return found
        time.sleep(0.02)
    raise AssertionError("waited in vain")


class Served:
    """A scheduler at work in a thread, with what it told."""

    def __init__(self, runner: Runner, database: Database, **options: Any) -> None:
        self.events: list[Event] = []
        self.exit_code: int | None = None
        self.runner = runner
        self._scheduler = Scheduler(runner, database, on_event=self.events.append, **options)
        self._thread = threading.Thread(target=self._serve, daemon=True)

    def __enter__(self) -> Served:
        self._thread.start()
        until(lambda: self.told("ready"))
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> None:
        if self._thread.is_alive():
            self.runner.stopper.request()
            self._thread.join(20)

    def told(self, kind: str) -> list[Event]:
        return [event for event in tuple(self.events) if event["event"] == kind]

    def _serve(self) -> None:
        self.exit_code = self._scheduler.serve()


def test_a_seed_runs_at_its_slots(runner: Runner, database: Database, add_seed: AddSeed) -> None:
    add_seed("ok", schedule="every 1s")
    with Served(runner, database) as served:
        until(lambda: len(served.told("ended")) >= 2)
    done = [row for row in rows(database) if row["state"] == "done"]
    assert len({row["due_at"] for row in done}) == len(done) >= 2
    assert {row["trigger"] for row in done} == {"schedule"}


def test_a_slot_is_skipped_while_its_seed_runs(
    runner: Runner, database: Database, add_seed: AddSeed
) -> None:
    add_seed("slow", schedule="every 1s")
    with Served(runner, database) as served:
        until(lambda: served.told("passed over"))
    skipped = next(row for row in rows(database) if row["state"] == "skipped_overlap")
    assert "was still going" in skipped["reason"]
    assert served.exit_code == 11
    assert len(served.told("started")) == 1


def test_a_row_added_by_others_is_run(
    runner: Runner, database: Database, add_seed: AddSeed
) -> None:
    add_seed("ok")
    add_seed("ok-unverified", verified=False)
    with Served(runner, database) as served:
        with database.write() as session:
            key = register(session, runner.environment.load_seeds(), clock.now())["ok-unverified"]
            ledger.add_manual_run(session, key, trigger="web", at=clock.now())
        ended = until(lambda: served.told("ended"))
    assert (ended[0]["seed"], ended[0]["state"]) == ("ok-unverified", "done")


def test_seeds_of_one_host_run_one_after_the_other(
    runner: Runner, database: Database, add_seed: AddSeed
) -> None:
    for name in ("slow-1", "slow-2"):
        add_seed(name, host="shared.example", schedule="every 1s")
    with Served(runner, database, jobs=2) as served:
        until(lambda: served.told("passed over"))
    assert len(served.told("started")) == 1


def test_stopping_lets_the_child_finish_and_the_next_scheduler_resumes(
    runner: Runner, database: Database, add_seed: AddSeed
) -> None:
    add_seed("slow", schedule="every 1s")
    working = threading.Event()
    with Served(replace(runner, on_progress=lambda _: working.set()), database) as served:
        assert working.wait(15)
    assert served.exit_code == 11
    ended = served.told("ended")[0]
    assert (ended["state"], ended["reason"], ended["counts"]["stops"]) == (
        "interrupted",
        "stopped by signal",
        1,
    )
    add_seed("slow", schedule="@monthly")
    again = replace(runner, stopper=type(runner.stopper)())
    with Served(again, database) as served:
        resumed = until(lambda: served.told("started"))[0]
    assert resumed["resumes"] == ended["id"]


def test_a_changed_seed_file_takes_effect_without_restart(
    runner: Runner, database: Database, add_seed: AddSeed
) -> None:
    add_seed("ok", schedule="@monthly")
    with Served(runner, database) as served:
        add_seed("ok", schedule="every 1s")
        until(lambda: served.told("ended"))


def test_a_locked_archive_stops_no_ticking(
    runner: Runner, database: Database, add_seed: AddSeed, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_seed("ok", schedule="every 1s")
    broken = threading.Event()
    broken.set()
    real = ledger.ensure_due

    def ensure_due(*args: Any, **options: Any) -> int | None:
        if broken.is_set():
            raise OSError("disk gone")
        return real(*args, **options)

    monkeypatch.setattr(ledger, "ensure_due", ensure_due)
    with Served(runner, database) as served:
        until(lambda: served.told("trouble"))
        broken.clear()
        until(lambda: served.told("ended"))
    assert "disk gone" in served.told("trouble")[0]["reason"]


SCRIPT = """
import sys
sys.path.insert(0, sys.argv[1])
from conftest import FAKE_CHILD
from crawler.cli import output, schedule
from crawler.runner import running as runner
runner.Runner.__dataclass_fields__["command"].default = FAKE_CHILD
runner.Runner.__init__.__defaults__ = tuple(
    FAKE_CHILD if value == runner.CHILD_COMMAND else value
    for value in runner.Runner.__init__.__defaults__
)
try:
    schedule.run(seeds=None, jobs=None, as_json=True)
except SystemExit as leave:
    sys.exit(leave.code)
except BaseException as leave:
    sys.exit(getattr(leave, "exit_code", 99))
"""


def test_several_schedulers_run_each_slot_once(
    environment: Environment, database: Database, add_seed: AddSeed
) -> None:
    for place in range(2):
        add_seed(f"ok-{place}", schedule="every 1s")
    root = Path(__file__).parents[2]
    variables = os.environ | environment.variables() | {"PYTHONPATH": str(root.parent)}
    command = [sys.executable, "-P", "-c", SCRIPT, str(root / "crawler")]
    with (
        subprocess.Popen(command, env=variables, stdout=subprocess.DEVNULL) as one,
        subprocess.Popen(command, env=variables, stdout=subprocess.DEVNULL) as two,
    ):
        until(lambda: states(database).count("done") >= 4, patience=60)
        for process in (one, two):
            process.send_signal(signal.SIGTERM)
        codes = {one.wait(20), two.wait(20)}
    assert codes <= {0, 11}
    slots = [(row["seed"], row["due_at"]) for row in rows(database) if row["due_at"]]
    assert len(slots) == len(set(slots))
    assert not {"running", "failed"} & set(states(database))


@pytest.fixture
def seed_key(database: Database, environment: Environment, add_seed: AddSeed) -> int:
    add_seed("ok")
    with database.write() as session:
        return register(session, environment.load_seeds(), 0)["ok"]


def test_after_a_week_away_one_slot_is_caught_up_and_six_are_missed(
    database: Database, environment: Environment, seed_key: int
) -> None:
    file = environment.load_seeds().files["ok"]
    now = clock.now()
    with database.write() as session:
        ledger.ensure_due(session, seed_key, now - 7 * DAY, at=now)
        assert propose(session, file, now, now) is not None
        assert propose(session, file, now, now) is None, "the slot is proposed once"
    assert sorted(states(database)) == ["due", "due", *["missed"] * 6]
    missed = [row for row in rows(database) if row["state"] == "missed"]
    assert all("no scheduler" in row["reason"] for row in missed)


def test_a_seed_new_to_the_schedule_is_owed_nothing(
    database: Database, environment: Environment, seed_key: int
) -> None:
    now = clock.now()
    with database.write() as session:
        assert propose(session, environment.load_seeds().files["ok"], now, now) is None
    assert rows(database) == []


def test_a_paused_seed_gets_no_slot(
    database: Database, environment: Environment, seed_key: int
) -> None:
    now = clock.now()
    with database.write() as session:
        session.execute(update(SeedRow).values(paused_at=now))
        assert propose(session, environment.load_seeds().files["ok"], now - 2 * DAY, now) is None


def interrupted(database: Database, seed_key: int, trigger: str) -> int:
    with database.write() as session:
        run_id = ledger.add_manual_run(session, seed_key, trigger=trigger, at=clock.now())
        ledger.claim(session, run_id, owner="gone/0:1:1", at=clock.now())
        ledger.finish(session, run_id, RunState.INTERRUPTED, at=clock.now(), reason="lost")
        return run_id


def test_a_lost_run_is_taken_up_once_at_a_time_and_not_for_ever(
    database: Database, seed_key: int
) -> None:
    interrupted(database, seed_key, "schedule")
    with database.write() as session:
        assert len(recover(session, ["ok"], clock.now())) == 1
        assert recover(session, ["ok"], clock.now()) == []
        ((waiting, _),) = ledger.due_runs(session, clock.now())
        ledger.claim(session, waiting.id, owner="gone/0:1:1", at=clock.now())
        ledger.finish(session, waiting.id, RunState.INTERRUPTED, at=clock.now())
    interrupted(database, seed_key, "resume")
    with database.write() as session:
        assert recover(session, ["ok"], clock.now()) == [], "three attempts are enough"


def test_a_run_by_hand_is_left_to_the_person(database: Database, seed_key: int) -> None:
    interrupted(database, seed_key, "manual")
    with database.write() as session:
        assert recover(session, ["ok"], clock.now()) == []


def test_only_verified_seeds_run_unless_named(
    environment: Environment, database: Database, add_seed: AddSeed
) -> None:
    add_seed("ok")
    add_seed("raw", verified=False)
    add_seed("bare", schedule=None)
    everyone, named = Roster(environment), Roster(environment, ["raw"])
    assert everyone.refresh(database)
    assert named.refresh(database)
    assert (list(everyone.timed), list(named.timed)) == (["ok"], ["raw"])
    assert everyone.serves("raw", by_hand=False) is None
    assert everyone.serves("raw", by_hand=True) is not None
    assert not everyone.refresh(database), "nothing changed"


@pytest.mark.parametrize(
    ("named", "message"), [(["bare"], "no schedule"), (["none"], "Unknown seed"), ([], "Nothing")]
)
def test_nothing_to_schedule_is_a_problem(
    environment: Environment,
    database: Database,
    add_seed: AddSeed,
    named: list[str],
    message: str,
) -> None:
    add_seed("bare", schedule=None)
    with pytest.raises(Problem, match=message):
        Roster(environment, named).refresh(database)


def test_a_file_that_breaks_keeps_its_last_good_reading(
    environment: Environment, database: Database, add_seed: AddSeed
) -> None:
    add_seed("ok")
    add_seed("other")
    roster = Roster(environment)
    roster.refresh(database)
    (environment.seeds / "ok.toml").write_text("broken")
    (environment.seeds / "other.toml").unlink()
    assert roster.refresh(database)
    assert list(roster.timed) == ["ok"]
    with database.read() as session:
        retired = {row.id: row.retired_at is not None for row in session.query(SeedRow)}
    assert retired == {"ok": False, "other": True, "adhoc": False}
