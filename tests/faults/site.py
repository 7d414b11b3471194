"""A site on loopback that misbehaves byte by byte: raw sockets, one coroutine per path.

A route gets the :class:`Connection` after the request was read and may send anything, in any
rhythm, or nothing. Every request is remembered with its headers and its moment.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
import struct
import threading
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

FIRST_ADDRESS = "127.0.0.21"
"""Away from the replica's 127.0.0.11 to 14."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One request as it came. ``at`` is in monotonic seconds."""

    method: str
    target: str
    headers: tuple[tuple[str, str], ...]
    at: float

    def header(self, name: str) -> str | None:
        return next((value for key, value in self.headers if key.lower() == name.lower()), None)


@dataclass
class Connection:
    """One request and the socket that it came through."""

    asked: Asked
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    async def send(self, data: bytes) -> None:
        """Send bytes exactly as given."""
        self.writer.write(data)
        await self.writer.drain()

    async def answer(
        self,
        status: int = 200,
        body: bytes | str = b"",
        headers: tuple[tuple[str, str], ...] = (),
        *,
        length: int | None = None,
    ) -> None:
        """Send a whole answer; ``length`` lies about its size."""
        data = body.encode() if isinstance(body, str) else body
        lines = [f"HTTP/1.1 {status} Whatever", "Connection: close"]
        if not any(name.lower() == "content-type" for name, _ in headers):
            lines.append("Content-Type: text/html; charset=utf-8")
        lines += [f"{name}: {value}" for name, value in headers]
        lines.append(f"Content-Length: {len(data) if length is None else length}")
        await self.send("\r\n".join(lines).encode() + b"\r\n\r\n" + data)

    async def drip(self, data: bytes, seconds: float) -> None:
        """Send one byte at a time."""
        for position in range(len(data)):
            await self.send(data[position : position + 1])
            await asyncio.sleep(seconds)

    def reset(self) -> None:
        """Close with RST instead of FIN."""
        raw = self.writer.get_extra_info("socket")
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.writer.transport.abort()


Route = Callable[[Connection], Awaitable[None]]


@dataclass
class FaultSite:
    """A running site. ``routes`` may be changed while it runs; other paths answer 404."""

    address: str
    port: int
    routes: dict[str, Route]
    scheme: str = "http"
    asked: list[Asked] = field(default_factory=list)

    @property
    def origin(self) -> str:
        return f"{self.scheme}://{self.address}:{self.port}"

    @property
    def allowed(self) -> str:
        """What GONGWEN_ALLOW_ADDRESSES must say to crawl it."""
        return f"127.0.0.0/8:{self.port}"

    def hits(self, target: str) -> list[Asked]:
        """Every request for a path, in order."""
        return [asked for asked in self.asked if asked.target == target]

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await self._answer(reader, writer)
        except asyncio.CancelledError:
            # The site goes while a route still holds the line.
            writer.transport.abort()
            raise

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError, asyncio.IncompleteReadError, TimeoutError):
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
            method, target, _ = head[0].split(" ", 2)
            pairs = [line.split(": ", 1) for line in head[1:] if ": " in line]
            headers = tuple((name, value) for name, value in pairs)
            asked = Asked(method, target, headers, time.monotonic())
            self.asked.append(asked)
            connection = Connection(asked, reader, writer)
            await self.routes.get(target, _missing)(connection)
        with suppress(ConnectionError):
            writer.close()


async def _missing(connection: Connection) -> None:
    await connection.answer(404, "<html><body>404</body></html>")


@contextmanager
def serving(
    routes: Mapping[str, Route],
    address: str = FIRST_ADDRESS,
    port: int = 0,
    tls: ssl.SSLContext | None = None,
) -> Iterator[FaultSite]:
    """Serve a site in a thread while the block runs; port 0 takes a free one."""
    site = FaultSite(address, port, dict(routes), "https" if tls else "http")
    loop = asyncio.new_event_loop()
    # What a route leaves behind when its client goes is no concern of the test.
    loop.set_exception_handler(lambda *_: None)
    server = loop.run_until_complete(asyncio.start_server(site.handle, address, port, ssl=tls))
    site.port = server.sockets[0].getsockname()[1]
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    try:
        yield site
    finally:
        loop.call_soon_threadsafe(server.close)
        asyncio.run_coroutine_threadsafe(_cancel_all(), loop).result(5)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(5)
        loop.close()


async def _cancel_all() -> None:
    mine = asyncio.current_task()
    others = [task for task in asyncio.all_tasks() if task is not mine]
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)
