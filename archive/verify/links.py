"""The chain against the rows it vouches for, and against its head outside the database."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from archive import chain
from archive.models import Attachment, Capture, ChainEntry, Resource, Version
from archive.store.facts import (
    binding_facts,
    binding_subject,
    load_derivation_facts,
    version_facts,
)
from archive.store.known import Part
from archive.verify.findings import Finding

CHUNK = 300

Facts = Mapping[str, Any]


def check_chain(session: Session) -> Iterator[Finding]:
    """Recompute every link from the one before it and from the rows it is about."""
    previous, number = chain.GENESIS, 0
    buried = set(
        session.scalars(select(ChainEntry.subject).where(ChainEntry.kind == chain.TOMBSTONE))
    )
    seen: set[str] = set()
    while entries := _entries(session, number):
        facts = _facts(session, entries)
        for entry in entries:
            yield from _check_link(entry, previous, number + 1)
            if entry.subject not in buried:
                yield from _check_subject(entry, facts.get(entry.subject))
            previous, number = entry.hash, entry.number
            seen.add(entry.subject)
    yield from _unchained(session, seen)


def check_numbers(session: Session) -> Iterator[Finding]:
    """Versions are numbered from 1 without gaps, as many as their resource says."""
    counted = (
        select(
            Resource.url,
            Resource.version_count,
            func.count(Version.key).label("count"),
            func.coalesce(func.max(Version.number), 0).label("last"),
        )
        .outerjoin(Version, Version.resource_key == Resource.key)
        .group_by(Resource.key)
        .having(
            (func.count(Version.key) != Resource.version_count)
            | (func.coalesce(func.max(Version.number), 0) != Resource.version_count)
        )
    )
    for row in session.execute(counted):
        detail = f"{row.count} versions up to number {row.last}, but {row.version_count} were made"
        yield Finding("versions_missing", row.url, detail, url=row.url)


def check_head(session: Session, heads: Sequence[chain.Head]) -> Iterator[Finding]:
    """Every head ever kept outside must still be a link of the chain."""
    current = chain.current(session)
    if not heads:
        if current is not None:
            detail = f"{chain.HEAD_NAME} is missing, so nothing vouches for the last link"
            yield Finding("head_missing", "head", detail)
        return
    kept = {head.number: head for head in heads if head.number}
    last = current.number if current else 0
    lost = [number for number in kept if number > last]
    if lost:
        detail = f"the chain ends at {last}, but its head was once {max(lost)}: links were removed"
        yield Finding("head_ahead", "head", detail)
    for number in _differing(session, kept):
        detail = f"link {number} is not the one whose hash was kept"
        yield Finding("head_differs", f"link {number}", detail)


def _entries(session: Session, after: int) -> Sequence[ChainEntry]:
    found = select(ChainEntry).where(ChainEntry.number > after).order_by(ChainEntry.number)
    return session.scalars(found.limit(CHUNK)).all()


def _check_link(entry: ChainEntry, previous: str, expected: int) -> Iterator[Finding]:
    subject = f"link {entry.number}"
    if entry.number != expected:
        yield Finding("chain_broken", subject, f"link {expected} is missing before it")
    elif entry.previous != previous:
        yield Finding("chain_broken", subject, "it does not follow the link before it")
    hashed = chain.link_hash(
        entry.previous, entry.number, entry.kind, entry.subject, entry.digest, entry.at
    )
    if hashed != entry.hash:
        yield Finding("chain_broken", subject, "its hash does not match what it says")


def _check_subject(entry: ChainEntry, facts: Facts | None) -> Iterator[Finding]:
    version = entry.subject.partition("/")[0]
    if facts is None:
        detail = f"the chain vouches for {entry.kind} {entry.subject}, which is not there"
        yield Finding(f"{entry.kind}_removed", entry.subject, detail, version=version)
    elif facts.get("purged"):
        detail = "its content was purged, but the chain holds no tombstone for it"
        yield Finding(f"{entry.kind}_removed", entry.subject, detail, version=version)
    elif chain.digest_of(facts) != entry.digest:
        changed = _changed(entry.parts, chain.parts_of(facts))
        detail = "changed since it was chained: " + (", ".join(changed) or "its digest")
        yield Finding(
            f"{entry.kind}_changed",
            entry.subject,
            detail,
            url=facts.get("url"),
            version=version,
            fields=changed,
        )


def _changed(before: Mapping[str, str], after: Mapping[str, str]) -> tuple[str, ...]:
    names = sorted({*before, *after})
    return tuple(name for name in names if before.get(name) != after.get(name))


def _facts(session: Session, entries: Sequence[ChainEntry]) -> dict[str, Facts]:
    """What the rows say now about the subjects of some links."""
    public = {entry.subject.partition("/")[0] for entry in entries}
    rows = session.execute(
        select(Version, Resource.url_key, Capture)
        .join(Resource, Resource.key == Version.resource_key)
        .join(Capture, Capture.key == Version.capture_key)
        .where(Version.public_id.in_(public))
    ).all()
    derived = load_derivation_facts(session, {version.derivation_key for version, _, _ in rows})
    parts = _parts(session, [version.key for version, _, _ in rows])
    facts: dict[str, Facts] = {}
    for version, url_key, capture in rows:
        own = parts.get(version.key, [])
        if version.purged_at is not None:
            facts[version.public_id] = {"purged": True}
        else:
            facts[version.public_id] = version_facts(
                vars(version),
                url_key,
                vars(capture),
                derived.get(version.derivation_key, {}),
                [part for part, _ in own],
            )
        for part, bytes_from in own:
            subject = binding_subject(version.public_id, part.position)
            facts[subject] = binding_facts(version.public_id, part, bytes_from)
    return facts


def _parts(session: Session, versions: Collection[int]) -> dict[int, list[tuple[Part, Facts]]]:
    rows = session.execute(
        select(Attachment, Capture)
        .outerjoin(Capture, Capture.key == Attachment.capture_key)
        .where(Attachment.version_key.in_(versions))
        .order_by(Attachment.version_key, Attachment.position)
    )
    parts: dict[int, list[tuple[Part, Facts]]] = {}
    nothing = {"public_id": None, "payload_digest": None}
    for row, capture in rows:
        part = Part(
            key=row.key,
            position=row.position,
            name=row.name,
            url=row.url,
            resource_key=row.resource_key,
            capture_key=row.capture_key,
            digest=row.payload_digest,
        )
        parts.setdefault(row.version_key, []).append((part, vars(capture) if capture else nothing))
    return parts


def _unchained(session: Session, seen: Collection[str]) -> Iterator[Finding]:
    for public, number in session.execute(select(Version.public_id, Version.number)):
        if public not in seen:
            detail = f"version {number} is in no link of the chain"
            yield Finding("version_unchained", public, detail, version=public)


def _differing(session: Session, kept: Mapping[int, chain.Head]) -> Iterator[int]:
    numbers = sorted(kept)
    for start in range(0, len(numbers), CHUNK):
        part = numbers[start : start + CHUNK]
        found = session.execute(
            select(ChainEntry.number, ChainEntry.hash).where(ChainEntry.number.in_(part))
        )
        yield from (row.number for row in found if row.hash != kept[row.number].hash)
