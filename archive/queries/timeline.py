"""What happened to a document, check by check, and what its site did with it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from archive.clock import show
from archive.models import Capture, Correction, Event, Observation, Resource, Version
from archive.queries.contents import exceptional
from archive.queries.references import Reference, resolve
from archive.records import Observation as Outcome


def log(session: Session, ref: str, *, noise: bool = False) -> list[dict[str, Any]]:
    """Observations, events and corrections in order of time; noise only when asked for.

    Keys: ``at, kind (observation|event|correction), what, change_class, fields, version,
    version_id, capture, access, status, reason, run, url``. Raises Problem for an unknown
    reference.
    """
    found = resolve(session, ref)
    pages = _pages(session, found)
    rows = _observations(session, list(pages), noise=noise) + _events(session, found, list(pages))
    rows += _corrections(session, list(pages))
    rows.sort(key=lambda row: row[0])
    return [row | {"url": pages.get(page)} for _, page, row in rows]


Timed = tuple[int, int, dict[str, Any]]


def _pages(session: Session, found: Reference) -> dict[int, str]:
    if found.resource is not None:
        return {found.resource.key: found.resource.url}
    assert found.document is not None
    rows = select(Resource).where(Resource.document_key == found.document.key)
    return {page.key: page.url for page in session.scalars(rows.order_by(Resource.key))}


def _observations(session: Session, pages: Sequence[int], *, noise: bool) -> list[Timed]:
    rows = (
        select(Observation, Version, Capture)
        .outerjoin(Version, Version.key == Observation.version_key)
        .outerjoin(Capture, Capture.key == Observation.capture_key)
        .where(Observation.resource_key.in_(pages))
        .order_by(Observation.observed_at, Observation.key)
    )
    if not noise:
        rows = rows.where(Observation.observation != Outcome.NOISE)
    return [
        (seen.observed_at, seen.resource_key, _observation(seen, version, capture))
        for seen, version, capture in session.execute(rows)
    ]


def _events(session: Session, found: Reference, pages: Sequence[int]) -> list[Timed]:
    mine: ColumnElement[bool] = Event.resource_key.in_(pages)
    if found.resource is None and found.document is not None:
        mine = or_(mine, Event.document_key == found.document.key)
    rows = (
        select(Event, Version)
        .outerjoin(Version, Version.key == Event.version_key)
        .where(mine)
        .order_by(Event.at, Event.key)
    )
    return [
        (event.at, event.resource_key, _event(event, version))
        for event, version in session.execute(rows)
    ]


def _corrections(session: Session, pages: Sequence[int]) -> list[Timed]:
    """What people did, and what became of it: ``corrected``, ``reopened`` or ``withdrawn``."""
    rows = session.execute(
        select(Correction, Version)
        .join(Version, Version.key == Correction.version_key)
        .where(Correction.resource_key.in_(pages))
        .order_by(Correction.key)
    )
    found: list[Timed] = []
    for correction, version in rows:
        moments = {
            "corrected": correction.at,
            "reopened": correction.reopened_at,
            "withdrawn": correction.withdrawn_at,
        }
        found += [
            (at, correction.resource_key, _correction(what, at, correction, version))
            for what, at in moments.items()
            if at is not None
        ]
    return found


def _correction(what: str, at: int, correction: Correction, version: Version) -> dict[str, Any]:
    told = f"{correction.replaced or 'none'} → {correction.value or 'none'}"
    return {
        "at": show(at),
        "kind": "correction",
        "what": what,
        "change_class": None,
        "fields": [correction.field],
        "version": version.number,
        "version_id": version.public_id,
        "capture": None,
        "access": {},
        "status": None,
        "reason": f"{told} ({correction.who}: {correction.why})",
        "run": None,
    }


def _observation(
    seen: Observation, version: Version | None, capture: Capture | None
) -> dict[str, Any]:
    return {
        "at": show(seen.observed_at),
        "kind": "observation",
        "what": str(seen.observation),
        "change_class": seen.change_class,
        "fields": seen.fields,
        "version": version.number if version else None,
        "version_id": version.public_id if version else None,
        "capture": capture.public_id if capture else None,
        "access": exceptional(capture.access) if capture else {},
        "status": seen.status,
        "reason": seen.reason,
        "run": seen.run_id,
    }


def _event(event: Event, version: Version | None) -> dict[str, Any]:
    return {
        "at": show(event.at),
        "kind": "event",
        "what": str(event.kind),
        "change_class": event.change_class,
        "fields": event.fields,
        "version": version.number if version else None,
        "version_id": version.public_id if version else None,
        "capture": None,
        "access": {},
        "status": None,
        "reason": "; ".join(f"{name}: {value}" for name, value in event.detail.items()) or None,
        "run": event.run_id,
    }
