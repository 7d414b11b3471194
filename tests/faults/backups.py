"""What tests of backups share: an archive, its backup, and what makes one whole."""

from __future__ import annotations

import hashlib
from pathlib import Path

from archive.backup import read_manifest, restore_backup
from archive.backup.manifest import MANIFEST_NAME
from archive.database import Database, open_database
from archive.verify import verify


def contents(folder: Path) -> dict[str, str]:
    """Every file of a folder and the digest of its bytes."""
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file()
    }


def check_whole(backup: Path) -> None:
    """All that the list names is there, byte by byte, and nothing else."""
    listed = {entry.name: entry.sha256 for entry in read_manifest(backup).files}
    found = contents(backup)
    assert found.pop(MANIFEST_NAME)
    assert found == listed


def restored(backup: Path, folder: Path) -> Database:
    """A clean archive made of a backup."""
    restore_backup(backup, folder)
    database = open_database(folder)
    report = verify(database)
    assert (report.findings, report.notes) == ((), ())
    return database
