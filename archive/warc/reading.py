"""Reading records back: a payload exactly as served, checked against its digest."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from io import BytesIO
from pathlib import Path

from fastwarc.warc import ArchiveIterator, WarcRecord
from sqlalchemy import select
from sqlalchemy.orm import Session

from archive.database import Database
from archive.models import Capture, WarcFile
from archive.problems import Problem
from archive.warc.payload import DEFAULT_LIMIT, decode_payload, payload_digest
from archive.warc.records import ORIGINAL_PREFIX

OTHERS = 20
"""Records tried in place of a damaged one."""


@dataclass(frozen=True, slots=True)
class StoredRecord:
    """One response as kept: its own status and headers, its payload (perhaps from an original)."""

    url: str
    status: int
    headers: tuple[tuple[str, str], ...]
    payload: bytes

    def body(self, limit: int = DEFAULT_LIMIT) -> bytes:
        """The payload without its content encoding, at most ``limit`` bytes of it."""
        return decode_payload(self.payload, self.headers, limit)


def warc_folder(folder: Path) -> Path:
    """Where an archive keeps its WARC files."""
    return folder / "warc"


def read_record(database: Database, capture: Capture) -> StoredRecord:
    """The response of one capture; a revisit's payload comes from the record it refers to.

    When that record is damaged, another one that holds the same bytes stands in for it.
    Raises :class:`Problem` when the bytes are missing or are not those the capture promises.
    """
    with database.read() as session:
        return read_record_in(session, database.folder, capture)


def read_record_in(session: Session, folder: Path, capture: Capture) -> StoredRecord:
    """As :func:`read_record`, inside a session that is already open."""
    try:
        return _read(session, folder, capture)
    except Problem:
        # The same bytes may have been served again since, and are as good.
        for other in _same_bytes(session, capture):
            with suppress(Problem):
                found = _read(session, folder, other)
                headers = _own_headers(session, folder, capture, found)
                return replace(found, url=capture.url, status=capture.status, headers=headers)
        raise


def _own_headers(
    session: Session, folder: Path, capture: Capture, stand_in: StoredRecord
) -> tuple[tuple[str, str], ...]:
    """The headers of a capture whose payload comes from elsewhere, as far as they are known.

    Another answer may name another charset for the same bytes.
    """
    with suppress(Problem):
        return _record(session, folder, capture)[1]
    others = tuple(pair for pair in stand_in.headers if pair[0].lower() != "content-type")
    return (*others, *([("Content-Type", capture.content_type)] if capture.content_type else []))


def _same_bytes(session: Session, capture: Capture) -> Iterator[Capture]:
    found = (
        select(Capture)
        .where(
            Capture.payload_digest == capture.payload_digest,
            Capture.record_type == "response",
            Capture.key != capture.key,
        )
        .order_by(Capture.key.desc())
        .limit(OTHERS)
    )
    yield from session.scalars(found).all()


def _read(session: Session, folder: Path, capture: Capture) -> StoredRecord:
    status, headers, payload = _record(session, folder, capture)
    if capture.refers_to is not None:
        original = session.get_one(Capture, capture.refers_to)
        payload = _record(session, folder, original)[2]
    if payload_digest(payload) != capture.payload_digest:
        raise _damaged(capture, "its payload does not match its digest")
    return StoredRecord(capture.url, status, headers, payload)


def parse_member(member: bytes) -> WarcRecord:
    """The WARC record inside one decompressed gzip member, its HTTP head not yet parsed."""
    records = iter(ArchiveIterator(BytesIO(member), parse_http=False, stream_detect=False))
    return next(records)


def _record(
    session: Session, folder: Path, capture: Capture
) -> tuple[int, tuple[tuple[str, str], ...], bytes]:
    name = session.scalars(select(WarcFile.name).where(WarcFile.key == capture.warc_file_key)).one()
    try:
        with (warc_folder(folder) / name).open("rb") as file:
            file.seek(capture.warc_offset)
            packed = file.read(capture.warc_length)
        record = parse_member(zlib.decompress(packed, 31))
        record.parse_http()
    except (OSError, zlib.error, StopIteration, ValueError) as error:
        raise _damaged(capture, str(error)) from None
    if (record.record_id or "").strip("<>") != capture.record_id:
        raise _damaged(capture, f"another record stands at byte {capture.warc_offset} of {name}")
    return record.http_headers.status_code or 0, _headers(record), record.reader.read()


def _headers(record: WarcRecord) -> tuple[tuple[str, str], ...]:
    pairs = record.http_headers.items_bytes()
    return tuple(
        (name.decode("latin-1").removeprefix(ORIGINAL_PREFIX), value.decode("latin-1"))
        for name, value in pairs
    )


def _damaged(capture: Capture, why: str) -> Problem:
    return Problem(
        f"The capture {capture.public_id} of {capture.url} cannot be read",
        why,
        "See what else is damaged with: gongwen verify",
    )
