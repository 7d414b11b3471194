"""D2, D4 and D5: no host, however many of its pages are due, takes the place of another."""

from __future__ import annotations

import asyncio
from collections import Counter, deque
from collections.abc import Collection, Sequence
from types import SimpleNamespace

import pytest
from scrapy.http import Request
from scrapy.settings import Settings
from twisted.internet.defer import Deferred

from archive.addresses import host_name
from archive.frontier import Places
from archive.records import Due, ResourceKind
from crawler.middlewares.politeness import PolitenessMiddleware
from crawler.middlewares.refusals import HostBackedOff, Stopping
from crawler.spiders.puller import Puller

HUNG, WELL = "hung.cn", "well.cn"
URLS = [f"http://{HUNG}/{number}" for number in range(400)]
URLS += [f"http://{WELL}/{number}" for number in range(40)]


def pull(exclude: Collection[int], limit: int, hosts: Places) -> Sequence[Due]:
    """The frontier's rule: of each host what it has room for, full ones left out."""
    found, taken = [], Counter[str]()
    for key, url in enumerate(URLS):
        host = host_name(url)
        if key in exclude or host in hosts.full or taken[host] >= hosts.free(host):
            continue
        taken[host] += 1
        found.append(Due(key, url, ResourceKind.ARTICLE))
    return found[:limit]


def test_d2_a_host_that_hangs_holds_its_own_places_only() -> None:
    most: Counter[str] = Counter()
    came: list[int] = []

    async def run() -> None:
        puller = Puller(pull, lambda: 0, 256, room={HUNG: 3, WELL: 8}.__getitem__, once=True)
        flying: Counter[str] = Counter()
        arriving: deque[int] = deque()

        async def settle() -> None:
            while len(came) < 40:
                await asyncio.sleep(0)
                if arriving:
                    came.append(arriving.popleft())
                    flying[WELL] -= 1
                    puller.settle(came[-1])
            puller.stop()

        settling = asyncio.ensure_future(settle())
        async for due in puller.rows():
            host = host_name(due.url)
            flying[host] += 1
            most[host] = max(most[host], flying[host])
            if host == WELL:
                arriving.append(due.resource)
        await settling

    asyncio.run(asyncio.wait_for(run(), 30))
    assert len(came) == 40
    assert most == {HUNG: 3, WELL: 8}


def queued(urls: Sequence[str]) -> tuple[PolitenessMiddleware, list[tuple[str, type]]]:
    """The middleware over a downloader with requests waiting for their turn, and who gave up."""
    given_up: list[tuple[str, type]] = []
    slot = SimpleNamespace(queue=deque())
    for url in urls:
        answer: Deferred[None] = Deferred()
        answer.addErrback(lambda why, url=url: given_up.append((url, type(why.value))))
        slot.queue.append((Request(url), answer))
    downloader = SimpleNamespace(slots={"slot": slot})
    engine = SimpleNamespace(downloader=downloader)
    crawler = SimpleNamespace(settings=Settings(), engine=engine)
    return PolitenessMiddleware(crawler), given_up  # type: ignore[arg-type]


def test_d4_what_waits_for_a_host_that_rests_is_taken_back() -> None:
    politeness, given_up = queued([URLS[0], URLS[-1], URLS[1]])
    politeness.hosts.back_off(HUNG, "5 pages in a row failed", tripped=True)
    politeness.drop_queued()
    assert given_up == [(URLS[0], HostBackedOff), (URLS[1], HostBackedOff)]


@pytest.mark.parametrize("urls", [[], URLS[:2], URLS[-3:]])
def test_d5_whoever_waits_gives_up_when_the_run_stops(urls: list[str]) -> None:
    politeness, given_up = queued(urls)
    politeness.stop()
    assert given_up == [(url, Stopping) for url in urls]
