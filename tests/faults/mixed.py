"""Hosts that serve sound pages which change now and then, among every kind of broken one."""

from __future__ import annotations

import asyncio
import gzip
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from ipaddress import IPv4Address

from tests.faults.sections import LIST, PAGE, article, listing
from tests.faults.site import Connection, FaultSite, Route, serving

FIRST_ADDRESS = "127.0.0.51"
EDITION = "第{number}稿"
SOUND = tuple(f"/a/{number}.html" for number in range(6))
BOMB = gzip.compress(b"<p>" + b"0" * (40 << 20))
CHALLENGE = (
    "<html><head><title>请稍候</title></head><body><script>document.cookie='__jsl_clearance=1';"
    "location.href=location.pathname</script></body></html>"
)
LOST = "<html><head><title>404</title></head><body>您访问的页面不存在或已删除！</body></html>"


def edited(target: str, seconds: float) -> Route:
    """A sound article that has a new edition every so many seconds."""

    async def route(connection: Connection) -> None:
        number = int(time.time() // seconds)
        title = f"关于项目申报的通知 {target} " + EDITION.format(number=number)
        await connection.answer(200, PAGE.format(title=title))

    return route


async def resets(connection: Connection) -> None:
    connection.reset()


async def breaks_off(connection: Connection) -> None:
    await connection.answer(200, PAGE.format(title="断了"), length=1 << 20)


async def lies(connection: Connection) -> None:
    await connection.answer(200, PAGE.format(title="短了"), length=300)


async def storms(connection: Connection) -> None:
    await connection.answer(503, "<p>busy</p>", (("Retry-After", "1"),))


async def drips(connection: Connection) -> None:
    await connection.drip(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<p>", 1)


async def hangs(_: Connection) -> None:
    await asyncio.sleep(60)


async def bombs(connection: Connection) -> None:
    await connection.answer(200, BOMB, (("Content-Encoding", "gzip"),))


async def circles(connection: Connection) -> None:
    await connection.answer(302, "", (("Location", connection.asked.target),))


async def moves(connection: Connection) -> None:
    await connection.answer(301, "", (("Location", "/a/moved.html"),))


async def challenges(connection: Connection) -> None:
    await connection.answer(200, CHALLENGE)


async def loses(connection: Connection) -> None:
    await connection.answer(200, LOST)


async def empties(connection: Connection) -> None:
    await connection.answer(200, "")


FAULTS: Mapping[str, Route] = {
    "/f/resets.html": resets,
    "/f/breaks-off.html": breaks_off,
    "/f/lies.html": lies,
    "/f/storms.html": storms,
    "/f/drips.html": drips,
    "/f/hangs.html": hangs,
    "/f/bombs.html": bombs,
    "/f/circles.html": circles,
    "/f/moves.html": moves,
    "/f/challenges.html": challenges,
    "/f/loses.html": loses,
    "/f/empties.html": empties,
}


@contextmanager
def hosts(count: int, seconds: float) -> Iterator[list[FaultSite]]:
    """Serve so many hosts on addresses of their own, all at one port.

    The first half is sound, each of the others has all faults among its pages; sound pages have a
    new edition every so many seconds.
    """
    sound = {target: edited(target, seconds) for target in SOUND}
    sound["/a/moved.html"] = article("关于搬家的通知")
    with ExitStack() as served:
        sites: list[FaultSite] = []
        for number in range(count):
            faults = FAULTS if number >= count // 2 else {}
            routes = {**sound, **faults, LIST: listing([*SOUND, *faults])}
            address = str(IPv4Address(FIRST_ADDRESS) + number)
            port = sites[0].port if sites else 0
            sites.append(served.enter_context(serving(routes, address, port)))
        yield sites
