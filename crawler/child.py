"""One run in a process of its own: ``python -P -m crawler.child RUN_ID``.

The parent holds the other end of standard input; when that closes the parent is gone, and so is
this process. This module imports nothing heavy: worker processes import it again.
"""

from __future__ import annotations

import os
import sys
import threading

ORPHANED = 12
"""Exit code of a run whose parent died; its row is taken up as interrupted."""


def watch_parent() -> None:
    """Leave at once when standard input ends, without any goodbye that could hang."""
    if not sys.stdin.isatty():
        threading.Thread(target=_wait_for_end, name="parent-watch", daemon=True).start()


def main() -> int:
    """Carry out the run named on the command line; return its exit code."""
    if len(sys.argv) != 2 or not sys.argv[1].isdigit():
        sys.stderr.write("usage: python -P -m crawler.child RUN_ID\n")
        return 2
    watch_parent()
    from crawler.settings import PAGE_READER
    from pipelines.workers import launch

    # The fork server loads its modules while we load ours.
    launch(PAGE_READER)
    from crawler.spiders.process import carry_out

    return carry_out(int(sys.argv[1]), sys.stdout)


def _wait_for_end() -> None:
    # The descriptor itself: a buffered reader would hold a lock that the interpreter wants at exit.
    while os.read(0, 4096):
        pass
    os._exit(ORPHANED)


if __name__ == "__main__":
    sys.exit(main())
