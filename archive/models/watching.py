"""What we watch and when: seeds, runs, hosts, resources (the frontier) and list rows."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from archive.models.base import Base, Count, Key, Micros


class Seed(Base):
    """A site section as its file said it last. The file is the truth, this row its shadow."""

    __tablename__ = "seeds"

    key: Mapped[Key]
    id: Mapped[str] = mapped_column(unique=True)
    title: Mapped[str]
    publisher: Mapped[str | None]
    region: Mapped[str | None]
    rights: Mapped[str] = mapped_column(default="unknown")
    text: Mapped[str]
    text_digest: Mapped[str]
    file_name: Mapped[str | None]
    state: Mapped[str] = mapped_column(default="active")
    first_seen_at: Mapped[Micros]
    retired_at: Mapped[Micros | None]
    paused_at: Mapped[Micros | None]


class Run(Base):
    """The ledger: one execution of one seed. Manual runs have no ``due_at``.

    ``horizon_at`` is the moment up to which resources count as due; a resumption keeps the
    horizon of the run it resumes, so that finished work is not done twice.
    """

    __tablename__ = "runs"
    __table_args__ = (
        UniqueConstraint("seed_key", "due_at"),
        Index(
            "uq_runs_one_running",
            "seed_key",
            unique=True,
            sqlite_where=text("state = 'running'"),
            postgresql_where=text("state = 'running'"),
        ),
        Index("ix_runs_state_due_at", "state", "due_at"),
    )

    id: Mapped[Key]
    seed_key: Mapped[int] = mapped_column(ForeignKey("seeds.key"))
    due_at: Mapped[Micros | None]
    trigger: Mapped[str]
    state: Mapped[str]
    reason: Mapped[str | None]
    request: Mapped[dict[str, Any]] = mapped_column(default=dict)
    created_at: Mapped[Micros]
    horizon_at: Mapped[Micros | None]
    started_at: Mapped[Micros | None]
    finished_at: Mapped[Micros | None]
    heartbeat_at: Mapped[Micros | None]
    lease_until: Mapped[Micros | None]
    owner: Mapped[str | None]
    resumes: Mapped[int | None] = mapped_column(ForeignKey("runs.id"))
    exit_code: Mapped[int | None]
    counts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    seed_digest: Mapped[str | None]


class Host(Base):
    """One host name: who holds it, how it wants to be asked, how it writes dates."""

    __tablename__ = "hosts"

    key: Mapped[Key]
    name: Mapped[str] = mapped_column(unique=True)
    leased_by: Mapped[int | None] = mapped_column(ForeignKey("runs.id"))
    lease_until: Mapped[Micros | None]
    day_first: Mapped[bool | None]
    crawl_delay: Mapped[float | None]
    blocked_count: Mapped[int] = mapped_column(default=0)
    backoff_until: Mapped[Micros | None]
    backoff_reason: Mapped[str | None]
    trips: Mapped[Count] = mapped_column(default=0, server_default="0")
    """Runs in a row in which the circuit of this host opened."""


class Resource(Base):
    """One URL known to us. ``url`` is asked for, ``url_key`` is its canonical form."""

    __tablename__ = "resources"
    __table_args__ = (Index("ix_resources_due", "seed_key", "next_check_at"),)

    key: Mapped[Key]
    seed_key: Mapped[int] = mapped_column(ForeignKey("seeds.key"))
    host_key: Mapped[int] = mapped_column(ForeignKey("hosts.key"), index=True)
    document_key: Mapped[int | None] = mapped_column(ForeignKey("documents.key"), index=True)
    kind: Mapped[str]
    url: Mapped[str]
    url_key: Mapped[str] = mapped_column(unique=True)
    discovered_from: Mapped[int | None] = mapped_column(
        ForeignKey("resources.key", deferrable=True, initially="DEFERRED")
    )
    discovered_at: Mapped[Micros]
    next_check_at: Mapped[Micros | None]
    last_checked_at: Mapped[Micros | None]
    last_run_id: Mapped[int | None] = mapped_column(ForeignKey("runs.id"))
    last_status: Mapped[int | None]
    last_capture_key: Mapped[int | None] = mapped_column(
        ForeignKey(
            "captures.key",
            use_alter=True,
            name="fk_resources_last_capture_captures",
            deferrable=True,
            initially="DEFERRED",
        )
    )
    etag: Mapped[str | None]
    last_modified: Mapped[str | None]
    payload_digest: Mapped[str | None]
    """Of the body as it was sent, so that the same answer is known before it is read."""
    content_digest: Mapped[str | None]
    """For a file: of its bytes without content encoding, by which versions are told apart."""
    rule_version: Mapped[str | None]
    failures: Mapped[int] = mapped_column(default=0)
    lifecycle: Mapped[str] = mapped_column(default="live")
    lifecycle_at: Mapped[Micros | None]
    moved_to: Mapped[int | None] = mapped_column(
        ForeignKey("resources.key", deferrable=True, initially="DEFERRED"), index=True
    )
    gone_since: Mapped[Micros | None]
    """When the page was first found gone (or a soft 404); cleared when it answers again."""
    version_count: Mapped[Count] = mapped_column(default=0)
    led_to_at: Mapped[Micros | None]
    """For a list: when a walk last came upon it; None once it was asked for without that."""
    next_page: Mapped[str | None]
    """For a list: the following page as last seen, so that a 304 still leads on."""
    pages: Mapped[list[Any]] = mapped_column(default=list)
    """For a list: further list pages of equal rank, as last seen."""
    items: Mapped[list[Any]] = mapped_column(default=list)
    """For a list: the keys of the resources it showed last, so that a 304 confirms them."""


class ListRow(Base):
    """A resource as a seed's list shows it: title, date, cells; an assertion source of its own."""

    __tablename__ = "list_rows"
    __table_args__ = (UniqueConstraint("seed_key", "resource_key"),)

    key: Mapped[Key]
    seed_key: Mapped[int] = mapped_column(ForeignKey("seeds.key"))
    resource_key: Mapped[int] = mapped_column(ForeignKey("resources.key"), index=True)
    list_key: Mapped[int] = mapped_column(ForeignKey("resources.key"), index=True)
    position: Mapped[int]
    title: Mapped[str | None]
    date: Mapped[str | None]
    fields: Mapped[dict[str, Any]] = mapped_column(default=dict)
    first_seen_at: Mapped[Micros]
    last_seen_at: Mapped[Micros]
    gone_at: Mapped[Micros | None]
