"""Killed, failing or full at any step: nothing acknowledged is lost, nothing comes twice."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from scenario import Scenario, page
from sqlalchemy.exc import IntegrityError
from test_warc_records import by_fastwarc, by_warcio

from archive import chain
from archive.models import Capture, Version, WarcFile
from archive.problems import Problem
from archive.verify import verify
from tests.databases import DATABASES

A, B = page("a"), page("b")
STEPS = ["appended", "written", "synced", "recorded", "committed"]

KILLED = """
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from scenario import Scenario, page
s = Scenario(Path(sys.argv[2]), sys.argv[4] or None)
s.start()
s.commit(s.list_check({page("a"): "甲", page("b"): "乙"}), s.article(page("a")))
import os
os.environ["GONGWEN_FAILPOINT"] = sys.argv[3]
s.commit(s.article(page("b"), "乙"))
"""


@pytest.mark.parametrize("step", STEPS)
def test_a_kill_at_any_step_loses_nothing_and_doubles_nothing(folder: Path, step: str) -> None:
    here = str(Path(__file__).parent)
    root = str(Path(__file__).parents[3])
    killed = subprocess.run(
        [sys.executable, "-c", KILLED, here, str(folder), step, DATABASES.url_of(folder) or ""],
        env={**os.environ, "PYTHONPATH": root},
        check=False,
    )
    assert killed.returncode == -signal.SIGKILL
    scenario = Scenario(folder)
    was_committed = step == "committed"
    assert len(scenario.rows(Version)) == (2 if was_committed else 1)
    with scenario.database.read() as session:
        from archive import frontier

        due = frontier.due(session, scenario.seed_key, scenario.time, limit=10)
    assert (B in [d.url for d in due]) != was_committed
    scenario.commit(scenario.article(B, "乙"))
    assert len(scenario.rows(Version)) == 2
    report = verify(scenario.database)
    assert report.is_clean, report.findings
    (row,) = scenario.rows(WarcFile)
    path = folder / "warc" / row.name
    assert len(by_warcio(path)) == len(by_fastwarc(path)) == row.records
    head = chain.last_kept(folder)
    assert head is not None
    assert head.number == 2
    scenario.close()


def stop_at(name: str, error: BaseException) -> Any:
    def failpoint(reached: str) -> None:
        if reached == name:
            raise error

    return failpoint


@pytest.mark.parametrize("step", ["appended", "written", "synced", "recorded"])
def test_a_failure_cuts_the_file_back_and_the_next_commit_works(
    scenario: Scenario, step: str
) -> None:
    scenario.commit(scenario.article(A))
    (row,) = scenario.rows(WarcFile)
    path = scenario.folder / "warc" / row.name
    scenario.store.close()
    scenario.store = scenario.open_store(failpoint=stop_at(step, RuntimeError("broken")))
    with pytest.raises(RuntimeError):
        scenario.commit(scenario.article(B, "乙"))
    assert path.stat().st_size == row.committed_end
    scenario.store.close()
    scenario.store = scenario.open_store()
    scenario.commit(scenario.article(B, "乙"))
    assert verify(scenario.database).is_clean
    assert len(by_fastwarc(path)) == 5


def test_a_failure_after_the_commit_keeps_what_is_durable(scenario: Scenario) -> None:
    scenario.store.close()
    scenario.store = scenario.open_store(failpoint=stop_at("committed", RuntimeError("late")))
    with pytest.raises(RuntimeError):
        scenario.commit(scenario.article(A))
    assert len(scenario.rows(Version)) == 1
    with pytest.raises(RuntimeError):
        scenario.commit(scenario.article(B, "乙"))
    scenario.store.close()
    scenario.store = scenario.open_store()
    assert len(scenario.rows(Capture)) == 2
    assert verify(scenario.database).is_clean


def test_the_first_records_survive_a_failed_first_commit(scenario: Scenario) -> None:
    broken = [True]

    def once(reached: str) -> None:
        if reached == "synced" and broken:
            broken.clear()
            raise RuntimeError("once")

    scenario.store.close()
    scenario.store = scenario.open_store(failpoint=once)
    with pytest.raises(RuntimeError):
        scenario.commit(scenario.article(A))
    scenario.commit(scenario.article(A))
    (row,) = scenario.rows(WarcFile)
    kinds = [kind for kind, _, _ in by_warcio(scenario.folder / "warc" / row.name)]
    assert kinds == ["warcinfo", "response", "request"]


def test_after_a_failed_fsync_the_file_is_given_up_and_nothing_more_is_taken(
    scenario: Scenario, monkeypatch: pytest.MonkeyPatch
) -> None:
    scenario.commit(scenario.article(A))
    (row,) = scenario.rows(WarcFile)

    def failing(_descriptor: int) -> None:
        raise OSError(errno.EIO, "Input/output error")

    with monkeypatch.context() as patch:
        patch.setattr("archive.warc.appending.os.fsync", failing)
        with pytest.raises(Problem, match="could not be made durable"):
            scenario.commit(scenario.article(B, "乙"))
    with pytest.raises(Problem, match="could not be made durable"):
        scenario.commit(scenario.article(B, "乙"))
    (marked,) = scenario.rows(WarcFile)
    assert "Input/output error" in (marked.damage or "")
    assert len(scenario.rows(Version)) == 1
    scenario.store.close()
    scenario.store = scenario.open_store()
    scenario.commit(scenario.article(B, "乙"))
    assert [r.damage is None for r in scenario.rows(WarcFile)] == [False, True]
    assert row.committed_end == marked.committed_end


def test_a_full_disk_stops_with_exit_code_three(
    scenario: Scenario, monkeypatch: pytest.MonkeyPatch
) -> None:
    scenario.commit(scenario.article(A))
    full = SimpleNamespace(free=1000)
    with monkeypatch.context() as patch:
        patch.setattr("archive.space.shutil.disk_usage", lambda _path: full)
        with pytest.raises(Problem, match="The disk is full") as caught:
            scenario.commit(scenario.article(B, "乙"))
    assert caught.value.exit_code == 3
    scenario.commit(scenario.article(B, "乙"))
    assert verify(scenario.database).is_clean


def test_no_space_while_writing_stops_with_exit_code_three(scenario: Scenario) -> None:
    scenario.commit(scenario.article(A))
    error = OSError(errno.ENOSPC, "No space left on device")
    scenario.store.close()
    scenario.store = scenario.open_store(failpoint=stop_at("written", error))
    with pytest.raises(Problem, match="The disk is full") as caught:
        scenario.commit(scenario.article(B, "乙"))
    assert caught.value.exit_code == 3
    scenario.store.close()
    scenario.store = scenario.open_store()
    assert verify(scenario.database).is_clean


def test_a_database_error_rolls_everything_back(scenario: Scenario) -> None:
    from dataclasses import replace

    scenario.commit(scenario.article(A))
    with pytest.raises((IntegrityError, Problem, LookupError, Exception)):
        scenario.commit(scenario.article(B, "乙"), replace(scenario.article(A), run=99_999))
    assert len(scenario.rows(Version)) == 1
    scenario.commit(scenario.article(B, "乙"))
    assert verify(scenario.database).is_clean


def test_the_head_a_crash_kept_back_is_written_at_the_next_start(scenario: Scenario) -> None:
    scenario.commit(scenario.article(A))
    path = scenario.folder / chain.HEAD_NAME
    lines = path.read_text().splitlines(keepends=True)
    path.write_text("".join(lines[:-1]) + "2 sha2")
    scenario.store.close()
    scenario.store = scenario.open_store()
    with scenario.database.read() as session:
        assert chain.last_kept(scenario.folder) == chain.current(session)
    assert verify(scenario.database).is_clean
