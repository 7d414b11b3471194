"""One row per document, as ``docs`` prints it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from archive.clock import show
from archive.models import Derivation, Document, Resource, Seed, Version
from archive.queries.corrections import corrected, in_force
from archive.queries.filters import Filters, conditions
from archive.queries.rules import shown_key
from archive.queries.seeds import require_seed
from archive.queries.witnesses import (
    Witness,
    current_versions,
    distinct_versions,
    lifecycle_of,
    load_witnesses,
)
from archive.records import FIELDS

_BATCH = 200


@dataclass(frozen=True, slots=True)
class Current:
    """The keys of what speaks for a document now."""

    document: int
    public_id: str
    resource: int
    version: int


def documents(session: Session, filters: Filters | None = None) -> Iterator[dict[str, Any]]:
    """Rows of documents, the last changed first.

    Keys: ``id, url, seed, title, versions, lifecycle``, all fields, ``first_seen, last_changed,
    last_confirmed, aliases``. The page that speaks for the document now gives address and
    fields. A hidden version shows no field values. Raises Problem for a seed that the archive
    does not know.
    """
    for key, value in filters.terms if filters else ():
        if key == "seed":
            require_seed(session, value)
    found = list(_selected(session, filters or Filters()))
    for start in range(0, len(found), _BATCH):
        yield from _rows(session, found[start : start + _BATCH])


def current_of(session: Session, document: int) -> Current | None:
    """What speaks for one document now; None when none of its pages was ever archived."""
    chosen = _statement().where(Document.key == document)
    row = session.execute(chosen).first()
    return Current(*row) if row else None


def row_of(
    session: Session,
    current: Current,
    witnesses: Sequence[Witness],
    fields: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """The row of one document; ``fields`` of its current version, when they are at hand."""
    speaking = next(w for w in witnesses if w.resource.key == current.resource)
    version = next(v for v in speaking.versions if v.key == current.version)
    versions = distinct_versions(session, witnesses)
    known = fields if fields is not None else _fields(session, [version.key])[version.key]
    values = _values(version, known)
    confirmed = [w.last_confirmed for w in witnesses if w.last_confirmed is not None]
    return {
        "id": current.public_id,
        "url": speaking.resource.url,
        "seed": speaking.seed,
        "title": values["title"],
        "versions": len(versions),
        "lifecycle": lifecycle_of(witnesses, speaking),
        **values,
        "first_seen": show(min(one.created_at for one in versions)),
        "last_changed": show(max(one.created_at for one in versions)),
        "last_confirmed": show(max(confirmed, default=None)),
        "aliases": [w.resource.url for w in witnesses if w is not speaking],
    }


def _rows(session: Session, batch: Sequence[Current]) -> Iterator[dict[str, Any]]:
    witnesses = load_witnesses(session, [current.document for current in batch])
    fields = _fields(session, [current.version for current in batch])
    for current in batch:
        yield row_of(session, current, witnesses[current.document], fields[current.version])


def _fields(session: Session, versions: Sequence[int]) -> dict[int, dict[str, Any]]:
    rows = session.execute(
        select(Version.key, Version.resource_key, Derivation.fields)
        .join(Derivation, Derivation.key == shown_key())
        .where(Version.key.in_(versions))
    ).all()
    held = in_force(session, [page for _, page, _ in rows])
    return {key: corrected(fields, held[page]) for key, page, fields in rows}


def _values(version: Version, fields: Mapping[str, Any]) -> dict[str, Any]:
    if version.withheld_at is not None or version.purged_at is not None:
        return dict.fromkeys(FIELDS)
    return {name: fields.get(name) for name in FIELDS}


def _selected(session: Session, filters: Filters) -> Iterator[Current]:
    chosen = _statement().where(*conditions(filters)).limit(filters.limit)
    ordered = chosen.order_by(Version.created_at.desc(), Document.key)
    yield from (Current(*row) for row in session.execute(ordered))


def _statement() -> Select[int, str, int, int]:
    current = current_versions().subquery()
    return (
        select(Document.key, Document.public_id, Resource.key, Version.key)
        .join(current, current.c.document_key == Document.key)
        .join(Resource, Resource.key == current.c.resource_key)
        .join(Seed, Seed.key == Resource.seed_key)
        .join(Version, Version.key == current.c.version_key)
        .join(Derivation, Derivation.key == shown_key())
    )
