"""A copy of an SQLite database as it is at one moment, made while others write to it."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from sqlalchemy.exc import DBAPIError

from archive.connecting import explain
from archive.database import Database
from archive.problems import Problem
from archive.space import full, is_full


def copy_sqlite(database: Database, target: Path) -> None:
    """Copy a database to a new file and make it durable; never waits for the write lock.

    The copy is one file without a log. Raises Problem when the disk is full or cannot be read.
    """
    with disk_in_words("The database cannot be copied"):
        pooled = database.snapshots.raw_connection()
        with closing(pooled), closing(sqlite3.connect(target)) as copy:
            source = pooled.driver_connection
            assert isinstance(source, sqlite3.Connection)
            # In one step: between several, every commit of a crawl would start it anew.
            source.backup(copy)
            copy.execute("PRAGMA journal_mode=DELETE")
        sync_file(target)


def sync_file(path: Path) -> None:
    """Make a file's content durable."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def disk_in_words(what: str) -> Iterator[None]:
    """Turn errors of the disk, and of SQLite used without SQLAlchemy, into a Problem.

    ``what`` says what cannot be done. A full disk has the exit code 3.
    """
    try:
        yield
    except sqlite3.Error as error:
        problem = explain(DBAPIError(None, None, error))
        if problem is None:
            raise
        raise problem from error
    except OSError as error:
        why = f"{error.filename}: {error.strerror}" if error.filename else str(error)
        if is_full(error):
            raise full(why) from error
        next_step = "Correct that, then run the same command again"
        raise Problem(what, why, next_step) from error
