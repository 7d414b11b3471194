"""Reading a WARC file whole, record by record, so that every flipped byte is named.

Only the few bits that fill up the last byte of a compressed stream escape: they mean nothing, and
a sealed file's digest covers them, too.
"""

from __future__ import annotations

import hashlib
import os
import zlib
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from fastwarc.warc import WarcRecord

from archive.warc.reading import parse_member

MAGIC = b"\x1f\x8b\x08\x00\x00\x00\x00\x00"
CHUNK = 1 << 18
FIRST_CHUNK = 1 << 13
"""Most records are small, and what is read too much of one is read again for the next."""
CAPTURED = ("response", "revisit")
"""The types of record that have a capture."""


@dataclass(frozen=True, slots=True)
class Scanned:
    """One record as found, at bytes ``offset`` to ``end``; ``problem`` says what is wrong."""

    offset: int
    end: int
    record_id: str = ""
    record_type: str = ""
    url: str = ""
    payload_digest: str | None = None
    date: str = ""
    status: int | None = None
    truncated: str | None = None
    refers_to: str | None = None
    problem: str | None = None


def scan(path: Path, end: int) -> Iterator[Scanned]:
    """Every record of a file's first ``end`` bytes, damaged ones too.

    After a damaged record the scan goes on at the next place where a record can be read.
    """
    # Read, and not mapped: a failing disk is an error then, and does not end the process.
    with path.open("rb") as file:
        end = min(end, os.fstat(file.fileno()).st_size)
        flavour = _at(file, 8, 2)
        position = 0
        while position < end:
            record = _record(file, position, end, flavour)
            yield record
            position = record.end


def _at(file: BinaryIO, position: int, size: int) -> bytes:
    file.seek(position)
    return file.read(size)


def _record(file: BinaryIO, start: int, end: int, flavour: bytes) -> Scanned:
    try:
        member, after = _member(file, start, end)
    except (zlib.error, EOFError) as error:
        return Scanned(start, _next_start(file, start, end), problem=str(error))
    # These gzip header bytes change nothing that a reader sees, so no reader checks them.
    if _at(file, start, 10) != MAGIC + flavour:
        return Scanned(start, after, problem="its gzip header differs from the file's others")
    try:
        return _examine(member, start, after)
    except (OSError, ValueError, StopIteration) as error:
        return Scanned(start, after, problem=f"no WARC record: {error}")


def _member(file: BinaryIO, start: int, end: int) -> tuple[bytes, int]:
    state = zlib.decompressobj(31)
    parts = []
    position, size = start, FIRST_CHUNK
    file.seek(start)
    while not state.eof:
        chunk = file.read(min(size, end - position))
        if not chunk:
            raise EOFError("it is cut off")
        parts.append(state.decompress(chunk))
        position += len(chunk)
        size = min(2 * size, CHUNK)
    return b"".join(parts), position - len(state.unused_data)


def _next_start(file: BinaryIO, start: int, end: int) -> int:
    for position in _beginnings(file, start + 1, end):
        with suppress(zlib.error, EOFError):
            _member(file, position, end)
            return position
    return end


def _beginnings(file: BinaryIO, start: int, end: int) -> Iterator[int]:
    """Every place from ``start`` on that looks like the beginning of a record."""
    position = start
    while position < end:
        chunk = _at(file, position, min(CHUNK, end - position))
        if not chunk:
            return
        found = chunk.find(MAGIC)
        while found >= 0:
            yield position + found
            found = chunk.find(MAGIC, found + 1)
        # One that lies across the edge is found in the next piece.
        position += max(1, len(chunk) - len(MAGIC) + 1)


def _examine(member: bytes, start: int, end: int) -> Scanned:
    record = parse_member(member)
    kind = record.headers.get("WARC-Type") or "unknown"
    block = record.reader.read()
    payload = _payload_digest(record, kind, block)
    return Scanned(
        offset=start,
        end=end,
        record_id=(record.record_id or "").strip("<>"),
        record_type=kind,
        url=record.headers.get("WARC-Target-URI") or "",
        payload_digest=payload,
        date=record.headers.get("WARC-Date") or "",
        status=_status(block) if kind in CAPTURED else None,
        truncated=record.headers.get("WARC-Truncated"),
        refers_to=(record.headers.get("WARC-Refers-To") or "").strip("<>") or None,
        problem=_mismatch(record, kind, block, payload),
    )


def _payload_digest(record: WarcRecord, kind: str, block: bytes) -> str | None:
    """What the payload is (a response) or is said to be (a revisit)."""
    if kind == "response":
        return "sha256:" + hashlib.sha256(block.partition(b"\r\n\r\n")[2]).hexdigest()
    return record.headers.get("WARC-Payload-Digest") if kind == "revisit" else None


def _status(block: bytes) -> int | None:
    """The status of an HTTP answer, by its first line."""
    parts = block.partition(b"\r\n")[0].split(b" ", 2)
    return int(parts[1]) if len(parts) > 1 and parts[1].isdigit() else None


def _mismatch(record: WarcRecord, kind: str, block: bytes, payload: str | None) -> str | None:
    if len(block) != record.content_length:
        return f"its block has {len(block)} of {record.content_length} bytes"
    if kind == "response" and payload != record.headers.get("WARC-Payload-Digest"):
        return "its payload does not match its digest"
    return None
