"""D9: what a run holds of large bodies at the same time, and heads without end."""

from __future__ import annotations

import asyncio
import gc
import weakref
from types import SimpleNamespace

import pytest
from scrapy.exceptions import StopDownload
from scrapy.http import Headers, Request

from archive.records import Exchange
from crawler.middlewares.bodies import SIDE_BODY, START, room
from crawler.middlewares.capture import CaptureMiddleware
from crawler.middlewares.load import Load
from crawler.middlewares.refusals import HostBackedOff

MIB = 1 << 20


def exchange(size: int) -> Exchange:
    """An exchange whose body has so many bytes."""
    return Exchange("http://x.cn/a", "GET", (), 503, "", (), bytes(size), 0)


def page(number: int, *exchanges: Exchange) -> Request:
    """A request for one page of a run, with what earlier tries brought."""
    due = SimpleNamespace(resource=number, kind=None)
    return Request("http://x.cn/a", meta={"due": due, "exchanges": exchanges})


def begun(capture: CaptureMiddleware, request: Request, announced: int, status: int = 200) -> None:
    """A request was sent, and the head of its answer came."""
    asyncio.run(capture.process_request(request))
    request.meta["status"] = status
    headers = Headers({"Location": "/b"})
    capture.headers_received(headers, announced, request)


def test_d9_all_bodies_of_one_page_share_one_cap() -> None:
    request = Request("http://x.cn/a")
    assert room(request, 64 * MIB) == 64 * MIB
    request.meta["exchanges"] = (exchange(40 * MIB), exchange(20 * MIB))
    assert room(request, 64 * MIB) == 4 * MIB
    request.meta["exchanges"] = (exchange(64 * MIB),)
    assert room(request, 64 * MIB) == SIDE_BODY
    assert room(Request("http://x.cn/robots.txt", meta={"robots": True}), 64 * MIB) == SIDE_BODY


def test_d9_large_bodies_wait_for_each_other_in_turn() -> None:
    async def scenario() -> list[str]:
        load, order = Load(100), list[str]()

        async def hold(name: str, size: int) -> None:
            await load.wait(name, size)
            order.append(name)

        assert load.take("first", 60)
        assert not load.take("second", 50)
        waiting = [asyncio.ensure_future(hold(name, 50)) for name in ("second", "third")]
        await asyncio.sleep(0)
        # Small as it is, it overtakes nobody.
        assert not load.take("fourth", 10)
        load.release("first")
        await asyncio.gather(*waiting)
        assert load.held == 100
        load.shrink("second", 10)
        assert load.take("fourth", 40)
        load.release("nobody")
        return order

    assert asyncio.run(scenario()) == ["second", "third"]


def test_d9_one_that_gives_up_waiting_holds_up_nobody() -> None:
    async def scenario() -> int:
        load = Load(100)
        load.take("first", 100)
        tired = asyncio.ensure_future(load.wait("tired", 90))
        patient = asyncio.ensure_future(load.wait("patient", 90))
        await asyncio.sleep(0)
        tired.cancel()
        await asyncio.gather(tired, return_exceptions=True)
        load.release("first")
        await patient
        return load.held

    assert asyncio.run(scenario()) == 90


@pytest.mark.parametrize("size", [101, 5000])
def test_d9_what_is_larger_than_all_room_is_admitted_alone(size: int) -> None:
    load = Load(100)
    assert load.take("large", size)
    assert not load.take("other", 1)


def test_d9_a_promised_length_takes_no_room_from_others() -> None:
    capture = CaptureMiddleware(64 * MIB)
    for number in range(8):
        slow = page(number)
        begun(capture, slow, 60 * MIB)
        capture.bytes_received(bytes(1000), slow)
    sound = page(99)
    begun(capture, sound, 400_000)
    for _ in range(4):
        capture.bytes_received(bytes(100_000), sound)
    assert "postponed" not in sound.meta


def test_d9_a_new_try_carries_only_the_beginning_of_the_one_before() -> None:
    capture, request = CaptureMiddleware(64 * MIB), page(1, exchange(28 * MIB))
    begun(capture, request, 60 * MIB)
    (before,) = request.meta["exchanges"]
    assert (len(before.body), before.truncated) == (SIDE_BODY, "length")


def test_d9_where_room_is_short_earlier_tries_give_way_first() -> None:
    capture = CaptureMiddleware(8 * MIB)
    large, retried = page(1), page(2, exchange(SIDE_BODY), exchange(SIDE_BODY))
    for request in (large, retried):
        begun(capture, request, 6 * MIB)
    capture.bytes_received(bytes(6 * MIB), large)
    capture.bytes_received(bytes(200_000), retried)
    assert [len(before.body) for before in retried.meta["exchanges"]] == [START, START]
    with pytest.raises(StopDownload) as stopped:
        capture.bytes_received(bytes(MIB), retried)
    again = capture.process_exception(retried, stopped.value)
    assert again is not None
    assert again.meta["postponed"] == 6 * MIB + 2 * START


def test_d9_a_failed_try_counts_until_its_page_is_set_aside() -> None:
    capture = CaptureMiddleware(8 * MIB)
    failed, other = page(1), page(2)
    for request in (failed, other):
        begun(capture, request, 6 * MIB)
    capture.bytes_received(bytes(6 * MIB), failed)
    failed.meta["exchanges"] = (exchange(6 * MIB),)
    capture.process_exception(failed, TimeoutError())
    with pytest.raises(StopDownload):
        capture.bytes_received(bytes(3 * MIB), other)
    capture.process_exception(failed, HostBackedOff("too many failures"))
    capture.bytes_received(bytes(1), other)


def test_d9_a_location_shortens_the_body_of_a_redirect_alone() -> None:
    capture, found, moved = CaptureMiddleware(64 * MIB), page(1), page(2)
    begun(capture, found, 2 * MIB, status=200)
    assert found.meta["room"] == 64 * MIB
    with pytest.raises(StopDownload):
        begun(capture, moved, 2 * MIB, status=302)


def test_d9_what_gave_its_room_back_is_gone_from_memory() -> None:
    class Answer:
        def __init__(self) -> None:
            self.itself = self

    load, answer = Load(100), Answer()
    known = weakref.ref(answer)
    gc.disable()
    try:
        load.take("page", 60)
        del answer
        load.release("page")
        assert known() is None
    finally:
        gc.enable()
