"""The replica in the foreground: write seeds, listen, say so, serve until told to stop."""

from __future__ import annotations

import sys
import tempfile
import threading
from pathlib import Path

from crawler.replica.seed_files import write_seeds
from crawler.replica.serving import Replica, listen, reactor
from crawler.replica.sites import World, checked, sites

READY = "ready"


def run(world: World, seeds_dir: Path | None, *, until_input_ends: bool = False) -> None:
    """Serve until SIGTERM or SIGINT, or until standard input ends when that is asked for."""
    replica = Replica(checked(world))
    listen(replica)
    folder = seeds_dir or Path(tempfile.mkdtemp(prefix="gongwen-replica-"))
    write_seeds(replica.world, folder)
    # Said from inside the loop, when signals already end it in good order.
    reactor().callLater(0, _say, ready_line(replica.world, folder))
    if until_input_ends:
        threading.Thread(target=_stop_at_end_of_input, daemon=True).start()
    reactor().run()


def ready_line(world: World, folder: Path) -> str:
    """What is printed once every site listens: the sites, then the folder of seed files."""
    origins = " ".join(world.origin(site) for site in sites())
    return f"{READY} {origins} seeds {folder.resolve()}"


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def _stop_at_end_of_input() -> None:
    """A child whose parent died must not go on serving."""
    sys.stdin.read()
    reactor().callFromThread(reactor().stop)
