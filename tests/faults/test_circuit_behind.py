"""D4: hosts that fail behind a redirect, and hosts that fail with much of them due."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from scrapy.exceptions import CannotResolveHostError, DownloadTimeoutError, IgnoreRequest
from scrapy.http import Request

from archive import frontier, ledger
from archive.clock import SECOND
from archive.database import open_database
from archive.ledger import SeedFacts
from archive.models import Host
from archive.records import Due, Observation, ResourceKind
from crawler.middlewares.hosts import FAILURES, MOST_IN_A_STORM, Hosts
from crawler.spiders.puller import Puller
from crawler.spiders.resting import recall, remember
from crawler.spiders.troubles import HostJudge
from tests.conftest import NewArchive
from tests.databases import DATABASES
from tests.faults.hosts import asked_of, many_hosts, on_host
from tests.faults.sections import LIST, PAGE, listing, section
from tests.faults.site import Connection, FaultSite

LEADING, DEAD, TURNING, CROWDED, SOUND = range(5)
LED = [f"/led{number}.html" for number in range(12)]
TURNED = [f"/turned{number}.html" for number in range(12)]
MANY = [f"/many{number}.html" for number in range(300)]
FINE = [f"/fine{number}.html" for number in range(20)]
HOST = "x.cn"


async def any_page(connection: Connection) -> None:
    """One host is sound, one leads to a dead one, one to dead pages of its own; one is dead."""
    number = int((connection.asked.header("host") or "").split(":")[0].rpartition(".")[2]) - 10
    target = connection.asked.target
    port = (connection.asked.header("host") or "").rpartition(":")[2]
    if number == SOUND:
        await connection.answer(200, PAGE.format(title=f"关于{target}的通知"))
    elif number == LEADING:
        to = f"http://127.0.1.{10 + DEAD}:{port}{target}"
        await connection.answer(302, "", (("Location", to),))
    elif number == TURNING and "again" not in target:
        await connection.answer(301, "", (("Location", f"/again{target}"),))
    else:
        connection.reset()


@dataclass(frozen=True)
class Storm:
    site: FaultSite
    ended: tuple[int, str, str]

    def pages(self, number: int, part: str = "") -> list[str]:
        """What a host was asked for, beside its robots.txt."""
        targets = [one.target for one in asked_of(self.site, number)]
        return [one for one in targets if "robots" not in one and part in one]


@pytest.fixture(scope="module")
def storm(new_archive: NewArchive, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Storm]:
    folder = tmp_path_factory.mktemp("behind")
    new_archive(folder / "archive")
    again = [f"/again{path}" for path in TURNED]
    with many_hosts(dict.fromkeys([*LED, *TURNED, *again, *MANY, *FINE], any_page)) as site:
        targets = [on_host(site, CROWDED, path) for path in MANY]
        targets += [on_host(site, LEADING, path) for path in LED]
        targets += [on_host(site, TURNING, path) for path in TURNED]
        targets += [on_host(site, SOUND, path) for path in FINE]
        line = section(folder, site, targets, crawl='delay = 0\nrecheck = "0s"')
        site.routes[LIST] = listing(targets)
        yield Storm(site, line.ended("crawl", "faulty"))
    DATABASES.release(folder)


@pytest.mark.parametrize(("host", "part"), [(DEAD, ""), (TURNING, "again"), (CROWDED, "")])
def test_d4_a_host_that_fails_behind_a_redirect_is_left_alone_as_soon(
    storm: Storm, host: int, part: str
) -> None:
    assert FAILURES <= len(storm.pages(host, part)) <= MOST_IN_A_STORM


def test_d4_a_dead_host_with_much_due_takes_nothing_from_a_sound_one(storm: Storm) -> None:
    assert sorted(storm.pages(SOUND)) == sorted(FINE)
    left = len(MANY) + len(LED) + len(TURNED) - 3 * FAILURES
    assert storm.ended[0] == 0
    assert f"{left} pages stay due" in " ".join(storm.ended[1].split())


def stored(*exchanges: str) -> Any:
    """A page that failed, with the redirects that were answered before."""
    hops = [SimpleNamespace(url=url, status=302, truncated=None) for url in exchanges]
    check = SimpleNamespace(exchanges=hops, reason="r", observation=Observation.ERROR)
    verdict = SimpleNamespace(observation=Observation.ERROR, reason="r")
    return SimpleNamespace(due=DUE, check=check, verdict=verdict)


DUE = Due(1, "http://x.cn/a", ResourceKind.ARTICLE)


@pytest.mark.parametrize("error", [DownloadTimeoutError(), CannotResolveHostError()])
def test_d4_who_gave_no_answer_failed_and_not_who_led_there(error: Exception) -> None:
    hosts = Hosts()
    judge = HostJudge(hosts)
    for _ in range(FAILURES):
        judge.unanswered(DUE, Request("http://dead.cn/a"), error)
        assert judge.judge(stored("http://x.cn/a")) == "dead.cn"
    assert list(hosts.rests) == ["dead.cn"]
    assert not hosts.fine


def test_d4_a_redirect_that_must_not_be_followed_speaks_against_no_host() -> None:
    hosts = Hosts()
    judge = HostJudge(hosts)
    judge.unanswered(DUE, Request("http://inside.cn/a"), IgnoreRequest("refused"))
    assert judge.judge(stored("http://x.cn/a")) == HOST
    assert hosts.fine == {HOST}


def test_d4_what_a_resting_host_has_due_is_not_even_pulled() -> None:
    asked: list[frozenset[str]] = []

    def pull(_: object, __: int, places: frontier.Places) -> list[Due]:
        asked.append(places.full)
        return []

    async def run() -> list[Due]:
        puller = Puller(pull, lambda: 0, 10, resting=lambda: [HOST])
        return [due async for due in puller.rows()]

    assert asyncio.run(asyncio.wait_for(run(), 5)) == []
    assert asked == [frozenset({HOST})]


def test_d4_what_stays_due_is_counted_by_host(
    new_archive: Callable[[Path], Path], tmp_path: Path
) -> None:
    with closing(open_database(new_archive(tmp_path))) as database, database.write() as session:
        facts = SeedFacts("a", "a", None, None, "official", "", "sha256:0", "a.toml")
        seed = ledger.register_seed(session, facts, 1)
        keys = []
        for name, kind in (("a", "article"), ("b", "article"), ("c", "attachment")):
            url = f"http://{HOST}/{name}"
            found = frontier.ensure_resource(session, seed, url, ResourceKind(kind), 1)
            keys.append(found.key)
        frontier.make_due(session, keys, 1)
        (every,) = ledger.waiting(session, seed, 2, [HOST])
        assert (every.host, every.pages, every.first) == (HOST, 3, f"http://{HOST}/a")
        (pages,) = ledger.waiting(session, seed, 2, [HOST], exclude=keys[:1], images=False)
        assert (pages.pages, pages.first) == (1, f"http://{HOST}/b")
        assert ledger.waiting(session, seed, 2, [HOST], only=()) == []
        assert ledger.waiting(session, seed, 2, ["y.cn"]) == []


def test_d5_a_pause_that_a_host_asked_for_holds_in_the_next_run(
    new_archive: Callable[[Path], Path], tmp_path: Path
) -> None:
    clock = [0.0]
    hosts = Hosts(lambda: clock[0])
    hosts.succeeded(HOST)
    hosts.pause(HOST, 500)
    hosts.pause(HOST, 90, asked=True)
    clock[0] = 30.0
    with closing(open_database(new_archive(tmp_path))) as database, database.write() as session:
        frontier.ensure_host(session, HOST)
        remember(session, hosts, 1000)
        known = recall(session, 1000 + 10 * SECOND, 120)
        assert (known.pausing, known.resting) == ({HOST: 50.0}, {})
        assert "it asked to wait" in recall(session, 1000 + 10 * SECOND, 20).resting[HOST]
        assert recall(session, 1000 + 61 * SECOND, 120).pausing == {}
        after = Hosts(lambda: clock[0])
        known.tell(after)
        assert after.wait(HOST) == 50.0
        session.query(Host).update({"blocked_count": 1})
        assert list(recall(session, 1000 + 10 * SECOND, 120).resting) == [HOST]
