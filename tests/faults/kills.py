"""A piece of work in a process of its own, killed at a named place."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from traceback import print_exc

from archive.store.failpoints import VARIABLE


def killed_at(place: str, work: Callable[[], object]) -> bool:
    """Do some work in a fork of this process; True when it died at the place, not at its end."""
    child = _forked(work, {VARIABLE: place})
    return _was_killed(os.waitpid(child, 0)[1])


def killed_after(seconds: float, work: Callable[[], object]) -> bool:
    """Do some work in a fork of this process; True when it was killed, False when it had ended."""
    child = _forked(work, {})
    time.sleep(seconds)
    with suppress(ProcessLookupError):
        os.kill(child, signal.SIGKILL)
    return _was_killed(os.waitpid(child, 0)[1])


def _forked(work: Callable[[], object], variables: Mapping[str, str]) -> int:
    sys.stdout.flush()
    child = os.fork()
    if child:
        return child
    os.environ.update(variables)
    status = 1
    try:
        work()
        status = 0
    except BaseException:
        print_exc()
    finally:
        os._exit(status)


def _was_killed(status: int) -> bool:
    if os.WIFSIGNALED(status):
        assert os.WTERMSIG(status) == signal.SIGKILL
        return True
    assert os.WEXITSTATUS(status) == 0, "the work failed by itself; see its traceback above"
    return False
