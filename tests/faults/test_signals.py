"""A7: stopped once a crawl finishes its pages, stopped twice it goes at once; both go on later."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import psutil
import pytest
from sqlalchemy import func, select, update

from archive import ledger
from archive.clock import SECOND
from archive.database import Database, open_database
from archive.locking import FileLocks
from archive.models import Host, Observation, Run, Version, WarcFile
from tests.archive.writing.scenario import Scenario, page
from tests.commandline import CommandLine
from tests.faults.killer import crawls, tree
from tests.faults.oracle import breaches
from tests.faults.sections import LIST, article, listing, section
from tests.faults.site import Connection, FaultSite, Route, serving

PAGES = [f"/a/{number}.html" for number in range(48)]
SLOWNESS = 0.5
GRACE = 30.0
PATIENCE = 120.0


def slow(title: str, seconds: float = SLOWNESS) -> Route:
    """An article that takes its time."""
    answer = article(title)

    async def route(connection: Connection) -> None:
        await asyncio.sleep(seconds)
        await answer(connection)

    return route


@contextmanager
def slow_section(
    folder: Path, crawl: str = "delay = 0", **extra: str
) -> Iterator[tuple[FaultSite, CommandLine]]:
    """A site whose pages all take a while, and the command line to crawl it."""
    routes = {target: slow(f"关于慢慢来的通知{target}") for target in PAGES}
    with serving({**routes, LIST: listing(PAGES)}) as site:
        yield site, section(folder, site, PAGES, crawl=crawl, **extra)


@pytest.fixture
def hearing() -> Iterator[None]:
    """Start processes that hear a hangup, also below something like ``nohup``."""
    before = signal.signal(signal.SIGHUP, signal.SIG_DFL)
    yield
    signal.signal(signal.SIGHUP, before)


def until(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.02)


def asked(site: FaultSite) -> dict[str, int]:
    """How often each page was asked for."""
    return {target: len(site.hits(target)) for target in PAGES if site.hits(target)}


def opened(line: CommandLine) -> closing[Database]:
    url = line.environment.get("GONGWEN_DATABASE_URL")
    return closing(open_database(line.folder, url, create=False))


def stored(line: CommandLine, run_id: int | None = None) -> int:
    """How many checks were stored, by one run or by all."""
    query = select(func.count(Observation.key))
    if run_id is not None:
        query = query.where(Observation.run_id == run_id)
    with opened(line) as database, database.read() as session:
        return session.scalar(query) or 0


def begun(site: FaultSite, line: CommandLine, *command: str) -> subprocess.Popen[str]:
    """A command that has asked for some of the pages."""
    process = line.start(*command)
    until(lambda: process.poll() is not None or len(asked(site)) >= 20)
    assert process.poll() is None, process.communicate()
    return process


def ended(process: subprocess.Popen[str]) -> int:
    process.communicate(timeout=PATIENCE)
    return process.returncode


def runs(line: CommandLine) -> list[tuple[str, str | None]]:
    """State and reason of every run that began, the first one first."""
    query = select(Run.state, Run.reason).where(Run.started_at.is_not(None)).order_by(Run.id)
    with opened(line) as database, database.read() as session:
        return [(state, reason) for state, reason in session.execute(query)]


def documents(line: CommandLine) -> int:
    """How many pages have a version, and each has one only."""
    query = select(Version.resource_key, func.count()).group_by(Version.resource_key)
    with opened(line) as database, database.read() as session:
        counts = [count for _, count in session.execute(query)]
    assert set(counts) == {1}
    return len(counts)


@pytest.mark.usefixtures("hearing")
@pytest.mark.parametrize(
    "number",
    [
        signal.SIGINT,
        pytest.param(signal.SIGTERM, marks=pytest.mark.nightly),
        pytest.param(signal.SIGHUP, marks=pytest.mark.nightly),
    ],
)
def test_a7_one_signal_finishes_the_pages_that_are_under_way(
    tmp_path: Path, number: signal.Signals
) -> None:
    with slow_section(tmp_path) as (site, line):
        process = begun(site, line, "crawl", "faulty")
        began = time.monotonic()
        # As a terminal does: to every process of the foreground.
        os.killpg(process.pid, number)
        assert ended(process) == 11
        assert time.monotonic() - began < GRACE
        assert runs(line) == [("interrupted", "stopped by signal")]
        assert 20 <= len(asked(site)) < len(PAGES), "it stopped before its end"
        line.run("crawl", "faulty")
        assert asked(site) == dict.fromkeys(PAGES, 1), "what was under way was stored"
        assert breaches(line) == []


def test_a7_two_signals_stop_at_once(tmp_path: Path) -> None:
    with slow_section(tmp_path) as (site, line):
        process = begun(site, line, "crawl", "faulty")
        # One that nobody would wait for.
        site.routes |= {target: slow("关于慢慢来的通知", 1000) for target in PAGES}
        until(lambda: len(asked(site)) >= 30)
        process.send_signal(signal.SIGTERM)
        time.sleep(0.5)
        began = time.monotonic()
        process.send_signal(signal.SIGTERM)
        assert ended(process) == 11
        assert time.monotonic() - began < 5
        assert runs(line) == [("interrupted", "stopped by signal")]
        site.routes |= {target: article(f"关于慢慢来的通知{target}") for target in PAGES}
        line.run("crawl", "faulty")
        assert set(asked(site)) == set(PAGES)
        assert max(asked(site).values()) <= 2
        assert documents(line) == len(PAGES)
        assert breaches(line) == []


@pytest.mark.nightly
def test_a7_a_scheduler_passes_the_signal_on(tmp_path: Path) -> None:
    with slow_section(tmp_path) as (site, line):
        file = line.seeds_dir / "faulty.toml"
        text = file.read_text("utf-8").replace("verified", 'schedule = "every 1s"\nverified')
        file.write_text(text, "utf-8")
        process = begun(site, line, "schedule", "run")
        os.killpg(process.pid, signal.SIGTERM)
        assert ended(process) == 11
        assert "interrupted" in [state for state, _ in runs(line)]
        line.run("crawl", "faulty")
        assert asked(site) == dict.fromkeys(PAGES, 1)
        assert breaches(line) == []


@pytest.mark.nightly
@pytest.mark.parametrize("command", [["crawl", "faulty"], ["crawl", "--all"]])
def test_a7_pages_that_hang_hold_a_stop_up_for_thirty_seconds_at_most(
    tmp_path: Path, command: list[str]
) -> None:
    with slow_section(tmp_path, "delay = 0\ntimeout = 300") as (site, line):
        process = begun(site, line, *command)
        site.routes |= {target: slow("关于慢慢来的通知", 1000) for target in PAGES}
        until(lambda: len(asked(site)) >= 30)
        began = time.monotonic()
        process.send_signal(signal.SIGINT)
        assert ended(process) == 11
        assert time.monotonic() - began < GRACE
        site.routes |= {target: article(f"关于慢慢来的通知{target}") for target in PAGES}
        line.run(*command)
        assert documents(line) == len(PAGES)
        assert breaches(line) == []


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest) -> str | None:
    """Where the database is: in the folder, or on the server."""
    if request.param == "sqlite":
        return None
    return str(request.getfixturevalue("postgresql_url"))


def test_a7_a_run_that_was_taken_over_writes_nothing_more(tmp_path: Path, url: str | None) -> None:
    with closing(Scenario(tmp_path, url)) as scenario:
        scenario.start()
        scenario.commit(scenario.list_check({page("a"): "甲"}))
        late = scenario.article(page("a"), "甲")
        with scenario.database.write() as session:
            assert ledger.interrupt_lost(session, scenario.now(), dead=lambda _: True)
        before = scenario.rows(Observation)
        with pytest.raises(ledger.LeaseLost, match="may not write any more"):
            scenario.store.commit([late])
        assert len(scenario.rows(Observation)) == len(before)
        assert scenario.rows(Version) == []
        (file,) = scenario.rows(WarcFile)
        size = (tmp_path / "warc" / file.name).stat().st_size
        assert size == file.committed_end, "not even its bytes stay"


@pytest.mark.parametrize(
    "wait",
    [
        pytest.param(False, id="set back"),
        pytest.param(True, id="waited", marks=pytest.mark.nightly),
    ],
)
def test_a7_stopped_past_its_lease_it_leaves_the_field(tmp_path: Path, wait: bool) -> None:
    with slow_section(tmp_path) as (site, line):
        process = begun(site, line, "crawl", "faulty")
        child = next(member for member in tree(process.pid) if crawls(member))
        freeze(line, child)
        process.send_signal(signal.SIGSTOP)
        if wait:
            time.sleep(ledger.LEASE / SECOND + 1)
        else:
            let_the_lease_run_out(line)
        line.run("crawl", "faulty")
        before = stored(line, 1)
        assert before < len(PAGES)
        child.resume()
        process.send_signal(signal.SIGCONT)
        assert ended(process) == 11
        assert stored(line, 1) == before, "nothing more of the first run"
        assert [state for state, _ in runs(line)] == ["interrupted", "done"]
        assert documents(line) == len(PAGES)
        assert breaches(line) == []


def freeze(line: CommandLine, child: psutil.Process) -> None:
    """Stop a run, but not while it keeps everybody else from writing."""
    locks = FileLocks(line.folder)
    while True:
        child.suspend()
        try:
            locks.acquire(0.5)
        except TimeoutError:
            child.resume()
            time.sleep(0.05)
            continue
        locks.release()
        return


def let_the_lease_run_out(line: CommandLine) -> None:
    """As after thirty seconds without a heartbeat."""
    with opened(line) as database, database.write() as session:
        session.execute(update(Run).values(lease_until=1))
        session.execute(update(Host).where(Host.leased_by.is_not(None)).values(lease_until=1))
