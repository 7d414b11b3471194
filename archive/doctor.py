"""How the machine and an archive are doing: what could go wrong, before it does."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from sqlalchemy import func, inspect, select, text
from sqlalchemy.exc import DBAPIError

from archive import chain, schema
from archive.access import is_writable
from archive.connecting import database_file, explain, read_url
from archive.database import Database, default_url, read_revision
from archive.models import ChainEntry, WarcFile
from archive.problems import Problem
from archive.store.store import MIN_FREE
from archive.warc.reading import warc_folder
from archive.warc.sealing import QUARANTINE
from archive.warc.slots import is_live

WAL_RESET_FIRST = (3, 7, 0)
WAL_RESET_LAST = (3, 51, 2)
# Locks and memory maps are not to be trusted across machines.
NETWORK_FILESYSTEMS = frozenset(["nfs", "nfs4", "cifs", "smb3", "9p", "fuse.sshfs", "ceph"])
PLENTY = 1 << 30


class State(StrEnum):
    """How one thing is."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True, slots=True)
class Sign:
    """One thing looked at; ``next_step`` says what to do when it is not ok."""

    name: str
    state: State
    detail: str
    next_step: str | None = None

    def as_row(self) -> dict[str, Any]:
        """The sign as a row."""
        return asdict(self)


def examine(folder: Path, url: str | None = None) -> list[Sign]:
    """Look at an archive without changing it; one that does not exist yet is fine."""
    signs = [_folder(folder), _space(folder), _file_system(folder)]
    try:
        return [*signs, *_archive(folder, url or default_url(folder))]
    except Problem as problem:
        detail = f"{problem.what}: {problem.why}"
        return [*signs, Sign("database", State.FAIL, detail, problem.next_step)]


def sqlite_version(version: tuple[int, ...], name: str) -> Sign:
    """Whether this SQLite has the fault of resetting its log under several connections."""
    if not WAL_RESET_FIRST <= version <= WAL_RESET_LAST:
        return Sign("sqlite", State.OK, name)
    return Sign(
        "sqlite",
        State.WARN,
        f"{name} can corrupt a database when its log is reset (fixed in 3.51.3); gongwen writes "
        "and checkpoints under one lock, so it is safe while nothing else opens the database",
        "Do not write to the database with other programs, or use SQLite 3.51.3 or newer",
    )


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


def _folder(folder: Path) -> Sign:
    existing = _existing(folder)
    step = "Change its owner or mode, or set GONGWEN_DATA to another folder"
    if not existing.is_dir():
        detail = f"{existing} is a file, and a folder is needed"
        return Sign("folder", State.FAIL, detail, "Set GONGWEN_DATA to another folder")
    if not os.access(existing, os.R_OK):
        return Sign("folder", State.FAIL, f"{existing} may not be read by this user", step)
    if not is_writable(existing, None):
        detail = f"{existing} may only be read by this user: nothing can be fetched"
        return Sign("folder", State.FAIL, detail, step)
    return Sign("folder", State.OK, str(folder))


def _space(folder: Path) -> Sign:
    free = shutil.disk_usage(_existing(folder)).free
    detail = f"{free / PLENTY:.1f} GiB free"
    if free < MIN_FREE:
        return Sign("disk", State.FAIL, detail, "Free some space; crawls stop with exit code 3")
    if free < PLENTY:
        return Sign("disk", State.WARN, detail, "Free some space before a large crawl")
    return Sign("disk", State.OK, detail)


def _file_system(folder: Path) -> Sign:
    kind = _mounted(_existing(folder).resolve())
    if kind in NETWORK_FILESYSTEMS:
        step = "Keep the archive on a local disk, or the database on PostgreSQL"
        return Sign("file system", State.WARN, f"{kind}: locks may not hold", step)
    return Sign("file system", State.OK, kind)


def _mounted(path: Path) -> str:
    mounts = Path("/proc/mounts")
    if not mounts.exists():
        return "unknown"
    kinds = {}
    for line in mounts.read_text(encoding="utf-8", errors="replace").splitlines():
        parts = line.split(" ")
        if len(parts) > 2:
            kinds[Path(parts[1].replace("\\040", " "))] = parts[2]
    return next((kinds[place] for place in (path, *path.parents) if place in kinds), "unknown")


def _existing(folder: Path) -> Path:
    return next(place for place in (folder, *folder.parents) if place.exists())


def _database(database: Database) -> Iterator[Sign]:
    found = read_revision(database)
    with database.snapshots.connect() as connection:
        has_tables = inspect(connection).has_table("chain")
        if database.is_sqlite:
            yield _settings(connection, keeps_log=not database.read_only)
    if found == schema.HEAD:
        yield Sign("schema", State.OK, f"revision {found}")
    elif found is None or not has_tables:
        yield Sign("schema", State.FAIL, "the database has no tables of ours", "gongwen db upgrade")
        return
    else:
        problem = schema.mismatch(found)
        yield Sign("schema", State.FAIL, problem.why, problem.next_step)
        return
    yield _head(database)
    yield from _files(database)


def _settings(connection: Any, *, keeps_log: bool) -> Sign:
    journal = connection.execute(text("PRAGMA journal_mode")).scalar()
    durable = connection.execute(text("PRAGMA synchronous")).scalar()
    broken = connection.execute(text("PRAGMA quick_check(1)")).scalar()
    detail = f"journal {journal}, synchronous {durable}, quick check {broken}"
    if broken != "ok":
        return Sign("database", State.FAIL, detail, "gongwen verify")
    # Who may only read the folder has no log beside the database, and needs none.
    as_set = durable == 2 and (journal == "wal" or not keeps_log)
    return Sign("database", State.OK if as_set else State.WARN, detail)


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
    return Sign("chain", State.FAIL, "the head outside the database disagrees", "gongwen verify")


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
