"""D9: what a run holds of large bodies at the same time, and heads without end."""

from __future__ import annotations

import asyncio

import pytest
from scrapy.http import Request

from archive.records import Exchange
from crawler.middlewares.capture import SIDE_BODY, room
from crawler.middlewares.load import Load

MIB = 1 << 20


def exchange(size: int) -> Exchange:
    """An exchange whose body has so many bytes."""
    return Exchange("http://x.cn/a", "GET", (), 503, "", (), bytes(size), 0)


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
