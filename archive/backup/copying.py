"""Copies of single files: so many bytes, durable, with their digest."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from archive.backup.manifest import open_plain
from archive.space import full, show_size

CHUNK = 1 << 20


def copy_file(source: Path, target: Path, size: int) -> tuple[int, str]:
    """Copy the first ``size`` bytes of a file; how many there were, and their SHA-256 in hex.

    The target is new and durable. Raises OSError when one cannot be read or written.
    """
    digest, copied = hashlib.sha256(), 0
    with open_plain(source) as original, target.open("xb") as copy:
        for part in _parts(original, size):
            copy.write(part)
            digest.update(part)
            copied += len(part)
        copy.flush()
        os.fsync(copy.fileno())
    return copied, digest.hexdigest()


def digest_of(path: Path) -> tuple[int, str]:
    """The size of a regular file and its SHA-256 in hex."""
    with open_plain(path) as file:
        digest = hashlib.file_digest(file, "sha256")
        return file.tell(), digest.hexdigest()


def check_room(folder: Path, needed: int) -> None:
    """Problem with exit code 3 when fewer bytes are free than will be written."""
    free = shutil.disk_usage(folder).free
    if free < needed:
        raise full(f"{show_size(free)} are free in {folder.parent}, {show_size(needed)} are needed")


def _parts(file: BinaryIO, size: int) -> Iterator[bytes]:
    left = size
    while left and (part := file.read(min(CHUNK, left))):
        left -= len(part)
        yield part
