"""Ctrl-C before a command has begun: nothing is in flight yet, so nothing is told."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

STOPPED_EARLY = 130
"""What a shell reports for a program that Ctrl-C ended."""


@contextmanager
def quiet_interrupts() -> Iterator[None]:
    """End the process at once on Ctrl-C while the block imports.

    An interrupted import would print a traceback, or worse, be caught and swallowed by a library.
    A signal that is ignored, or handled by others, stays so; so does one outside the main thread.
    """
    if signal.getsignal(signal.SIGINT) is not signal.default_int_handler:
        yield
        return
    try:
        signal.signal(signal.SIGINT, _end)
    except ValueError:  # Only the main thread may set handlers.
        yield
        return
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def _end(_number: int, _frame: Any) -> None:
    os._exit(STOPPED_EARLY)
