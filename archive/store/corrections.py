"""Corrections in the one write path: what the chain vouches for, and when one is open again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from archive.chain import CORRECTION, Link
from archive.evidence import said_in
from archive.models import Correction, Derivation, Resource, Version
from archive.records import RULE_VERSION, Extraction
from archive.store.batch import Batch
from archive.versioning.grounds import all_grounds

REOPENED, WITHDRAWN = "reopened", "withdrawn"
_FACTS = ("field", "value", "replaced", "who", "why", "at", "grounds")


def correction_facts(
    correction: Correction | Mapping[str, Any], url_key: str, version: str
) -> dict[str, Any]:
    """What the chain vouches for about a correction when it is made."""
    row = correction if isinstance(correction, Mapping) else vars(correction)
    return {"url": url_key, "version": version, **{name: row[name] for name in _FACTS}}


def end_subject(public_id: str, how: str) -> str:
    """How the chain names the end of a correction: ``reopened`` or ``withdrawn``."""
    return f"{public_id}/{how}"


def end_link(correction: Correction, how: str, at: int) -> Link:
    """The link of a correction's end."""
    return Link(CORRECTION, end_subject(correction.public_id, how), {"at": at})


def reopen_changed(batch: Batch, resource: Resource, extraction: Extraction, at: int) -> None:
    """Open the corrections of a page again whose field its new version speaks of otherwise.

    Both sides are compared as the same rules read them, where these have read both.
    """
    standing = _standing(batch, resource)
    if not standing:
        return
    said = [(one.field, one.raw, one.source) for one in extraction.assertions]
    new = all_grounds(said)
    for correction in standing:
        if new[correction.field] != _grounds_then(batch.session, correction):
            correction.reopened_at = at
            batch.links.append(end_link(correction, REOPENED, at))


def _standing(batch: Batch, resource: Resource) -> Sequence[Correction]:
    """The corrections in force for a page: its own, and those of the addresses it moved from."""
    if not batch.has_corrections:
        return ()
    pages = [resource.key, *(old.key for old in batch.moved_here(resource))]
    found = select(Correction).where(
        Correction.resource_key.in_(pages),
        Correction.reopened_at.is_(None),
        Correction.withdrawn_at.is_(None),
    )
    rows = batch.session.scalars(found.order_by(Correction.key))
    # Another check of this batch may have opened one, which waits to be written.
    return [correction for correction in rows if correction.reopened_at is None]


def _grounds_then(session: Session, correction: Correction) -> str:
    """What the page said when it was corrected, as the present rules read it if they did."""
    renewed = session.scalar(
        select(Derivation.key)
        .join(Version, Version.capture_key == Derivation.capture_key)
        .where(Version.key == correction.version_key, Derivation.rule_version == RULE_VERSION)
    )
    return correction.grounds if renewed is None else said_in(session, renewed, correction.field)
