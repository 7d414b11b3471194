"""D13: a robots.txt that was not asked for puts its pages back; it speaks against no host."""

from __future__ import annotations

import asyncio

from scrapy.http import Request, Response

from crawler.middlewares.refusals import HostBusy, Stopping
from tests.faults.test_robots_reading import SITE, Site


class Slow(Site):
    """Takes its time for every file."""

    async def download(self, request: Request) -> Response:
        await asyncio.sleep(0.05)
        return await super().download(request)


def at_once(site: Site) -> list[str]:
    async def ask() -> list[str]:
        return await asyncio.gather(*(site.ask(f"{SITE}/{page}.html") for page in "abc"))

    return asyncio.run(ask())


def test_d13_a_stop_while_pages_wait_for_the_rules_speaks_against_no_host() -> None:
    site = Site([Stopping("the run is being stopped")])
    assert at_once(site) == ["Stopping"] * 3
    assert site.hosts.rests == {}


def test_d13_rules_that_are_kept_by_a_busy_host_are_asked_for_once() -> None:
    site = Site([HostBusy("y.example is being crawled by another run")])
    assert at_once(site) == ["HostBusy"] * 3
    rest = site.hosts.rests["x.example"]
    assert "y.example is being crawled" in rest.reason
    assert not rest.tripped


def test_d13_what_breaks_the_first_to_ask_puts_the_others_back() -> None:
    site = Slow([(200, b"")])

    async def cancelled() -> list[str]:
        first = asyncio.ensure_future(site.ask(f"{SITE}/a.html"))
        await asyncio.sleep(0)
        second = asyncio.ensure_future(site.ask(f"{SITE}/b.html"))
        await asyncio.sleep(0)
        first.cancel()
        return [await second, await site.ask(f"{SITE}/c.html")]

    assert asyncio.run(cancelled()) == ["HostBackedOff", "allowed"]
    assert site.hosts.rests == {}
