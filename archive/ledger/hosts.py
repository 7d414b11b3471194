"""Hosts: leased, so that runs sharing one never ask it at the same time, and left alone."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from archive.bytewise import bytewise
from archive.clock import SECOND
from archive.models import Host

HOST_LEASE = 30 * SECOND


@dataclass(frozen=True, slots=True)
class RestingHost:
    """A host to be left alone until a moment (UTC microseconds), and why.

    ``trips`` counts the runs in a row in which its circuit opened. Nothing speaks against one
    that only ``asked`` for time.
    """

    name: str
    until: int
    reason: str | None
    trips: int
    asked: bool = False


def resting_hosts(session: Session, at: int) -> list[RestingHost]:
    """The hosts that are to be left alone at a moment, by name."""
    query = select(Host).where(Host.backoff_until > at).order_by(bytewise(Host.name))
    return [
        RestingHost(
            row.name,
            row.backoff_until or at,
            row.backoff_reason,
            row.trips,
            asked=not row.trips and not row.blocked_count,
        )
        for row in session.scalars(query)
    ]


def lease_host(
    session: Session, host_name: str, run_id: int, at: int, *, lease: int = HOST_LEASE
) -> bool:
    """Take or keep a host name for a run; False while another run holds it."""
    dialect = session.get_bind().dialect.name
    insert = sqlite.insert if dialect == "sqlite" else postgresql.insert
    wanted = insert(Host).values(name=host_name, leased_by=run_id, lease_until=at + lease)
    free = or_(Host.leased_by.is_(None), Host.leased_by == run_id, Host.lease_until < at)
    statement = wanted.on_conflict_do_update(
        index_elements=["name"],
        set_={"leased_by": run_id, "lease_until": at + lease},
        where=free,
    )
    return session.scalar(statement.returning(Host.key)) is not None


def keep_hosts(session: Session, run_id: int, hosts: Collection[str], at: int, until: int) -> bool:
    """Keep every host a run holds; False when another run has one of ``hosts``."""
    # Who let a lease run out may have it back while nobody else holds it.
    free = or_(Host.leased_by.is_(None), Host.lease_until < at)
    session.execute(
        update(Host)
        .where(or_(Host.leased_by == run_id, Host.name.in_(hosts) & free))
        .values(leased_by=run_id, lease_until=until)
    )
    taken = select(Host.key).where(Host.name.in_(hosts), Host.leased_by != run_id).limit(1)
    return session.scalar(taken) is None


def release_hosts(session: Session, run_id: int) -> None:
    """Give back every host a run holds."""
    session.execute(
        update(Host).where(Host.leased_by == run_id).values(leased_by=None, lease_until=None)
    )
