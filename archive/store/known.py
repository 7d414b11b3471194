"""What a batch knows of the versions that exist: contents to compare with, rows to build on."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from archive.models import Attachment, Derivation, Resource, Version
from archive.records import FIELDS, RULE_VERSION, AttachmentState, Content
from archive.versioning.identity import found_by_rules

Renewed = tuple[str, dict[str, Any], list[Any] | None]


@dataclass(slots=True)
class Part:
    """One attachment row of a version. ``digest`` and ``capture_key`` may still be bound."""

    key: int
    position: int
    name: str
    url: str | None
    resource_key: int | None
    capture_key: int | None
    digest: str | None


@dataclass(slots=True)
class Known:
    """One version of a resource. ``derived`` are its derivation's facts, when at hand.

    ``links`` are the files that newer rules find on its page, where these read it again.
    """

    key: int
    public_id: str
    number: int
    capture_key: int
    derivation_key: int
    text: str
    fields: Mapping[str, str | None]
    parts: list[Part]
    derived: dict[str, Any] | None = None
    links: Sequence[Mapping[str, Any]] | None = None

    @property
    def content(self) -> Content:
        """What the version is compared by."""
        states = tuple(AttachmentState(part.name, part.url, part.digest) for part in self.parts)
        if self.links is not None:
            states = found_by_rules(self.links, states)
        return Content(self.text, self.fields, states)


def load_known(session: Session, resources: Collection[int]) -> dict[int, list[Known]]:
    """The versions of some resources, ordered by number.

    A version is compared by what the current rules make of its capture, where that is stored, so
    that new rules alone change nothing.
    """
    rows = session.execute(
        select(Version, Derivation.text, Derivation.fields, Derivation.rule_version)
        .join(Derivation, Derivation.key == Version.derivation_key)
        .where(Version.resource_key.in_(resources))
        .order_by(Version.resource_key, Version.number)
    ).all()
    parts = _parts(session, [row.Version.key for row in rows])
    stale = {row.Version.capture_key for row in rows if row.rule_version != RULE_VERSION}
    renewed = _renewed(session, stale)
    known: dict[int, list[Known]] = defaultdict(list)
    for version, text, fields, _rule in rows:
        text, fields, links = renewed.get(version.capture_key, (text, fields, None))
        known[version.resource_key].append(
            Known(
                key=version.key,
                public_id=version.public_id,
                number=version.number,
                capture_key=version.capture_key,
                derivation_key=version.derivation_key,
                text=text,
                fields=complete(fields),
                parts=parts[version.key],
                links=links,
            )
        )
    return known


def complete(fields: Mapping[str, str | None]) -> dict[str, str | None]:
    """Every field name with its value or None."""
    return {name: fields.get(name) for name in FIELDS}


def load_bearers(session: Session, attachments: Collection[int]) -> dict[int, set[int]]:
    """The articles whose latest version lists an attachment, by the attachment's key."""
    rows = session.execute(
        select(Attachment.resource_key, Version.resource_key)
        .join(Version, Version.key == Attachment.version_key)
        .join(Resource, Resource.key == Version.resource_key)
        .where(
            Attachment.resource_key.in_(attachments),
            Version.number == Resource.version_count,
        )
    )
    bearers: dict[int, set[int]] = defaultdict(set)
    for attachment, article in rows:
        if attachment is not None:
            bearers[attachment].add(article)
    return bearers


def load_latest(session: Session, resources: Collection[int]) -> dict[int, int]:
    """The keys of the latest versions, by resource."""
    rows = session.execute(
        select(Version.resource_key, Version.key)
        .join(Resource, Resource.key == Version.resource_key)
        .where(Version.resource_key.in_(resources), Version.number == Resource.version_count)
    )
    return {row.resource_key: row.key for row in rows}


def _parts(session: Session, versions: Collection[int]) -> dict[int, list[Part]]:
    rows = session.scalars(
        select(Attachment)
        .where(Attachment.version_key.in_(versions))
        .order_by(Attachment.version_key, Attachment.position)
    )
    parts: dict[int, list[Part]] = defaultdict(list)
    for row in rows:
        parts[row.version_key].append(
            Part(
                key=row.key,
                position=row.position,
                name=row.name,
                url=row.url,
                resource_key=row.resource_key,
                capture_key=row.capture_key,
                digest=row.payload_digest,
            )
        )
    return parts


def _renewed(session: Session, captures: Collection[int]) -> dict[int, Renewed]:
    if not captures:
        return {}
    columns = (Derivation.text, Derivation.fields, Derivation.attachments)
    rows = session.execute(
        select(Derivation.capture_key, *columns).where(
            Derivation.capture_key.in_(captures), Derivation.rule_version == RULE_VERSION
        )
    )
    return {row.capture_key: (row.text, row.fields, row.attachments) for row in rows}
