"""Room on the disk: how much is kept as a reserve, and what a full disk means to a person."""

from __future__ import annotations

import errno
import os
import re
import shutil
import tempfile
from pathlib import Path

from archive.problems import Problem

MIN_FREE = 32 << 20
"""Bytes of free disk below which nothing more is fetched, unless told otherwise."""

NO_SPACE = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
"""A full disk, a used up quota, and a file as large as the user's limits allow."""

FREE_SOME = "Free some space and run the same command again; it goes on where it stopped"
SIZE_FORM = "a size such as 512M, 2G or 0"
_SIZE = re.compile(r"(\d+)\s*([KMGT]?)(i?B)?", re.IGNORECASE | re.ASCII)
_UNITS = {"": 0, "K": 10, "M": 20, "G": 30, "T": 40}
_PROBE = b"\0" * (1 << 16)


def parse_size(text: str) -> int:
    """Bytes of ``512M``, ``2G``, ``100KiB`` or ``4096``; ValueError for anything else."""
    match = _SIZE.fullmatch(text.strip())
    if match is None:
        raise ValueError(f"it is not {SIZE_FORM}")
    return int(match[1]) << _UNITS[match[2].upper()]


def show_size(size: int) -> str:
    """``512 MiB``: bytes for people, in the largest unit that leaves at least one of it."""
    unit, shift = next(
        ((name, shift) for name, shift in _SHOWN if size >= 1 << shift), ("bytes", 0)
    )
    number = size / (1 << shift)
    return f"{number:.1f} {unit}" if number % 1 and number < 100 else f"{number:.0f} {unit}"


def check_space(folder: Path, least: int) -> None:
    """Problem with exit code 3 when fewer than ``least`` bytes are free on a folder's disk."""
    free = shutil.disk_usage(folder).free
    if free < least:
        raise full(f"{show_size(free)} are free, {show_size(least)} are kept as a reserve")


def is_full(error: OSError) -> bool:
    """Whether there is no room left for what was to be written."""
    return error.errno in NO_SPACE


def disk_problem(error: OSError) -> Problem:
    """What an error of the file system means to a person."""
    if is_full(error):
        return full(error.strerror or "no space left")
    return Problem("The archive cannot be written", str(error), "Look at it with: gongwen doctor")


def full(why: str) -> Problem:
    """Nothing more can be written; exit code 3."""
    return Problem(
        "The disk is full",
        why,
        FREE_SOME,
        exit_code=3,
    )


def out_of_room(folder: Path, file: Path | None = None) -> OSError | None:
    """Try to write a little, since SQLite calls a used up quota or limit a failed disk.

    ``file`` is the database: files must still be able to grow past it and past its log.
    """
    try:
        with tempfile.TemporaryFile(dir=folder) as probe:
            probe.seek(_largest(file))
            probe.write(_PROBE)
            probe.flush()
            os.fsync(probe.fileno())
    except OSError as error:
        return error if is_full(error) else None
    return None


def _largest(file: Path | None) -> int:
    places = [] if file is None else [file, Path(f"{file}-wal")]
    return max((place.stat().st_size for place in places if place.exists()), default=0)


_SHOWN = (("TiB", 40), ("GiB", 30), ("MiB", 20), ("KiB", 10))
