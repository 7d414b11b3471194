"""One archive's database: opening, reading from a snapshot, writing one at a time.

SQLite 3.7.0 to 3.51.2 (except 3.44.6 and 3.50.7) can corrupt a database when one connection commits
and thereby resets the write-ahead log while another one checkpoints. This is why that cannot happen
here, whatever the version:

- Every commit and every checkpoint that anybody asks for is made under one lock beside the
  database, and no connection checkpoints by itself (``wal_autocheckpoint=0``).
- Connections that read are opened read-only. They can neither commit nor checkpoint.
- A connection that writes checkpoints once more when it is closed as the last one, also when it is
  only dropped. SQLite does so under its exclusive lock on the whole database file, so that nobody
  else has it open at that moment.
- After a kill the next one to open the database, who may well be a reader, recovers the log: it
  counts its frames into shared memory, under SQLite's own lock, and changes neither log nor
  database. The next writer to be the last one folds the log in.

Other programs that write to the database keep none of this: see ``gongwen doctor``.
"""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import URL
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from archive import schema
from archive.access import (
    check_folder,
    is_writable,
    lock_folder,
    make_folder,
    missing,
    unwritable,
)
from archive.connecting import BUSY_PATIENCE_MS, database_file, explain, make_engine, read_url
from archive.locking import FileLocks, ServerLock, notice_lost_clients
from archive.problems import Problem
from archive.space import disk_problem, out_of_room

log = logging.getLogger(__name__)

LOCK_PATIENCE = 60.0
CHECKPOINT_BYTES = 8 << 20


class Database:
    """An open archive database. ``folder`` also holds the WARC files and the head of the chain.

    ``engine`` writes, ``snapshots`` only reads (on PostgreSQL they are one). A ``read_only``
    archive lies in a folder that this user may not write: nothing in it can be written. One
    instance may serve several threads of one process; after ``fork`` open a new one.
    """

    def __init__(self, folder: Path, url: str) -> None:
        address = read_url(url)
        self.folder = folder
        self.url = url
        self.file = database_file(address)
        self.is_sqlite = self.file is not None
        self.read_only = not is_writable(folder, self.file)
        self.engine = make_engine(address, writes=True)
        self.snapshots = self.engine
        if self.is_sqlite:
            self.snapshots = make_engine(address, writes=False, read_only=self.read_only)
        self._lock = self._make_lock(address)
        self._checkpoint_at = CHECKPOINT_BYTES

    def _make_lock(self, address: URL) -> FileLocks | ServerLock:
        if self.file is not None:
            return FileLocks(lock_folder(self.file))
        engine = make_engine(address, writes=False)
        for each in (engine, self.engine):
            notice_lost_clients(each)
        return ServerLock(engine)

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A session that sees one moment of the archive and never takes the write lock."""
        options: dict[str, Any] = {}
        if not self.is_sqlite:
            options = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
        with self.snapshots.connect() as connection:
            if options:
                connection = connection.execution_options(**options)
            with Session(connection, autoflush=False, expire_on_commit=False) as session:
                yield session
                # Rows that were read stay readable; a rollback would expire them.
                session.expunge_all()
                session.rollback()

    @contextmanager
    def write(self) -> Iterator[Session]:
        """A session that is the archive's only writer; commits at the end, rolls back on error.

        Raises Problem for an archive that is busy, or that this user may only read.
        """
        with self.lock(), Session(self.engine, autoflush=False, expire_on_commit=False) as session:
            try:
                yield session
                session.commit()
            except BaseException:
                session.rollback()
                raise
            if self.is_sqlite:
                self._checkpoint(session)

    @contextmanager
    def lock(self) -> Iterator[None]:
        """The archive-wide write lock alone; a thread that has it may take it again."""
        if self.read_only:
            raise unwritable(self.folder)
        try:
            self._lock.acquire(LOCK_PATIENCE)
        except TimeoutError:
            raise Problem(
                "The archive is busy",
                f"another process held its write lock for {LOCK_PATIENCE:.0f} s",
                "See who is running with: gongwen runs",
            ) from None
        except OSError as error:
            raise disk_problem(error) from error
        try:
            yield
        finally:
            self._lock.release()

    def has_lock(self) -> bool:
        """Whether this thread still has the lock: a server takes it away with its connection."""
        return self._lock.is_held()

    def close(self) -> None:
        """Close every connection. The last writer to leave a file folds the log in."""
        self.snapshots.dispose()
        self.engine.dispose()
        self._lock.close()

    def _checkpoint(self, session: Session) -> None:
        """Fold the write-ahead log into the database once it is large; readers may delay that."""
        path = Path(f"{self.file}-wal")
        size = path.stat().st_size if path.exists() else 0
        if size < self._checkpoint_at:
            return
        connection = session.connection().connection.dbapi_connection
        assert connection is not None
        # Rows that were read or written stay readable; a rollback would expire them.
        session.expunge_all()
        session.rollback()
        try:
            busy = _fold_in(connection)
        except sqlite3.DatabaseError as error:
            # What was committed is durable in the log. Without room it has to stay there.
            if not self._lacks_room(error):
                raise _failed(error) from error
            log.warning("No room to fold the write-ahead log in: %s", error)
            busy = True
        self._checkpoint_at = size + CHECKPOINT_BYTES if busy else CHECKPOINT_BYTES

    def _lacks_room(self, error: sqlite3.DatabaseError) -> bool:
        """Whether that was all; SQLite calls a used up quota or limit a failed disk."""
        name = error.sqlite_errorname
        failed = name.startswith("SQLITE_IOERR")
        return name == "SQLITE_FULL" or (failed and bool(out_of_room(self.folder, self.file)))


def _fold_in(connection: Any) -> bool:
    """Checkpoint; True when readers kept it from being complete."""
    with closing(connection.cursor()) as cursor:
        cursor.execute("PRAGMA busy_timeout=200")
        try:
            return bool(cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0])
        finally:
            cursor.execute(f"PRAGMA busy_timeout={BUSY_PATIENCE_MS}")


def _failed(error: sqlite3.DatabaseError) -> Problem:
    return Problem(
        "The database could not be made durable",
        f"folding its log in: {error}",
        "Check the disk, then: gongwen verify",
    )


def default_url(folder: Path) -> str:
    """The address of an archive's own SQLite database."""
    file = folder.resolve() / "gongwen.sqlite"
    return URL.create("sqlite", database=str(file)).render_as_string()


def open_database(folder: Path, url: str | None = None, *, create: bool = True) -> Database:
    """Open an archive; an empty database gets its tables.

    With ``create`` false only an archive that is there is opened, and nothing is made. Raises
    :class:`Problem` when the schema is newer than this program, or older (then ``gongwen db
    upgrade`` brings it up), when there is no archive, or when folder or database cannot be used.
    """
    database = connect(folder, url) if create else connect_existing(folder, url)
    try:
        found = read_revision(database)
        if found is None and not create:
            raise missing(folder, "its database is empty")
        if found is None:
            _create(database)
        elif found != schema.HEAD:
            raise schema.mismatch(found)
    except BaseException:
        database.close()
        raise
    return database


def read_revision(database: Database) -> str | None:
    """The revision of the tables, None without any; Problem when the database cannot be read."""
    if database.file is not None and not database.file.exists():
        return None
    try:
        with database.snapshots.connect() as connection:
            return schema.revision(connection)
    except DBAPIError as error:
        problem = explain(error)
        if problem is None:
            raise
        raise problem from error


def connect(folder: Path, url: str | None) -> Database:
    """An archive's database, whatever its format; makes the folder."""
    make_folder(folder)
    return Database(folder, url or default_url(folder))


def connect_existing(folder: Path, url: str | None) -> Database:
    """An archive's database, whatever its format; Problem when there is none."""
    address = url or default_url(folder)
    check_folder(folder, database_file(read_url(address)))
    return Database(folder, address)


def _create(database: Database) -> None:
    with database.lock(), database.engine.begin() as connection:
        # Another process may have been first while this one waited for the lock.
        if schema.revision(connection) != schema.HEAD:
            schema.upgrade(connection)
