"""What was added to versions, against the chain: readings by later rules, and corrections."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from archive.chain import CORRECTION, DERIVATION
from archive.models import Capture, Correction, Derivation, Resource, Version
from archive.store.corrections import REOPENED, WITHDRAWN, correction_facts, end_subject
from archive.store.facts import load_derivation_facts
from archive.store.rederiving import derivation_link_facts
from archive.verify.findings import Finding

Facts = Mapping[str, Any]


def added_facts(session: Session, subjects: Mapping[str, Collection[str]]) -> dict[str, Facts]:
    """What the rows say now of some derivations and corrections; ``subjects`` are by kind."""
    derivations = _derivations(session, subjects.get(DERIVATION, ()))
    named = {subject.partition("/")[0] for subject in subjects.get(CORRECTION, ())}
    return {**derivations, **_corrections(session, named)}


def unchained_additions(session: Session, seen: Collection[str]) -> Iterator[Finding]:
    """Readings of pages that no version was decided by, and corrections, without their links."""
    own = select(Version.derivation_key)
    added = (
        select(Derivation.public_id, Capture.url)
        .join(Capture, Capture.key == Derivation.capture_key)
        .where(Derivation.format.is_(None), Derivation.key.not_in(own))
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
