"""Hosts to be left alone beyond one run: after challenges, storms, or because they asked."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from archive import ledger
from archive.clock import SECOND, show
from archive.models import Host
from crawler.middlewares.hosts import Hosts, Rest

FIRST_RESTS = (120, 900)
"""Seconds of rest after the first and the second challenge in a row.

The same rests follow storms from the second on: after the first, the next run sends its probe."""

LONG_REST = 3600
LONGEST_REST = 86_400


@dataclass(frozen=True, slots=True)
class Remembered:
    """What earlier runs learnt: ``resting`` hosts with the reason, and hosts to be probed."""

    resting: dict[str, str]
    half_open: frozenset[str]


def recall(session: Session, at: int) -> Remembered:
    """What a run that begins at a moment is to know of the hosts."""
    asleep = resting(session, at)
    tripped = session.scalars(select(Host.name).where(Host.trips > 0)).all()
    return Remembered(asleep, frozenset(tripped) - asleep.keys())


def resting(session: Session, at: int) -> dict[str, str]:
    """Hosts that are to be left alone at a moment, with the reason."""
    return {
        host.name: f"left alone until {show(host.until)}: {host.reason}"
        for host in ledger.resting_hosts(session, at)
    }


def remember(session: Session, hosts: Hosts, at: int) -> None:
    """Write what a run learnt: how long to leave hosts alone, and which are fine again."""
    names = set(hosts.rests) | hosts.fine
    for row in session.scalars(select(Host).where(Host.name.in_(names))):
        rest = hosts.rests.get(row.name)
        if rest is None:
            row.blocked_count, row.trips = 0, 0
            row.backoff_until, row.backoff_reason = None, None
            continue
        row.blocked_count += rest.blocked
        row.trips += rest.tripped
        in_a_row = row.blocked_count if rest.blocked else row.trips - 1
        seconds = rest_seconds(rest, in_a_row)
        if seconds:
            row.backoff_until, row.backoff_reason = at + int(seconds * SECOND), rest.reason
    session.flush()


def rest_seconds(rest: Rest, in_a_row: int) -> float:
    """How long a host is left alone: as it asked, or longer with every trouble in a row."""
    if not (rest.blocked or rest.tripped) or in_a_row <= 0:
        return min(rest.seconds, LONGEST_REST)
    if in_a_row <= len(FIRST_RESTS):
        return FIRST_RESTS[in_a_row - 1]
    doublings = min(in_a_row - len(FIRST_RESTS) - 1, 8)
    return float(min(LONG_REST << doublings, LONGEST_REST))
