"""Making an archive of a backup, where there is none yet."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import URL, select

from archive import clock, ledger, schema
from archive.backup.copying import check_room, copy_file
from archive.backup.folders import put_in_place, unfinished
from archive.backup.manifest import DATABASE_NAME, Entry, Manifest, read_manifest
from archive.connecting import database_file, read_url
from archive.database import open_database
from archive.migrating import upgrade_database
from archive.models import Run
from archive.moved import unmark
from archive.problems import Problem
from archive.records import RunState
from archive.snapshots import disk_in_words
from archive.space import is_full
from archive.store.failpoints import reach
from archive.warc.reading import warc_folder


@dataclass(frozen=True, slots=True)
class Restored:
    """What was put in place, and the runs that were under way when the backup was made."""

    folder: Path
    manifest: Manifest
    interrupted: tuple[int, ...]


def restore_backup(backup: Path, folder: Path, url: str | None = None) -> Restored:
    """Put a backup in place of an archive that is not there; ``folder`` is absent or empty.

    Every byte is checked against the backup's list on its way, and the folder appears when all
    is there. Raises Problem when the backup is not whole, the folder is not free, or ``url`` is
    another database than the one inside the folder: only what is in it can appear at one stroke.
    """
    backup, folder = backup.expanduser().resolve(), folder.resolve()
    manifest = read_manifest(backup)
    _refuse_format(manifest)
    _refuse_folder(backup, folder)
    _refuse_url(folder, url)
    with disk_in_words(f"The archive in {folder} cannot be written"), unfinished(folder) as new:
        check_room(new, manifest.size)
        warc_folder(new).mkdir()
        for entry in manifest.files:
            _take(backup, new, entry)
            reach("restore_file")
        interrupted = _prepare(new)
        reach("restore_prepared")
        put_in_place(new, folder)
        reach("restore_placed")
    return Restored(folder, manifest, tuple(interrupted))


def _take(backup: Path, new: Path, entry: Entry) -> None:
    try:
        found = copy_file(backup / entry.name, new / entry.name, entry.size + 1)
    except OSError as error:
        if is_full(error) or str(error.filename).startswith(str(new)):
            raise
        raise _broken(backup, f"{entry.name} cannot be read: {error.strerror or error}") from None
    if found != (entry.size, entry.sha256):
        what = (
            f"holds {found[0]} of {entry.size} bytes" if found[0] != entry.size else "was changed"
        )
        raise _broken(backup, f"{entry.name} {what}")


def _prepare(new: Path) -> list[int]:
    """Bring the database up to this program, and end the runs that it remembers as running."""
    url = URL.create("sqlite", database=str(new / DATABASE_NAME)).render_as_string()
    done = upgrade_database(new, url)
    if done.copy is not None:
        done.copy.unlink()
    with closing(open_database(new, url, create=False)) as database, database.write() as session:
        # Nothing else describes the files of the new folder.
        unmark(session)
        running = session.scalars(select(Run).where(Run.state == RunState.RUNNING)).all()
        for run in running:
            counts = ledger.recount(session, run.id)
            reason = "it was under way when this backup was made"
            state = RunState.INTERRUPTED
            ledger.finish(session, run.id, state, at=clock.now(), reason=reason, counts=counts)
        return [run.id for run in running]


def _refuse_format(manifest: Manifest) -> None:
    if not schema.is_known(manifest.revision):
        raise schema.mismatch(manifest.revision)


def _refuse_folder(backup: Path, folder: Path) -> None:
    if folder.is_relative_to(backup) or backup.is_relative_to(folder):
        why = f"the backup itself lies in {backup}"
    elif folder.exists() and not folder.is_dir():
        why = "it is a file, and a folder is needed"
    elif folder.is_mount():
        why = "a disk is mounted there; a folder in it can appear as a whole"
    elif folder.is_dir() and any(folder.iterdir()):
        why = "something is in it, and nothing is ever overwritten"
    else:
        return
    raise Problem(
        f"The archive folder {folder} is not free",
        why,
        "Set GONGWEN_DATA to a new folder, then run the same command again",
    )


def _refuse_url(folder: Path, url: str | None) -> None:
    file = database_file(read_url(url)) if url else folder / DATABASE_NAME
    if file is None or file.resolve() != folder / DATABASE_NAME:
        raise Problem(
            "A backup is restored with its database in its folder",
            "GONGWEN_DATABASE_URL names another one",
            "Restore with that variable unset, then move the database: gongwen db copy URL",
        )


def _broken(backup: Path, why: str) -> Problem:
    return Problem(f"The backup {backup} is not whole", why, "Use another backup; nothing was made")
