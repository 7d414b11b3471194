"""Payloads as bytes: their digest, and their content encodings taken off within a limit."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Callable, Iterable, Iterator
from importlib import import_module
from io import BytesIO
from typing import Any, Protocol

from archive.problems import Problem

CHUNK = 1 << 16
DEFAULT_LIMIT = 64 << 20
MOST_CODINGS = 4
"""Encodings laid over each other; nobody who means well sends more than one."""

ZSTD_WINDOW = 23
"""Power of two of the memory a zstd frame may ask for: 8 MiB, as RFC 9659 allows at most."""

_MEMBER = b"\x1f\x8b"

NO_CODINGS = frozenset(
    ["", "identity", "none", "binary", "7bit", "8bit", "chunked", "utf-8", "utf8", "gbk", "gb2312"]
)
"""What servers write where an encoding should stand although there is none."""


def payload_digest(body: bytes) -> str:
    """``sha256:<hex>`` of a body as served, its content encoding still on."""
    return "sha256:" + hashlib.sha256(body).hexdigest()


def codings(headers: Iterable[tuple[str, str]]) -> tuple[str, ...]:
    """The content encodings of a body in the order they were put on; idle ones are left out."""
    names = ",".join(value for name, value in headers if name.lower() == "content-encoding")
    parts = (part.strip().lower() for part in names.split(","))
    return tuple(part for part in parts if part not in NO_CODINGS)


def decode_payload(
    body: bytes,
    headers: Iterable[tuple[str, str]],
    limit: int = DEFAULT_LIMIT,
    *,
    cut: bool = False,
) -> bytes:
    """A body without its content encodings (gzip, deflate; br and zstd where installed).

    Raises :class:`Problem` for an unknown, broken or unfinished encoding, and as soon as more than
    ``limit`` bytes come out, so that a small bomb never fills the memory. With ``cut`` the first
    ``limit`` bytes are given instead, and an unfinished encoding is no fault.
    """
    names = codings(headers)
    if not names or not body:
        return body
    if len(names) > MOST_CODINGS:
        why = (
            f"{len(names)} encodings are laid over each other, at most {MOST_CODINGS} are taken off"
        )
        raise _undecodable(", ".join(names)[:80], why)
    for coding in reversed(names):
        body = _decode(body, coding, limit, cut=cut)
    return body


def _decode(body: bytes, coding: str, limit: int, *, cut: bool) -> bytes:
    stage = _open(coding, body)
    # Closed at the end, for an exception keeps the locals of every function it passed through.
    with BytesIO() as out:
        try:
            for piece in _pieces(stage, body):
                out.write(piece)
                if out.tell() > limit:
                    break
        except Exception as error:  # every library has an error type of its own
            raise _undecodable(coding, str(error) or "its bytes are damaged") from None
        if cut:
            out.truncate(limit)
        elif out.tell() > limit:
            raise _undecodable(coding, f"more than {limit} bytes come out of {len(body)}")
        elif not stage.finished:
            raise _undecodable(coding, "its bytes end too early")
        return out.getvalue()


def _pieces(stage: _Stage, body: bytes) -> Iterator[bytes]:
    for start in range(0, len(body), CHUNK):
        yield from stage.unpack(body[start : start + CHUNK])


def _open(coding: str, body: bytes) -> _Stage:
    try:
        opener = _OPENERS[coding]
    except KeyError:
        raise _undecodable(coding[:80], "gongwen knows gzip, deflate, br and zstd") from None
    try:
        return opener(body)
    except ImportError:
        raise _undecodable(coding, f"no library for {coding} is installed") from None


def _undecodable(coding: str, why: str) -> Problem:
    return Problem(
        f"The content encoding {coding} cannot be taken off",
        why,
        "The bytes as served are kept: gongwen show --raw --as-served",
    )


class _Stage(Protocol):
    """One encoding being taken off, in pieces of at most ``CHUNK`` bytes."""

    def unpack(self, chunk: bytes) -> Iterator[bytes]: ...

    @property
    def finished(self) -> bool: ...


class _Inflate:
    def __init__(self, bits: int) -> None:
        self._bits = bits
        self._state = zlib.decompressobj(bits)
        self._held = b""

    def unpack(self, chunk: bytes) -> Iterator[bytes]:
        chunk, self._held = self._held + chunk, b""
        while True:
            if self._state.eof:
                # gzip allows members one after another; anything else is padding. Of one byte
                # only the next chunk can tell.
                if self._bits != 31 or not chunk.startswith(_MEMBER):
                    self._held = chunk if chunk == _MEMBER[:1] else b""
                    return
                self._state = zlib.decompressobj(self._bits)
            piece = self._state.decompress(chunk, CHUNK)
            yield piece
            chunk = self._state.unused_data if self._state.eof else self._state.unconsumed_tail
            if not chunk and len(piece) < CHUNK:
                return

    @property
    def finished(self) -> bool:
        return self._state.eof


class _Brotli:
    def __init__(self) -> None:
        self._state: Any = import_module("brotli").Decompressor()

    def unpack(self, chunk: bytes) -> Iterator[bytes]:
        piece = chunk
        while piece and not self._state.is_finished():
            # Only when nothing more comes out does it know that its end was reached.
            piece = self._state.process(chunk, output_buffer_limit=CHUNK)
            chunk = b""
            yield piece

    @property
    def finished(self) -> bool:
        return bool(self._state.is_finished())


class _Zstd:
    def __init__(self) -> None:
        self._library: Any = import_module("backports.zstd")
        self._state = self._fresh()

    def _fresh(self) -> Any:
        window = self._library.DecompressionParameter.window_log_max
        return self._library.ZstdDecompressor(options={window: ZSTD_WINDOW})

    def unpack(self, chunk: bytes) -> Iterator[bytes]:
        while chunk or not (self._state.needs_input or self._state.eof):
            if self._state.eof:
                self._state = self._fresh()
            yield self._state.decompress(chunk, max_length=CHUNK)
            # What comes behind a frame is another one.
            chunk = self._state.unused_data if self._state.eof else b""

    @property
    def finished(self) -> bool:
        return bool(self._state.eof)


def _deflate(body: bytes) -> _Stage:
    # Some servers send raw deflate where the standard wants zlib's wrapper around it.
    return _Inflate(15 if _has_zlib_wrapper(body) else -15)


def _has_zlib_wrapper(body: bytes) -> bool:
    return len(body) > 1 and body[0] & 0x0F == 8 and (body[0] << 8 | body[1]) % 31 == 0


_OPENERS: dict[str, Callable[[bytes], _Stage]] = {
    "gzip": lambda _: _Inflate(31),
    "x-gzip": lambda _: _Inflate(31),
    "deflate": _deflate,
    "br": lambda _: _Brotli(),
    "zstd": lambda _: _Zstd(),
}
