"""``python -m crawler.replica``: the replica as a child process (see ``process.py``)."""

from __future__ import annotations

import argparse
from pathlib import Path

from crawler.replica.running import run
from crawler.replica.sites import World


def main() -> None:
    """Serve until told to stop, or until the parent closes our standard input."""
    parser = argparse.ArgumentParser(prog="python -m crawler.replica", description=__doc__)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--documents", type=int, default=50)
    parser.add_argument("--day", type=int, default=0)
    parser.add_argument("--number", type=int, default=1)
    parser.add_argument("--seeds-dir", type=Path)
    given = parser.parse_args()
    world = World(given.port, given.documents, given.day, given.number)
    run(world, given.seeds_dir, until_input_ends=True)


if __name__ == "__main__":
    main()
