"""A run's row tells the truth, whatever happens to the child, the runner or the terminal."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import psutil
import pytest

from archive import ledger
from archive.problems import Problem
from archive.records import RunState
from crawler.environment import Environment
from crawler.runner.batch import exit_code, run_seeds, startable
from crawler.runner.running import Progress, Runner, RunOutcome
from crawler.seeds import Seed

AddSeed = Callable[..., Seed]
HERE = Path(__file__).parent


def run(runner: Runner, seed: Seed, **request: object) -> RunOutcome:
    return runner.run(seed, trigger="manual", request=request)


def rows(environment: Environment) -> list[dict[str, Any]]:
    with closing(environment.open()) as database, database.read() as session:
        return ledger.history(session)


def test_a_run_goes_from_due_to_done_in_a_child(runner: Runner, add_seed: AddSeed) -> None:
    seen: list[Progress] = []
    outcome = run(replace(runner, on_progress=seen.append), add_seed("ok"))
    assert (outcome.state, outcome.exit_code, outcome.reason) == (RunState.DONE, 0, None)
    assert outcome.counts["pid"] != os.getpid()
    assert seen[0] == Progress(outcome.run_id, "ok", 1, {"new": 1, "pages": 1}, "http://ok/1")
    assert seen[-1].pages == 2
    assert rows(runner.environment) == [outcome.row]


@pytest.mark.parametrize(
    ("seed_id", "state", "reason", "code"),
    [
        ("crash", RunState.FAILED, "exit code 1: RuntimeError: boom", 1),
        ("vanish", RunState.INTERRUPTED, "killed by SIGKILL", 11),
        ("mute", RunState.FAILED, "its process ended with exit code 0", 1),
        ("full", RunState.FAILED, "exit code 3", 3),
    ],
)
def test_a_child_that_records_nothing_is_recorded(
    runner: Runner, add_seed: AddSeed, seed_id: str, state: RunState, reason: str, code: int
) -> None:
    outcome = run(runner, add_seed(seed_id))
    assert (outcome.state, outcome.exit_code) == (state, code)
    assert reason in str(outcome.reason)
    assert outcome.counts == {"new": 1, "pages": 1}, "the last progress is kept"


def test_a_child_that_cannot_start_leaves_no_running_row(runner: Runner, add_seed: AddSeed) -> None:
    with pytest.raises(FileNotFoundError):
        run(replace(runner, command=("/no/such/program",)), add_seed("ok"))
    assert [row["state"] for row in rows(runner.environment)] == ["interrupted"]


def test_the_same_command_resumes_a_lost_run(runner: Runner, add_seed: AddSeed) -> None:
    lost = run(runner, add_seed("vanish"))
    command = (sys.executable, "-P", "-c", "import sys; sys.exit(0)")
    again = run(replace(runner, command=command), runner.environment.load_seeds()["vanish"])
    assert again.row["resumes"] == lost.run_id
    with closing(runner.environment.open()) as database, database.read() as session:
        first, second = (ledger.get_run(session, number) for number in (1, 2))
        assert second.horizon_at == first.horizon_at == first.started_at


def in_background(runner: Runner, seed: Seed) -> tuple[threading.Thread, list[RunOutcome]]:
    outcomes: list[RunOutcome] = []
    thread = threading.Thread(target=lambda: outcomes.append(run(runner, seed)))
    thread.start()
    return thread, outcomes


def test_the_first_signal_lets_the_child_finish(runner: Runner, add_seed: AddSeed) -> None:
    seen = threading.Event()
    watched = replace(runner, on_progress=lambda _: seen.set())
    thread, outcomes = in_background(watched, add_seed("slow"))
    assert seen.wait(10)
    runner.stopper.request(signal.SIGTERM)
    thread.join(10)
    assert (outcomes[0].state, outcomes[0].exit_code) == (RunState.INTERRUPTED, 11)
    assert outcomes[0].reason == "stopped by signal"
    assert outcomes[0].counts["stops"] == 1, "the signal came once"


def test_the_third_signal_ends_a_deaf_child(runner: Runner, add_seed: AddSeed) -> None:
    seen = threading.Event()
    watched = replace(runner, on_progress=lambda _: seen.set())
    thread, outcomes = in_background(watched, add_seed("deaf"))
    assert seen.wait(10)
    for _ in range(3):
        runner.stopper.request()
    thread.join(10)
    assert outcomes[0].reason == "its process was killed by SIGKILL"


def test_a_seed_being_crawled_is_refused_after_a_wait(
    runner: Runner, add_seed: AddSeed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("crawler.runner.beginning.DYING_OWNER_PATIENCE", 0.2)
    seen = threading.Event()
    thread, _ = in_background(replace(runner, on_progress=lambda _: seen.set()), add_seed("slow"))
    assert seen.wait(10)
    with pytest.raises(Problem, match="already being crawled"):
        run(runner, runner.environment.load_seeds()["slow"])
    runner.stopper.request()
    thread.join(10)
    assert len(rows(runner.environment)) == 1


@pytest.fixture
def other_runner(environment: Environment, add_seed: AddSeed) -> Iterator[subprocess.Popen[str]]:
    """Another process that runs the seed ``slow`` until it is stopped."""
    add_seed("slow")
    script = (
        "import sys; sys.path.insert(0, sys.argv[1])\n"
        "from conftest import FAKE_CHILD\n"
        "from crawler.runner.running import *\n"
        "environment = Environment()\n"
        "stopper = Stopper()\n"
        "with stopper.listening():\n"
        "    end = run_seed(environment, environment.load_seeds()['slow'], command=FAKE_CHILD,\n"
        "        stopper=stopper, on_progress=lambda step: print(step.pages, flush=True))\n"
        "sys.exit(end.exit_code)\n"
    )
    variables = os.environ | environment.variables() | {"PYTHONPATH": str(HERE.parents[2])}
    command = [sys.executable, "-P", "-c", script, str(HERE.parent)]
    with subprocess.Popen(command, env=variables, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "1\n"
        yield process
        process.kill()


def test_a_killed_runner_takes_its_child_along_and_is_resumed(
    runner: Runner, other_runner: subprocess.Popen[str]
) -> None:
    child = psutil.Process(other_runner.pid).children()[0]
    other_runner.kill()
    command = (sys.executable, "-P", "-c", "import sys; sys.exit(0)")
    seed = runner.environment.load_seeds()["slow"]
    outcome = run(replace(runner, command=command), seed)
    assert not child.is_running() or child.status() == psutil.STATUS_ZOMBIE
    assert outcome.row["resumes"] == 1
    states = {row["id"]: (row["state"], row["reason"]) for row in rows(runner.environment)}
    assert states[1] == ("interrupted", "its process died")


def test_a_terminal_signal_becomes_exit_code_11(
    other_runner: subprocess.Popen[str], environment: Environment
) -> None:
    other_runner.send_signal(signal.SIGINT)
    assert other_runner.wait(10) == 11
    assert rows(environment)[0]["state"] == "interrupted"


def test_several_seeds_run_and_one_failure_hides_no_other(
    runner: Runner, add_seed: AddSeed
) -> None:
    seeds = [add_seed(name) for name in ("ok", "crash", "vanish")]
    ended = run_seeds(runner, seeds, jobs=2)
    states = {item.seed: str(item.state) for item in ended if isinstance(item, RunOutcome)}
    assert states == {"ok": "done", "crash": "failed", "vanish": "interrupted"}
    assert exit_code(ended) == 11


def test_seeds_of_one_host_wait_for_each_other(add_seed: AddSeed) -> None:
    one, same, other = add_seed("a", "h"), add_seed("b", "h"), add_seed("c", "g")
    assert startable([same, other], [one], 2) == other
    assert startable([same], [one], 2) is None
    assert startable([other], [one], 1) is None
    assert startable([], [], 1) is None


def test_seeds_not_begun_are_left_out_after_a_stop(runner: Runner, add_seed: AddSeed) -> None:
    seeds = [add_seed("slow-1"), add_seed("slow-2")]
    watched = replace(runner, on_progress=lambda _: runner.stopper.request())
    ended = run_seeds(watched, seeds, jobs=1)
    assert len(ended) == 1
    assert exit_code(ended) == 11


def test_a_child_gets_the_settings_it_was_given(runner: Runner, add_seed: AddSeed) -> None:
    seed = add_seed("ok")
    dump = "import json, os, sys; print(json.dumps({'url': dict(os.environ)})); sys.exit(1)"
    seen: list[Progress] = []
    quiet = replace(runner, command=(sys.executable, "-P", "-c", dump), on_progress=seen.append)
    run(quiet, seed)
    variables: Any = seen[-1].url
    assert variables["GONGWEN_DATA"] == str(runner.environment.data)
    assert "GONGWEN_DATABASE_URL" not in variables
