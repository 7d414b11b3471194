"""What a tick writes into the ledger: the due run of the latest slot, and the missed ones."""

from __future__ import annotations

from sqlalchemy.orm import Session

from archive import ledger
from archive.models import Seed as SeedRow
from crawler.scheduler.slots import passed_slots
from crawler.seeds import SeedFile

MISSED = "it passed while no scheduler ran it; only the latest slot is caught up"
NOT_LISTED = "; slots before it are not listed"
RESUMED_TRIGGERS = ("schedule", "resume", "web")
MOST_ATTEMPTS = 3
"""A walk that was lost so often in a row waits for the seed's next slot."""


def propose(session: Session, file: SeedFile, started_at: int, at: int) -> int | None:
    """Make the latest slot of a seed due, once; the new run's id, or None when nothing is due.

    A seed that never ran on schedule is owed nothing from before ``started_at``.
    """
    row = session.query(SeedRow).filter_by(id=file.seed.id).one_or_none()
    timing = file.seed.timing
    if row is None or row.paused_at is not None or timing is None:
        return None
    since = ledger.last_slot(session, row.key)
    passed = passed_slots(timing, started_at if since is None else since, at)
    if passed.latest is None:
        return None
    for place, slot in enumerate(passed.missed):
        reason = MISSED if place or passed.complete else MISSED + NOT_LISTED
        ledger.record_missed(session, row.key, slot, reason=reason, at=at)
    return ledger.ensure_due(session, row.key, passed.latest, at=at, seed_digest=file.digest)


def recover(session: Session, seed_ids: list[str], at: int) -> list[int]:
    """Mark lost runs and add what takes them up again; the ids of the added runs.

    Runs by hand are left to the person: the same command resumes them.
    """
    ledger.interrupt_lost(session, at)
    added = []
    for row in session.query(SeedRow).filter(SeedRow.id.in_(seed_ids), SeedRow.paused_at.is_(None)):
        lost = ledger.resumable(session, row.key, at)
        if lost is None or lost.trigger not in RESUMED_TRIGGERS:
            continue
        if ledger.attempts(session, lost) < MOST_ATTEMPTS:
            added.append(ledger.add_resumption(session, lost, at))
    return [run_id for run_id in added if run_id is not None]
