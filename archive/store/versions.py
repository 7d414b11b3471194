"""New versions: their rows, their attachments, their link in the chain."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256
from typing import Any

from archive.chain import ATTACHMENT, VERSION, Link
from archive.frontier import AT_ONCE
from archive.models import (
    Assertion,
    Attachment,
    Capture,
    Derivation,
    Relation,
    Resource,
    Version,
)
from archive.models.base import public_id
from archive.records import Assertion as Found
from archive.records import (
    AttachmentLink,
    AttachmentState,
    Content,
    Decision,
    Extraction,
    ResourceKind,
)
from archive.store.adopting import adopt_one
from archive.store.batch import Batch
from archive.store.facts import (
    binding_facts,
    binding_subject,
    derivation_facts,
    load_derivation_facts,
    version_facts,
)
from archive.store.known import Known, Part
from archive.versioning import content_hash

Linked = tuple[AttachmentLink, Resource | None]


def attachment_states(linked: Sequence[Linked]) -> tuple[AttachmentState, ...]:
    """A page's attachments with the digests already known for their URLs."""
    return tuple(
        AttachmentState(link.name, link.url, file.content_digest if file else None)
        for link, file in linked
    )


def link_attachments(
    batch: Batch, extraction: Extraction, resource: Resource
) -> tuple[list[Linked], int]:
    """The resource of every attachment, new ones due at once; and how many are new."""
    found = [_file(batch, link, resource) for link in extraction.attachments]
    linked = [
        (link, file if file and file.kind == ResourceKind.ATTACHMENT else None)
        for link, (file, _) in zip(extraction.attachments, found, strict=True)
    ]
    return linked, sum(is_new for _, is_new in found)


def link_images(batch: Batch, extraction: Extraction, resource: Resource) -> int:
    """Make the resources of a page's images, new ones due at once; how many are new.

    They are fetched and kept like attachments, but no version lists them.
    """
    return sum(_file(batch, link, resource)[1] for link in extraction.images)


def _file(batch: Batch, link: AttachmentLink, resource: Resource) -> tuple[Resource | None, bool]:
    """The resource of a file found on a page, and whether it is new; None for no address."""
    if link.url is None or batch.key_of(link.url) is None:
        return None, False
    file, is_new = batch.ensure(link.url, ResourceKind.ATTACHMENT, resource.seed_key, resource.key)
    if is_new:
        file.next_check_at = AT_ONCE
    adopt_one(batch, file, resource.seed_key)
    return file, is_new


def add_derivation(
    batch: Batch, extraction: Extraction, capture_key: int, at: int
) -> tuple[int, dict[str, Any]]:
    """Queue a derivation with its evidence; returns its key and the facts for the chain."""
    row = batch.add(
        Derivation,
        public_id=public_id("r"),
        capture_key=capture_key,
        rule_version=extraction.rule_version,
        derived_at=at,
        kind=extraction.kind,
        outcome=extraction.outcome,
        reason=extraction.reason,
        family=extraction.family,
        encoding=extraction.encoding.name,
        encoding_evidence=extraction.encoding.evidence,
        text=extraction.text,
        text_digest="sha256:" + sha256(extraction.text.encode()).hexdigest(),
        region_digest=extraction.region_digest,
        fields=dict(extraction.fields),
        conflicts=[
            {"fields": list(c.fields), "values": list(c.values), "reason": c.reason}
            for c in extraction.conflicts
        ],
        markdown=extraction.markdown,
        images=[{"name": each.name, "url": each.url} for each in extraction.images],
        contacts=[
            {"kind": each.kind, "start": each.start, "end": each.end}
            for each in extraction.contacts
        ],
        rights=_rights(extraction),
        format=None,
        attachments=[{"name": each.name, "url": each.url} for each in extraction.attachments],
    )
    assertions = [
        batch.add(Assertion, derivation_key=row["key"], position=position, **values)
        for position, values in enumerate(_assertions(extraction))
    ]
    relations = [
        batch.add(
            Relation,
            derivation_key=row["key"],
            kind=relation.kind,
            doc_no=relation.doc_no,
            title=relation.title,
            url=relation.url,
            document_key=None,
        )
        for relation in extraction.relations
    ]
    return row["key"], derivation_facts(row, assertions, relations)


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
    known = Known(
        key=row["key"],
        public_id=row["public_id"],
        number=row["number"],
        capture_key=capture_key,
        derivation_key=derivation_key,
        text=content.text,
        fields=content.fields,
        parts=[_add_part(batch, row["key"], part) for part in parts],
        derived=derived,
    )
    capture = batch.queued(Capture, capture_key) or _stored_capture(batch, capture_key)
    facts = version_facts(row, resource.url_key, capture, derived, known.parts)
    batch.links.append(Link(VERSION, known.public_id, facts))
    for part in known.parts:
        if part.digest is not None:
            batch.links.append(_binding(batch, known, part))
    batch.known.setdefault(resource.key, []).append(known)
    batch.latest[resource.key] = known.key
    for part in known.parts:
        if part.resource_key is not None:
            batch.bearers[part.resource_key].add(resource.key)
    return known


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


def _assertions(extraction: Extraction) -> list[dict[str, Any]]:
    """Assertion rows; the first one per field that says the field's value is the chosen one."""
    chosen: set[str] = set()
    rows = []
    for found in extraction.assertions:
        wins = found.field not in chosen and _is_value(extraction, found)
        if wins:
            chosen.add(found.field)
        rows.append(
            {
                "field": found.field,
                "value": found.value,
                "raw": found.raw,
                "precision": found.precision,
                "source": found.source,
                "locator": found.locator,
                "chosen": wins,
            }
        )
    return rows


def _rights(extraction: Extraction) -> dict[str, str] | None:
    said = extraction.rights
    if said is None:
        return None
    return {"rights": said.rights, "evidence": said.evidence, "locator": said.locator}


def _is_value(extraction: Extraction, found: Found) -> bool:
    return found.value == extraction.fields.get(found.field)
