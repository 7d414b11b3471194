"""Pages that no worker can read: how a failure is told, and when their bytes are left alone.

A page that takes all memory takes it again tomorrow. The bytes are kept, so after a few tries they
are read again only when they changed, when the rules changed, or when a person asks for it. A page
that took too long may have met a busy machine: it is tried for ever, at growing intervals.
"""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from archive.models import Capture, Observation, Resource
from archive.records import RULE_VERSION, Outcome

TRIES = 3
"""Readings of equal bytes by one rule version that may run out of memory."""

LEFT_ALONE = (
    f"the same bytes could not be read {TRIES} times and are kept as they are; "
    "recrawl the page to try once more"
)


def extract_failed(outcome: Outcome, reason: str | None) -> str:
    """How a failed reading is told: ``extract_failed=oom under rules 1: why``."""
    return _told(outcome) + (f": {reason}" if reason else "")


def given_up(session: Session, resources: Collection[int]) -> dict[int, str]:
    """The payload digests of resources whose last bytes were tried often enough, by key."""
    if not resources:
        return {}
    last = select(Resource.key, Capture.payload_digest).join(
        Capture, Capture.key == Resource.last_capture_key
    )
    latest = last.where(Resource.key.in_(resources)).subquery()
    rows = session.execute(
        select(Observation.resource_key, Capture.payload_digest)
        .join(Capture, Capture.key == Observation.capture_key)
        .join(latest, latest.c.key == Observation.resource_key)
        .where(
            Capture.payload_digest == latest.c.payload_digest,
            Observation.reason.startswith(_told(Outcome.OOM)),
        )
        .group_by(Observation.resource_key, Capture.payload_digest)
        .having(func.count() >= TRIES)
    )
    return {row.resource_key: row.payload_digest for row in rows}


def _told(outcome: Outcome) -> str:
    return f"extract_failed={outcome} under rules {RULE_VERSION}"
