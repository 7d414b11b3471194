"""From exchanges to WARC records and capture rows."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from archive.models import Capture, Resource, WarcFile
from archive.models.base import public_id
from archive.records import Check, Exchange
from archive.store.batch import Batch
from archive.store.concluding import header
from archive.warc.appending import Slot
from archive.warc.payload import payload_digest
from archive.warc.reading import warc_folder
from archive.warc.records import Original, Written

Held = dict[tuple[str, str], Original]
REDIRECTS = frozenset({301, 302, 303, 307, 308})
LOOKUPS = 300


def kept_exchanges(check: Check) -> tuple[Exchange, ...]:
    """The exchanges that are worth a record: all but 304s, which say nothing new."""
    return tuple(exchange for exchange in check.exchanges if exchange.status != 304)


def held_originals(session: Session, folder: Path, checks: Sequence[Check]) -> Held:
    """Captures that already hold a payload served again by the same URL.

    What lies in a damaged file, or beyond its end, is written again: so the archive heals.
    """
    wanted = {
        (exchange.url, payload_digest(exchange.body))
        for check in checks
        for exchange in kept_exchanges(check)
        if exchange.body and not exchange.truncated
    }
    pairs = list(wanted)
    held: Held = {}
    for start in range(0, len(pairs), LOOKUPS):
        part = pairs[start : start + LOOKUPS]
        rows = session.execute(_originals(part)).all()
        sizes = {row.name: _size(warc_folder(folder) / row.name) for row in rows}
        for row in rows:
            if row.warc_offset + row.warc_length <= sizes[row.name]:
                held[row.url, row.payload_digest] = Original(
                    row.key, row.record_id, row.url, row.fetched_at
                )
    return held


def _originals(pairs: Sequence[tuple[str, str]]) -> Select[*tuple[Any, ...]]:
    return (
        select(
            Capture.key,
            Capture.record_id,
            Capture.url,
            Capture.fetched_at,
            Capture.payload_digest,
            Capture.warc_offset,
            Capture.warc_length,
            WarcFile.name,
        )
        .join(WarcFile, WarcFile.key == Capture.warc_file_key)
        .where(
            Capture.payload_digest.in_({digest for _, digest in pairs}),
            Capture.url.in_({url for url, _ in pairs}),
            Capture.record_type == "response",
            Capture.truncated.is_(None),
            WarcFile.damage.is_(None),
        )
    )


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


def write_captures(slot: Slot, check: Check, held: Held) -> list[Written]:
    """Append the records of one check to the slot's file, and add them to what is held.

    A host in trouble answers every try alike: only the first of them is kept whole.
    """
    return [_write(slot, exchange, held) for exchange in kept_exchanges(check)]


def _write(slot: Slot, exchange: Exchange, held: Held) -> Written:
    if exchange.truncated or not exchange.body:
        return slot.append(exchange, None)
    place = (exchange.url, payload_digest(exchange.body))
    written = slot.append(exchange, held.get(place))
    at = exchange.fetched_at
    held.setdefault(place, Original(None, written.record_id, exchange.url, at))
    return written


def add_captures(
    batch: Batch, check: Check, written: Sequence[Written], resource: Resource, target: Resource
) -> list[dict[str, Any]]:
    """Queue the capture rows of all hops, in order; none when nothing was kept.

    Hops from the moved page on belong to ``target``; without a move it is ``resource``.
    """
    exchanges = kept_exchanges(check)
    owner = resource
    rows: list[dict[str, Any]] = []
    for exchange, record in zip(exchanges, written, strict=True):
        if target is not resource and batch.key_of(exchange.url) == target.url_key:
            owner = target
        rows.append(_row(batch, check, exchange, record, owner))
    for row, following in pairwise(rows):
        if row["status"] in REDIRECTS:
            row["led_to"] = following["key"]
    return rows


def _row(
    batch: Batch, check: Check, exchange: Exchange, record: Written, owner: Resource
) -> dict[str, Any]:
    return batch.add(
        Capture,
        public_id=public_id("c"),
        resource_key=owner.key,
        run_id=check.run,
        url=exchange.url,
        method=exchange.method,
        status=exchange.status,
        fetched_at=exchange.fetched_at,
        warc_file_key=batch.warc_file,
        warc_offset=record.offset,
        warc_length=record.length,
        record_id=record.record_id,
        record_type=record.record_type,
        refers_to=_key_of(batch, record.original),
        led_to=None,
        payload_digest=record.payload_digest,
        payload_length=record.payload_length,
        content_type=header(exchange, "content-type"),
        truncated=exchange.truncated,
        access=dict(exchange.access),
    )


def _key_of(batch: Batch, original: Original | None) -> int | None:
    if original is None or original.capture_key is not None:
        return original.capture_key if original else None
    return batch.capture_of(original.record_id)
