"""Making a backup of an archive that may be crawling meanwhile.

The order makes it whole: first the heads kept outside the database, then one moment of the
database, then every WARC file up to the end which that moment knows. A head is written after its
commit and a file only grows past its committed end, so in a backup nothing is ahead of the
database, and no file is behind it.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from archive import chain, clock, schema
from archive.backup.copying import check_room, copy_file, digest_of
from archive.backup.database import copy_database, damage_in, reading
from archive.backup.folders import put_in_place, unfinished
from archive.backup.manifest import (
    DATABASE_NAME,
    MANIFEST_NAME,
    Entry,
    Manifest,
    read_manifest,
    write_manifest,
)
from archive.database import Database
from archive.models import Meta, WarcFile
from archive.problems import Problem
from archive.snapshots import disk_in_words
from archive.store.failpoints import reach
from archive.warc.reading import warc_folder

_TAIL = 4096


@dataclass(frozen=True, slots=True)
class Made:
    """A finished backup; ``reused`` counts the files taken over from the one before."""

    target: Path
    manifest: Manifest
    reused: int


def make_backup(database: Database, target: Path, *, allow_damage: bool = False) -> Made:
    """Write a backup to a folder, which then holds all of it, or what it held before.

    A backup of the same archive is replaced once the new one is whole. Raises Problem when the
    target is something else (exit code 2), the disk is full (3), or the archive is damaged and
    ``allow_damage`` is not given, or holds no longer what the backup before vouched for.
    """
    target = target.expanduser().resolve()
    _refuse_target(database, target)
    with disk_in_words(f"The backup {target} cannot be written"), unfinished(target) as folder:
        before = _before(target)
        making = _Making(database, folder, target, before, allow_damage=allow_damage)
        manifest = making.fill()
        write_manifest(folder, manifest)
        reach("backup_written")
        put_in_place(folder, target)
        reach("backup_placed")
    return Made(target, manifest, making.reused)


class _Making:
    def __init__(
        self,
        database: Database,
        folder: Path,
        target: Path,
        before: Manifest | None,
        *,
        allow_damage: bool,
    ) -> None:
        self.reused = 0
        self._database = database
        self._folder = folder
        self._target = target
        self._before = before
        self._allow_damage = allow_damage
        self._damaged: list[str] = []
        self._known: list[str] = []

    def fill(self) -> Manifest:
        """Copy everything but the list of it."""
        files = list(self._heads())
        reach("backup_heads")
        file = self._database.file
        check_room(self._folder, file.stat().st_size if file else 0)
        copy = self._folder / DATABASE_NAME
        copy_database(self._database, copy)
        reach("backup_database")
        with reading(copy) as session:
            self._damaged += damage_in(session)
            self._refuse_damage()
            self._refuse_other(session)
            files += self._warc_files(session)
            archive_id, head = _name(session), chain.current(session)
        self._refuse_damage()
        files.append(Entry(DATABASE_NAME, *digest_of(copy)))
        head = head or chain.Head(0, chain.GENESIS, 0)
        return Manifest(
            clock.now(),
            archive_id,
            schema.HEAD,
            head.number,
            head.hash,
            tuple(files),
            (*self._damaged, *self._known),
        )

    def _heads(self) -> Iterator[Entry]:
        source = self._database.folder / chain.HEAD_NAME
        if source.exists():
            target = self._folder / chain.HEAD_NAME
            yield Entry(chain.HEAD_NAME, *copy_file(source, target, _whole_lines(source)))

    def _warc_files(self, session: Session) -> Iterator[Entry]:
        rows = session.scalars(select(WarcFile).order_by(WarcFile.key)).all()
        check_room(self._folder, sum(row.committed_end for row in rows if not self._held(row)))
        warc_folder(self._folder).mkdir()
        for row in rows:
            if row.committed_end:
                yield from self._warc_file(row)
                reach("backup_file")

    def _warc_file(self, row: WarcFile) -> Iterator[Entry]:
        source = warc_folder(self._database.folder) / row.name
        target = warc_folder(self._folder) / row.name
        held = self._held(row)
        if held is not None and self._take_over(held, target):
            self.reused += 1
            yield held
            return
        if not source.exists():
            self._miss(row, f"{row.name} is missing")
            return
        entry = Entry(f"warc/{row.name}", *copy_file(source, target, row.committed_end))
        if entry.size < row.committed_end:
            self._miss(row, f"{row.name} holds {entry.size} of {row.committed_end} bytes")
        elif row.digest is not None and row.digest != f"sha256:{entry.sha256}":
            self._miss(row, f"{row.name} differs from the file that was sealed")
        yield entry

    def _miss(self, row: WarcFile, what: str) -> None:
        # What the archive knows of already is accounted for, and asked for again.
        (self._damaged if row.damage is None else self._known).append(what)

    def _held(self, row: WarcFile) -> Entry | None:
        """The same sealed file in the backup before."""
        found = self._before.entry(f"warc/{row.name}") if self._before else None
        is_same = found is not None and row.digest == f"sha256:{found.sha256}"
        return found if is_same else None

    def _take_over(self, entry: Entry, target: Path) -> bool:
        """Let a file of the backup before be one of this one, too, if it is still whole."""
        source = self._target / entry.name
        try:
            if digest_of(source) != (entry.size, entry.sha256):
                return False
            os.link(source, target, follow_symlinks=False)
        except OSError:
            return False
        return True

    def _refuse_damage(self) -> None:
        if self._damaged and not self._allow_damage:
            raise Problem(
                "The archive is damaged, and its backup would be",
                "; ".join(self._damaged[:3]),
                "See gongwen verify; to keep what is left: gongwen backup --allow-damage TARGET",
            )

    def _refuse_other(self, session: Session) -> None:
        """A backup is not replaced by one that knows less, or of something else."""
        before = self._before
        if before is None:
            return
        if before.archive_id != _name(session):
            why = f"it is of the archive {before.archive_id}, and this is {_name(session)}"
        elif not chain.is_link(session, chain.Head(before.head_number, before.head_hash, 0)):
            why = f"it vouches for link {before.head_number}, which the archive has lost or changed"
        else:
            return
        next_step = "Look at gongwen verify, and name another folder: gongwen backup TARGET"
        raise Problem(f"The backup {self._target} is not replaced", why, next_step)


def _refuse_target(database: Database, target: Path) -> None:
    folder = database.folder.resolve()
    if target.is_relative_to(folder) or folder.is_relative_to(target):
        why = f"the archive itself lies in {folder}"
    elif target.exists() and not target.is_dir():
        why = "it is a file, and a folder is needed"
    elif target.is_mount():
        why = "a disk is mounted there, which cannot be replaced as a whole"
    elif target.is_dir() and any(target.iterdir()) and not (target / MANIFEST_NAME).exists():
        why = "it holds something else than a backup"
    else:
        return
    next_step = "Name a folder that is new or holds a backup: gongwen backup TARGET"
    raise Problem(f"{target} cannot be the backup", why, next_step, exit_code=2)


def _before(target: Path) -> Manifest | None:
    """The backup that is replaced."""
    return read_manifest(target) if (target / MANIFEST_NAME).exists() else None


def _name(session: Session) -> str:
    return session.get_one(Meta, "archive_id").value


def _whole_lines(path: Path) -> int:
    """Where the last whole line ends; another process may be writing the next one."""
    with path.open("rb") as file:
        size = file.seek(0, os.SEEK_END)
        start = file.seek(max(0, size - _TAIL))
        return start + file.read(size - start).rfind(b"\n") + 1
