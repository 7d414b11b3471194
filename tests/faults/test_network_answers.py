"""D1, D3, D5 and D6: every odd answer on a host of its own, in one run that must end."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from sqlalchemy import select
from warcio.archiveiterator import ArchiveIterator

from archive.database import open_database
from archive.frontier import make_due
from archive.models import Resource
from crawler.middlewares.hosts import FIRST_PAUSE
from tests.commandline import CommandLine
from tests.conftest import NewArchive
from tests.databases import DATABASES
from tests.faults.answers import (
    BREAKS,
    CUT,
    NEVER,
    ODD,
    TARGETS,
    WAIT,
    WAITS,
    WITHOUT,
    leading,
    waits,
)
from tests.faults.conclusions import conclusions
from tests.faults.hosts import FIRST, asked_of, closed_port, many_hosts, on_host
from tests.faults.sections import LIST, article, listing, section
from tests.faults.site import Connection, FaultSite

RETRIES = 2
HEALTHY = [f"/sound{number}.html" for number in range(20)]
FORBIDDING = 90
LIES = CUT | WITHOUT
FOLLOWERS = {"after_ten_years": "ten_years", "after_forbidden": "forbidden_wait"}
"""Sound pages listed after a case, on its host."""

FIRST_STOPS = [name for name in ODD if not name.startswith("chain") or name == "chain0"]
CASES = [*LIES, *BREAKS, *WAITS, *(name for name in FIRST_STOPS if name not in NEVER)]
HOSTS = {name: number for number, name in enumerate([*CASES, "to_forbidding"])}
HOSTS |= {name: HOSTS[case] for name, case in FOLLOWERS.items()}
"""The host of each case; the healthy pages are on the list's own."""


@dataclass(frozen=True)
class Crawled:
    """A day on which all was sound, one with every fault, and one with all sound again."""

    line: CommandLine
    site: FaultSite
    refused: str
    concluded: Mapping[str, list[tuple[int, str, str | None]]]
    warc: list[tuple[str, str, str | None]]
    ended: list[tuple[int, str]]

    def url(self, name: str) -> str:
        return on_host(self.site, HOSTS[name], f"/{name}.html")

    def times(self, name: str) -> list[float]:
        """The moments of the second day at which a page was asked for."""
        return [asked.at for asked in self.site.hits(f"/{name}.html")]

    def seen(self, name: str) -> tuple[str, str]:
        """What the second day concluded of a page, and why."""
        found = [check[1:] for check in self.concluded[self.url(name)] if check[0] == 2]
        assert len(found) == 1, found
        return found[0][0], found[0][1] or ""

    def kept(self, name: str) -> list[tuple[str, str | None]]:
        """Status and WARC-Truncated of every response that the archive holds of a page."""
        address = self.url(name)
        return [(status, cut) for url, status, cut in self.warc if url == address]


async def robots(connection: Connection) -> None:
    """Only one host forbids anything."""
    host = connection.asked.header("host") or ""
    if host.startswith(f"{FIRST + FORBIDDING}:"):
        await connection.answer(200, "User-agent: *\nDisallow: /secret\n")
    else:
        await connection.answer(404)


def faulty_day(site: FaultSite) -> None:
    """Let every case misbehave."""
    forbidden = on_host(site, FORBIDDING, "/secret.html").encode()
    breaks = {name: route for name, (route, _) in BREAKS.items()}
    routes = LIES | breaks | waits() | ODD | {"to_forbidding": leading(forbidden)}
    site.routes.update({f"/{name}.html": route for name, route in routes.items()})
    site.asked.clear()


def sound_day(site: FaultSite) -> None:
    site.routes.update({f"/{name}.html": article(f"关于{name}的通知") for name in LIES})


def records(folder: Path) -> list[tuple[str, str, str | None]]:
    """Address, status and WARC-Truncated of every response."""
    found = []
    for file in sorted(folder.rglob("*.warc*")):
        with file.open("rb") as stream:
            for record in ArchiveIterator(stream):
                if record.rec_type in ("response", "revisit"):
                    head = record.rec_headers
                    status = record.http_headers.get_statuscode()
                    address = head.get_header("WARC-Target-URI")
                    found.append((address, status, head.get_header("WARC-Truncated")))
    return found


def due_again(line: CommandLine) -> None:
    """Failed pages rest for a while: not as long as a test."""
    with closing(open_database(line.folder)) as database, database.write() as session:
        pages = [f"/{name}.html" for name in LIES]
        keys = [
            one.key for one in session.scalars(select(Resource)) if one.url.endswith(tuple(pages))
        ]
        make_due(session, keys, 0)


@pytest.fixture(scope="module")
def crawled(new_archive: NewArchive, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Crawled]:
    folder = tmp_path_factory.mktemp("answers")
    new_archive(folder / "archive")
    sound = {path: article(f"关于{path}的通知") for path in HEALTHY}
    sound |= {f"/{name}.html": article(name) for name in FOLLOWERS}
    sound |= {f"/{name}.html": route for name, route in TARGETS.items()}
    with many_hosts({"/robots.txt": robots, **sound}) as site:
        first = [on_host(site, HOSTS[name], f"/{name}.html") for name in LIES]
        crawl = 'delay = 0\nrecheck = "0s"\ntimeout = 10\npatience = 20'
        line = replace(section(folder, site, first, crawl=crawl), allowed="127.0.0.0/8:*")
        sound_day(site)
        ended = [line.ended("crawl", "faulty")]
        refused = f"http://127.0.0.99:{closed_port()}/refused.html"
        everything = [on_host(site, number, f"/{name}.html") for name, number in HOSTS.items()]
        site.routes[LIST] = listing([*everything, refused, *HEALTHY])
        faulty_day(site)
        ended.append(line.ended("crawl", "faulty"))
        second = replace(site, asked=list(site.asked))
        warc = records(line.folder)
        site.routes[LIST] = listing(first)
        sound_day(site)
        due_again(line)
        ended.append(line.ended("crawl", "faulty"))
        yield Crawled(
            line, second, refused, conclusions(line), warc, [(code, out) for code, out, _ in ended]
        )
    DATABASES.release(folder)


def test_d1_the_run_ends_and_says_how_many_pages_failed(crawled: Crawled) -> None:
    code, said = crawled.ended[1]
    assert code == 0, said
    run = next(row for row in crawled.line.rows("runs") if row["id"] == 2)
    assert run["state"] == "done"
    assert (
        f"{run['counts']['error'] + run['counts']['blocked']} pages failed: http" in run["reason"]
    )


def test_d1_hosts_beside_those_that_fail_are_read_whole(crawled: Crawled) -> None:
    assert [len(crawled.site.hits(path)) for path in HEALTHY] == [1] * len(HEALTHY)


@pytest.mark.parametrize("name", BREAKS)
def test_d1_a_connection_that_breaks_is_retried_with_pauses_and_told_in_words(
    crawled: Crawled, name: str
) -> None:
    assert crawled.seen(name)[0] == "error"
    assert BREAKS[name][1] in crawled.seen(name)[1]
    first, second, third = crawled.times(name)[-RETRIES - 1 :]
    assert second - first >= FIRST_PAUSE * 0.9
    assert third - second >= 2 * FIRST_PAUSE * 0.9


def test_d1_a_host_that_refuses_connections_is_told_in_words(crawled: Crawled) -> None:
    robots_txt = crawled.refused.replace("refused.html", "robots.txt")
    told = [row["reason"] for row in crawled.line.rows("log", robots_txt) if row["run"] == 2]
    assert told == ["robots.txt could not be fetched: the host refused the connection"]


@pytest.mark.parametrize("name", LIES)
def test_d3_a_body_that_belies_its_head_is_retried_and_no_version(
    crawled: Crawled, name: str
) -> None:
    assert crawled.seen(name)[0] == "error"
    assert len(crawled.times(name)) == 1 + RETRIES


@pytest.mark.parametrize("name", CUT)
def test_d3_what_came_of_a_body_is_kept_and_marked_as_cut(crawled: Crawled, name: str) -> None:
    assert "incomplete" in crawled.seen(name)[1]
    assert crawled.kept(name) == [("200", None)] + [("200", "disconnect")] * (1 + RETRIES)


def test_d3_after_a_faulty_day_each_page_has_the_one_version_it_had(crawled: Crawled) -> None:
    assert crawled.ended[2][0] == 0, crawled.ended[2]
    held = {row["url"]: row["versions"] for row in crawled.line.rows("docs", "--limit", "200")}
    assert {held[crawled.url(name)] for name in LIES} == {1}
    last = [crawled.concluded[crawled.url(name)][-1] for name in LIES]
    assert {check[:2] for check in last} == {(3, "unchanged")}


@pytest.mark.parametrize(("name", "least"), [("seconds", WAIT), ("date", 1.9)])
def test_d5_a_host_is_given_the_time_it_asks_for(crawled: Crawled, name: str, least: float) -> None:
    first, second = crawled.times(name)
    assert second - first >= least
    assert crawled.seen(name)[0] == "new"


@pytest.mark.parametrize("name", ["negative_wait", "garbage_wait"])
def test_d5_a_wait_that_cannot_be_read_gives_way_to_our_own(crawled: Crawled, name: str) -> None:
    first, second = crawled.times(name)
    assert second - first >= FIRST_PAUSE * 0.9
    assert crawled.seen(name)[0] == "new"


def test_d5_other_hosts_go_on_while_one_is_waited_for(crawled: Crawled) -> None:
    resumed = crawled.times("seconds")[1]
    assert max(crawled.site.hits(path)[0].at for path in HEALTHY) < resumed


def test_d5_a_redirect_and_a_refusal_may_ask_for_time_too(crawled: Crawled) -> None:
    assert crawled.times("moved_to")[0] - crawled.times("moved_wait")[0] >= 2
    assert len(crawled.times("forbidden_wait")) == 1
    for asked in crawled.times("after_forbidden"):
        assert asked - crawled.times("forbidden_wait")[0] >= 2


def test_d5_retry_after_of_ten_years_ends_the_host_for_this_run(crawled: Crawled) -> None:
    assert len(crawled.times("ten_years")) == 1
    assert crawled.times("after_ten_years") == []
    code, _, errors = crawled.line.ended("recrawl", crawled.url("after_ten_years"))
    assert code == 1
    assert "is left alone until" in errors
    assert "asks to wait 315360000 s" in errors
    assert len(crawled.times("after_ten_years")) == 0


def test_d6_redirects_in_a_circle_end_when_they_come_back(crawled: Crawled) -> None:
    assert (len(crawled.times("loop")), len(crawled.times("loop_back"))) == (1, 1)
    assert crawled.seen("loop") == ("error", f"the redirects lead back to {crawled.url('loop')}")
    assert len(crawled.times("to_itself")) == len(crawled.times("empty_location")) == 1
    assert crawled.seen("to_itself")[0] == crawled.seen("empty_location")[0] == "error"


def test_d6_a_long_chain_ends_at_the_limit_with_every_hop_kept(crawled: Crawled) -> None:
    most = 10
    hops = [len(crawled.site.hits(f"/chain{number}.html")) for number in range(31)]
    assert hops == [1] * (most + 1) + [0] * (30 - most)
    assert crawled.seen("chain0")[0] == "error"
    kept = [url for url, status, _ in crawled.warc if "/chain" in url and status == "302"]
    assert len(kept) == most + 1


@pytest.mark.parametrize("name", ["nowhere", "slashes", "no_scheme", "refresh"])
def test_d6_a_redirect_that_leads_nowhere_is_one_error(crawled: Crawled, name: str) -> None:
    assert crawled.seen(name)[0] == "error"
    assert len(crawled.times(name)) == 1


def test_d6_odd_spellings_of_an_address_are_followed(crawled: Crawled) -> None:
    assert [asked.target for asked in crawled.site.asked if "%C4" in asked.target]
    assert crawled.seen("gbk")[0] == crawled.seen("fragment")[0] == "new"


def test_d6_another_host_is_asked_by_its_own_rules(crawled: Crawled) -> None:
    assert crawled.seen("to_forbidding") == ("blocked", "forbidden by robots.txt")
    assert [asked.target for asked in asked_of(crawled.site, FORBIDDING)] == ["/robots.txt"]
