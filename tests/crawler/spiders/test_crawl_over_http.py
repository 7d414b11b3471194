"""One real run over loopback HTTP, every fault on its own path or host, then a second one."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from loopback_sites import CHALLENGE, PAGE, list_page, page, redirect, serve
from sqlalchemy import select

from archive.models import Capture, Observation, Resource, Run
from crawler.environment import Environment
from crawler.runner.running import run_seed

HEALTHY, CHALLENGED, CLOSED = "127.0.1.2", "127.0.1.3", "127.0.1.4"
TORN, LURING, SLOW = "127.0.1.5", "127.0.1.6", "127.0.1.7"


@dataclass
class Crawled:
    """What the archive holds after two runs, beside the servers' own counts."""

    outcomes: list
    sites: dict
    observations: list
    captures: list

    def seen(self, path, run=0):
        """Observation and reason of a path in one of the runs."""
        ids = sorted({row.run_id for row, _ in self.observations})
        found = [
            (row.observation, row.reason)
            for row, url in self.observations
            if row.run_id == ids[run] and url.endswith(path)
        ]
        assert len(found) <= 1, found
        return found[0] if found else None


def conditional(title):
    """An article with a validator."""

    def answer(site):
        if site.headers.get("If-None-Match") == '"v1"':
            site.answer(304, "", [("ETag", '"v1"')])
        else:
            site.answer(200, PAGE.format(title=title), [("ETag", '"v1"')], zipped=True)

    return answer


def after_a_while(site):
    """Busy once, asking for a second of rest."""
    if site.hits["/busy.html"] == 1:
        site.answer(503, "busy", [("Retry-After", "1")])
    else:
        site.answer(200, PAGE.format(title="忙过之后的通知"))


def cut_short(site):
    """Promises more than it sends."""
    site.answer(200, PAGE.format(title="传输中断的通知"), length=99999)


def routes(outside_port):
    """The healthy site."""
    internal = f"http://127.0.0.1:{outside_port}/"
    names = [
        "kept123.html",
        "plain123.html",
        "old123.html",
        "busy.html",
        "cut123.html",
        "evil123.html",
        "secret/a123.html",
        "gone123.html",
        "loop123.html",
    ]
    return {
        "/robots.txt": lambda site: site.answer(
            200, "User-agent: *\nDisallow: /secret\n", [("Content-Type", "text/plain")]
        ),
        "/list.html": lambda site: site.answer(
            200, list_page(names, "<a href='list2.html'>下一页</a>")
        ),
        "/list2.html": lambda site: site.answer(200, list_page(["last123.html"])),
        "/kept123.html": conditional("有验证信息的通知"),
        "/plain123.html": page("没有验证信息的通知"),
        "/old123.html": redirect("/mid123.html", 301),
        "/mid123.html": redirect("/new123.html", 301),
        "/new123.html": page("搬了家的通知"),
        "/busy.html": after_a_while,
        "/cut123.html": cut_short,
        "/evil123.html": redirect(internal),
        "/secret/a123.html": page("不许抓取的通知"),
        "/loop123.html": redirect("/loop123.html"),
        "/last123.html": page("第二页上的通知"),
        "/pace.txt": lambda site: site.answer(200, "User-agent: *\nCrawl-delay: 1\n"),
    }


def refusing(site):
    """A host whose robots.txt cannot be had."""
    site.answer(503, "", [("Retry-After", "0")])


def torn(site):
    """A robots.txt that breaks off before the line that forbids."""
    site.answer(200, "User-agent: *\n", length=500)


@pytest.fixture(scope="module")
def crawled(tmp_path_factory):
    folder = tmp_path_factory.mktemp("crawl")
    outside = serve("127.0.0.1", 0, {"/": page("内网页面")})
    healthy = serve(HEALTHY, 0, routes(outside.server_address[1]))
    port = healthy.server_address[1]
    challenged = serve(
        CHALLENGED,
        port,
        {
            "/list.html": lambda site: site.answer(521, CHALLENGE),
            "/list2.html": lambda site: site.answer(521, CHALLENGE),
        },
    )
    closed = serve(CLOSED, port, {"/robots.txt": refusing, "/list.html": page("x")})
    sites = {"outside": outside, HEALTHY: healthy, CHALLENGED: challenged, CLOSED: closed}
    inside = f"http://127.0.0.1:{outside.server_address[1]}/"
    sites[TORN] = serve(TORN, port, {"/robots.txt": torn, "/list.html": page("x")})
    sites[LURING] = serve(LURING, port, {"/robots.txt": redirect(inside), "/list.html": page("x")})
    pace = redirect(f"http://{HEALTHY}:{port}/pace.txt")
    listed = list_page(["slow123.html"])
    sites[SLOW] = serve(
        SLOW,
        port,
        {
            "/robots.txt": pace,
            "/list.html": lambda site: site.answer(200, listed),
            "/slow123.html": page("慢慢来的通知"),
        },
    )
    seeds = folder / "seeds"
    seeds.mkdir()
    urls = [f"http://{host}:{port}/list.html" for host in sites if host != "outside"]
    (seeds / "faulty.toml").write_text(
        f'id = "faulty"\ntitle = "t"\nverified = true\n[discover]\nurls = {urls!r}\n'
        '[crawl]\ndelay = 0\nrecheck = "0s"\n'
    )
    environment = Environment(
        data=folder / "data", seeds=seeds, allow_addresses=f"127.0.1.0/24:{port}"
    )
    seed = environment.load_seeds()["faulty"]
    outcomes = [run_seed(environment, seed), run_seed(environment, seed)]
    database = environment.open()
    with database.read() as session:
        observations = session.execute(
            select(Observation, Resource.url)
            .join(Resource, Resource.key == Observation.resource_key)
            .join(Run, Run.id == Observation.run_id)
            .order_by(Observation.key)
        ).all()
        captures = session.scalars(select(Capture).order_by(Capture.key)).all()
    database.close()
    yield Crawled(outcomes, sites, observations, captures)
    for site in sites.values():
        site.shutdown()
        site.server_close()


def hits(crawled, host, path):
    """How often a site was asked for a path."""
    return crawled.sites[host].RequestHandlerClass.hits[path]


def test_a_walk_with_broken_hosts_is_done_with_what_it_could_read(crawled):
    first = crawled.outcomes[0]
    assert (first.state, first.exit_code) == ("done", 0), first.reason
    assert first.counts["new"] == 9


def test_lists_lead_to_pages_and_to_further_lists(crawled):
    assert crawled.seen("/list2.html") == ("new", "1 items")
    assert (crawled.seen("/last123.html") or ())[0] == "new"


def test_a_page_with_a_validator_is_asked_for_conditionally(crawled):
    assert crawled.seen("/kept123.html", run=1) == ("not_modified", None)


def test_the_same_bytes_are_unchanged_without_being_read(crawled):
    assert crawled.seen("/plain123.html", run=1) == ("unchanged", None)


def test_every_hop_of_a_redirect_is_captured(crawled):
    chains = [
        capture.status for capture in crawled.captures if capture.url.endswith(("mid123.html",))
    ]
    assert 301 in chains
    assert any(capture.url.endswith("/new123.html") for capture in crawled.captures)


def test_retry_after_is_waited_for(crawled):
    times = crawled.sites[HEALTHY].RequestHandlerClass.times["/busy.html"]
    assert times[1] - times[0] >= 1.0
    assert (crawled.seen("/busy.html") or ())[0] == "new"


def test_a_body_cut_short_is_retried_and_never_a_version(crawled):
    observation, reason = crawled.seen("/cut123.html") or ("", "")
    assert observation == "error"
    assert "incomplete" in (reason or "")
    assert hits(crawled, HEALTHY, "/cut123.html") >= 3
    cut = [c for c in crawled.captures if c.url.endswith("/cut123.html")]
    assert {capture.truncated for capture in cut} == {"disconnect"}


def test_a_redirect_into_the_intranet_is_refused_before_it_is_asked(crawled):
    observation, reason = crawled.seen("/evil123.html") or ("", "")
    assert observation == "error"
    assert "not a public address" in (reason or "")
    assert not crawled.sites["outside"].RequestHandlerClass.hits


def test_a_redirect_loop_ends(crawled):
    assert (crawled.seen("/loop123.html") or ())[0] == "error"
    assert hits(crawled, HEALTHY, "/loop123.html") <= 12


def test_robots_txt_is_obeyed_and_kept(crawled):
    assert crawled.seen("/secret/a123.html") == ("blocked", "forbidden by robots.txt")
    assert hits(crawled, HEALTHY, "/secret/a123.html") == 0
    assert any(c.url.endswith("/robots.txt") and c.status == 200 for c in crawled.captures)


def test_a_missing_page_is_gone(crawled):
    assert crawled.seen("/gone123.html") == ("gone", "HTTP 404")


def test_a_challenge_is_recorded_as_blocked_and_no_document(crawled):
    url = f"{CHALLENGED}:{crawled.sites[HEALTHY].server_address[1]}/list.html"
    observation, _ = crawled.seen(url) or ("", "")
    assert observation == "blocked"


def test_a_host_that_sent_a_challenge_is_left_alone_by_the_next_run_too(crawled):
    assert hits(crawled, CHALLENGED, "/list.html") == 1


def test_a_host_without_reachable_robots_is_not_crawled(crawled):
    assert hits(crawled, CLOSED, "/robots.txt") >= 1
    assert hits(crawled, CLOSED, "/list.html") == 0
    assert crawled.outcomes[0].counts["due_left"] >= 1


@pytest.mark.parametrize("host", [TORN, LURING])
def test_a_robots_txt_that_cannot_be_read_whole_forbids_everything(crawled, host):
    assert hits(crawled, host, "/robots.txt") >= 1
    assert hits(crawled, host, "/list.html") == 0
    assert not crawled.sites["outside"].RequestHandlerClass.hits


def test_crawl_delay_found_behind_a_redirect_slows_the_host_that_was_asked(crawled):
    times = crawled.sites[SLOW].RequestHandlerClass.times
    assert times["/slow123.html"][0] - times["/list.html"][0] >= 0.9
