"""D4: a host that answers with nothing but failures is left alone, and probed by the next run."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

from archive.clock import SECOND
from archive.database import open_database
from archive.frontier import ensure_host
from archive.models import Host, Resource
from crawler.middlewares.hosts import FAILURES, MOST_IN_A_STORM, RETRIES, Hosts
from crawler.spiders.resting import LONGEST_REST, recall, remember, rest_seconds
from tests.commandline import CommandLine
from tests.conftest import NewArchive
from tests.databases import DATABASES
from tests.faults.conclusions import conclusions
from tests.faults.hosts import asked_of, many_hosts, on_host
from tests.faults.sections import LIST, article, listing, section
from tests.faults.site import Connection, FaultSite

HOST = "x.cn"
STORMY = 0
PAGES = [f"/stormy{number}.html" for number in range(12)]
CALM = [f"/calm{number}.html" for number in range(3)]
ROBOTS = "/robots.txt"


async def storm(connection: Connection) -> None:
    """A page that looks like an article, and is an error."""
    await connection.answer(500, "<html><body><h1>系统维护</h1><p>请稍后访问</p></body></html>")


@dataclass(frozen=True)
class Storm:
    """One archive through a sound run, a storm, the storm again, a recrawl by hand, a sound run."""

    line: CommandLine
    site: FaultSite
    asked: list[list[str]]
    """What the stormy host was asked for after the first run, each time."""
    ended: list[tuple[int, str, str]]
    trips: list[int]
    doctor: list[dict[str, Any]]
    concluded: Mapping[str, list[tuple[int, str, str | None]]]
    recrawled: tuple[int, str, str]


def held_trips(line: CommandLine, *, wake: bool = False) -> int:
    """How often in a row the circuit opened; ``wake`` lets the host's rest be over."""
    with closing(open_database(line.folder)) as database, database.write() as session:
        host = select(Host).where(Host.name == "127.0.1.10")
        found = session.scalars(host).one()
        if wake:
            found.backoff_until = 1
        return found.trips


def make_all_due(line: CommandLine) -> None:
    with closing(open_database(line.folder)) as database, database.write() as session:
        session.execute(update(Resource).where(Resource.kind == "article").values(next_check_at=0))


@pytest.fixture(scope="module")
def weathered(new_archive: NewArchive, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Storm]:
    folder = tmp_path_factory.mktemp("storm")
    new_archive(folder / "archive")
    sound = {path: article(f"关于{path}的通知") for path in (*PAGES, *CALM)}
    with many_hosts(sound) as site:
        targets = [on_host(site, STORMY, path) for path in PAGES]
        targets += [on_host(site, STORMY + 1, path) for path in CALM]
        line = section(folder, site, targets, crawl='delay = 0\nrecheck = "0s"')
        site.routes[LIST] = listing(targets)
        asked, ended, trips = [], [], []

        def run() -> None:
            site.asked.clear()
            make_all_due(line)
            ended.append(line.ended("crawl", "faulty"))
            asked.append([one.target for one in asked_of(site, STORMY)])
            trips.append(held_trips(line))

        line.run("crawl", "faulty")
        site.routes |= dict.fromkeys(PAGES, storm)
        run()
        run()
        doctor = line.rows("doctor")
        site.asked.clear()
        recrawled = line.ended("recrawl", on_host(site, STORMY, PAGES[0]))
        asked.append([one.target for one in asked_of(site, STORMY)])
        site.routes |= {path: sound[path] for path in PAGES}
        held_trips(line, wake=True)
        run()
        yield Storm(line, site, asked, ended, trips, doctor, conclusions(line), recrawled)
    DATABASES.release(folder)


def test_d4_a_storm_gets_no_more_requests_than_the_constant_says(weathered: Storm) -> None:
    pages = [target for target in weathered.asked[0] if target != ROBOTS]
    assert FAILURES <= len(pages) <= MOST_IN_A_STORM
    assert weathered.trips == [1, 2, 0]


def test_d4_the_run_after_a_storm_sends_one_probe_and_nothing_else(weathered: Storm) -> None:
    assert len([target for target in weathered.asked[1] if target != ROBOTS]) == 1
    assert "it still fails: HTTP 500" in weathered.ended[1][1]


def test_d4_a_host_at_rest_is_not_asked_at_all(weathered: Storm) -> None:
    assert weathered.asked[2] == []


def test_d4_a_probe_that_succeeds_closes_the_circuit(weathered: Storm) -> None:
    pages = [target for target in weathered.asked[3] if target != ROBOTS]
    assert sorted(pages) == sorted(PAGES)


def test_d4_what_was_held_stays_current_and_errors_are_never_compared(weathered: Storm) -> None:
    held = {row["url"]: row["versions"] for row in weathered.line.rows("docs", "--limit", "99")}
    assert {held[on_host(weathered.site, STORMY, path)] for path in PAGES} == {1}
    failing = 0
    for path in PAGES:
        (first, *between, last) = weathered.concluded[on_host(weathered.site, STORMY, path)]
        assert (first[1], last[1]) == ("new", "unchanged")
        assert {check[1:] for check in between} <= {("error", "HTTP 500")}
        failing += len(between)
    assert failing == FAILURES + 1


def test_d4_other_hosts_are_read_whole_in_each_run(weathered: Storm) -> None:
    assert [code for code, _, _ in weathered.ended] == [0, 0, 0]
    for path in CALM:
        checks = weathered.concluded[on_host(weathered.site, STORMY + 1, path)]
        assert [what for _, what, _ in checks] == ["new", *["unchanged"] * 3]


def test_d4_doctor_says_who_rests_until_when_and_why(weathered: Storm) -> None:
    (sign,) = [row for row in weathered.doctor if row["name"] == "hosts"]
    assert sign["state"] == "warn"
    assert "127.0.1.10 is left alone until 20" in sign["detail"]
    assert "it still fails: HTTP 500" in sign["detail"]


def test_d4_a_recrawl_by_hand_of_a_resting_host_says_what_why_and_when(weathered: Storm) -> None:
    code, _, errors = weathered.recrawled
    assert code == 1
    for said in ("was not fetched", "127.0.1.10 is left alone until", "gongwen recrawl http"):
        assert said in " ".join(errors.split())


def test_d4_a_circuit_opens_after_a_row_of_failures_and_half_opens_next_time() -> None:
    hosts = Hosts()
    for _ in range(FAILURES):
        assert hosts.rest_reason(HOST) is None
        hosts.failed(HOST, "HTTP 500")
    assert hosts.rests[HOST].tripped
    after = Hosts()
    after.probe(HOST)
    assert not after.may_retry(HOST)
    after.failed(HOST, "HTTP 500")
    assert after.rests[HOST].tripped
    closed = Hosts()
    closed.probe(HOST)
    closed.succeeded(HOST)
    assert [closed.may_retry(HOST) for _ in range(RETRIES + 1)] == [True] * RETRIES + [False]
    closed.failed(HOST, "HTTP 500")
    assert closed.rests == {}


def test_d4_pauses_grow_with_every_storm_in_a_row_and_end_with_a_success(
    new_archive: NewArchive, tmp_path: Path
) -> None:
    with closing(open_database(new_archive(tmp_path / "archive"))) as database:
        with database.write() as session:
            ensure_host(session, HOST)
        pauses = []
        for _ in range(9):
            stormy = Hosts()
            stormy.back_off(HOST, "storm", tripped=True)
            with database.write() as session:
                remember(session, stormy, 1000)
                until = session.scalars(select(Host.backoff_until)).one()
                pauses.append(((until or 1000) - 1000) // SECOND)
                assert recall(session, LONGEST_REST * SECOND + 1001).half_open == {HOST}
        assert pauses == [0, 120, 900, 3600, 7200, 14_400, 28_800, 57_600, LONGEST_REST]
        fine = Hosts()
        fine.succeeded(HOST)
        with database.write() as session:
            remember(session, fine, 2000)
            assert recall(session, 2001).half_open == frozenset()
            assert recall(session, 2001).resting == {}


def test_d5_no_host_rests_longer_than_a_day_whatever_it_asks() -> None:
    hosts = Hosts()
    hosts.back_off(HOST, "asks to wait", seconds=315_360_000)
    assert rest_seconds(hosts.rests[HOST], 0) == LONGEST_REST
