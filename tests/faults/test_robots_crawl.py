"""robots.txt through whole runs: one host for every way that the file can be had, or not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, closing
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import pytest
from sqlalchemy import select

from archive.database import open_database
from archive.models import Capture, Observation, Resource
from tests.commandline import CommandLine
from tests.faults.sections import LIST, article, listing, section, seed_text
from tests.faults.site import Connection, FaultSite, Route, serving

FORBIDS = "User-agent: *\nDisallow: /secret/\n"
OPEN, SECRET = "/open/a.html", "/secret/a.html"


def text(body: bytes | str, status: int = 200) -> Route:
    async def route(connection: Connection) -> None:
        await connection.answer(status, body, (("Content-Type", "text/plain"),))

    return route


def to(target: str) -> Route:
    async def route(connection: Connection) -> None:
        await connection.answer(301, "", (("Location", target),))

    return route


async def reset(connection: Connection) -> None:
    connection.reset()


def hops(number: int) -> dict[str, Route]:
    """A chain of redirects before the file that forbids."""
    names = ["/robots.txt", *(f"/hop{hop}" for hop in range(1, number)), "/rules.txt"]
    chain = {name: to(following) for name, following in pairwise(names)}
    return {**chain, "/rules.txt": text(FORBIDS)}


FILES: Mapping[str, dict[str, Route]] = {
    "sound": {"/robots.txt": text(FORBIDS)},
    "mark": {"/robots.txt": text("\ufeff" + FORBIDS)},
    "long": {"/robots.txt": text(FORBIDS + "# filler\n" * 70_000 + "Disallow: /open/\n")},
    "five": hops(5),
    "six": hops(6),
    "foreign": {},  # leads to the file of the host "sound", see below
    "absent": {"/robots.txt": text("none", 404)},
    "private": {"/robots.txt": text("no", 403)},
    "locked": {"/robots.txt": text("who?", 401)},
    "page": {"/robots.txt": text("<html><body>找不到页面，请返回首页</body></html>")},
    "loop": {"/robots.txt": to("/again.txt"), "/again.txt": to("/robots.txt")},
    "down": {"/robots.txt": text("down", 500)},
    "reset": {"/robots.txt": reset},
}
OBEYED = ("sound", "mark", "long", "five", "six", "foreign")
ABSENT = ("absent", "private", "locked", "loop")
CLOSED = ("down", "reset")


@dataclass
class Walked:
    """What a run over all hosts left behind."""

    sites: dict[str, FaultSite]
    seen: dict[tuple[str, str], tuple[str, str]]
    access: dict[tuple[str, str], dict[str, str]]
    reason: str


@pytest.fixture(scope="module")
def walked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Walked]:
    folder = tmp_path_factory.mktemp("robots")
    with ExitStack() as stack:
        sites: dict[str, FaultSite] = {}
        port = 0
        for number, (name, routes) in enumerate(FILES.items(), 31):
            pages = {OPEN: article(f"公开的{name}"), SECRET: article(f"不公开的{name}")}
            found = {LIST: listing([OPEN, SECRET]), **pages, **routes}
            sites[name] = stack.enter_context(serving(found, f"127.0.0.{number}", port))
            port = sites[name].port
        sites["foreign"].routes["/robots.txt"] = to(f"{sites['sound'].origin}/robots.txt")
        gongwen = prepare(folder, sites)
        gongwen.run("crawl", "robots")
        yield look(gongwen, sites)


def prepare(folder: Path, sites: Mapping[str, FaultSite]) -> CommandLine:
    (folder / "seeds").mkdir()
    lists = [site.origin + LIST for site in sites.values()]
    (folder / "seeds" / "robots.toml").write_text(seed_text("robots", lists))
    return CommandLine(folder / "archive", folder / "seeds", sites["sound"].allowed)


def look(gongwen: CommandLine, sites: dict[str, FaultSite]) -> Walked:
    named = {site.origin: name for name, site in sites.items()}

    def place(url: str) -> tuple[str, str]:
        return next((name, url[len(o) :]) for o, name in named.items() if url.startswith(o + "/"))

    query = select(Resource.url, Observation.observation, Observation.reason).join(
        Observation, Observation.resource_key == Resource.key
    )
    with closing(open_database(gongwen.folder)) as database, database.read() as session:
        seen = {place(url): (found, reason or "") for url, found, reason in session.execute(query)}
        captures = session.execute(select(Capture.url, Capture.access))
        access = {place(url): terms for url, terms in captures}
    return Walked(sites, seen, access, gongwen.rows("runs")[0]["reason"])


def test_d13_the_file_is_obeyed_wherever_it_is_found(walked: Walked) -> None:
    """With a byte order mark, longer than what counts, behind redirects, on another host."""
    for host in OBEYED:
        assert walked.seen[host, SECRET] == ("blocked", "forbidden by robots.txt")
        assert walked.sites[host].hits(SECRET) == []
        assert walked.seen[host, OPEN][0] == "new"
        assert walked.access[host, OPEN]["robots"] == "allowed"


def test_d13_a_site_without_the_file_allows_everything(walked: Walked) -> None:
    for host in ABSENT:
        for page in (OPEN, SECRET):
            assert walked.seen[host, page][0] == "new"
            assert walked.access[host, page]["robots"] == "absent"


def test_d13_a_page_in_the_files_place_has_no_rules(walked: Walked) -> None:
    assert walked.seen["page", SECRET][0] == "new"
    assert walked.access["page", SECRET]["robots"] == "allowed"


def test_d13_a_host_whose_file_cannot_be_had_is_not_crawled(walked: Walked) -> None:
    """It is asked a few times for the file, for nothing else; the run says so."""
    for host in CLOSED:
        site = walked.sites[host]
        assert {asked.target for asked in site.asked} == {"/robots.txt"}
        assert 2 <= len(site.asked) <= 5
        assert (host, LIST) not in walked.seen
        assert walked.seen[host, "/robots.txt"][0] == "error"
    assert "stay due: " in walked.reason
    assert "robots.txt" in walked.reason


def test_d13_the_file_is_asked_once_a_run_and_kept(walked: Walked) -> None:
    for host in (*OBEYED, "absent", "page"):
        # The host "sound" is asked by itself, and by the redirect of another.
        assert len(walked.sites[host].hits("/robots.txt")) == (2 if host == "sound" else 1)
        assert walked.access[host, "/robots.txt"] == {"robots": "exempt"}


@pytest.mark.nightly
def test_d13_a_crawl_delay_of_ten_seconds_and_a_file_that_changes(tmp_path: Path) -> None:
    """Kept through a run; the next run reads the file anew and obeys it."""
    targets = [f"/a/{number}.html" for number in range(3)]
    routes = {target: article(f"关于{target}的通知") for target in targets}
    with serving({**routes, "/robots.txt": text("User-agent: *\nCrawl-delay: 10\n")}) as site:
        gongwen = section(tmp_path, site, targets, crawl='delay = 0\nrecheck = "0s"')
        gongwen.run("crawl", "faulty")
        times = sorted(asked.at for asked in site.asked)
        assert min(later - at for at, later in pairwise(times)) > 9.5
        site.routes["/robots.txt"] = text("User-agent: *\nDisallow: /a/1\n")
        gongwen.run("crawl", "faulty")
        assert [len(site.hits(target)) for target in targets] == [2, 1, 2]
        observed = gongwen.rows("log", site.origin + targets[1])
    assert "forbidden by robots.txt" in [row.get("reason") for row in observed], observed
