"""The folder of an archive: whether it is there, and what this user may do in it."""

from __future__ import annotations

import os
from pathlib import Path

from archive.locking import LOCK_NAME, TURN_NAME
from archive.problems import Problem

_NEXT = "Set GONGWEN_DATA to another folder"


def make_folder(folder: Path) -> None:
    """Make a folder where it is missing; Problem when that cannot be."""
    _refuse_file(folder)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise _unusable(folder, error.strerror or str(error)) from None


def check_folder(folder: Path, file: Path | None) -> None:
    """Make sure that an archive is there to be read; ``file`` is its database, None a server's."""
    _refuse_file(folder)
    if folder.is_dir() and not os.access(folder, os.R_OK | os.X_OK):
        raise _unusable(folder, "this user may not read it")
    if file is not None and not file.is_file():
        raise missing(folder, f"{file} does not exist")


def can_write(folder: Path) -> bool:
    """Whether this user may add and remove files in an existing folder."""
    return os.access(folder, os.W_OK | os.X_OK)


def is_writable(folder: Path, file: Path | None) -> bool:
    """Whether the folder, and the database with its locks and what lies beside it, are ours."""
    if not os.access(folder, os.F_OK):
        return True
    if file is None or not file.exists():
        return can_write(folder)
    beside = lock_folder(file)
    taken = [beside / name for name in (LOCK_NAME, TURN_NAME)]
    files = [file, *(lock for lock in taken if lock.exists())]
    return (
        can_write(folder) and can_write(beside) and all(os.access(path, os.W_OK) for path in files)
    )


def lock_folder(file: Path) -> Path:
    """Where the locks of a database lie, by whatever name it was opened."""
    return file.resolve().parent


def missing(folder: Path, why: str) -> Problem:
    """The error of a command that only reads, where nothing was fetched yet."""
    return Problem(
        f"There is no archive in {folder}",
        why,
        "Fetch something first: gongwen crawl SEED, or set GONGWEN_DATA to an archive's folder",
    )


def unwritable(folder: Path) -> Problem:
    """The error of a command that writes into an archive that this user may only read."""
    return Problem(
        f"The archive in {folder} cannot be written",
        "this user may only read it",
        "Change its owner or mode, or set GONGWEN_DATA to another folder",
    )


def _refuse_file(folder: Path) -> None:
    if folder.is_file():
        raise _unusable(folder, "it is a file, and a folder is needed")


def _unusable(folder: Path, why: str) -> Problem:
    return Problem(f"The archive folder {folder} cannot be used", why, _NEXT)
