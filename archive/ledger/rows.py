"""How rows come into the ledger: by hand, by a schedule's slot, or to take up lost work."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from archive.characters import storable
from archive.models import Run
from archive.records import RunState


def add_manual_run(
    session: Session,
    seed_key: int,
    *,
    trigger: str,
    at: int,
    request: Mapping[str, Any] | None = None,
    seed_digest: str | None = None,
) -> int:
    """Add a run that no schedule asked for, due at once; return its id."""
    run = Run(
        seed_key=seed_key,
        trigger=trigger,
        state=RunState.DUE,
        request=dict(storable(request or {})),
        created_at=at,
        seed_digest=seed_digest,
    )
    session.add(run)
    session.flush()
    return run.id


def add_resumption(session: Session, lost: Run, at: int) -> int | None:
    """Add a run that takes up a lost one, unless a run of the seed waits that will do so."""
    waiting = select(Run.id).where(Run.seed_key == lost.seed_key, Run.state == RunState.DUE)
    if session.scalar(waiting.limit(1)) is not None:
        return None
    return add_manual_run(
        session, lost.seed_key, trigger="resume", at=at, seed_digest=lost.seed_digest
    )


def ensure_due(
    session: Session, seed_key: int, due_at: int, *, at: int, seed_digest: str | None = None
) -> int | None:
    """Add the run of one slot; None when that slot has a row already, whoever wrote it."""
    return _add_slot(session, seed_key, due_at, RunState.DUE, None, at, seed_digest)


def record_missed(
    session: Session, seed_key: int, due_at: int, *, reason: str, at: int
) -> int | None:
    """Record a slot that passed without a run; None when that slot has a row already."""
    return _add_slot(session, seed_key, due_at, RunState.MISSED, reason, at, None)


def supersede_due(session: Session, seed_key: int, *, at: int) -> int:
    """Of several slots of a seed that still wait, keep the latest; return how many were missed."""
    waiting = (Run.seed_key == seed_key) & (Run.state == RunState.DUE) & Run.due_at.is_not(None)
    latest = session.scalar(select(Run.due_at).where(waiting).order_by(Run.due_at.desc()).limit(1))
    if latest is None:
        return 0
    earlier = session.scalars(select(Run.id).where(waiting, Run.due_at < latest)).all()
    reason = "a later slot came before this one found a free place"
    session.execute(
        update(Run)
        .where(Run.id.in_(earlier))
        .values(state=RunState.MISSED, reason=reason, finished_at=at)
    )
    return len(earlier)


def _add_slot(
    session: Session,
    seed_key: int,
    due_at: int,
    state: RunState,
    reason: str | None,
    at: int,
    seed_digest: str | None,
) -> int | None:
    dialect = session.get_bind().dialect.name
    insert = sqlite.insert if dialect == "sqlite" else postgresql.insert
    values = {
        "seed_key": seed_key,
        "due_at": due_at,
        "trigger": "schedule",
        "state": state,
        "reason": reason,
        "created_at": at,
        "seed_digest": seed_digest,
    }
    statement = (
        insert(Run).values(values).on_conflict_do_nothing(index_elements=["seed_key", "due_at"])
    )
    return session.scalar(statement.returning(Run.id))
