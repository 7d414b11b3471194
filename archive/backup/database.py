"""The database inside a backup: always one SQLite file, whatever the archive itself is kept in."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from sqlalchemy import URL, Engine, Table, text
from sqlalchemy.orm import Session

from archive.connecting import make_engine
from archive.copying.tables import copy_table, count_and_hash
from archive.copying.targets import prepare
from archive.database import Database
from archive.models import Base
from archive.problems import Problem
from archive.snapshots import copy_sqlite, sync_file


def copy_database(database: Database, target: Path) -> None:
    """Copy a database as it is at one moment, while it may be written to, and make it durable."""
    if database.is_sqlite:
        copy_sqlite(database, target)
        return
    with _engine(target, writes=True) as engine, engine.begin() as copy, database.read() as session:
        prepare(copy)
        # Rows come table by table, and refer to each other across that.
        copy.execute(text("PRAGMA defer_foreign_keys=ON"))
        for table in Base.metadata.sorted_tables:
            read = copy_table(session.connection(), copy, table)
            if count_and_hash(copy, table) != read:
                raise _differs(table)
    with closing(sqlite3.connect(target)) as single:
        single.execute("PRAGMA journal_mode=DELETE")
    sync_file(target)


@contextmanager
def reading(file: Path) -> Iterator[Session]:
    """A session on a copy that nobody writes to; leaves nothing beside it."""
    with _engine(file, writes=False) as engine, Session(engine) as session:
        yield session


def damage_in(session: Session) -> list[str]:
    """What SQLite itself finds broken in its file."""
    found = session.execute(text("PRAGMA quick_check(3)")).scalars()
    return [f"gongwen.sqlite: {message}" for message in found if message != "ok"]


@contextmanager
def _engine(file: Path, *, writes: bool) -> Iterator[Engine]:
    url = URL.create("sqlite", database=str(file))
    engine = make_engine(url, writes=writes, read_only=not writes)
    try:
        yield engine
    finally:
        engine.dispose()


def _differs(table: Table) -> Problem:
    return Problem(
        f"The copy of the table {table.name} differs",
        "other rows came back than were written",
        "Look for a failing disk with gongwen doctor, then run the same command again",
    )
