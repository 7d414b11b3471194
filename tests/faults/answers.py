"""Answers that lie about their length, break off, ask for rest, or lead nowhere, by name."""

from __future__ import annotations

import time
from collections.abc import Callable
from email.utils import formatdate

from tests.faults.sections import PAGE, article
from tests.faults.site import Connection, Route

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n"
BODY = PAGE.format(title="有头无尾的通知").encode()
CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"
CLOSING = HEAD + b"Connection: close\r\n"
MOVED = b"HTTP/1.1 302 Found\r\nContent-Length: 0\r\nConnection: close\r\n"
WAIT = 3.0
"""Seconds that the most patient case asks for."""


def raw(data: bytes, *, reset: bool = False) -> Route:
    """A route that sends these bytes and closes, with FIN or with RST."""

    async def route(connection: Connection) -> None:
        await connection.send(data)
        if reset:
            connection.reset()

    return route


def chunk(data: bytes) -> bytes:
    return f"{len(data):x}\r\n".encode() + data + b"\r\n"


def leading(target: bytes, *, status: bytes = b"302 Found", more: bytes = b"") -> Route:
    """A route that leads elsewhere."""
    head = MOVED.replace(b"302 Found", status)
    return raw(head + more + b"Location: " + target + b"\r\n\r\n")


def at_first(status: int, value: Callable[[], str], title: str) -> Route:
    """A route that asks for rest once, in these words, and is sound from then on."""
    asked: list[bool] = []

    async def route(connection: Connection) -> None:
        if asked:
            await connection.answer(200, PAGE.format(title=title))
            return
        asked.append(True)
        await connection.answer(status, "busy", (("Retry-After", value()),))

    return route


CUT = {
    "too_big": raw(HEAD + b"Content-Length: 99999\r\n\r\n" + BODY),
    "too_small": raw(HEAD + b"Content-Length: 400\r\n\r\n" + BODY),
    "chunk_cut": raw(CHUNKED + chunk(BODY[:300]) + b"300\r\n" + BODY[300:500]),
    "chunk_no_end": raw(CHUNKED + chunk(BODY)),
    "chunk_garbage": raw(CHUNKED + chunk(BODY[:300]) + b"zz\r\n" + BODY[300:]),
    "reset_in_body": raw(HEAD + b"Content-Length: 99999\r\n\r\n" + BODY, reset=True),
    "reset_no_length": raw(CLOSING + b"\r\n" + BODY, reset=True),
}
"""Bodies of which something came."""

WITHOUT = {
    "negative": raw(HEAD + b"Content-Length: -5\r\n\r\n" + BODY),
    "no_number": raw(HEAD + b"Content-Length: many\r\n\r\n" + BODY),
    "two_lengths": raw(HEAD + b"Content-Length: 40\r\nContent-Length: 60\r\n\r\n" + BODY),
    "empty": raw(HEAD + b"Content-Length: 0\r\n\r\n"),
    "empty_chunked": raw(CHUNKED + b"0\r\n\r\n"),
    "empty_closed": raw(CLOSING + b"\r\n"),
}
"""Answers without any body that could be kept."""

BREAKS = {
    "reset_at_once": (raw(b"", reset=True), "before an answer came"),
    "closed_at_once": (raw(b""), "before an answer came"),
    "reset_in_head": (raw(HEAD, reset=True), "inside the head"),
    "no_http": (raw(b"220 ftp.example ready\r\n\r\n"), "not HTTP"),
}
"""Connections that break before a body, and what the log must say."""

WAITS = (
    "seconds",
    "date",
    "negative_wait",
    "garbage_wait",
    "moved_wait",
    "forbidden_wait",
    "ten_years",
)


def waits() -> dict[str, Route]:
    """Fresh routes that ask for time, by the names of WAITS."""
    return {
        "seconds": at_first(429, lambda: f"{WAIT:.0f}", "请稍候的通知"),
        "date": at_first(503, lambda: formatdate(time.time() + 3, usegmt=True), "定时再来的通知"),
        "negative_wait": at_first(429, lambda: "-5", "倒着等的通知"),
        "garbage_wait": at_first(503, lambda: "as soon as possible", "不知何时的通知"),
        "moved_wait": raw(
            b"HTTP/1.1 301 Moved\r\nRetry-After: 2\r\nLocation: /moved_to.html\r\n"
            b"Content-Length: 0\r\nConnection: close\r\n\r\n"
        ),
        "forbidden_wait": raw(
            b"HTTP/1.1 403 Forbidden\r\nRetry-After: 2\r\nContent-Length: 0\r\n"
            b"Connection: close\r\n\r\n"
        ),
        "ten_years": raw(
            b"HTTP/1.1 429 Busy\r\nRetry-After: 315360000\r\nContent-Length: 0\r\n"
            b"Connection: close\r\n\r\n"
        ),
    }


CHAIN = 30
ODD = {
    "loop": leading(b"/loop_back.html"),
    "loop_back": leading(b"/loop.html"),
    "to_itself": leading(b"/to_itself.html", more=b"Set-Cookie: seen=1; Path=/\r\n"),
    "nowhere": raw(MOVED + b"\r\n"),
    "empty_location": leading(b""),
    "slashes": leading(b"//"),
    "no_scheme": leading(b"javascript:history.back()"),
    "gbk": leading("/目标.html".encode("gbk")),
    "fragment": leading(b"/sound_target.html#top"),
    "refresh": raw(
        CLOSING + b"\r\n<html><head><meta http-equiv='refresh' content='0;url=/refresh.html'>"
        b"</head><body></body></html>"
    ),
    **{f"chain{number}": leading(f"/chain{number + 1}.html".encode()) for number in range(CHAIN)},
}
TARGETS = {
    "sound_target": article("锚点之后的通知"),
    "moved_to": article("搬走的通知"),
    "%C4%BF%B1%EA": article("国标编码的通知"),
    f"chain{CHAIN}": article("第三十一站"),
}
NEVER = frozenset({"loop_back", "sound_target", "moved_to", "%C4%BF%B1%EA"})
"""Targets that no list names; of a chain only its first page is listed."""
