"""WARC files as wholes: there, as long as they were, and unchanged since they were sealed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from archive.database import Database
from archive.models import WarcFile
from archive.verify.findings import Finding
from archive.verify.records import captured_in, check_records
from archive.warc.reading import warc_folder
from archive.warc.scanning import Scanned, scan
from archive.warc.sealing import QUARANTINE, file_digest
from archive.warc.slots import is_live


@dataclass(frozen=True, slots=True)
class Seen:
    """What lay there before the snapshot: sizes, and files with bytes that nobody was writing."""

    sizes: Mapping[str, int]
    abandoned: frozenset[str]


def look(database: Database) -> Seen:
    """Which files there are, and how large.

    Whether a slot is held is only asked where bytes lie past an end, since asking may keep a
    writer waiting for a moment. Whoever had written them and was gone before that, had committed
    them: then the snapshot that is taken later knows of them.
    """
    with database.read() as session:
        open_files = select(WarcFile.name, WarcFile.slot, WarcFile.committed_end)
        rows = session.execute(open_files.where(WarcFile.sealed_at.is_(None))).all()
    folder = warc_folder(database.folder)
    sizes = {path.name: path.stat().st_size for path in folder.glob("*.warc.gz")}
    abandoned = frozenset(
        row.name
        for row in rows
        if sizes.get(row.name, 0) > row.committed_end
        and not is_live(database.folder, row.slot)
        # Who gave up in between has cut them off again.
        and (folder / row.name).stat().st_size > row.committed_end
    )
    return Seen(sizes, abandoned)


class Files:
    """The files of one snapshot; ``seen`` is from before it was taken.

    After ``check``, ``intact`` holds the digests of all payloads read whole, and ``records``
    counts what was read.
    """

    def __init__(self, session: Session, folder: Path, seen: Seen) -> None:
        self.intact: set[str] = set()
        self.records = 0
        self._session = session
        self._folder = warc_folder(folder)
        self._seen = seen
        self._rows = session.scalars(select(WarcFile).order_by(WarcFile.key)).all()
        self._newest = {row.slot: row.key for row in self._rows}

    def check(self) -> Iterator[Finding]:
        """Read every file whole, and compare each record with its capture."""
        for row in self._rows:
            try:
                yield from self._check_file(row)
            except OSError as error:
                reason = error.strerror or str(error)
                detail = f"it cannot be read, or not to its end: {reason}"
                yield Finding("warc_unreadable", row.name, detail, file=row.name)
        for name in sorted(self._seen.sizes.keys() - {row.name for row in self._rows}):
            detail = "the database is behind: it knows nothing of this file"
            yield Finding("warc_unknown", name, detail, file=name)

    def notes(self) -> Iterator[str]:
        """What is set aside, under way or given up, all of it accounted for."""
        kept = self._folder / QUARANTINE
        if kept.is_dir() and (count := sum(1 for _ in kept.iterdir())):
            yield f"{count} cut-off tails are kept in {kept}"
        for row in self._rows:
            if row.damage is not None:
                yield f"{row.name} is no longer written to: {row.damage}"
            elif (rest := self._tail(row)) and self._is_open(row) and not self._is_torn(row):
                yield f"{row.name} holds {rest} bytes past its end: they are being written"

    def _check_file(self, row: WarcFile) -> Iterator[Finding]:
        path = self._folder / row.name
        captures = captured_in(self._session, row.key)
        if not path.exists():
            if row.committed_end or captures:
                detail = f"the database is ahead: its file with {len(captures)} captures is missing"
                yield Finding("warc_missing", row.name, detail, file=row.name)
            return
        yield from self._check_size(row, path)
        yield from check_records(row, self._counted(row, path), captures)

    def _check_size(self, row: WarcFile, path: Path) -> Iterator[Finding]:
        size = path.stat().st_size
        if size < row.committed_end:
            detail = f"the database is ahead: {size} of {row.committed_end} bytes are left"
            yield Finding("warc_short", row.name, detail, file=row.name, offset=size)
        elif row.sealed_at is not None:
            # What a failed write left in a file that was given up never counted.
            if row.damage is None and (reason := _difference(row, path, size)):
                yield Finding("warc_changed", row.name, reason, file=row.name)
        elif rest := self._tail(row):
            if not self._is_open(row):
                why = "nobody writes to it any more"
            elif self._is_torn(row):
                why = "a crash left them, and the next crawl sets them aside"
            else:
                return
            detail = f"{rest} bytes lie past the committed end: {why}"
            end = row.committed_end
            yield Finding("warc_tail", row.name, detail, file=row.name, offset=end)

    def _counted(self, row: WarcFile, path: Path) -> Iterator[Scanned]:
        for record in scan(path, row.committed_end):
            self.records += 1
            if record.problem is None and record.record_type == "response":
                self.intact.add(record.payload_digest or "")
            yield record

    def _is_open(self, row: WarcFile) -> bool:
        """Whether the next holder of its slot, or the present one, writes to this file."""
        return row.sealed_at is None and self._newest[row.slot] == row.key

    def _is_torn(self, row: WarcFile) -> bool:
        """Whether bytes past the end of an open file were there while nobody held its slot."""
        return row.name in self._seen.abandoned

    def _tail(self, row: WarcFile) -> int:
        return max(0, self._seen.sizes.get(row.name, 0) - row.committed_end)


def _difference(row: WarcFile, path: Path, size: int) -> str | None:
    """What became of a sealed file, which nobody may touch."""
    if size > row.committed_end:
        return f"{size - row.committed_end} bytes were added after it was sealed"
    if file_digest(path) != row.digest:
        return "the file differs from the one that was sealed"
    return None
