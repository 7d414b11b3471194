"""What was served: WARC files, captures and what each check concluded."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from archive.models.base import Base, Count, Key, Micros, PublicId


class WarcFile(Base):
    """One WARC file and how far it is known good. Bytes past ``committed_end`` do not count."""

    __tablename__ = "warc_files"

    key: Mapped[Key]
    name: Mapped[str] = mapped_column(unique=True)
    slot: Mapped[int]
    month: Mapped[str]
    committed_end: Mapped[Count] = mapped_column(default=0)
    records: Mapped[Count] = mapped_column(default=0)
    created_at: Mapped[Micros]
    sealed_at: Mapped[Micros | None]
    digest: Mapped[str | None]
    damage: Mapped[str | None]


class Capture(Base):
    """One HTTP exchange kept in a WARC file. A redirect hop points to the capture it led to.

    ``warc_offset`` and ``warc_length`` frame the response (or revisit) record; its payload
    digest covers the body with its content encoding, as WARC counts it.
    """

    __tablename__ = "captures"
    __table_args__ = (Index("ix_captures_resource_key_fetched_at", "resource_key", "fetched_at"),)

    key: Mapped[Key]
    public_id: Mapped[PublicId]
    resource_key: Mapped[int] = mapped_column(ForeignKey("resources.key"))
    run_id: Mapped[int | None] = mapped_column(ForeignKey("runs.id"))
    url: Mapped[str]
    method: Mapped[str]
    status: Mapped[int]
    fetched_at: Mapped[Micros]
    warc_file_key: Mapped[int] = mapped_column(ForeignKey("warc_files.key"), index=True)
    warc_offset: Mapped[Count]
    warc_length: Mapped[Count]
    record_id: Mapped[str] = mapped_column(unique=True)
    record_type: Mapped[str]
    refers_to: Mapped[int | None] = mapped_column(
        ForeignKey("captures.key", deferrable=True, initially="DEFERRED")
    )
    led_to: Mapped[int | None] = mapped_column(
        ForeignKey("captures.key", deferrable=True, initially="DEFERRED")
    )
    payload_digest: Mapped[str] = mapped_column(index=True)
    payload_length: Mapped[Count]
    content_type: Mapped[str | None]
    truncated: Mapped[str | None]
    access: Mapped[dict[str, Any]] = mapped_column(default=dict)


class Observation(Base):
    """What one check of one resource concluded, also when nothing changed."""

    __tablename__ = "observations"
    __table_args__ = (
        Index("ix_observations_resource_key_observed_at", "resource_key", "observed_at"),
        Index("ix_observations_run_id", "run_id"),
    )

    key: Mapped[Key]
    resource_key: Mapped[int] = mapped_column(ForeignKey("resources.key"))
    run_id: Mapped[int | None] = mapped_column(ForeignKey("runs.id"))
    capture_key: Mapped[int | None] = mapped_column(ForeignKey("captures.key"))
    version_key: Mapped[int | None] = mapped_column(ForeignKey("versions.key"), index=True)
    observed_at: Mapped[Micros]
    observation: Mapped[str]
    change_class: Mapped[str | None]
    fields: Mapped[list[Any]] = mapped_column(default=list)
    status: Mapped[int | None]
    reason: Mapped[str | None]
