"""D5: what a host asks for holds for what waits in its queue, and for what waited elsewhere."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from scrapy.core.downloader import Slot
from scrapy.http import Request
from twisted.internet.defer import Deferred

from crawler.middlewares import turns
from crawler.middlewares.politeness import PolitenessMiddleware
from crawler.middlewares.refusals import HostBackedOff, Stopping
from crawler.middlewares.turns import TurnKeepingDownloader

URL = "http://x.cn/a"


class Queue:
    """The queue of one host in a downloader that sends nothing; ``timers`` and ``sent`` tell."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, delay: float) -> None:
        self.timers: list[float] = []
        self.sent: list[str] = []
        self.slot = Slot(1, delay, 0.25)
        self.downloader: Any = TurnKeepingDownloader.__new__(TurnKeepingDownloader)
        self.downloader.slots = {"x.cn": self.slot}
        crawler: Any = SimpleNamespace(engine=SimpleNamespace(downloader=self.downloader))
        self.manners = PolitenessMiddleware(crawler)
        crawler.get_downloader_middleware = lambda _: self.manners
        self.downloader.crawler = crawler
        monkeypatch.setattr(turns, "call_later", self.later)
        monkeypatch.setattr("scrapy.core.downloader.call_later", self.later)
        monkeypatch.setattr("scrapy.core.downloader._schedule_coro", self.send)

    def later(self, seconds: float, *_: object) -> object:
        self.timers.append(seconds)
        return SimpleNamespace(cancel=lambda: None)

    def send(self, coroutine: Any) -> None:
        coroutine.close()
        self.sent.append(URL)

    def put(self) -> Deferred[Any]:
        answer: Deferred[Any] = Deferred()
        self.slot.queue.append((Request(URL), answer))
        self.downloader._process_queue(self.slot)
        return answer


@pytest.mark.parametrize("delay", [0.0, 2.0, 6.0])
def test_d5_no_pace_and_no_jitter_undercuts_what_a_host_asked_for(
    monkeypatch: pytest.MonkeyPatch, delay: float
) -> None:
    queue = Queue(monkeypatch, delay)
    queue.manners.hosts.pause("x.cn", 7, asked=True)
    queue.put()
    assert not queue.sent
    assert 6.9 < queue.timers[0] <= 7


def test_d5_without_a_pause_a_request_goes_out_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    queue = Queue(monkeypatch, 0.0)
    queue.put()
    assert queue.sent == [URL]
    assert not queue.timers


def test_d4_who_waited_elsewhere_does_not_go_out_to_a_host_that_rests_by_then(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    queue = Queue(monkeypatch, 0.0)
    queue.manners.hosts.back_off("x.cn", "challenge")
    caught: list[Any] = []
    queue.put().addErrback(caught.append)
    assert isinstance(caught[0].value, HostBackedOff)
    assert not queue.sent


def test_a7_who_waited_elsewhere_does_not_go_out_once_the_run_stops(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    queue = Queue(monkeypatch, 0.0)
    queue.manners._stopping.set()
    caught: list[Any] = []
    queue.put().addErrback(caught.append)
    assert isinstance(caught[0].value, Stopping)
    assert not queue.sent


def test_rule_a_name_and_the_same_name_with_its_dot_share_one_queue() -> None:
    downloader: Any = TurnKeepingDownloader.__new__(TurnKeepingDownloader)
    keys = [downloader.get_slot_key(Request(f"http://{name}/a")) for name in ("x.cn", "X.cn.")]
    assert keys == ["x.cn", "x.cn"]
    assert downloader.get_slot_key(Request(URL, meta={"download_slot": "given"})) == "given"
