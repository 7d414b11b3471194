"""One document in full: its witnesses, one version of it, and the evidence for every field."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from archive.clock import show
from archive.models import Assertion, Capture, Derivation, Document, Relation, Version
from archive.problems import Problem
from archive.queries.contents import exceptional, readable
from archive.queries.corrections import corrected, corrections_of, unsettled, with_people
from archive.queries.files import file_rows
from archive.queries.images import image_rows, unlisted_rows
from archive.queries.listing import Current, current_of, row_of
from archive.queries.references import Reference, resolve
from archive.queries.rights import rights_row
from archive.queries.rules import derivations_of
from archive.queries.witnesses import Witness, lineage, load_witnesses
from archive.records import FIELDS


def document(session: Session, ref: str, number: int | None = None) -> dict[str, Any]:
    """A document with one version of it: the latest, or the one that ``ref`` or ``number`` says.

    The keys of a ``docs`` row, with fields of the shown version, and ``version, kind, outcome,
    family, encoding, rule_version, rule_versions, text, markdown, assertions, conflicts,
    corrections, attachments, unlisted, images, relations, contacts, rights, witnesses, history``.
    ``markdown`` and ``contacts`` are None where older rules made none. Raises Problem.
    """
    found = resolve(session, ref)
    return details(session, found, pick_version(session, found, ref, number))


def details(
    session: Session,
    found: Reference,
    version: Version,
    *,
    rules: str | None = None,
    moment: int | None = None,
) -> dict[str, Any]:
    """The full record of a resolved document with the given version of it.

    The version is shown as the newest, or the named, ``rules`` read it, with the corrections that
    stand now, or stood at a ``moment`` (UTC microseconds).
    """
    owner, current, witnesses = _standing(session, found, version)
    derivation = readable(session, version, rules)
    held = corrections_of(session, version, moment)
    values = corrected(derivation.fields, held)
    row = row_of(session, current, witnesses)
    row |= {name: values.get(name) for name in FIELDS}
    return row | {
        "id": owner.public_id,
        "version": version_row(session, version),
        "kind": derivation.kind,
        "outcome": derivation.outcome,
        "family": derivation.family,
        "encoding": {"name": derivation.encoding, "evidence": derivation.encoding_evidence},
        "rule_version": derivation.rule_version,
        "rule_versions": list(derivations_of(session, version)),
        "text": derivation.text,
        "markdown": derivation.markdown,
        "assertions": with_people(_assertions(session, derivation), held),
        "conflicts": derivation.conflicts,
        "corrections": unsettled(session, version),
        "attachments": file_rows(session, version),
        "unlisted": unlisted_rows(session, version, derivation),
        "images": image_rows(session, derivation),
        "relations": _relations(session, derivation),
        "contacts": derivation.contacts,
        "rights": rights_row(session, version, derivation),
        "witnesses": [_witness(one) for one in witnesses],
        "history": [
            version_row(session, one) | {"url": w.resource.url}
            for w in witnesses
            for one in w.versions
        ],
    }


def pick_version(
    session: Session, found: Reference, ref: str, number: int | None = None
) -> Version:
    """The version a reference means: its own, the numbered one, or what its page says last.

    A document's versions are counted as ``docs`` counts them, across an address it moved from;
    a page's by their own numbers.
    """
    if number is None and found.version is not None:
        return found.version
    if number is None and found.resource is None and found.document is not None:
        current = current_of(session, found.document.key)
        if current is not None:
            return session.get_one(Version, current.version)
    known = versions(session, found)
    if not known:
        raise Problem(
            f"{ref} has no version",
            "no content of this page was archived yet",
            f"See what happened with: gongwen log {ref}",
        )
    if number is None:
        return known[-1]
    if 1 <= number <= len(known):
        return known[number - 1]
    numbers = f"1 to {len(known)}" if len(known) > 1 else "1 only"
    raise Problem(
        f"{ref} has no version {number}", f"it has {numbers}", f"See them with: gongwen log {ref}"
    )


def versions(session: Session, found: Reference) -> list[Version]:
    """The versions of the named page; of a document, those of the page that speaks for it now.

    The addresses from which that page moved count as well, without repeating a content.
    """
    if found.resource is not None:
        own = select(Version).where(Version.resource_key == found.resource.key)
        return list(session.scalars(own.order_by(Version.number)))
    assert found.document is not None
    current = current_of(session, found.document.key)
    if current is None:
        return []
    witnesses = load_witnesses(session, [found.document.key])[found.document.key]
    return lineage(session, witnesses, current.resource)


def version_row(session: Session, version: Version) -> dict[str, Any]:
    """One version: ``id, number, change_class, fields, capture, captured_at, content_hash``."""
    capture = session.get_one(Capture, version.capture_key)
    return {
        "id": version.public_id,
        "number": version.number,
        "change_class": str(version.change_class),
        "fields": version.changed_fields,
        "reverts_to": version.reverts_to,
        "created_at": show(version.created_at),
        "capture": capture.public_id,
        "captured_at": show(capture.fetched_at),
        "access": exceptional(capture.access),
        "content_hash": version.content_hash,
        "hidden": bool(version.withheld_at or version.purged_at),
    }


def _standing(
    session: Session, found: Reference, version: Version
) -> tuple[Document, Current, list[Witness]]:
    if found.document is None:
        raise Problem(
            "This page belongs to no document",
            f"{found.resource.url if found.resource else 'it'} is not an article",
            "List the documents with: gongwen docs",
        )
    witnesses = load_witnesses(session, [found.document.key])[found.document.key]
    current = current_of(session, found.document.key)
    if current is None or not witnesses:
        raise Problem(
            f"{found.document.public_id} has no content",
            "none of its pages was archived yet",
            f"See what happened with: gongwen log {found.document.public_id}",
        )
    return found.document, current, witnesses


def _witness(witness: Witness) -> dict[str, Any]:
    return {
        "url": witness.resource.url,
        "seed": witness.seed,
        "lifecycle": str(witness.resource.lifecycle),
        "lifecycle_at": show(witness.resource.lifecycle_at),
        "versions": len(witness.versions),
        "last_confirmed": show(witness.last_confirmed),
    }


def _assertions(session: Session, derivation: Derivation) -> list[dict[str, Any]]:
    rows = select(Assertion).where(Assertion.derivation_key == derivation.key)
    return [
        {
            "field": row.field,
            "value": row.value,
            "raw": row.raw,
            "precision": row.precision,
            "source": row.source,
            "locator": row.locator,
            "chosen": row.chosen,
        }
        for row in session.scalars(rows.order_by(Assertion.position))
    ]


def _relations(session: Session, derivation: Derivation) -> list[dict[str, Any]]:
    # A document that was merged since is shown as the one it was merged into.
    meant, merged = aliased(Document), aliased(Document)
    rows = session.execute(
        select(Relation, func.coalesce(merged.public_id, meant.public_id))
        .outerjoin(meant, meant.key == Relation.document_key)
        .outerjoin(merged, merged.key == meant.merged_into)
        .where(Relation.derivation_key == derivation.key)
        .order_by(Relation.key)
    )
    return [
        {
            "kind": row.kind,
            "doc_no": row.doc_no,
            "title": row.title,
            "url": row.url,
            "document": public_id,
        }
        for row, public_id in rows
    ]
