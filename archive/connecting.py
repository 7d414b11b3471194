"""Connections to the database behind an archive, and its errors in words for people."""

from __future__ import annotations

import json
import re
import sqlite3
import time
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlalchemy import URL, Engine, NullPool, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError

from archive.problems import DAMAGED, Problem
from archive.space import FREE_SOME, full

BUSY_PATIENCE_MS = 30_000
CONNECT_SECONDS = 10
SERVER_FULL = "53100"
FORM = "sqlite:////folder/gongwen.sqlite or postgresql://user@host/name"
_SCHEME = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*(?=:)")
_SECRET = re.compile(r"pass|secret|token", re.IGNORECASE)
_SETTING = "Set GONGWEN_DATABASE_URL to an address such as"


def read_url(text: str) -> URL:
    """The parsed address of a database; Problem (exit code 2) when it is none that we can use."""
    try:
        url = make_url(text)
    except (ArgumentError, ValueError):
        # Nobody can tell where in it the password stands.
        scheme = _SCHEME.match(text)
        shown = f"{scheme[0]}:…" if scheme else f"(a text of {len(text)} characters)"
        raise _unusable(shown, "it is not the address of a database") from None
    shown = repr(shown_url(url))
    if url.get_backend_name() not in ("sqlite", "postgresql"):
        raise _unusable(shown, f"{url.get_backend_name()} is neither sqlite nor postgresql")
    if url.get_backend_name() == "sqlite" and url.database in (None, "", ":memory:"):
        raise _unusable(shown, "it names no file")
    driver = "postgresql+psycopg" if url.drivername == "postgresql" else url.drivername
    return url.set(drivername=driver)


def shown_url(url: URL) -> str:
    """A database's address as messages may show it: no password in it, wherever it stood."""
    masked = {name: "***" for name in url.query if _SECRET.search(name)}
    return url.update_query_dict(masked).render_as_string()


def database_file(url: URL) -> Path | None:
    """The file of an SQLite database itself, where its log lies, too; None for a server's."""
    if url.get_backend_name() != "sqlite" or url.database is None:
        return None
    return Path(url.database).resolve()


def make_engine(url: URL, *, writes: bool, read_only: bool = False) -> Engine:
    """The engine behind sessions that write, or that only read.

    ``read_only`` means a database whose folder cannot be written, so that SQLite cannot keep its
    log beside it. Without ``writes`` a file is opened read-only and has to be there. Raises
    Problem when the driver is missing.
    """
    options: dict[str, Any] = {
        "json_serializer": partial(json.dumps, ensure_ascii=False),
        # An error names the statement; its values are whole pages, and belong in no log.
        "hide_parameters": True,
    }
    if url.get_backend_name() == "postgresql" and "connect_timeout" not in url.query:
        options["connect_args"] = {"connect_timeout": CONNECT_SECONDS}
    file = database_file(url)
    if not writes and file is not None:
        options["creator"] = partial(_open_to_read, file, alone=read_only)
    if read_only:
        # How it is opened depends on whether a writer is there, which changes.
        options["poolclass"] = NullPool
    try:
        engine = create_engine(url, **options)
    except (ImportError, NoSuchModuleError) as error:
        raise _driver_missing(url, error) from None
    if file is not None:
        prepare = partial(_prepare_sqlite, writes=writes)
        event.listen(engine, "connect", prepare)
        begin = "BEGIN IMMEDIATE" if writes else "BEGIN"
        event.listen(engine, "begin", lambda connection: connection.exec_driver_sql(begin))
    return engine


def explain(error: DBAPIError) -> Problem | None:
    """What a database's error means to a person; None for one that is a mistake of ours."""
    # A server's reasons fill several lines, of which the first says it.
    reason = str(error.orig).strip().partition("\n")[0]
    if getattr(error.orig, "sqlstate", None) == SERVER_FULL:
        return full(f"the database server says: {reason}")
    for part, what, next_step, exit_code in _KNOWN:
        if part in reason:
            return Problem(what, reason, next_step, exit_code=exit_code)
    return None


def lost_a_write(error: DBAPIError) -> bool:
    """Whether SQLite was told by the disk that something could not be written or made durable."""
    return str(getattr(error.orig, "sqlite_errorname", "")).startswith("SQLITE_IOERR")


_LOOK = "Look closer with: gongwen doctor"
_VERIFY = "See what is damaged with: gongwen verify"
_MODE = "Change its owner or mode, or set GONGWEN_DATA to another folder"
_LOGIN = "Correct the user in GONGWEN_DATABASE_URL, and the password there or in ~/.pgpass"
_CROWDED = "Run fewer programs at once, or raise the server's max_connections"
_AWAY = "The database server cannot be used"
_START = "Start the server, or correct GONGWEN_DATABASE_URL"
_KNOWN = (
    (
        "file is not a database",
        "The archive's database cannot be read",
        "Put back a copy of gongwen.sqlite, or set GONGWEN_DATA to another folder",
        1,
    ),
    ("malformed", DAMAGED, _LOOK, 1),
    # A flipped bit in a stored text, or in the tables' own description.
    ("Could not decode to UTF-8", DAMAGED, _VERIFY, 1),
    ("no such column", DAMAGED, _LOOK, 1),
    ("no such table", DAMAGED, _LOOK, 1),
    ("readonly database", "The archive cannot be written", _MODE, 1),
    ("unable to open database file", "The archive's database cannot be opened", _MODE, 1),
    ("disk is full", "The disk is full", FREE_SOME, 3),
    ("No space left on device", "The disk is full", FREE_SOME, 3),
    ("disk I/O error", "The disk failed", _LOOK, 1),
    (
        "database is locked",
        "The archive is busy",
        "Close other programs that use the database, then run the same command again",
        1,
    ),
    (
        "permission denied",
        "The database refuses this user",
        "Grant the user of GONGWEN_DATABASE_URL its own schema, or correct the address",
        1,
    ),
    *(
        (part, "The database server refuses this user", _LOGIN, 1)
        for part in ("authentication failed", "no password supplied", 'role "', "pg_hba.conf")
    ),
    *((part, _AWAY, _START, 1) for part in ("not currently accepting", "database system is")),
    (
        'FATAL:  database "',
        "There is no such database",
        "Make it with createdb, or correct GONGWEN_DATABASE_URL",
        1,
    ),
    *((part, "The database server is full", _CROWDED, 1) for part in ("clients", "slots are")),
    (
        "read-only transaction",
        "The database can only be read",
        "Name the server that takes writes in GONGWEN_DATABASE_URL",
        1,
    ),
    (
        "deadlock detected",
        "The archive is busy",
        "Run the same command again",
        1,
    ),
    ("connection", _AWAY, _START, 1),
    (
        "failed to resolve host",
        "The database server cannot be found",
        "Correct GONGWEN_DATABASE_URL",
        1,
    ),
)


def _unusable(text: str, why: str) -> Problem:
    next_step = f"{_SETTING} {FORM}, or unset it"
    return Problem(f"GONGWEN_DATABASE_URL {text} cannot be used", why, next_step, exit_code=2)


def _driver_missing(url: URL, error: Exception) -> Problem:
    return Problem(
        f"The database driver of {shown_url(url)!r} is missing",
        str(error),
        "Install it with: pip install 'gongwen[postgresql]'",
        exit_code=2,
    )


def _open_to_read(file: Path, *, alone: bool) -> sqlite3.Connection:
    """A read-only connection; ``alone`` when nothing can be put beside the file."""
    # A writer that is there keeps its log and its shared memory beside the file, also while the
    # log is empty. Without them nothing is missing from the file, and nothing changes it now.
    log, shared = Path(f"{file}-wal"), Path(f"{file}-shm")
    frozen = alone and not (log.exists() and (shared.exists() or log.stat().st_size))
    mode = "mode=ro&immutable=1" if frozen else "mode=ro"
    address = f"file:{quote(str(file.absolute()))}?{mode}"
    return sqlite3.connect(address, uri=True, check_same_thread=False)


def _prepare_sqlite(connection: Any, _record: Any, *, writes: bool) -> None:
    # The driver must not begin transactions by itself: ours begin IMMEDIATE or not at all.
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout={BUSY_PATIENCE_MS}")
    cursor.execute("PRAGMA wal_autocheckpoint=0")
    if writes:
        keep_log(cursor)
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.execute("PRAGMA cache_size=-32000")
    if not writes:
        cursor.execute("PRAGMA query_only=ON")
    cursor.close()


def keep_log(cursor: sqlite3.Cursor) -> None:
    """Turn the write-ahead log on; when two do so at once SQLite waits for neither."""
    deadline = time.monotonic() + BUSY_PATIENCE_MS / 1000
    while True:
        try:
            cursor.execute("PRAGMA journal_mode=WAL")
            return
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or time.monotonic() > deadline:
                raise
        time.sleep(0.01)
