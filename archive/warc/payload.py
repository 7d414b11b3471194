"""Payloads: their digest as WARC counts it, and their content encoding taken off safely."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Callable, Iterable
from importlib import import_module
from typing import Any

from archive.problems import Problem

CHUNK = 1 << 16
DEFAULT_LIMIT = 64 << 20


def payload_digest(body: bytes) -> str:
    """``sha256:<hex>`` of a body as served, its content encoding still on."""
    return "sha256:" + hashlib.sha256(body).hexdigest()


def decode_payload(
    body: bytes, headers: Iterable[tuple[str, str]], limit: int = DEFAULT_LIMIT
) -> bytes:
    """A body without its content encodings (gzip, deflate; br and zstd where installed).

    Raises :class:`Problem` for an unknown or broken encoding, and as soon as more than ``limit``
    bytes come out, so that a small bomb never fills the memory.
    """
    names = [value for name, value in headers if name.lower() == "content-encoding"]
    for coding in reversed([part.strip().lower() for part in ",".join(names).split(",")]):
        if coding and coding != "identity":
            body = _decode(body, coding, limit)
    return body


def _decode(body: bytes, coding: str, limit: int) -> bytes:
    try:
        opener = _OPENERS[coding]
    except KeyError:
        raise _undecodable(coding, "gongwen knows gzip, deflate, br and zstd") from None
    try:
        feed = opener(body)
    except ImportError:
        raise _undecodable(coding, f"no library for {coding} is installed") from None
    out = bytearray()
    try:
        for start in range(0, len(body), CHUNK):
            out += feed(body[start : start + CHUNK], limit - len(out) + 1)
            if len(out) > limit:
                raise _undecodable(coding, f"more than {limit} bytes come out of {len(body)}")
    except Problem:
        raise
    except Exception as error:  # every library has an error type of its own
        raise _undecodable(coding, str(error)) from None
    return bytes(out)


def _undecodable(coding: str, why: str) -> Problem:
    return Problem(
        f"The content encoding {coding} cannot be taken off",
        why,
        "The bytes as served are kept: gongwen show --raw",
    )


Feed = Callable[[bytes, int], bytes]


def _inflate(window: int) -> Callable[[bytes], Feed]:
    def opener(body: bytes) -> Feed:
        # Some servers send raw deflate where the standard wants zlib's wrapper around it.
        bits = -15 if window == 15 and not _has_zlib_wrapper(body) else window
        state = zlib.decompressobj(bits)

        def feed(chunk: bytes, room: int) -> bytes:
            nonlocal state
            out = b""
            while chunk and len(out) < room:
                out += state.decompress(chunk, room - len(out))
                chunk = state.unconsumed_tail
                if state.eof:
                    chunk = state.unused_data
                    # gzip allows members one after another; anything else is padding.
                    if window != 31 or not chunk.startswith(b"\x1f\x8b"):
                        break
                    state = zlib.decompressobj(bits)
            return out

        return feed

    return opener


def _has_zlib_wrapper(body: bytes) -> bool:
    return len(body) > 1 and body[0] & 0x0F == 8 and (body[0] << 8 | body[1]) % 31 == 0


def _brotli(_body: bytes) -> Feed:
    state: Any = import_module("brotli").Decompressor()

    def feed(chunk: bytes, room: int) -> bytes:
        out: bytes = state.process(chunk, output_buffer_limit=room)
        while len(out) < room and not state.can_accept_more_data():
            out += state.process(b"", output_buffer_limit=room - len(out))
        return out

    return feed


def _zstd(_body: bytes) -> Feed:
    state: Any = import_module("backports.zstd").ZstdDecompressor()

    def feed(chunk: bytes, room: int) -> bytes:
        if state.eof:
            return b""
        out: bytes = state.decompress(chunk, max_length=room)
        while len(out) < room and not state.needs_input and not state.eof:
            out += state.decompress(b"", max_length=room - len(out))
        return out

    return feed


_OPENERS: dict[str, Callable[[bytes], Feed]] = {
    "gzip": _inflate(31),
    "x-gzip": _inflate(31),
    "deflate": _inflate(15),
    "br": _brotli,
    "zstd": _zstd,
}
