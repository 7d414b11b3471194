"""Seeds as the ledger knows them: the shadow of their files."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict, dataclass

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from archive.characters import storable
from archive.models import Run, Seed
from archive.records import RunState


@dataclass(frozen=True, slots=True)
class SeedFacts:
    """What a seed's file says; ``text`` is the whole file, ``text_digest`` its ``sha256:``."""

    id: str
    title: str
    publisher: str | None
    region: str | None
    rights: str
    text: str
    text_digest: str
    file_name: str | None


def register_seed(session: Session, facts: SeedFacts, at: int) -> int:
    """Write a seed as its file says it now, also one that came back; return its key."""
    facts = storable(facts)
    row = session.scalar(select(Seed).where(Seed.id == facts.id))
    if row is None:
        row = Seed(**asdict(facts), state="active", first_seen_at=at)
        session.add(row)
    else:
        for name, value in asdict(facts).items():
            setattr(row, name, value)
        row.state = "active"
        row.retired_at = None
    session.flush()
    return row.key


def retire_missing(
    session: Session, present: Collection[str], at: int, *, broken_files: Collection[str] = ()
) -> list[str]:
    """Retire the seeds that no file describes any more and cancel what waits; return their ids.

    ``present`` are the ids to keep. A seed whose file is only broken is kept too: it was not
    taken away.
    """
    active = session.scalars(select(Seed).where(Seed.retired_at.is_(None)).order_by(Seed.id))
    gone = [row for row in active if row.id not in present and row.file_name not in broken_files]
    for row in gone:
        row.state = "retired"
        row.retired_at = at
    session.flush()
    session.execute(
        update(Run)
        .where(Run.seed_key.in_([row.key for row in gone]), Run.state == RunState.DUE)
        .values(state=RunState.CANCELLED, reason="the seed was retired", finished_at=at)
    )
    return [row.id for row in gone]
