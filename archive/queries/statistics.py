"""How much the archive holds, in all and by seed."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from archive.bytewise import bytewise
from archive.models import Capture, Observation, Resource, Run, Seed, Version, WarcFile
from archive.records import ResourceKind


def stats(session: Session) -> dict[str, Any]:
    """Counts of everything kept.

    Keys: ``documents, versions, captures, observations {kind: n}, resources {kind: n}, runs
    {state: n}, warc {files, records, bytes}, seeds [{seed, documents, versions, captures}]``. A
    document counts once its first version exists. Observations are of pages and files, not of
    robots.txt. WARC bytes are those committed. Seeds that never ran and hold nothing are left out.
    """
    return {
        "documents": session.scalar(select(_documents()).join_from(Resource, Version)) or 0,
        "versions": session.scalar(select(func.count(Version.key))) or 0,
        "captures": session.scalar(select(func.count(Capture.key))) or 0,
        "observations": _observations(session),
        "resources": _by(session, Resource.kind),
        "runs": _by(session, Run.state),
        "warc": _warc(session),
        "seeds": _seeds(session),
    }


def _documents() -> ColumnElement[int]:
    return func.count(Resource.document_key.distinct())


def _by(session: Session, column: InstrumentedAttribute[str]) -> dict[str, int]:
    rows = session.execute(select(column, func.count()).group_by(column).order_by(bytewise(column)))
    return {str(name): count for name, count in rows}


def _observations(session: Session) -> dict[str, int]:
    rows = session.execute(
        select(Observation.observation, func.count())
        .join(Resource, Resource.key == Observation.resource_key)
        .where(Resource.kind != ResourceKind.ROBOTS)
        .group_by(Observation.observation)
        .order_by(bytewise(Observation.observation))
    )
    return {str(name): count for name, count in rows}


def _warc(session: Session) -> dict[str, int]:
    files, records, size = session.execute(
        select(
            func.count(WarcFile.key),
            func.coalesce(func.sum(WarcFile.records), 0),
            func.coalesce(func.sum(WarcFile.committed_end), 0),
        )
    ).one()
    return {"files": int(files), "records": int(records), "bytes": int(size)}


def _seeds(session: Session) -> list[dict[str, Any]]:
    versions = dict(
        session.execute(
            select(Resource.seed_key, func.count(Version.key))
            .join(Version, Version.resource_key == Resource.key)
            .group_by(Resource.seed_key)
        ).all()
    )
    documents = dict(
        session.execute(
            select(Resource.seed_key, _documents())
            .join(Version, Version.resource_key == Resource.key)
            .where(Resource.kind == ResourceKind.ARTICLE)
            .group_by(Resource.seed_key)
        ).all()
    )
    captures = dict(
        session.execute(
            select(Resource.seed_key, func.count(Capture.key))
            .join(Capture, Capture.resource_key == Resource.key)
            .group_by(Resource.seed_key)
        ).all()
    )
    ran = set(session.scalars(select(Run.seed_key).distinct()))
    return [
        {
            "seed": seed.id,
            "documents": documents.get(seed.key, 0),
            "versions": versions.get(seed.key, 0),
            "captures": captures.get(seed.key, 0),
        }
        for seed in session.scalars(select(Seed).order_by(bytewise(Seed.id)))
        if seed.key in ran or seed.key in captures
    ]
