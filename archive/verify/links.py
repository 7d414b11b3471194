"""The chain against the rows it vouches for."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import Row, select
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
from archive.verify.added import added_facts, unchained_additions
from archive.verify.findings import Finding

CHUNK = 500

Facts = Mapping[str, Any]
Entry = Row[*tuple[Any, ...]]

# Everything but the parts, which are only worth reading when a digest differs. Columns instead
# of objects throughout, since all there are pass through here.
_LINK = tuple(column for column in ChainEntry.__table__.columns if column.key != "parts")
_VERSION = tuple(Version.__table__.columns)
_CAPTURE = (
    Capture.key,
    Capture.public_id,
    Capture.url,
    Capture.fetched_at,
    Capture.status,
    Capture.payload_digest,
)
_NO_CAPTURE: Facts = {"public_id": None, "payload_digest": None}


def check_chain(session: Session) -> Iterator[Finding]:
    """Recompute every link from the one before it and from the rows it is about."""
    previous, number = chain.GENESIS, 0
    buried = set(
        session.scalars(select(ChainEntry.subject).where(ChainEntry.kind == chain.TOMBSTONE))
    )
    seen: set[str] = set()
    while entries := _entries(session, number):
        facts = {**_facts(session, entries), **added_facts(session, _by_kind(entries))}
        for entry in entries:
            yield from _check_link(entry, previous, number + 1)
            if entry.subject not in buried:
                yield from _check_subject(session, entry, facts.get(entry.subject))
            previous, number = entry.hash, entry.number
            if entry.kind != chain.TOMBSTONE:
                seen.add(entry.subject)
    yield from _unchained(session, seen)
    yield from unchained_additions(session, seen)


def _by_kind(entries: Sequence[Entry]) -> Mapping[str, set[str]]:
    subjects: dict[str, set[str]] = defaultdict(set)
    for entry in entries:
        subjects[entry.kind].add(entry.subject)
    return subjects


def _entries(session: Session, after: int) -> Sequence[Entry]:
    found = select(*_LINK).where(ChainEntry.number > after).order_by(ChainEntry.number)
    return session.execute(found.limit(CHUNK)).all()


def _check_link(entry: Entry, previous: str, expected: int) -> Iterator[Finding]:
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


def _check_subject(session: Session, entry: Entry, facts: Facts | None) -> Iterator[Finding]:
    owned = entry.kind in (chain.VERSION, chain.ATTACHMENT)
    version = entry.subject.partition("/")[0] if owned else None
    if facts is None:
        detail = f"the chain vouches for {entry.kind} {entry.subject}, which is not there"
        yield Finding(f"{entry.kind}_removed", entry.subject, detail, version=version)
    elif facts.get("purged"):
        detail = "its content was purged, but the chain holds no tombstone for it"
        yield Finding(f"{entry.kind}_removed", entry.subject, detail, version=version)
    elif chain.digest_of(facts) != entry.digest:
        parts = session.scalar(select(ChainEntry.parts).where(ChainEntry.number == entry.number))
        changed = _changed(parts or {}, chain.parts_of(facts))
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


def _facts(session: Session, entries: Sequence[Entry]) -> dict[str, Facts]:
    """What the rows say now about the subjects of some links."""
    public = {entry.subject.partition("/")[0] for entry in entries}
    versions = _versions(session, public)
    derived = load_derivation_facts(session, {row["derivation_key"] for row in versions})
    parts = _parts(session, [row["key"] for row in versions])
    used = {part.capture_key for own in parts.values() for part in own}
    captures = _captures(session, used | {row["capture_key"] for row in versions})
    facts: dict[str, Facts] = {}
    for row in versions:
        name, own = row["public_id"], parts[row["key"]]
        facts[name] = (
            {"purged": True}
            if row["purged_at"] is not None
            else version_facts(
                row,
                row["url_key"],
                captures[row["capture_key"]],
                derived.get(row["derivation_key"], {}),
                own,
            )
        )
        for part in own:
            capture = captures.get(part.capture_key, _NO_CAPTURE)
            facts[binding_subject(name, part.position)] = binding_facts(name, part, capture)
    return facts


def _versions(session: Session, public: Collection[str]) -> Sequence[Facts]:
    found = (
        select(*_VERSION, Resource.url_key)
        .join(Resource, Resource.key == Version.resource_key)
        .join(Capture, Capture.key == Version.capture_key)
        .where(Version.public_id.in_(public))
    )
    return [row._asdict() for row in session.execute(found)]


def _captures(session: Session, keys: Collection[int | None]) -> dict[int | None, Facts]:
    found = session.execute(select(*_CAPTURE).where(Capture.key.in_(keys)))
    return {row.key: row._asdict() for row in found}


def _parts(session: Session, versions: Collection[int]) -> Mapping[int, list[Part]]:
    rows = session.execute(
        select(*Attachment.__table__.columns)
        .where(Attachment.version_key.in_(versions))
        .order_by(Attachment.version_key, Attachment.position)
    )
    parts: dict[int, list[Part]] = defaultdict(list)
    for row in rows:
        part = Part(
            key=row.key,
            position=row.position,
            name=row.name,
            url=row.url,
            resource_key=row.resource_key,
            capture_key=row.capture_key,
            digest=row.payload_digest,
        )
        parts[row.version_key].append(part)
    return parts


def _unchained(session: Session, seen: Collection[str]) -> Iterator[Finding]:
    for public, number in session.execute(select(Version.public_id, Version.number)):
        if public not in seen:
            detail = f"version {number} is in no link of the chain"
            yield Finding("version_unchained", public, detail, version=public)
    bound = (
        select(Version.public_id, Attachment.position, Attachment.url)
        .join(Version, Version.key == Attachment.version_key)
        .where(Attachment.payload_digest.is_not(None))
    )
    for public, position, url in session.execute(bound):
        subject = binding_subject(public, position)
        if subject not in seen:
            detail = "its bytes are in no link of the chain"
            yield Finding("attachment_unchained", subject, detail, url=url, version=public)
