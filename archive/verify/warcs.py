"""WARC files against the rows that describe them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from archive.models import Capture, WarcFile
from archive.verify.findings import Finding
from archive.warc.reading import warc_folder
from archive.warc.scanning import Scanned, scan
from archive.warc.sealing import QUARANTINE, file_digest
from archive.warc.slots import SLOTS, is_live

_CAPTURED = ("response", "revisit")
_Captured = Row[*tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Seen:
    """The files as they were before the snapshot: their sizes, and the slots then in use."""

    sizes: Mapping[str, int]
    live: frozenset[int]


def look(folder: Path) -> Seen:
    """Which files there are, how large, and which slots are in use."""
    warcs = warc_folder(folder)
    live = frozenset(slot for slot in range(SLOTS) if is_live(folder, slot))
    return Seen({path.name: path.stat().st_size for path in warcs.glob("*.warc.gz")}, live)


def check_files(session: Session, folder: Path, seen: Seen) -> Iterator[Finding]:
    """Read every file whole, and compare each record with its capture."""
    rows = session.scalars(select(WarcFile).order_by(WarcFile.key)).all()
    for row in rows:
        yield from _check_file(session, folder, row, seen)
    for name in sorted(seen.sizes.keys() - {row.name for row in rows}):
        detail = "the database is behind: it knows nothing of this file"
        yield Finding("warc_unknown", name, detail, file=name)


def notes(session: Session, folder: Path) -> Iterator[str]:
    """What is set aside or was given up, all of it accounted for."""
    kept = warc_folder(folder) / QUARANTINE
    if kept.is_dir() and (count := sum(1 for _ in kept.iterdir())):
        yield f"{count} cut-off tails are kept in {kept}"
    for row in session.scalars(select(WarcFile).where(WarcFile.damage.is_not(None))):
        yield f"{row.name} is no longer written to: {row.damage}"


def _check_file(session: Session, folder: Path, row: WarcFile, seen: Seen) -> Iterator[Finding]:
    path = warc_folder(folder) / row.name
    size = path.stat().st_size if path.exists() else None
    captures = _captures(session, row)
    if size is None and (row.committed_end or captures):
        detail = f"the database is ahead: {len(captures)} captures lie in a file that is missing"
        yield Finding("warc_missing", row.name, detail, file=row.name)
        return
    if size is None:
        return
    if size < row.committed_end:
        detail = f"the database is ahead: {size} of {row.committed_end} bytes are left"
        yield Finding("warc_short", row.name, detail, file=row.name, offset=size)
    elif seen.sizes.get(row.name, 0) > row.committed_end and row.slot not in seen.live:
        yield _tail(row, seen.sizes[row.name])
    if row.digest and size == row.committed_end and file_digest(path) != row.digest:
        detail = "the file differs from the one that was sealed"
        yield Finding("warc_changed", row.name, detail, file=row.name)
    yield from _check_records(row, path, captures)


def _tail(row: WarcFile, size: int) -> Finding:
    rest = size - row.committed_end
    detail = (
        f"{rest} bytes lie past the committed end: a tail torn by a crash (the next crawl sets "
        "it aside), or an older database was restored"
    )
    return Finding("warc_tail", row.name, detail, file=row.name, offset=row.committed_end)


def _captures(session: Session, row: WarcFile) -> dict[int, _Captured]:
    columns = (
        Capture.public_id,
        Capture.url,
        Capture.record_id,
        Capture.record_type,
        Capture.payload_digest,
        Capture.warc_offset,
        Capture.warc_length,
    )
    found = session.execute(select(*columns).where(Capture.warc_file_key == row.key))
    return {capture.warc_offset: capture for capture in found}


def _check_records(row: WarcFile, path: Path, captures: dict[int, _Captured]) -> Iterator[Finding]:
    end = 0
    for record in scan(path, row.committed_end):
        end = record.end
        capture = captures.pop(record.offset, None)
        yield from _check_record(row.name, record, capture)
    if row.committed_end < end:
        yield Finding("warc_end", row.name, "the committed end lies inside a record", row.name)
    for offset, capture in captures.items():
        if offset < end or end == row.committed_end:
            detail = f"no record starts where capture {capture.public_id} says"
            yield _located("record_missing", row.name, offset, capture, detail)


def _check_record(name: str, record: Scanned, capture: _Captured | None) -> Iterator[Finding]:
    if record.problem is not None:
        yield _located("record_damaged", name, record.offset, capture, record.problem, record)
    elif capture is None and record.record_type in _CAPTURED:
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
