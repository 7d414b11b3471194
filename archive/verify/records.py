"""The records of a WARC file against the captures that describe them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session, aliased

from archive.models import Capture, WarcFile
from archive.verify.findings import Finding
from archive.warc.records import warc_date
from archive.warc.scanning import CAPTURED, Scanned

_Captured = Row[*tuple[Any, ...]]
Captures = dict[int, _Captured]


def captured_in(session: Session, file: int) -> Captures:
    """The captures that say they lie in one file, by their offset."""
    original = aliased(Capture)
    columns = (
        Capture.public_id,
        Capture.url,
        Capture.record_id,
        Capture.record_type,
        Capture.payload_digest,
        Capture.warc_offset,
        Capture.warc_length,
        Capture.fetched_at,
        Capture.status,
        Capture.truncated,
        original.record_id.label("refers_to"),
    )
    found = session.execute(
        select(*columns)
        .outerjoin(original, original.key == Capture.refers_to)
        .where(Capture.warc_file_key == file)
        .order_by(Capture.warc_offset)
    )
    return {capture.warc_offset: capture for capture in found}


def check_records(
    row: WarcFile, records: Iterable[Scanned], captures: Captures
) -> Iterator[Finding]:
    """Compare what was read of a file with its captures, which are used up."""
    end = count = 0
    is_whole = True
    for record in records:
        end, count = record.end, count + 1
        is_whole = is_whole and record.problem is None
        capture = captures.pop(record.offset, None)
        yield from _check_record(row.name, record, capture)
    if row.committed_end < end:
        yield Finding("warc_end", row.name, "the committed end lies inside a record", row.name)
    elif is_whole and end == row.committed_end and count != row.records:
        detail = f"it holds {count} records, but {row.records} were written"
        yield Finding("warc_count", row.name, detail, row.name)
    for offset, capture in captures.items():
        if offset < end or end == row.committed_end:
            detail = f"no record starts where capture {capture.public_id} says"
            yield _located("record_missing", row.name, offset, capture, detail)


def _check_record(name: str, record: Scanned, capture: _Captured | None) -> Iterator[Finding]:
    if record.problem is not None:
        yield _located("record_damaged", name, record.offset, capture, record.problem, record)
    elif capture is None and record.record_type in CAPTURED:
        detail = "the database is behind: no capture belongs to this record"
        yield _located("record_unknown", name, record.offset, None, detail, record)
    elif capture is not None:
        for what in _differences(record, capture):
            detail = f"the {what} of capture {capture.public_id} is not that of its record"
            yield _located("capture_changed", name, record.offset, capture, detail, record)


def _differences(record: Scanned, capture: _Captured) -> Iterator[str]:
    pairs = {
        "record id": (record.record_id, capture.record_id),
        "record type": (record.record_type, capture.record_type),
        "url": (record.url, capture.url),
        "payload digest": (record.payload_digest, capture.payload_digest),
        "length": (record.end - record.offset, capture.warc_length),
        "date": (record.date, warc_date(capture.fetched_at)),
        "status": (record.status, capture.status),
        "truncation": (record.truncated, capture.truncated),
        "original": (record.refers_to, capture.refers_to),
    }
    return (what for what, (found, said) in pairs.items() if found != said)


def _located(
    kind: str,
    name: str,
    offset: int,
    capture: _Captured | None,
    detail: str,
    record: Scanned | None = None,
) -> Finding:
    record_id = (record.record_id if record else "") or (capture.record_id if capture else "")
    return Finding(
        kind,
        f"{name} at byte {offset}",
        detail,
        file=name,
        offset=offset,
        record_id=record_id or None,
        url=(capture.url if capture else None) or (record.url if record else None) or None,
    )
