"""New versions: their rows, their attachments, their link in the chain."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from archive.chain import ATTACHMENT, VERSION, Link
from archive.models import Attachment, Capture, Resource, Version
from archive.models.base import public_id
from archive.records import Content, Decision
from archive.store.batch import Batch
from archive.store.facts import (
    binding_facts,
    binding_subject,
    load_derivation_facts,
    version_facts,
)
from archive.store.known import Known, Part
from archive.versioning import content_hash


def add_version(
    batch: Batch,
    resource: Resource,
    decision: Decision,
    content: Content,
    *,
    capture_key: int,
    derivation_key: int,
    derived: dict[str, Any],
    parts: Sequence[Part],
    at: int,
) -> Known:
    """Queue the next version of a resource and chain it; ``parts`` get keys of their own."""
    resource.version_count += 1
    row = batch.add(
        Version,
        public_id=public_id("v"),
        resource_key=resource.key,
        number=resource.version_count,
        capture_key=capture_key,
        derivation_key=derivation_key,
        created_at=at,
        content_hash=content_hash(content),
        change_class=decision.change_class,
        changed_fields=list(decision.fields),
        reverts_to=decision.reverts_to,
        withheld_at=None,
        purged_at=None,
    )
    known = _known(batch, row, content, parts, derived)
    _chain(batch, resource, row, known)
    batch.known.setdefault(resource.key, []).append(known)
    batch.latest[resource.key] = known.key
    for part in known.parts:
        if part.resource_key is not None:
            batch.bearers[part.resource_key].add(resource.key)
    return known


def _known(
    batch: Batch,
    row: Mapping[str, Any],
    content: Content,
    parts: Sequence[Part],
    derived: dict[str, Any],
) -> Known:
    """A queued version as later checks of the batch compare with it; queues its attachments."""
    return Known(
        key=row["key"],
        public_id=row["public_id"],
        number=row["number"],
        capture_key=row["capture_key"],
        derivation_key=row["derivation_key"],
        text=content.text,
        fields=content.fields,
        parts=[_add_part(batch, row["key"], part) for part in parts],
        derived=derived,
    )


def _chain(batch: Batch, resource: Resource, row: Mapping[str, Any], known: Known) -> None:
    """Chain a queued version, then the attachments whose bytes are known already."""
    capture = batch.queued(Capture, known.capture_key) or _stored_capture(batch, known.capture_key)
    assert known.derived is not None
    facts = version_facts(row, resource.url_key, capture, known.derived, known.parts)
    batch.links.append(Link(VERSION, known.public_id, facts))
    for part in known.parts:
        if part.digest is not None:
            batch.links.append(_binding(batch, known, part))


def bind(batch: Batch, known: Known, part: Part, digest: str, capture_key: int) -> None:
    """Bind the first bytes of an attachment to a version that lists it, and chain that."""
    part.digest, part.capture_key = digest, capture_key
    batch.change(Attachment, part.key, payload_digest=digest, capture_key=capture_key)
    batch.links.append(_binding(batch, known, part))


def derived_facts(batch: Batch, known: Known) -> dict[str, Any]:
    """The facts of a version's derivation, fetched when it is not of this batch."""
    if known.derived is None:
        found = load_derivation_facts(batch.session, [known.derivation_key])
        known.derived = found[known.derivation_key]
    return known.derived


def _binding(batch: Batch, known: Known, part: Part) -> Link:
    assert part.capture_key is not None
    capture = batch.queued(Capture, part.capture_key) or _stored_capture(batch, part.capture_key)
    subject = binding_subject(known.public_id, part.position)
    return Link(ATTACHMENT, subject, binding_facts(known.public_id, part, capture))


def _stored_capture(batch: Batch, key: int) -> dict[str, Any]:
    row = batch.session.get_one(Capture, key)
    return {name: getattr(row, name) for name in row.__mapper__.columns.keys()}  # noqa: SIM118


def _add_part(batch: Batch, version_key: int, part: Part) -> Part:
    row = batch.add(
        Attachment,
        version_key=version_key,
        position=part.position,
        name=part.name,
        url=part.url,
        resource_key=part.resource_key,
        capture_key=part.capture_key,
        payload_digest=part.digest,
    )
    return Part(
        key=row["key"],
        position=part.position,
        name=part.name,
        url=part.url,
        resource_key=part.resource_key,
        capture_key=part.capture_key,
        digest=part.digest,
    )
