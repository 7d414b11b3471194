"""The resources that carry a document, their versions, and which of them speaks for it now."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, and_, case, func, select
from sqlalchemy.orm import Session, aliased

from archive.models import Observation, Resource, Seed, Version
from archive.queries.contents import contents_of
from archive.records import Lifecycle, ResourceKind
from archive.records import Observation as Outcome
from archive.versioning import compare

CONFIRMING = (
    Outcome.NEW,
    Outcome.CHANGED,
    Outcome.UNCHANGED,
    Outcome.NOT_MODIFIED,
    Outcome.NOISE,
)
"""Observations after which we know what the page said."""

_PRESENT = (Lifecycle.LIVE, Lifecycle.RETURNED)


@dataclass(frozen=True, slots=True)
class Witness:
    """One resource of a document with its versions in order and when it was last confirmed."""

    resource: Resource
    seed: str
    versions: tuple[Version, ...]
    last_confirmed: int | None


def current_versions() -> Select[int | None, int, int]:
    """Per document the witness that speaks for it and its latest version.

    Columns ``document_key, resource_key, version_key``. A page still on its site comes first,
    then a delisted one, then others; among equals the one confirmed last.
    """
    ranked = _ranked().subquery()
    return select(ranked.c.document_key, ranked.c.resource_key, ranked.c.version_key).where(
        ranked.c.place == 1
    )


def load_witnesses(session: Session, documents: Sequence[int]) -> dict[int, list[Witness]]:
    """The witnesses of each document key, in the order in which they were first archived."""
    rows = session.execute(
        select(Resource, Seed.id)
        .join(Seed, Seed.key == Resource.seed_key)
        .where(Resource.document_key.in_(documents), Resource.kind == ResourceKind.ARTICLE)
        .order_by(Resource.key)
    ).all()
    keys = [resource.key for resource, _ in rows]
    versions, confirmed = _versions(session, keys), last_confirmed(session, keys)
    result: dict[int, list[Witness]] = defaultdict(list)
    for resource, seed in rows:
        known = tuple(versions[resource.key])
        witness = Witness(resource, seed, known, confirmed.get(resource.key))
        if resource.document_key is not None:
            result[resource.document_key].append(witness)
    for witnesses in result.values():
        witnesses.sort(key=_first_archived)
    return result


def last_confirmed(session: Session, resources: Sequence[int]) -> dict[int, int]:
    """When each resource was last seen saying what we hold of it, in UTC microseconds."""
    rows = session.execute(
        select(Observation.resource_key, func.max(Observation.observed_at))
        .where(Observation.resource_key.in_(resources), Observation.observation.in_(CONFIRMING))
        .group_by(Observation.resource_key)
    )
    return dict(rows.all())


def distinct_versions(session: Session, witnesses: Iterable[Witness]) -> list[Version]:
    """The versions of all witnesses, without first versions that only repeat another witness."""
    kept: list[Version] = []
    for witness in witnesses:
        first, rest = witness.versions[:1], witness.versions[1:]
        kept += [version for version in first if not _repeats(session, version, kept)]
        kept += rest
    return kept


def lifecycle_of(witnesses: Sequence[Witness], speaking: Witness) -> str:
    """What became of a document: of the page that speaks for it, or ``moved`` if it came here."""
    came = any(one.resource.moved_to == speaking.resource.key for one in witnesses)
    own = Lifecycle(speaking.resource.lifecycle)
    return str(Lifecycle.MOVED if came and own in _PRESENT else own)


def lifecycle_expression() -> ColumnElement[str]:
    """The same in SQL, for the selected ``resources`` row."""
    origin = aliased(Resource)
    came = select(origin.key).where(origin.moved_to == Resource.key).exists()
    moved = and_(came, Resource.lifecycle.in_(_PRESENT))
    return case((moved, str(Lifecycle.MOVED)), else_=Resource.lifecycle)


def lineage(session: Session, witnesses: Sequence[Witness], current: int) -> list[Version]:
    """The distinct versions of a page and of the addresses it moved from, in order of time.

    ``current`` is a resource key. Other portals that carry the document are not mixed in.
    """
    chain = {current}
    found = True
    while found:
        before = {w.resource.key for w in witnesses if w.resource.moved_to in chain} - chain
        chain |= before
        found = bool(before)
    own = [witness for witness in witnesses if witness.resource.key in chain]
    return sorted(distinct_versions(session, own), key=lambda one: (one.created_at, one.key))


def _repeats(session: Session, version: Version, others: Sequence[Version]) -> bool:
    if any(version.content_hash == other.content_hash for other in others):
        return True
    # Hashes of the same content differ while only one side knows its attachments' bytes.
    visible = [one for one in (version, *others) if not (one.withheld_at or one.purged_at)]
    if version not in visible:
        return False
    pairs = (contents_of(session, one, version) for one in visible[1:])
    return any(not compare(*pair).makes_version for pair in pairs)


def _first_archived(witness: Witness) -> tuple[bool, int, int]:
    created = witness.versions[0].created_at if witness.versions else 0
    return not witness.versions, created, witness.resource.key


def _versions(session: Session, resources: Sequence[int]) -> dict[int, list[Version]]:
    result: dict[int, list[Version]] = defaultdict(list)
    rows = select(Version).where(Version.resource_key.in_(resources)).order_by(Version.number)
    for version in session.scalars(rows):
        result[version.resource_key].append(version)
    return result


def _ranked() -> Select[int | None, int, int, int]:
    confirmed = (
        select(func.max(Observation.observed_at))
        .where(Observation.resource_key == Resource.key, Observation.observation.in_(CONFIRMING))
        .scalar_subquery()
    )
    latest = (
        select(func.max(Version.number))
        .where(Version.resource_key == Resource.key)
        .correlate(Resource)
        .scalar_subquery()
    )
    standing = case(
        (Resource.lifecycle.in_(_PRESENT), 0),
        (Resource.lifecycle == Lifecycle.DELISTED, 1),
        else_=2,
    )
    place = func.row_number().over(
        partition_by=Resource.document_key,
        order_by=(standing, func.coalesce(confirmed, 0).desc(), Resource.key.desc()),
    )
    return (
        select(
            Resource.document_key,
            Resource.key.label("resource_key"),
            Version.key.label("version_key"),
            place.label("place"),
        )
        .join(Version, and_(Version.resource_key == Resource.key, Version.number == latest))
        .where(Resource.document_key.is_not(None), Resource.kind == ResourceKind.ARTICLE)
    )
