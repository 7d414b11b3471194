"""Hosts: leased, so that runs sharing one never ask it at the same time, and left alone."""

from __future__ import annotations

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

    ``trips`` counts the runs in a row in which its circuit opened.
    """

    name: str
    until: int
    reason: str | None
    trips: int


def resting_hosts(session: Session, at: int) -> list[RestingHost]:
    """The hosts that are to be left alone at a moment, by name."""
    query = select(Host.name, Host.backoff_until, Host.backoff_reason, Host.trips)
    rows = session.execute(query.where(Host.backoff_until > at).order_by(bytewise(Host.name)))
    return [RestingHost(name, until or at, reason, trips) for name, until, reason, trips in rows]


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


def extend_hosts(session: Session, run_id: int, until: int) -> None:
    """Keep every host a run holds."""
    session.execute(update(Host).where(Host.leased_by == run_id).values(lease_until=until))


def release_hosts(session: Session, run_id: int) -> None:
    """Give back every host a run holds."""
    session.execute(
        update(Host).where(Host.leased_by == run_id).values(leased_by=None, lease_until=None)
    )
