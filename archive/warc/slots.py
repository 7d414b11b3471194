"""Writer slots: each owns one open WARC file at a time, across runs.

A slot is held by an exclusive ``flock`` on ``slot-NN.lock``. Its file is sealed when it is full
or its month is over.
"""

from __future__ import annotations

import fcntl
from collections.abc import Callable
from pathlib import Path

from filelock import FileLock, Timeout
from sqlalchemy import select

from archive.database import Database
from archive.models import WarcFile
from archive.problems import Problem
from archive.warc.appending import Slot
from archive.warc.damage import mark_lost
from archive.warc.reading import warc_folder

SLOTS = 100
PATIENCE = 0.05
"""Seconds to wait for a slot: whoever only looks whether it is held has it for a moment."""


def claim_slot(
    database: Database,
    number: int | None = None,
    *,
    seal_bytes: int | None = None,
    reach: Callable[[str], None] = lambda _: None,
) -> Slot:
    """Take a slot: the lowest free one, or exactly ``number``. Raises Problem when none is free.

    ``seal_bytes`` is the size at which a file is full; ``reach`` is told each step that changes
    a file or its row.
    """
    folder = warc_folder(database.folder)
    folder.mkdir(parents=True, exist_ok=True)
    for candidate in range(SLOTS) if number is None else (number,):
        lock = _lock(folder, candidate)
        if lock is None:
            continue
        return _open(database, candidate, lock, seal_bytes, reach)
    raise Problem(
        "No writer slot is free",
        f"slot {number} is held by another process" if number is not None else "all are held",
        "See who is running with: gongwen runs",
    )


def is_live(folder: Path, slot: int) -> bool:
    """Whether a process holds a slot right now, so that its file may still grow."""
    path = warc_folder(folder) / f"slot-{slot:02d}.lock"
    if not path.exists():
        return False
    # A shared look asks no right to write, so that whoever may only read an archive can have it.
    with path.open("rb") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


def _open(
    database: Database,
    number: int,
    lock: FileLock,
    seal_bytes: int | None,
    reach: Callable[[str], None],
) -> Slot:
    try:
        slot = Slot(database, number, lock, seal_bytes, reach)
    except BaseException:
        lock.release()
        raise
    try:
        mark_lost(database, number, is_live)
        _trim_idle(database, reach)
    except BaseException:
        slot.close()
        raise
    return slot


def _lock(folder: Path, number: int) -> FileLock | None:
    lock = FileLock(folder / f"slot-{number:02d}.lock", timeout=0, thread_local=False)
    try:
        lock.acquire(timeout=PATIENCE, poll_interval=PATIENCE / 10)
    except Timeout:
        return None
    return lock


def _trim_idle(database: Database, reach: Callable[[str], None]) -> None:
    """Set aside what kills left in files of slots that nobody may take again for long."""
    folder = warc_folder(database.folder)
    for number in sorted(_slots_with_tails(database, folder)):
        lock = _lock(folder, number)
        if lock is None:
            continue
        try:
            # Only now is it known that nobody writes there; opening looks at the ends anew.
            Slot(database, number, lock, None, reach).close()
        finally:
            lock.release()


def _slots_with_tails(database: Database, folder: Path) -> set[int]:
    with database.read() as session:
        rows = session.scalars(select(WarcFile).where(WarcFile.sealed_at.is_(None))).all()
    paths = {row.name: folder / row.name for row in rows}
    return {
        row.slot
        for row in rows
        if paths[row.name].exists() and paths[row.name].stat().st_size > row.committed_end
    }
