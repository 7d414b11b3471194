"""From what a person types (an id or an address) to the rows it means."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from archive.addresses import twin_keys, url_key, without_credentials
from archive.bytewise import begins, bytewise
from archive.characters import storable
from archive.models import Capture, Document, Observation, Resource, Version
from archive.problems import Problem

SHORTEST_PREFIX = 5
_LIST_THEM = "See what there is with: gongwen docs"

Identified = TypeVar("Identified", Document, Version, Capture)


@dataclass(frozen=True, slots=True)
class Reference:
    """What a reference names; the rows belong to the session they were found in.

    ``document`` is None for a page that is no article; ``resource`` is None when the document as
    a whole was named.
    """

    document: Document | None
    resource: Resource | None = None
    version: Version | None = None
    capture: Capture | None = None


def resolve(session: Session, ref: str) -> Reference:
    """Find a document (``d…``), version (``v…``), capture (``c…``) or address.

    Ids may be shortened as long as they stay unique. A merged document leads to the one it was
    merged into. Raises Problem when nothing, or more than one thing, is meant.
    """
    ref = storable(ref.strip())
    if "://" in ref:
        return _of_resource(session, _by_address(session, ref))
    match ref[:1]:
        case "d":
            return Reference(_unmerged(session, _by_id(session, Document, ref)))
        case "v":
            version = _by_id(session, Version, ref)
            found = _of_resource(session, session.get_one(Resource, version.resource_key))
            return Reference(found.document, found.resource, version)
        case "c":
            return _of_capture(session, _by_id(session, Capture, ref))
    raise Problem(
        f"{ref!r} names nothing", "it is neither an id (d…, v…, c…) nor an address", _LIST_THEM
    )


def _by_id(session: Session, model: type[Identified], ref: str) -> Identified:
    exact = session.scalar(select(model).where(model.public_id == ref))
    if exact is not None:
        return exact
    found: list[Identified] = []
    if len(ref) >= SHORTEST_PREFIX and ref.isalnum():
        near = select(model).where(begins(model.public_id, ref)).order_by(bytewise(model.public_id))
        found = list(session.scalars(near.limit(3)))
    if len(found) == 1:
        return found[0]
    name = model.__name__.lower()
    if not found:
        raise Problem(f"No {name} {ref}", "the archive holds no such id", _LIST_THEM)
    which = ", ".join(row.public_id for row in found)
    raise Problem(f"{ref} is ambiguous", f"it begins {which} …", "Give more of the id")


def _by_address(session: Session, url: str) -> Resource:
    exact = session.scalar(select(Resource).where(Resource.url == url))
    if exact is not None:
        return exact
    key = url_key(url)
    for candidate in (key, *twin_keys(key)):
        found = session.scalar(select(Resource).where(Resource.url_key == candidate))
        if found is not None:
            return found
    shown = without_credentials(url)
    raise Problem(
        f"No page {shown}",
        "the archive has never seen this address",
        f"Fetch it with: gongwen recrawl {shown}",
    )


def _of_resource(session: Session, resource: Resource) -> Reference:
    document = None
    if resource.document_key is not None:
        document = _unmerged(session, session.get_one(Document, resource.document_key))
    return Reference(document, resource)


def _of_capture(session: Session, capture: Capture) -> Reference:
    found = _of_resource(session, session.get_one(Resource, capture.resource_key))
    seen = (
        select(Version)
        .join(Observation, Observation.version_key == Version.key)
        .where(Observation.capture_key == capture.key)
    )
    made = select(Version).where(Version.capture_key == capture.key)
    version = _first(session, made) or _first(session, seen)
    return Reference(found.document, found.resource, version, capture)


def _first(session: Session, chosen: Select[Version]) -> Version | None:
    return session.scalar(chosen.order_by(Version.key).limit(1))


def _unmerged(session: Session, document: Document) -> Document:
    while document.merged_into is not None:
        document = session.get_one(Document, document.merged_into)
    return document
