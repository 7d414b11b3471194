"""How far files are committed, as whoever is about to cut one has to know it.

A server may still be committing for a client that was killed or cut off. What it then commits
relies on bytes past the end that a snapshot shows; asking for the row's lock waits until it is
through. SQLite has no such moment: its transactions end with their process.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Select, select

from archive.database import Database
from archive.models import WarcFile


def committed_end(database: Database, key: int) -> int:
    """The end of one file."""
    (row,) = _settled(database, select(WarcFile).where(WarcFile.key == key))
    return row.committed_end


def unsealed_files(database: Database, slot: int) -> Sequence[WarcFile]:
    """The files that a slot may still grow, newest first."""
    wanted = select(WarcFile).where(WarcFile.slot == slot, WarcFile.sealed_at.is_(None))
    return _settled(database, wanted.order_by(WarcFile.key.desc()))


def _settled(database: Database, wanted: Select[WarcFile]) -> Sequence[WarcFile]:
    if database.is_sqlite:
        with database.read() as session:
            return session.scalars(wanted).all()
    with database.write() as session:
        return session.scalars(wanted.with_for_update()).all()
