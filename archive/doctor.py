"""How the machine and an archive are doing: what could go wrong, before it does."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sqlalchemy import func, inspect, select, text
from sqlalchemy.exc import DBAPIError

from archive import chain, clock, ledger, schema
from archive.connecting import database_file, explain, read_url
from archive.database import Database, default_url, read_revision
from archive.machine import disk_signs, folder_sign
from archive.models import ChainEntry, WarcFile
from archive.moved import refuse_moved
from archive.problems import Problem
from archive.records import RULE_VERSION
from archive.signs import Sign, State
from archive.space import MIN_FREE
from archive.store.rederiving import stale_count
from archive.warc.reading import warc_folder
from archive.warc.sealing import QUARANTINE
from archive.warc.slots import is_live

__all__ = ["Sign", "State", "examine", "sqlite_version"]

WAL_RESET_FIRST = (3, 7, 0)
# The first fixed version, and older series that got the fix as well.
WAL_RESET_FIXED = (3, 51, 3)
WAL_RESET_BACKPORTS = ((3, 50, 7), (3, 44, 6))
SYNCHRONOUS = ("off", "normal", "full", "extra")


def examine(folder: Path, url: str | None = None, *, min_free: int = MIN_FREE) -> list[Sign]:
    """Look at an archive without changing it; one that does not exist yet is fine.

    ``min_free`` are the bytes below which crawls stop.
    """
    address = url or default_url(folder)
    file = _file_of(address)
    signs = [folder_sign(folder, file), *disk_signs(folder, file, min_free)]
    try:
        return [*signs, *_archive(folder, address)]
    except Problem as problem:
        detail = f"{problem.what}: {problem.why}"
        return [*signs, Sign("database", State.FAIL, detail, problem.next_step)]


def sqlite_version(version: tuple[int, ...], name: str) -> Sign:
    """Whether this SQLite has the fault of resetting its log under several connections."""
    if not _is_affected(version):
        return Sign("sqlite", State.OK, name)
    *backports, newest = (
        ".".join(map(str, fixed)) for fixed in (*WAL_RESET_BACKPORTS[::-1], WAL_RESET_FIXED)
    )
    return Sign(
        "sqlite",
        State.WARN,
        f"{name} can corrupt a database when its log is reset (fixed in {newest}, also in "
        f"{' and '.join(backports)}); gongwen writes and checkpoints under one lock, so it is safe "
        "while nothing else writes to the database",
        f"Do not write to the database with other programs, or use SQLite {newest} or newer",
    )


def _is_affected(version: tuple[int, ...]) -> bool:
    if not WAL_RESET_FIRST <= version < WAL_RESET_FIXED:
        return False
    return not any(version[:2] == fixed[:2] and version >= fixed for fixed in WAL_RESET_BACKPORTS)


def _file_of(address: str) -> Path | None:
    try:
        return database_file(read_url(address))
    except Problem:
        return None


def _archive(folder: Path, address: str) -> list[Sign]:
    file = database_file(read_url(address))
    if file is None:
        return _look_into(folder, address)
    version = sqlite_version(sqlite3.sqlite_version_info, sqlite3.sqlite_version)
    if not file.exists():
        return [version, Sign("archive", State.OK, f"none yet in {folder}")]
    return [version, *_look_into(folder, address)]


def _look_into(folder: Path, address: str) -> list[Sign]:
    database = Database(folder, address)
    try:
        return list(_database(database))
    except DBAPIError as error:
        problem = explain(error)
        if problem is None:
            raise
        raise problem from error
    finally:
        database.close()


def _database(database: Database) -> Iterator[Sign]:
    found = read_revision(database)
    with database.snapshots.connect() as connection:
        has_tables = inspect(connection).has_table("chain")
        if database.is_sqlite:
            yield _settings(connection)
        else:
            yield _server(connection)
    if found == schema.HEAD:
        yield Sign("schema", State.OK, f"revision {found}")
    elif found is None or not has_tables:
        yield Sign("schema", State.FAIL, "the database has no tables of ours", "gongwen db upgrade")
        return
    else:
        problem = schema.mismatch(found)
        yield Sign("schema", State.FAIL, problem.why, problem.next_step)
        return
    yield from _moved(database)
    yield _head(database)
    yield from _files(database)
    yield _rules(database)
    yield from _hosts(database)


def _moved(database: Database) -> Iterator[Sign]:
    try:
        refuse_moved(database)
    except Problem as problem:
        yield Sign("moved", State.FAIL, problem.why, problem.next_step)


def _settings(connection: Any) -> Sign:
    journal = connection.execute(text("PRAGMA journal_mode")).scalar()
    durable = connection.execute(text("PRAGMA synchronous")).scalar()
    broken = connection.execute(text("PRAGMA integrity_check(1)")).scalar()
    orphans = len(connection.execute(text("PRAGMA foreign_key_check")).fetchmany(100))
    checked = f"integrity check {broken}" + (
        f", {orphans} rows without their own" if orphans else ""
    )
    detail = f"journal {journal}, synchronous {SYNCHRONOUS[durable]}, {checked}"
    if broken != "ok" or orphans:
        return Sign("database", State.FAIL, detail, "gongwen verify")
    # A copy, or a database on a medium that is only read, has no log and needs none.
    return Sign(
        "database",
        State.OK,
        detail,
        None if journal == "wal" else "The next write turns the log on",
    )


def _server(connection: Any) -> Sign:
    names = ("server_version", "fsync", "full_page_writes", "synchronous_commit")
    version, *durable = (connection.execute(text(f"SHOW {name}")).scalar() for name in names)
    told = ", ".join(f"{name} {value}" for name, value in zip(names[1:], durable, strict=True))
    detail = f"PostgreSQL {version}, {told}"
    if "off" in durable:
        step = "Turn these settings on, so that what was stored outlives a loss of power"
        return Sign("database", State.WARN, detail, step)
    return Sign("database", State.OK, detail)


def _head(database: Database) -> Sign:
    with database.read() as session:
        current = chain.current(session)
        links = session.scalar(select(func.count()).select_from(ChainEntry))
    kept = chain.last_kept(database.folder)
    if current is None or (kept is not None and kept.hash == current.hash):
        return Sign("chain", State.OK, f"{links} links, the head is kept")
    if kept is not None and kept.number < current.number:
        detail = f"{links} links, the kept head is at {kept.number}: a crash came between"
        return Sign("chain", State.OK, detail, "The next crawl writes it")
    if kept is not None and kept.number > current.number:
        detail = f"{links} links, but the kept head is at {kept.number}: links were removed, or "
        detail += "an older database was put back"
        next_step = "See gongwen verify, or take a whole backup: gongwen restore BACKUP"
        return Sign("chain", State.FAIL, detail, next_step)
    return Sign("chain", State.FAIL, "the head outside the database disagrees", "gongwen verify")


def _rules(database: Database) -> Sign:
    """Pages that only older rules read: the next crawl would take the new rules for a change."""
    with database.read() as session:
        stale = stale_count(session)
    if not stale:
        return Sign("rules", State.OK, f"every version was read by rules {RULE_VERSION}")
    detail = f"{stale} versions were read by other rules than {RULE_VERSION} only"
    return Sign("rules", State.WARN, f"{detail}: pages may seem changed", "gongwen rederive")


def _hosts(database: Database) -> Iterator[Sign]:
    """Each host that runs leave alone for now; nothing is said when there is none."""
    with database.read() as session:
        resting = ledger.resting_hosts(session, clock.now())
    for host in resting:
        detail = f"{host.name} is left alone until {clock.show(host.until)}: {host.reason}"
        step = "The first run after that asks for one page, and for the others if that comes"
        yield Sign("hosts", State.WARN, detail, step)


def _files(database: Database) -> Iterator[Sign]:
    with database.read() as session:
        rows = session.scalars(select(WarcFile)).all()
    damaged = [row.name for row in rows if row.damage]
    live = sorted({row.slot for row in rows if is_live(database.folder, row.slot)})
    total = sum(row.committed_end for row in rows)
    detail = f"{len(rows)} files, {total / (1 << 20):.1f} MiB"
    if live:
        detail += f", in use: slot {', '.join(map(str, live))}"
    if damaged:
        yield Sign("warc", State.WARN, f"{detail}, damaged: {', '.join(damaged)}", "gongwen verify")
    else:
        yield Sign("warc", State.OK, detail)
    kept = warc_folder(database.folder) / QUARANTINE
    if kept.is_dir() and (count := sum(1 for _ in kept.iterdir())):
        step = "Cut off after crashes; delete them once verify is clean"
        yield Sign("quarantine", State.OK, f"{count} tails in {kept}", step)
