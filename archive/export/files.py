"""Files for others: there as a whole, or not at all."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterable
from contextlib import suppress
from io import BufferedWriter
from pathlib import Path

from archive.problems import Problem
from archive.space import is_full
from archive.warc.sealing import sync_folder


def written_whole(target: Path, lines: Iterable[bytes]) -> None:
    """Write a file beside its place and put it there once it is durable, replacing what was there.

    Raises :class:`Problem` when it cannot be written, with exit code 3 for a full disk, and while
    another process writes it. A kill leaves at most a file ``.NAME.part`` beside the old one.
    """
    part = target.with_name(f".{target.name}.part")
    try:
        with part.open("ab") as file:
            _hold(file, part, target)
            try:
                _write(file, lines)
                part.replace(target)
            except BaseException:
                with suppress(OSError):
                    part.unlink()
                raise
        sync_folder(target.parent)
    except OSError as error:
        raise _unwritable(target, error) from error


def _hold(file: BufferedWriter, part: Path, target: Path) -> None:
    """Have a file to oneself, and empty it: a kill may have left something in it."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        # Whoever held it may just have given it its final name.
        is_ours = os.path.samestat(os.fstat(file.fileno()), part.stat())
    except (BlockingIOError, FileNotFoundError):
        is_ours = False
    if not is_ours:
        next_step = "Wait for it to end, then run the same command again"
        raise Problem(f"{target} is being written", f"another process fills {part}", next_step)
    file.truncate(0)


def _write(file: BufferedWriter, lines: Iterable[bytes]) -> None:
    file.writelines(lines)
    file.flush()
    os.fsync(file.fileno())


def _unwritable(target: Path, error: OSError) -> Problem:
    full = is_full(error)
    return Problem(
        f"{target} cannot be written",
        error.strerror or str(error),
        "Free some space and run the same command again" if full else "Give another --output",
        exit_code=3 if full else 1,
    )
