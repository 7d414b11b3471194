"""One request at a time with a delay, unless the operator allowed the address."""

import asyncio
from types import SimpleNamespace

import pytest
from scrapy.http import Request, Response
from scrapy.settings import Settings

from crawler.middlewares.hosts import Hosts
from crawler.middlewares.leases import LeaseMiddleware
from crawler.middlewares.politeness import BareRedirectMiddleware, PolitenessMiddleware
from crawler.middlewares.refusals import HostBackedOff, HostBusy, Stopping
from crawler.middlewares.robots import slow_down


class Slot(SimpleNamespace):
    """A download slot as Scrapy keeps it."""


@pytest.fixture
def crawler(monkeypatch):
    monkeypatch.setenv("GONGWEN_ALLOW_ADDRESSES", "127.0.0.0/8:8000")
    settings = Settings(
        {"DOWNLOAD_DELAY": 2.0, "OWN_DELAY": 0.0, "OWN_CONCURRENCY": 16, "REDIRECT_MAX_TIMES": 5}
    )
    downloader = SimpleNamespace(
        slots={},
        per_slot_settings={},
        get_slot_key=lambda request: request.url.split("/")[2].partition(":")[0],
    )
    return SimpleNamespace(settings=settings, engine=SimpleNamespace(downloader=downloader))


def ask(middleware, url):
    return asyncio.run(asyncio.wait_for(middleware.process_request(Request(url)), 5))


def test_only_an_allowed_address_is_asked_at_full_speed(crawler):
    middleware = PolitenessMiddleware(crawler)
    ask(middleware, "http://127.0.0.3:8000/a")
    ask(middleware, "http://kjj.cq.gov.cn/a")
    assert crawler.engine.downloader.per_slot_settings == {
        "127.0.0.3": {"concurrency": 16, "delay": 0.0},
        "kjj.cq.gov.cn": {"concurrency": 1, "delay": 2.0},
    }


def test_a_crawl_delay_slows_a_host_down_and_never_speeds_it_up(crawler):
    slot = Slot(delay=2.0, concurrency=16, jitter=0.25)
    crawler.engine.downloader.slots["x.cn"] = slot
    slow_down(crawler, "x.cn", 10.0)
    assert (slot.delay, slot.concurrency) == (10.0, 1)
    slow_down(crawler, "x.cn", 1.0)
    assert slot.delay == 10.0
    # Scrapy drops idle slots; the pace must outlive them.
    assert crawler.engine.downloader.per_slot_settings["x.cn"]["delay"] == 10.0


def test_a_resting_host_is_not_asked_and_others_are(crawler):
    middleware = PolitenessMiddleware(crawler)
    middleware.hosts.back_off("x.cn", "challenge")
    with pytest.raises(HostBackedOff, match="challenge"):
        ask(middleware, "http://x.cn/a")
    ask(middleware, "http://y.cn/a")


def test_a_pause_is_waited_for_and_given_up_when_the_run_stops(crawler):
    middleware = PolitenessMiddleware(crawler)
    middleware.hosts.pause("x.cn", 0.2)
    ask(middleware, "http://x.cn/a")
    assert middleware.hosts.wait("x.cn") == 0

    async def stopped():
        middleware = PolitenessMiddleware(crawler)
        middleware.hosts.pause("x.cn", 60)
        waiting = asyncio.ensure_future(middleware.process_request(Request("http://x.cn/a")))
        await asyncio.sleep(0.01)
        middleware.stop()
        await waiting

    with pytest.raises(Stopping):
        asyncio.run(asyncio.wait_for(stopped(), 5))


def test_validators_do_not_follow_a_redirect(crawler):
    middleware = BareRedirectMiddleware(crawler.settings)
    middleware.crawler = SimpleNamespace(spider=None)
    request = Request(
        "http://x.cn/a",
        headers={"If-None-Match": '"v1"', "If-Modified-Since": "Sat", "Accept": "*/*"},
        meta={"download_slot": "x.cn", "exchanges": ("hop",)},
    )
    moved = Response("http://x.cn/a", status=302, headers={"Location": "http://y.cn/b"})
    followed = middleware.process_response(request, moved)
    assert followed.url == "http://y.cn/b"
    assert set(followed.headers) == {b"Accept"}
    assert "download_slot" not in followed.meta
    assert followed.meta["exchanges"] == ("hop",)


def test_a_host_is_leased_once_and_a_held_one_is_set_aside(monkeypatch):
    monkeypatch.setattr("crawler.middlewares.leases.PATIENCE", 1)
    asked = []

    def lease(host):
        asked.append(host)
        return "held" not in host

    session = SimpleNamespace(lease=lease, hosts=Hosts())
    crawler = SimpleNamespace(spider=SimpleNamespace(session=session))

    async def run():
        middleware = LeaseMiddleware(crawler)
        await middleware.process_request(Request("http://x.cn/a"))
        await middleware.process_request(Request("http://x.cn/b"))
        with pytest.raises(HostBusy):
            await middleware.process_request(Request("http://held.cn/b"))

    asyncio.run(asyncio.wait_for(run(), 10))
    assert asked == ["x.cn", "held.cn"]
    assert "another run" in session.hosts.rest_reason("held.cn")
