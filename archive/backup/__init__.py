"""Backups: one folder with a database, the WARC files it knows, and a list with their digests."""

from archive.backup.making import Made, make_backup
from archive.backup.manifest import Manifest, read_manifest
from archive.backup.restoring import Restored, restore_backup

__all__ = ["Made", "Manifest", "Restored", "make_backup", "read_manifest", "restore_backup"]
