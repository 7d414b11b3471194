"""A held slot: one open WARC file that is appended to, settled, and cut back after a failure.

Only the holder of a slot trims its file to the committed end; what it cuts off goes to
``.quarantine`` first. The row of a file exists before the file, so no file is ever unknown.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable
from dataclasses import replace
from io import BytesIO, FileIO

from filelock import FileLock
from sqlalchemy import select
from sqlalchemy.orm import Session

from archive import clock
from archive.database import Database
from archive.models import WarcFile
from archive.records import Exchange
from archive.warc.damage import mark_damaged
from archive.warc.ends import committed_end, unsealed_files
from archive.warc.naming import month_of, next_name
from archive.warc.reading import warc_folder
from archive.warc.records import Original, Written, write_exchange, write_warcinfo
from archive.warc.sealing import file_digest, keep_tail, sync_folder

log = logging.getLogger(__name__)

SEAL_BYTES = 1 << 30


class Slot:
    """A held slot.

    The order of use: ``begin``, ``append`` …, ``write``, ``sync``, ``record``, ``settle``;
    ``recover`` after any failure. What is appended stays in memory until ``write``, so that a
    failure never leaves half a record behind in a buffer that nobody can empty.
    """

    def __init__(
        self,
        database: Database,
        number: int,
        lock: FileLock,
        seal_bytes: int | None,
        reach: Callable[[str], None],
    ) -> None:
        self.number = number
        self._database = database
        self._folder = warc_folder(database.folder)
        self._lock = lock
        self._seal_bytes = seal_bytes
        self._reach = reach
        self._file: FileIO | None = None
        self._buffer = BytesIO()
        self._name = ""
        self._key = 0
        self._month = ""
        self._committed = 0
        self._records = 0
        self._pending = 0
        self._reopen()

    @property
    def key(self) -> int:
        """The key of the open file's row; only after ``begin``."""
        return self._key

    def begin(self, at: int) -> None:
        """Have an open file of this month with room in it, sealing the one before if need be."""
        month = month_of(at)
        full = self._committed >= (self._seal_bytes or SEAL_BYTES)
        if self._file and (self._month != month or full):
            self._seal(at)
        if self._file is None:
            self._start(month, at)

    def append(self, exchange: Exchange, original: Original | None) -> Written:
        """Add one exchange at the end; it counts only after ``record`` is committed."""
        if not self._committed and not self._buffer.tell():
            write_warcinfo(self._buffer, self._name, exchange.fetched_at)
            self._pending += 1
        written = write_exchange(self._buffer, exchange, original)
        self._pending += 2
        return replace(written, offset=self._committed + written.offset)

    def write(self) -> None:
        """Hand everything appended to the file system."""
        assert self._file is not None
        rest = self._buffer.getbuffer()
        while rest:
            rest = rest[self._file.write(rest) or 0 :]

    def sync(self) -> None:
        """Make everything written durable. An OSError here means: ``give_up``."""
        assert self._file is not None
        os.fsync(self._file.fileno())

    def record(self, session: Session) -> None:
        """Store the new end, inside the transaction of the rows that rely on it."""
        row = session.get_one(WarcFile, self._key)
        row.committed_end = self._committed + self._buffer.tell()
        row.records = self._records + self._pending

    def settle(self) -> None:
        """The transaction is durable: what was appended now counts."""
        self._committed += self._buffer.tell()
        self._records += self._pending
        self._forget()

    def recover(self) -> bool:
        """After a failure: keep what the database knows of, cut off the rest. True when it knew."""
        if self._file is None:
            self._forget()
            return False
        if committed_end(self._database, self._key) > self._committed:
            self.settle()
            return True
        self._forget()
        self._file.truncate(self._committed)
        self._file.seek(self._committed)
        os.fsync(self._file.fileno())
        return False

    def leave(self) -> None:
        """Write no more to this file in this run, and cut nothing off: the next start does."""
        file, self._file = self._file, None
        self._forget()
        if file is not None:
            file.close()

    def give_up(self, why: str) -> None:
        """Never write to this file again; what was committed before stays valid."""
        self.leave()
        with self._database.write() as session:
            row = session.get_one(WarcFile, self._key)
            row.damage = why
            row.sealed_at = clock.now()

    def close(self) -> None:
        """Release the slot; the file stays open for the next holder."""
        if self._file is not None:
            self._file.close()
            self._file = None
        self._lock.release()

    def _reopen(self) -> None:
        rows = unsealed_files(self._database, self.number)
        for row in rows:
            path = self._folder / row.name
            size = path.stat().st_size if path.exists() else 0
            if size < row.committed_end:
                mark_damaged(self._database, row, size)
            elif self._file is None:
                self._open(row)

    def _open(self, row: WarcFile) -> None:
        path = self._folder / row.name
        file = FileIO(os.open(path, os.O_RDWR | os.O_CREAT, 0o644), "r+")
        self._reach("file opened")
        try:
            kept = keep_tail(file, path, row.committed_end, self._reach)
        except BaseException:
            file.close()
            raise
        if kept is not None:
            dropped, end = kept.stat().st_size, row.committed_end
            log.warning("Trimmed %d bytes off %s, to byte %d; kept as %s", dropped, path, end, kept)
        file.seek(row.committed_end)
        self._file, self._name, self._key = file, row.name, row.key
        self._month, self._committed, self._records = row.month, row.committed_end, row.records
        self._forget()
        if not row.committed_end:
            sync_folder(self._folder)

    def _forget(self) -> None:
        self._buffer = BytesIO()
        self._pending = 0

    def _start(self, month: str, at: int) -> None:
        with self._database.write() as session:
            name = self._next_name(session, month)
            row = WarcFile(name=name, slot=self.number, month=month, created_at=at)
            session.add(row)
        self._reach("file row")
        self._open(row)

    def _next_name(self, session: Session, month: str) -> str:
        # Files without a row (an older database was restored) keep their names, too.
        names = {*session.scalars(select(WarcFile.name)), *(p.name for p in self._folder.iterdir())}
        return next_name(names, month, self.number)

    def _seal(self, at: int) -> None:
        assert self._file is not None
        digest = file_digest(self._folder / self._name)
        self._reach("file digested")
        with self._database.write() as session:
            row = session.get_one(WarcFile, self._key)
            row.sealed_at, row.digest = at, digest
        self._reach("file sealed")
        # Only now: after a failure the file is still this slot's, and sealed the next time.
        self._file.close()
        self._file = None
