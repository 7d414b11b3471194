"""Places where a test may kill the process, to prove that nothing is lost there."""

from __future__ import annotations

import os
import signal
from collections import Counter

VARIABLE = "GONGWEN_FAILPOINT"
SIZE_VARIABLE = "GONGWEN_SEAL_BYTES"
_reached: Counter[str] = Counter()


def reach(name: str) -> None:
    """Die at once, as by SIGKILL, when the environment names this place.

    ``name:N`` dies when it is reached for the N-th time.
    """
    wanted = os.environ.get(VARIABLE)
    if not wanted:
        return
    _reached[name] += 1
    place, _, time = wanted.partition(":")
    if place == name and _reached[name] >= int(time or 1):
        os.kill(os.getpid(), signal.SIGKILL)


def sealing_size() -> int | None:
    """The size in bytes at which a test wants WARC files sealed; None for the usual one."""
    size = os.environ.get(SIZE_VARIABLE)
    return int(size) if size else None
