"""Resources and hosts by their names, made where they were unknown."""

from __future__ import annotations

import re

from sqlalchemy import Select, or_, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from archive.addresses import host_name, url_key
from archive.models import Capture, Derivation, Document, Host, Resource, Version
from archive.records import Lifecycle, ResourceKind

_PUBLIC = re.compile(r"[dvcr][0-9a-z]{16}")


def find_resource(session: Session, url_or_public_id: str) -> Resource | None:
    """The resource of a URL, or of a document, version, capture or derivation id.

    A document with several witnesses gives the live one that was checked last.
    """
    if _PUBLIC.fullmatch(url_or_public_id):
        return session.scalars(_by_public_id(url_or_public_id).limit(1)).one_or_none()
    if "://" not in url_or_public_id:
        return None
    key = url_key(url_or_public_id)
    return session.scalars(select(Resource).where(Resource.url_key == key)).first()


def ensure_resource(
    session: Session, seed_key: int, url: str, kind: ResourceKind, at: int
) -> Resource:
    """The resource of a URL, created (not yet due) when it was unknown."""
    known = find_resource(session, url)
    if known is not None:
        return known
    resource = Resource(
        seed_key=seed_key,
        host_key=ensure_host(session, host_name(url)),
        kind=kind,
        url=url,
        url_key=url_key(url),
        discovered_at=at,
    )
    session.add(resource)
    session.flush()
    return resource


def ensure_host(session: Session, name: str) -> int:
    """The key of a host, whose row is created when it was unknown."""
    known = session.scalar(select(Host.key).where(Host.name == name))
    if known is not None:
        return known
    insert = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    session.execute(insert(Host).values(name=name).on_conflict_do_nothing(index_elements=["name"]))
    return session.scalars(select(Host.key).where(Host.name == name)).one()


def _by_public_id(public: str) -> Select[Resource]:
    wanted = select(Resource)
    if public[0] == "v":
        wanted = wanted.join(Version, Version.resource_key == Resource.key)
        return wanted.where(Version.public_id == public)
    if public[0] == "c":
        wanted = wanted.join(Capture, Capture.resource_key == Resource.key)
        return wanted.where(Capture.public_id == public)
    if public[0] == "r":
        wanted = wanted.join(Capture, Capture.resource_key == Resource.key)
        wanted = wanted.join(Derivation, Derivation.capture_key == Capture.key)
        return wanted.where(Derivation.public_id == public)
    merged = select(Document.merged_into).where(Document.public_id == public).scalar_subquery()
    wanted = wanted.join(Document, Document.key == Resource.document_key)
    return wanted.where(or_(Document.public_id == public, Document.key == merged)).order_by(
        Resource.lifecycle != Lifecycle.LIVE,
        Resource.last_checked_at.desc().nulls_last(),
        Resource.key,
    )
