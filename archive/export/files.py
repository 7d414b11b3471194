"""Files for others: there as a whole, or not at all."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from archive.problems import Problem
from archive.warc.sealing import sync_folder


def written_whole(target: Path, lines: Iterable[bytes]) -> None:
    """Write a file beside its place and put it there once it is durable, replacing what was there.

    Raises :class:`Problem` when it cannot be written, with exit code 3 for a full disk. A kill
    leaves at most a file ``.NAME.part`` beside the old one.
    """
    part = target.with_name(f".{target.name}.part")
    try:
        try:
            _write(part, lines)
            part.replace(target)
        except BaseException:
            with suppress(OSError):
                part.unlink()
            raise
        sync_folder(target.parent)
    except OSError as error:
        raise _unwritable(target, error) from error


def _write(part: Path, lines: Iterable[bytes]) -> None:
    with part.open("wb") as file:
        file.writelines(lines)
        file.flush()
        os.fsync(file.fileno())


def _unwritable(target: Path, error: OSError) -> Problem:
    full = error.errno in (errno.ENOSPC, errno.EDQUOT)
    return Problem(
        f"{target} cannot be written",
        error.strerror or str(error),
        "Free some space and run the same command again" if full else "Give another --output",
        exit_code=3 if full else 1,
    )
