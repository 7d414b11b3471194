"""A folder that appears whole or not at all, and takes the place of another at one stroke."""

from __future__ import annotations

import ctypes
import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from archive.problems import Problem
from archive.warc.sealing import sync_folder

_AT_CWD = -100
_EXCHANGE = 2
_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW


@contextmanager
def unfinished(target: Path) -> Iterator[Path]:
    """An empty folder beside ``target`` to fill; what an earlier kill left there is cleared.

    It goes when the block fails. Raises Problem while another process fills it.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    folder = target.with_name(f".{target.name}.unfinished")
    folder.mkdir(exist_ok=True)
    descriptor = os.open(folder, _FOLDER)
    try:
        _hold(descriptor, folder, target)
        _clear(folder)
        _settle(target)
        try:
            yield folder
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise
    finally:
        os.close(descriptor)


def put_in_place(folder: Path, target: Path) -> None:
    """Make a filled folder durable and let it be ``target``; what was there goes after that."""
    for place in (*(path for path in folder.rglob("*") if path.is_dir()), folder):
        sync_folder(place)
    if not target.exists() or not any(target.iterdir()):
        folder.rename(target)
        sync_folder(target.parent)
        return
    with _held(target):
        if not exchange(folder, target):
            # For this moment the old one has another name, which the next start undoes.
            target.rename(_previous(target))
            folder.rename(target)
            folder = _previous(target)
        sync_folder(target.parent)
        shutil.rmtree(folder)
        sync_folder(target.parent)


@contextmanager
def _held(target: Path) -> Iterator[None]:
    """Keep the lock of a folder that is about to get the name of the one that is filled.

    Until it is gone nobody else may take it for a folder to fill.
    """
    descriptor = os.open(target, _FOLDER)
    try:
        _hold(descriptor, target, target)
        yield
    finally:
        os.close(descriptor)


def exchange(one: Path, other: Path) -> bool:
    """Swap two names at one stroke; False where system or file system cannot."""
    swap = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
    if swap is None:
        return False
    failed: int = swap(_AT_CWD, os.fsencode(one), _AT_CWD, os.fsencode(other), _EXCHANGE)
    return not failed


def _settle(target: Path) -> None:
    """Finish what a kill between two renames left."""
    previous = _previous(target)
    if previous.is_dir():
        if target.exists():
            shutil.rmtree(previous)
        else:
            previous.rename(target)
        sync_folder(target.parent)


def _previous(target: Path) -> Path:
    return target.with_name(f".{target.name}.previous")


def _hold(descriptor: int, folder: Path, target: Path) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        # Whoever held it may just have given it its final name.
        is_ours = os.path.samestat(os.fstat(descriptor), folder.stat())
    except (BlockingIOError, FileNotFoundError):
        is_ours = False
    if not is_ours:
        raise Problem(
            f"{target} is being written",
            f"another process fills {folder}",
            "Wait for it to end, then run the same command again",
        )


def _clear(folder: Path) -> None:
    for path in folder.iterdir():
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink()
