"""What happens to whole files: digests, tails kept aside, durable folders."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Callable
from io import FileIO
from pathlib import Path

QUARANTINE = ".quarantine"


def file_digest(path: Path) -> str:
    """``sha256:<hex>`` of a whole file."""
    with path.open("rb") as file:
        return "sha256:" + hashlib.file_digest(file, "sha256").hexdigest()


def keep_tail(
    file: FileIO, path: Path, end: int, reach: Callable[[str], None] = lambda _: None
) -> Path | None:
    """Cut a file to ``end`` after copying the rest aside; None when there is no rest.

    ``reach`` is told how far this came. Killed in between, the rest is still in the file, and
    copied once more under another name.
    """
    size = os.fstat(file.fileno()).st_size
    if size <= end:
        return None
    folder = path.parent / QUARANTINE
    folder.mkdir(exist_ok=True)
    target = _free_name(folder / f"{path.name}.{end}-{size}")
    file.seek(end)
    with target.open("xb") as copy:
        reach("tail begun")
        shutil.copyfileobj(file, copy)
        copy.flush()
        os.fsync(copy.fileno())
    sync_folder(folder)
    reach("tail kept")
    file.truncate(end)
    reach("tail cut")
    os.fsync(file.fileno())
    return target


def sync_folder(folder: Path) -> None:
    """Make the names in a folder durable."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _free_name(path: Path) -> Path:
    candidate, number = path, 1
    while candidate.exists():
        number += 1
        candidate = path.with_name(f"{path.name}-{number}")
    return candidate
