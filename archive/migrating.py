"""From one format of an archive's tables to another: up to this program's, or back.

A migration is one transaction on either database, so a kill in the middle leaves the tables as
they were, and the same command does it again. An SQLite database is copied first all the same,
since what a migration did well but wrongly is undone by a copy only.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection

from archive import schema
from archive.database import Database, connect, connect_existing, read_revision
from archive.in_use import refuse_writers
from archive.problems import Problem
from archive.snapshots import copy_sqlite, disk_in_words
from archive.store.failpoints import reach
from archive.warc.sealing import sync_folder


@dataclass(frozen=True, slots=True)
class Migrated:
    """The revisions before and after, and the copy that was made (None: nothing to copy)."""

    before: str | None
    after: str
    copy: Path | None


def upgrade_database(folder: Path, url: str | None = None) -> Migrated:
    """Bring an older format up to this program's; an empty database gets its tables.

    Raises Problem for a newer format, and while a crawl is running.
    """
    return _migrate(connect(folder, url), schema.HEAD, schema.upgrade)


def downgrade_database(folder: Path, url: str | None, revision: str) -> Migrated:
    """Take the tables back to an older format, for an older program.

    Raises Problem for an unknown revision, when that would lose data, and while a crawl is running.
    """
    known = schema.revisions()
    if revision not in known:
        why = f"this program knows {', '.join(known)}"
        next_step = "Name one of them: gongwen db downgrade REVISION"
        raise Problem(f"There is no revision {revision!r}", why, next_step, exit_code=2)

    def downgrade(connection: Connection, step: Callable[[str], None]) -> None:
        found = schema.revision(connection)
        if found is None or found < revision:
            why = f"its tables are at {found or 'no revision'}, before {revision}"
            raise Problem("There is nothing to take back", why, "Look at it with: gongwen doctor")
        schema.downgrade(connection, revision, step)

    return _migrate(connect_existing(folder, url), revision, downgrade)


_Change = Callable[[Connection, Callable[[str], None]], None]


def _migrate(database: Database, wanted: str, change: _Change) -> Migrated:
    try:
        found = read_revision(database)
        if found == wanted:
            return Migrated(found, wanted, None)
        if found is not None and not schema.is_known(found):
            raise schema.mismatch(found)
        with database.lock():
            # Another process may have been first while this one waited. What is kept from before
            # would then be replaced by what it has made.
            found = read_revision(database)
            if found == wanted:
                return Migrated(found, wanted, None)
            refuse_writers(database.folder, "and expects the tables as they are")
            copy = _keep_copy(database, found, wanted)
            reach("migration_copied")
            with database.engine.begin() as connection:
                change(connection, reach)
            reach("migrated")
    finally:
        database.close()
    return Migrated(found, wanted, copy)


def _keep_copy(database: Database, found: str | None, wanted: str) -> Path | None:
    """Copy an SQLite database beside itself; a server's transaction has to be enough."""
    if found is None or not database.is_sqlite:
        return None
    target = database.folder / f"gongwen-before-{wanted}-from-{found}.sqlite"
    unfinished = target.with_name(f".{target.name}.unfinished")
    with disk_in_words("The database cannot be copied"):
        unfinished.unlink(missing_ok=True)
        copy_sqlite(database, unfinished)
        reach("migration_copying")
        unfinished.replace(target)
        sync_folder(database.folder)
    return target
