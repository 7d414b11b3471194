"""Small bodies that grow without measure, endless ones, and bytes that no page should have."""

from __future__ import annotations

import gzip
import io
import zipfile
import zlib
from collections.abc import Callable
from functools import cache
from typing import Any

import brotli
from backports import zstd

from tests.faults.sections import PAGE
from tests.faults.site import Connection, Route

MIB = 1 << 20
OPENING = PAGE.format(title="越解越大的通知").encode()


def gzip_members(start: bytes, mebibytes: int) -> bytes:
    """gzip of some bytes and then so many mebibytes of blanks, in members of 16 MiB."""
    return gzip.compress(start, mtime=0) + gzip.compress(b" " * (16 * MIB), mtime=0) * (
        mebibytes // 16
    )


@cache
def gzip_stream(start: bytes, mebibytes: int) -> bytes:
    """The same as one gzip stream, made without ever holding what it stands for."""
    return _streamed(zlib.compressobj(9, zlib.DEFLATED, 31), start, mebibytes)


def deflated(start: bytes, mebibytes: int) -> bytes:
    """The same with zlib's wrapper."""
    return _streamed(zlib.compressobj(9), start, mebibytes)


def _streamed(state: Any, start: bytes, mebibytes: int) -> bytes:
    parts = [state.compress(start), *(state.compress(b" " * MIB) for _ in range(mebibytes))]
    return b"".join([*parts, state.flush()])


def brotlied(start: bytes, mebibytes: int) -> bytes:
    """The same in brotli."""
    state = brotli.Compressor(quality=3)
    parts = [state.process(start), *(state.process(b" " * MIB) for _ in range(mebibytes))]
    return b"".join([*parts, state.finish()])


def zstandard(start: bytes, mebibytes: int) -> bytes:
    """The same in zstd."""
    return _streamed(zstd.ZstdCompressor(), start, mebibytes)


@cache
def zipped(name: str, mebibytes: int) -> bytes:
    """A zip archive (docx and ofd are such) with one member of so many mebibytes."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive,
        archive.open(name, "w", force_zip64=True) as member,
    ):
        for _ in range(mebibytes):
            member.write(b" " * MIB)
    return out.getvalue()


def encoded(body: bytes, coding: str) -> Route:
    """A route that answers with a body in some content encoding."""

    async def route(connection: Connection) -> None:
        await connection.answer(200, body, (("Content-Encoding", coding),))

    return route


def chunked(body: bytes, coding: str) -> Route:
    """The same in chunks, its length never told."""

    async def route(connection: Connection) -> None:
        head = f"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Encoding: {coding}\r\n"
        await connection.send(head.encode() + b"Transfer-Encoding: chunked\r\n\r\n")
        for start in range(0, len(body), 4096):
            part = body[start : start + 4096]
            await connection.send(b"%x\r\n" % len(part) + part + b"\r\n")
        await connection.send(b"0\r\n\r\n")

    return route


def endless(head: str, part: bytes) -> Route:
    """A route that sends a head, then the same part for ever."""

    async def route(connection: Connection) -> None:
        await connection.send(head.encode())
        while True:
            await connection.send(part)

    return route


def plain(body: bytes, kind: str = "text/html", **headers: str) -> Route:
    """A route that answers with bytes as they are."""

    async def route(connection: Connection) -> None:
        pairs = (("Content-Type", kind), *((k.replace("_", "-"), v) for k, v in headers.items()))
        await connection.answer(200, body, pairs)

    return route


def announcing(length: int) -> Route:
    """A route that announces so many bytes and begins to send them."""

    async def route(connection: Connection) -> None:
        await connection.answer(200, b" " * MIB, length=length)

    return route


def raw(head: bytes) -> Route:
    """A route that answers with bytes exactly as given, head and all."""

    async def route(connection: Connection) -> None:
        await connection.send(head)

    return route


Makers = dict[str, tuple[str, Callable[[bytes, int], bytes]]]
MAKERS: Makers = {
    "gzip": ("gzip", gzip_stream),
    "members": ("gzip", gzip_members),
    "deflate": ("deflate", deflated),
    "br": ("br", brotlied),
    "zstd": ("zstd", zstandard),
    "nested": ("gzip, gzip, gzip", lambda start, size: nested(gzip_members(start, size))),
    "many": ("gzip, " * 9 + "gzip", lambda start, _: nested(nested(gzip.compress(start)))),
}


def nested(body: bytes) -> bytes:
    """Two more coats of gzip."""
    return gzip.compress(gzip.compress(body, mtime=0), mtime=0)
