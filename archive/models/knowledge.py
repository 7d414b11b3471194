"""What it said and what changed: documents, versions, derivations, and the chain over them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from archive.models.base import Base, Key, Micros, PublicId


def _asked_by(name: str, column: str, where: str) -> Index:
    """An index for equality alone; that of PostgreSQL takes text of any length as a hash."""
    return Index(
        name,
        column,
        sqlite_where=text(where),
        postgresql_where=text(where),
        postgresql_using="hash",
    )


class Document(Base):
    """A logical document: groups the resources that carry it, never their versions."""

    __tablename__ = "documents"

    key: Mapped[Key]
    public_id: Mapped[PublicId]
    created_at: Mapped[Micros]
    merged_into: Mapped[int | None] = mapped_column(ForeignKey("documents.key"))


class Version(Base):
    """A distinct content of one resource; append-only, numbered from 1 per resource."""

    __tablename__ = "versions"
    __table_args__ = (UniqueConstraint("resource_key", "number"),)

    key: Mapped[Key]
    public_id: Mapped[PublicId]
    resource_key: Mapped[int] = mapped_column(ForeignKey("resources.key"))
    number: Mapped[int]
    capture_key: Mapped[int] = mapped_column(ForeignKey("captures.key"))
    derivation_key: Mapped[int] = mapped_column(ForeignKey("derivations.key"))
    created_at: Mapped[Micros]
    content_hash: Mapped[str] = mapped_column(index=True)
    change_class: Mapped[str]
    changed_fields: Mapped[list[Any]] = mapped_column(default=list)
    reverts_to: Mapped[int | None]
    withheld_at: Mapped[Micros | None]
    purged_at: Mapped[Micros | None]


class Derivation(Base):
    """Text and fields computed from one capture by one rule version; of a file only its text.

    ``fields`` holds the chosen value of every field; the evidence stands in ``assertions``.
    ``format`` is set for files alone.
    """

    __tablename__ = "derivations"
    __table_args__ = (UniqueConstraint("capture_key", "rule_version"),)

    key: Mapped[Key]
    public_id: Mapped[PublicId]
    capture_key: Mapped[int] = mapped_column(ForeignKey("captures.key"))
    rule_version: Mapped[str]
    derived_at: Mapped[Micros]
    kind: Mapped[str]
    outcome: Mapped[str]
    reason: Mapped[str | None]
    family: Mapped[str]
    encoding: Mapped[str]
    encoding_evidence: Mapped[str]
    text: Mapped[str]
    text_digest: Mapped[str]
    region_digest: Mapped[str | None]
    fields: Mapped[dict[str, Any]]
    conflicts: Mapped[list[Any]] = mapped_column(default=list)
    # What the rules of revision 0002 did not compute is null in their derivations.
    markdown: Mapped[str | None]
    images: Mapped[list[Any] | None] = mapped_column(JSON(none_as_null=True))
    contacts: Mapped[list[Any] | None] = mapped_column(JSON(none_as_null=True))
    rights: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    format: Mapped[str | None]
    attachments: Mapped[list[Any] | None] = mapped_column(JSON(none_as_null=True))
    """The files that these rules find on the page, which may be others than its version lists."""


class Correction(Base):
    """A person's word on one field of one page, put before what the rules read there.

    It stands while the page says of the field what it said then (``grounds``, a digest of its
    assertions); after that it is open again. ``withdrawn_at`` ends it for good.
    """

    __tablename__ = "corrections"
    __table_args__ = (Index("ix_corrections_resource_key_field", "resource_key", "field"),)

    key: Mapped[Key]
    public_id: Mapped[PublicId]
    resource_key: Mapped[int] = mapped_column(ForeignKey("resources.key"))
    version_key: Mapped[int] = mapped_column(ForeignKey("versions.key"))
    field: Mapped[str]
    value: Mapped[str | None]
    replaced: Mapped[str | None]
    who: Mapped[str]
    why: Mapped[str]
    at: Mapped[Micros]
    grounds: Mapped[str]
    reopened_at: Mapped[Micros | None]
    withdrawn_at: Mapped[Micros | None]


class Assertion(Base):
    """One value a derivation found for one field, and where. ``chosen`` marks the ranked winner."""

    __tablename__ = "assertions"
    __table_args__ = (_asked_by("ix_assertions_doc_no", "value", "field = 'doc_no'"),)

    key: Mapped[Key]
    derivation_key: Mapped[int] = mapped_column(ForeignKey("derivations.key"), index=True)
    position: Mapped[int]
    field: Mapped[str]
    value: Mapped[str]
    raw: Mapped[str]
    precision: Mapped[str | None]
    source: Mapped[str]
    locator: Mapped[str]
    chosen: Mapped[bool] = mapped_column(default=False)


class Attachment(Base):
    """A file inside a version. The digest is bound once, when its bytes are first captured.

    It covers the file itself, without the content encoding that the capture's own digest includes.
    """

    __tablename__ = "attachments"
    __table_args__ = (UniqueConstraint("version_key", "position"),)

    key: Mapped[Key]
    version_key: Mapped[int] = mapped_column(ForeignKey("versions.key"))
    position: Mapped[int]
    name: Mapped[str]
    url: Mapped[str | None]
    resource_key: Mapped[int | None] = mapped_column(ForeignKey("resources.key"), index=True)
    capture_key: Mapped[int | None] = mapped_column(ForeignKey("captures.key"))
    payload_digest: Mapped[str | None]


class Relation(Base):
    """A document named by a derivation; resolved to one of ours when we hold it."""

    __tablename__ = "relations"
    __table_args__ = (
        _asked_by("ix_relations_doc_no", "doc_no", "doc_no IS NOT NULL"),
        _asked_by("ix_relations_url", "url", "url IS NOT NULL"),
    )

    key: Mapped[Key]
    derivation_key: Mapped[int] = mapped_column(ForeignKey("derivations.key"), index=True)
    kind: Mapped[str]
    doc_no: Mapped[str | None]
    title: Mapped[str | None]
    url: Mapped[str | None]
    document_key: Mapped[int | None] = mapped_column(ForeignKey("documents.key"), index=True)


class Event(Base):
    """An entry of the change feed: something happened to a document on its site."""

    __tablename__ = "events"
    __table_args__ = (Index("ix_events_seed_key_at", "seed_key", "at"),)

    key: Mapped[Key]
    seed_key: Mapped[int] = mapped_column(ForeignKey("seeds.key"))
    resource_key: Mapped[int] = mapped_column(ForeignKey("resources.key"), index=True)
    document_key: Mapped[int | None] = mapped_column(ForeignKey("documents.key"), index=True)
    version_key: Mapped[int | None] = mapped_column(ForeignKey("versions.key"))
    run_id: Mapped[int | None] = mapped_column(ForeignKey("runs.id"))
    at: Mapped[Micros]
    kind: Mapped[str]
    change_class: Mapped[str | None]
    fields: Mapped[list[Any]] = mapped_column(default=list)
    detail: Mapped[dict[str, Any]] = mapped_column(default=dict)


class ChainEntry(Base):
    """A link of the hash chain: a version made, an attachment bound, a tombstone set.

    ``digest`` covers the full values; ``parts`` holds a short digest of each named part, only to
    say later which one changed.
    """

    __tablename__ = "chain"

    number: Mapped[Key]
    kind: Mapped[str]
    subject: Mapped[str] = mapped_column(index=True)
    digest: Mapped[str]
    parts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    previous: Mapped[str]
    hash: Mapped[str] = mapped_column(unique=True)
    at: Mapped[Micros]


class IdentityEntry(Base):
    """The log of grouping: witnesses joined, suggested, confirmed, rejected and undone."""

    __tablename__ = "identity_log"

    key: Mapped[Key]
    at: Mapped[Micros]
    action: Mapped[str]
    resource_key: Mapped[int | None] = mapped_column(ForeignKey("resources.key"))
    document_key: Mapped[int | None] = mapped_column(ForeignKey("documents.key"))
    other_document_key: Mapped[int | None] = mapped_column(ForeignKey("documents.key"))
    evidence: Mapped[dict[str, Any]] = mapped_column(default=dict)
    undoes: Mapped[int | None] = mapped_column(ForeignKey("identity_log.key"))


class Meta(Base):
    """Facts about the archive itself, such as its id."""

    __tablename__ = "meta"

    name: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[str]
