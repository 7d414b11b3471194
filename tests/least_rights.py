"""Runs Python as a user for whom modes count, also when the tests run as root."""

from __future__ import annotations

import ctypes
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

_DROP_FROM_BOUNDING_SET = 24
_OVERRIDES = (1, 2, 3)  # CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH, CAP_FOWNER
_LIBC = ctypes.CDLL(None)


def run_python(*arguments: str, environment: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    """Run ``python`` with arguments and without root's right to pass over modes."""
    return subprocess.run(
        [sys.executable, "-P", *arguments],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        preexec_fn=_drop,
    )


@contextmanager
def only_readable(folder: Path) -> Iterator[None]:
    """A folder and all in it without the right to write."""
    places = [folder, *folder.rglob("*")]
    modes = {place: place.stat().st_mode for place in places}
    for place, mode in modes.items():
        place.chmod(mode & ~0o222)
    try:
        yield
    finally:
        for place, mode in modes.items():
            place.chmod(mode)


def _drop() -> None:
    for number in _OVERRIDES:
        _LIBC.prctl(_DROP_FROM_BOUNDING_SET, number, 0, 0, 0)
