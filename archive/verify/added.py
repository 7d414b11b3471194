"""What was added to versions: later readings and corrections by the chain, texts of files alone."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from hashlib import sha256
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from archive.chain import CORRECTION, DERIVATION
from archive.models import Capture, Correction, Derivation, Resource, Version
from archive.store.corrections import REOPENED, WITHDRAWN, correction_facts, end_subject
from archive.store.facts import load_derivation_facts
from archive.store.rederiving import derivation_link_facts
from archive.verify.findings import Finding

Facts = Mapping[str, Any]

TEXTS = 50
"""Texts of files held at once; each may have millions of characters."""


def added_facts(session: Session, subjects: Mapping[str, Collection[str]]) -> dict[str, Facts]:
    """What the rows say now of some derivations and corrections; ``subjects`` are by kind."""
    derivations = _derivations(session, subjects.get(DERIVATION, ()))
    named = {subject.partition("/")[0] for subject in subjects.get(CORRECTION, ())}
    return {**derivations, **_corrections(session, named)}


def unchained_additions(session: Session, seen: Collection[str]) -> Iterator[Finding]:
    """Readings of pages that no version was decided by, and corrections, without their links."""
    own, pages = select(Version.derivation_key), select(Version.capture_key)
    added = (
        select(Derivation.public_id, Capture.url)
        .join(Capture, Capture.key == Derivation.capture_key)
        .where(
            # The text of a file has no link, and has no place at the capture of a page.
            or_(Derivation.format.is_(None), Derivation.capture_key.in_(pages)),
            Derivation.key.not_in(own),
        )
        .order_by(Derivation.key)
    )
    for subject, url in session.execute(added):
        if subject not in seen:
            yield Finding("derivation_unchained", subject, "it is in no link of the chain", url=url)
    for correction, url in session.execute(
        select(Correction, Resource.url)
        .join(Resource, Resource.key == Correction.resource_key)
        .order_by(Correction.key)
    ):
        for subject in _subjects(correction):
            if subject not in seen:
                detail = "it is in no link of the chain"
                yield Finding("correction_unchained", subject, detail, url=url)


def changed_file_texts(session: Session) -> Iterator[Finding]:
    """Texts of attached files that are not those their digests were taken of."""
    texts = (
        select(Derivation.public_id, Derivation.text, Derivation.text_digest, Capture.url)
        .join(Capture, Capture.key == Derivation.capture_key)
        .where(Derivation.format.is_not(None))
        .order_by(Derivation.key)
        .execution_options(yield_per=TEXTS)
    )
    for subject, text, digest, url in session.execute(texts):
        if "sha256:" + sha256(text.encode()).hexdigest() != digest:
            detail = "its text is not the one that its digest was taken of"
            yield Finding("file_text_changed", subject, detail, url=url)


def _derivations(session: Session, subjects: Collection[str]) -> dict[str, Facts]:
    if not subjects:
        return {}
    found = session.execute(
        select(Derivation.public_id, Derivation.key, Capture)
        .join(Capture, Capture.key == Derivation.capture_key)
        .where(Derivation.public_id.in_(subjects))
    ).all()
    derived = load_derivation_facts(session, {row.key for row in found})
    return {row.public_id: derivation_link_facts(row.Capture, derived[row.key]) for row in found}


def _corrections(session: Session, subjects: Collection[str]) -> dict[str, Facts]:
    if not subjects:
        return {}
    facts: dict[str, Facts] = {}
    for correction, url_key, version in session.execute(
        select(Correction, Resource.url_key, Version.public_id)
        .join(Resource, Resource.key == Correction.resource_key)
        .join(Version, Version.key == Correction.version_key)
        .where(Correction.public_id.in_(subjects))
    ):
        facts[correction.public_id] = correction_facts(correction, url_key, version)
        for how, at in _ends(correction).items():
            facts[end_subject(correction.public_id, how)] = {"at": at}
    return facts


def _subjects(correction: Correction) -> list[str]:
    ends = (end_subject(correction.public_id, how) for how in _ends(correction))
    return [correction.public_id, *ends]


def _ends(correction: Correction) -> dict[str, int]:
    ends = {REOPENED: correction.reopened_at, WITHDRAWN: correction.withdrawn_at}
    return {how: at for how, at in ends.items() if at is not None}
