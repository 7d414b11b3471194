"""An fsync that fails: its file is left alone for ever, nothing says done, a later run goes on."""

from __future__ import annotations

import errno
import os
import shutil
import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import select, text

from archive import chain, clock, queries
from archive.database import open_database
from archive.models import Run, Version, WarcFile
from archive.problems import Problem
from archive.verify import verify
from archive.warc.naming import month_of, next_name
from tests.archive.writing.scenario import Scenario, page
from tests.commandline import CommandLine
from tests.conftest import NewArchive
from tests.databases import DATABASES
from tests.faults.sections import LIST, article, listing, section
from tests.faults.site import FaultSite, serving

A, B, C = page("a"), page("b"), page("c")
BROKEN = OSError(errno.EIO, os.strerror(errno.EIO))
TARGETS = [f"/a/{number}.html" for number in range(6)]


@pytest.fixture
def scenario(new_archive: NewArchive, tmp_path: Path) -> Iterator[Scenario]:
    made = Scenario(new_archive(tmp_path / "archive"))
    yield made
    made.close()


def failing(name: str) -> Callable[[int], None]:
    """An fsync that fails for descriptors of files and folders so named."""
    whole = os.fsync

    def fsync(descriptor: int) -> None:
        if Path(f"/proc/self/fd/{descriptor}").readlink().name.startswith(name):
            raise BROKEN
        whole(descriptor)

    return fsync


def reopen(scenario: Scenario) -> None:
    scenario.store.close()
    scenario.store = scenario.open_store()


def test_a10_a_warc_file_whose_fsync_failed_is_never_written_again(
    scenario: Scenario, monkeypatch: pytest.MonkeyPatch
) -> None:
    scenario.commit(scenario.article(A))
    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", failing("gongwen-"))
        with pytest.raises(Problem, match="A WARC file could not be made durable"):
            scenario.commit(scenario.article(B, "乙"))
    with pytest.raises(Problem, match="could not be made durable"):
        scenario.commit(scenario.article(C, "丙"))
    (marked,) = scenario.rows(WarcFile)
    assert "Input/output error" in (marked.damage or "")
    path = scenario.folder / "warc" / marked.name
    left = path.read_bytes()
    reopen(scenario)
    scenario.commit(scenario.article(B, "乙"), scenario.article(C, "丙"))
    assert path.read_bytes() == left
    assert [row.name for row in scenario.rows(WarcFile)][1:] != [marked.name]
    assert len(scenario.rows(WarcFile)) == 2
    assert len(scenario.rows(Version)) == 3


def test_a10_a_head_that_is_not_durable_ends_the_run_and_gets_a_new_file(
    scenario: Scenario, monkeypatch: pytest.MonkeyPatch
) -> None:
    scenario.commit(scenario.article(A))
    file = scenario.folder / chain.HEAD_NAME
    first = file.stat().st_ino
    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", failing(chain.HEAD_NAME))
        with pytest.raises(Problem, match="The head of the chain could not be made durable"):
            scenario.commit(scenario.article(B, "乙"))
    with pytest.raises(Problem, match="could not be made durable"):
        scenario.commit(scenario.article(C, "丙"))
    assert file.stat().st_ino != first
    reopen(scenario)
    scenario.commit(scenario.article(B, "乙"), scenario.article(C, "丙"))
    assert [row.number for row in scenario.rows(Version)] == [1, 1, 1]
    with scenario.database.read() as session:
        assert chain.last_kept(scenario.folder) == chain.current(session)
    assert verify(scenario.database).is_clean


def test_a10_a_folder_that_is_not_durable_takes_no_file(
    scenario: Scenario, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", failing("warc"))
        with pytest.raises(Problem, match="The archive cannot be written") as caught:
            scenario.commit(scenario.article(A))
    assert caught.value.exit_code == 1
    assert scenario.rows(Version) == []
    reopen(scenario)
    scenario.commit(scenario.article(A))
    assert verify(scenario.database).is_clean


@pytest.mark.sqlite
def test_a10_a_commit_that_the_disk_refused_leaves_its_bytes_for_the_next_start(
    scenario: Scenario, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The refused transaction may come back after a crash, and must find its records."""
    scenario.commit(scenario.article(A))
    (row,) = scenario.rows(WarcFile)
    path = scenario.folder / "warc" / row.name

    def refuse(_connection: object) -> None:
        error = sqlite3.OperationalError("disk I/O error")
        error.sqlite_errorname = "SQLITE_IOERR_FSYNC"
        raise error

    with monkeypatch.context() as patch:
        patch.setattr(scenario.database.engine.dialect, "do_commit", refuse)
        with pytest.raises(Problem, match="The database could not be made durable"):
            scenario.commit(scenario.article(B, "乙"))
    assert path.stat().st_size > row.committed_end
    with pytest.raises(Problem, match="could not be made durable"):
        scenario.commit(scenario.article(C, "丙"))
    reopen(scenario)
    assert path.stat().st_size == row.committed_end
    scenario.commit(scenario.article(B, "乙"))
    assert verify(scenario.database).is_clean


def test_a10_a_server_that_breaks_off_at_the_commit_leaves_nothing_half(tmp_path: Path) -> None:
    DATABASES.place(tmp_path / "archive")
    scenario = Scenario(tmp_path / "archive")

    def break_off(reached: str) -> None:
        if reached == "recorded":
            others = (
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid() "
                "AND state = 'idle in transaction'"
            )
            with scenario.database.read() as session:
                session.execute(text(others))

    scenario.commit(scenario.article(A))
    scenario.store.close()
    scenario.store = scenario.open_store(failpoint=break_off)
    with pytest.raises(Exception, match=r"(?i)terminat|connection|closed"):
        scenario.commit(scenario.article(B, "乙"))
    reopen(scenario)
    assert len(scenario.rows(Version)) == 1
    scenario.commit(scenario.article(B, "乙"))
    assert verify(scenario.database).is_clean
    scenario.close()


@dataclass(frozen=True)
class Traced(CommandLine):
    """Runs `gongwen` under strace, which lets calls on one file fail."""

    inject: str = ""
    path: str = ""

    def command(self, *arguments: str) -> list[str]:
        trace = f"trace={self.inject.partition(':')[0]}"
        strace = ["strace", "-f", "-qq", "-o", os.devnull, "-e", trace]
        failing = ["-e", f"inject={self.inject}", "-P", str(self.folder / self.path)]
        return [*strace, *failing, *super().command(*arguments)]


def can_trace() -> bool:
    strace = shutil.which("strace")
    if strace is None:
        return False
    return not subprocess.run([strace, "-qq", "true"], capture_output=True, check=False).returncode


def traced(gongwen: CommandLine, inject: str, path: str) -> Traced:
    if not can_trace():
        pytest.skip("strace is missing, or may not trace")
    given = (gongwen.folder, gongwen.seeds_dir, gongwen.allowed, gongwen.extra)
    return Traced(*given, inject, path)


def states(gongwen: CommandLine) -> list[str]:
    """How the runs ended, oldest first."""
    with closing(open_database(gongwen.folder)) as database, database.read() as session:
        return list(session.scalars(select(Run.state).order_by(Run.id)))


def check_fails_and_goes_on(gongwen: CommandLine, failing: Traced, site: FaultSite) -> None:
    done = len(states(gongwen))
    code, output, errors = failing.ended("crawl", "faulty")
    assert code == 1, f"{output[-2000:]}\n{errors[-2000:]}"
    assert "could not be made durable" in output + errors or "disk I/O error" in output + errors
    assert " done" not in output
    failed = states(gongwen)[done:]
    assert "done" not in failed
    gongwen.run("crawl", "faulty")
    assert states(gongwen)[-1] == "done"
    assert set(states(gongwen)[done:-1]) <= {"failed", "interrupted"}
    with closing(open_database(gongwen.folder)) as database, database.read() as session:
        held = {row["url"]: row["versions"] for row in queries.documents(session)}
        report = verify(database)
    assert held == {site.origin + target: 1 for target in TARGETS}
    # A file that failed is no fault of what is in it: verify notes it, and finds nothing.
    assert list(report.findings) == []
    named = [note for note in report.notes if "is no longer written to" in note]
    assert len(named) == failing.path.startswith("warc/")


@pytest.mark.sqlite
def test_a10_a_crawl_whose_warc_file_fails_says_so_and_the_next_goes_on(tmp_path: Path) -> None:
    with serving({target: article(f"关于{target}的通知") for target in TARGETS}) as site:
        gongwen = section(tmp_path, site, TARGETS)
        name = next_name([], month_of(clock.now()), 0)
        # The first is the list's, which is acknowledged.
        failing = traced(gongwen, "fsync:error=EIO:when=2+", f"warc/{name}")
        check_fails_and_goes_on(gongwen, failing, site)


@pytest.mark.nightly
@pytest.mark.sqlite
@pytest.mark.parametrize("name", ["gongwen.sqlite-wal", "head.log"])
def test_a10_a_crawl_whose_database_or_head_fails_says_so_and_the_next_goes_on(
    tmp_path: Path, name: str
) -> None:
    with serving({target: article(f"关于{target}的通知") for target in TARGETS}) as site:
        gongwen = section(tmp_path, site, TARGETS)
        site.routes[LIST] = listing(TARGETS[:3])
        gongwen.run("crawl", "faulty")
        site.routes[LIST] = listing(TARGETS)
        failing = traced(gongwen, "fsync,fdatasync:error=EIO", name)
        check_fails_and_goes_on(gongwen, failing, site)
