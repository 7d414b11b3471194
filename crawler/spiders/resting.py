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
    """What earlier runs learnt: ``resting`` hosts with the reason, and hosts to be probed.

    ``pausing`` hosts asked for no more time than the run has patience: these seconds are left.
    """

    resting: dict[str, str]
    half_open: frozenset[str]
    pausing: dict[str, float]

    def tell(self, hosts: Hosts) -> None:
        """Let a run begin with what is known."""
        for host, reason in self.resting.items():
            hosts.back_off(host, reason)
        for host in self.half_open:
            hosts.probe(host)
        for host, seconds in self.pausing.items():
            hosts.pause(host, seconds, asked=True)


def recall(session: Session, at: int, patience: float = 0.0) -> Remembered:
    """What a run that begins at a moment, and is so patient, is to know of the hosts."""
    pausing = {
        host.name: (host.until - at) / SECOND
        for host in ledger.resting_hosts(session, at)
        if host.asked and host.until - at <= patience * SECOND
    }
    asleep = resting(session, at)
    for host in pausing:
        del asleep[host]
    tripped = session.scalars(select(Host.name).where(Host.trips > 0)).all()
    return Remembered(asleep, frozenset(tripped) - asleep.keys(), pausing)


def resting(session: Session, at: int) -> dict[str, str]:
    """Hosts that are to be left alone at a moment, with the reason."""
    return {
        host.name: f"left alone until {show(host.until)}: {host.reason}"
        for host in ledger.resting_hosts(session, at)
    }


def remember(session: Session, hosts: Hosts, at: int) -> None:
    """Write what a run learnt: how long to leave hosts alone, and which are fine again."""
    pausing = hosts.pausing
    names = hosts.rests.keys() | hosts.fine | pausing.keys()
    for row in session.scalars(select(Host).where(Host.name.in_(names))):
        rest = hosts.rests.get(row.name)
        if rest is None and row.name in hosts.fine:
            row.blocked_count, row.trips = 0, 0
            row.backoff_until, row.backoff_reason = None, None
        seconds = max(_count(row, rest), pausing.get(row.name, 0.0))
        if seconds:
            reason = "it asked to wait" if rest is None else rest.reason
            row.backoff_until, row.backoff_reason = at + int(seconds * SECOND), reason
    session.flush()


def _count(row: Host, rest: Rest | None) -> float:
    """Add a run's rest to those in a row before it; seconds to leave the host alone."""
    if rest is None:
        return 0.0
    row.blocked_count += rest.blocked
    row.trips += rest.tripped
    return rest_seconds(rest, row.blocked_count if rest.blocked else row.trips - 1)


def rest_seconds(rest: Rest, in_a_row: int) -> float:
    """How long a host is left alone: as it asked, or longer with every trouble in a row."""
    if not (rest.blocked or rest.tripped) or in_a_row <= 0:
        return min(rest.seconds, LONGEST_REST)
    if in_a_row <= len(FIRST_RESTS):
        return FIRST_RESTS[in_a_row - 1]
    doublings = min(in_a_row - len(FIRST_RESTS) - 1, 8)
    return float(min(LONG_REST << doublings, LONGEST_REST))
