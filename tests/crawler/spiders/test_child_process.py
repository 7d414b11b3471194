"""A run in its own process: stopped by a signal it can be resumed, without its parent it ends."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from loopback_sites import PAGE, list_page, serve

from archive import ledger
from archive.clock import now
from archive.models import Run
from archive.owners import owner_of
from crawler.child import ORPHANED
from crawler.environment import Environment
from crawler.seeds.registry import register

PAGES = 60


def slow(site):
    """An article that takes its time."""
    time.sleep(0.4)
    site.answer(200, PAGE.format(title=f"慢慢来的通知{site.path}"))


@pytest.fixture
def slow_site(tmp_path):
    names = [f"a{number}.html" for number in range(PAGES)]
    routes = {f"/{name}": slow for name in names}
    routes["/list.html"] = lambda site: site.answer(200, list_page(names))
    site = serve("127.0.1.5", 0, routes)
    yield site
    site.shutdown()
    site.server_close()


@pytest.fixture
def environment(tmp_path, slow_site):
    port = slow_site.server_address[1]
    seeds = tmp_path / "seeds"
    seeds.mkdir()
    (seeds / "slow.toml").write_text(
        'id = "slow"\ntitle = "t"\nverified = true\n[discover]\n'
        f'urls = ["http://127.0.1.5:{port}/list.html"]\n[crawl]\ndelay = 0\n'
    )
    return Environment(data=tmp_path / "data", seeds=seeds, allow_addresses=f"127.0.1.5/32:{port}")


def claimed(environment):
    """A running row of the ledger, as a runner leaves it to its child."""
    database = environment.open()
    with database.write() as session:
        key = register(session, environment.load_seeds(), now())["slow"]
        run_id = ledger.add_manual_run(session, key, trigger="test", at=now())
        ledger.claim(session, run_id, owner=owner_of(), at=now())
    return database, run_id


def spawn(environment, run_id):
    """The child of a run, as a runner starts it."""
    return subprocess.Popen(
        [sys.executable, "-P", "-m", "crawler.child", str(run_id)],
        env={**os.environ, **environment.variables(), "PYTHONPATH": str(Path.cwd())},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def start(environment, run_id):
    """The child of a run, and its first progress line with a page in it."""
    child = spawn(environment, run_id)
    for line in child.stdout:
        event = json.loads(line)
        if event["event"] == "progress" and event["pages"] > 1:
            return child, event
    raise AssertionError("the child ended without progress")


def test_one_signal_finishes_what_is_in_flight_and_leaves_a_resumable_run(environment):
    database, run_id = claimed(environment)
    child, event = start(environment, run_id)
    assert event["counts"]["new"] == event["pages"]
    child.send_signal(signal.SIGTERM)
    # Standard input stays open: its end would mean that the parent died.
    last = json.loads(child.stdout.read().splitlines()[-1])
    child.wait(60)
    child.stdin.close()
    child.stdout.close()
    assert child.returncode == 11
    assert (last["event"], last["state"]) == ("finished", "interrupted")
    with database.read() as session:
        run = ledger.get_run(session, run_id)
        state, reason, counts = run.state, run.reason, run.counts
    assert (state, reason) == ("interrupted", "stopped by signal")
    assert 0 < counts["pages"] < PAGES
    assert counts["due_left"] == PAGES + 1 - counts["pages"]
    assert counts["error"] == 0
    database.close()


def test_a_child_whose_parent_is_gone_ends_at_once(environment):
    database, run_id = claimed(environment)
    child, _ = start(environment, run_id)
    child.stdin.close()
    assert child.wait(10) == ORPHANED
    child.stdout.close()
    with database.read() as session:
        assert session.get_one(Run, run_id).state == "running"
    database.close()


def test_a_child_without_a_run_says_how_it_is_called():
    done = subprocess.run(
        [sys.executable, "-P", "-m", "crawler.child"],
        env={**os.environ, "PYTHONPATH": str(Path.cwd())},
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
    )
    assert done.returncode == 2
    assert "RUN_ID" in done.stderr


def test_a_signal_before_the_first_page_ends_the_run_as_well(environment):
    database, run_id = claimed(environment)
    child = spawn(environment, run_id)
    deadline = time.monotonic() + 20
    log = environment.data / "logs" / f"run-{run_id}.jsonl"
    while not log.exists() and time.monotonic() < deadline:
        time.sleep(0.01)
    time.sleep(0.3)
    child.send_signal(signal.SIGINT)
    child.stdout.read()
    assert child.wait(40) == 11
    child.stdin.close()
    child.stdout.close()
    with database.read() as session:
        assert ledger.get_run(session, run_id).state == "interrupted"
    database.close()
