"""A piece of work in a process of its own, killed at a named place."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from traceback import print_exc

from archive.store.failpoints import VARIABLE


def killed_at(place: str, work: Callable[[], object]) -> bool:
    """Do some work in a fork of this process; True when it died at the place, not at its end."""
    sys.stdout.flush()
    child = os.fork()
    if not child:
        os.environ[VARIABLE] = place
        status = 1
        try:
            work()
            status = 0
        except BaseException:
            print_exc()
        finally:
            os._exit(status)
    status = os.waitpid(child, 0)[1]
    if os.WIFSIGNALED(status):
        assert os.WTERMSIG(status) == signal.SIGKILL
        return True
    assert os.WEXITSTATUS(status) == 0, "the work failed by itself; see its traceback above"
    return False
