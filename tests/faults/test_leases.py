"""C1: a run that overslept its lease, a lease that could not be had, a run that was killed."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace

import pytest
from scrapy.http import Request
from sqlalchemy import update

from archive import ledger
from archive.clock import SECOND, now
from archive.database import Database, open_database
from archive.ledger import LEASE, SeedFacts
from archive.models import Host, Run
from archive.problems import Problem
from archive.records import RunState
from crawler.middlewares.hosts import Hosts
from crawler.middlewares.leases import LeaseMiddleware
from crawler.middlewares.refusals import HostBusy
from crawler.spiders import opening, process
from crawler.spiders.ending import EXIT_INTERRUPTED
from crawler.spiders.session import Session
from tests.faults.sections import seed_text

AT = 1_800_000_000 * SECOND
LATE = AT + LEASE + SECOND
HOST = "gov.example"


@pytest.fixture
def database(new_archive: Callable[[Path], Path], tmp_path: Path) -> Iterator[Database]:
    with closing(open_database(new_archive(tmp_path / "archive"))) as opened:
        yield opened


def begin(database: Database, seed: str, at: int) -> int:
    facts = SeedFacts(seed, seed, None, None, "official", "", "sha256:0", f"{seed}.toml")
    with database.write() as session:
        key = ledger.register_seed(session, facts, at)
        run_id = ledger.add_manual_run(session, key, trigger="manual", at=at)
        ledger.claim(session, run_id, owner=f"owner of {seed}", at=at)
        assert ledger.lease_host(session, HOST, run_id, at)
    return run_id


def beat(database: Database, run_id: int, at: int) -> bool:
    with database.write() as session:
        return ledger.heartbeat(session, run_id, at, hosts=[HOST])


def test_c1_a_run_that_overslept_stops_when_another_has_its_host(database: Database) -> None:
    first = begin(database, "a", AT)
    assert beat(database, first, AT)
    second = begin(database, "b", LATE)
    assert not beat(database, first, LATE + SECOND)
    assert beat(database, second, LATE + SECOND)


def test_c1_a_run_that_overslept_keeps_a_host_that_nobody_holds(database: Database) -> None:
    first = begin(database, "a", AT)
    second = begin(database, "b", LATE)
    with database.write() as session:
        ledger.finish(session, second, RunState.DONE, at=LATE)
    assert beat(database, first, LATE + SECOND)
    with database.write() as session:
        assert not ledger.lease_host(session, HOST, second, LATE + 2 * SECOND)


@pytest.mark.parametrize(
    ("trouble", "raised"),
    [(Problem("The archive is busy", "x", "y"), HostBusy), (RuntimeError("broken"), RuntimeError)],
)
def test_c1_a_lease_that_could_not_be_asked_for_is_asked_for_again(
    trouble: Exception, raised: type[Exception]
) -> None:
    answers = [trouble]

    def lease(_: str) -> bool:
        if answers:
            raise answers.pop()
        return True

    session = SimpleNamespace(lease=lease, hosts=Hosts())
    middleware = LeaseMiddleware(SimpleNamespace(spider=SimpleNamespace(session=session)))  # type: ignore[arg-type]

    async def run() -> None:
        with pytest.raises(raised):
            await middleware.process_request(Request(f"http://{HOST}/a"))
        await middleware.process_request(Request(f"http://{HOST}/b"))

    asyncio.run(run())
    assert session.hosts.rests == {}


@pytest.fixture
def by_hand(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[[], Session]:
    """What `scrapy crawl` of a seed begins with."""
    seeds = tmp_path / "seeds"
    seeds.mkdir()
    (seeds / "a.toml").write_text(seed_text("a", ["http://127.0.0.1:8000/list.html"]))
    monkeypatch.setenv("GONGWEN_DATA", str(tmp_path / "archive"))
    monkeypatch.setenv("GONGWEN_SEEDS", str(seeds))
    monkeypatch.setenv("GONGWEN_ALLOW_ADDRESSES", "127.0.0.0/8:8000")
    if database.engine.dialect.name != "sqlite":
        url = database.engine.url.render_as_string(hide_password=False)
        monkeypatch.setenv("GONGWEN_DATABASE_URL", url)
    return lambda: opening.open_by_hand("a")


def test_c1_a_sign_of_life_asks_for_every_host_that_the_run_took(
    database: Database, by_hand: Callable[[], Session]
) -> None:
    mine = by_hand()
    assert mine.lease("x.example")
    assert mine.lease(HOST)
    assert mine.keep()
    with database.write() as session:
        session.execute(update(Host).where(Host.name == HOST).values(lease_until=1))
    begin(database, "b", now())
    assert not mine.lease(HOST)
    assert not mine.keep()
    mine.close()
    mine.database.close()


def test_a1_scrapy_s_own_crawl_takes_up_what_a_killed_one_left(
    database: Database, by_hand: Callable[[], Session]
) -> None:
    lost = by_hand()
    with pytest.raises(ledger.Overlap):
        by_hand()
    with database.write() as session:
        session.get_one(Run, lost.run_id).owner = f"{os.uname().nodename}/00000000:1:1.0"
        session.get_one(Run, lost.run_id).lease_until = 1
    again = by_hand()
    with database.read() as session:
        assert ledger.get_run(session, lost.run_id).state == RunState.INTERRUPTED
        assert ledger.get_run(session, again.run_id).resumes == lost.run_id
    for left in (lost, again):
        left.close()
        left.database.close()


def test_a7_a_stop_that_cannot_be_written_down_still_ends_the_process(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def busy(*_: object) -> None:
        raise Problem("The archive is busy", "another process writes", "Try again")

    codes: list[int] = []
    monkeypatch.setattr(process, "settle", busy)
    monkeypatch.setattr("os._exit", codes.append)
    process.Run(SimpleNamespace(), SimpleNamespace())._give_up()  # type: ignore[arg-type]
    assert codes == [EXIT_INTERRUPTED]
