"""Hosts that want to be left alone beyond one run: after challenges, or because they asked."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from archive.clock import SECOND, show
from archive.models import Host
from crawler.middlewares.hosts import Hosts, Rest

FIRST_RESTS = (120, 900)
"""Seconds of rest after the first and the second challenge in a row."""

LONG_REST = 3600
LONGEST_REST = 86_400


def resting(session: Session, at: int) -> dict[str, str]:
    """Hosts that are to be left alone at a moment, with the reason."""
    rows = session.scalars(select(Host).where(Host.backoff_until > at))
    return {
        row.name: f"left alone until {show(row.backoff_until)}: {row.backoff_reason}"
        for row in rows
    }


def remember(session: Session, hosts: Hosts, at: int) -> None:
    """Write what a run learnt: how long to leave hosts alone, and which are fine again."""
    names = set(hosts.rests) | hosts.fine
    for row in session.scalars(select(Host).where(Host.name.in_(names))):
        rest = hosts.rests.get(row.name)
        if rest is None:
            row.blocked_count, row.backoff_until, row.backoff_reason = 0, None, None
            continue
        row.blocked_count += rest.blocked
        seconds = rest_seconds(rest, row.blocked_count)
        if seconds:
            row.backoff_until, row.backoff_reason = at + int(seconds * SECOND), rest.reason
    session.flush()


def rest_seconds(rest: Rest, blocked: int) -> float:
    """How long a host is left alone: as it asked, and longer with every challenge in a row."""
    if not rest.blocked or not blocked:
        return min(rest.seconds, LONGEST_REST)
    if blocked <= len(FIRST_RESTS):
        return FIRST_RESTS[blocked - 1]
    doublings = min(blocked - len(FIRST_RESTS) - 1, 8)
    return float(min(LONG_REST << doublings, LONGEST_REST))
