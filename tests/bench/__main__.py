"""`python -m tests.bench [--documents N]`: pages per second, whole processes, one site, same URLs.

The baselines fetch what gongwen fetched, in the same session, so that the ratios hold when the
machine's speed does not.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from sqlalchemy import select

from archive.database import open_database
from archive.models import Resource
from archive.records import ResourceKind
from crawler.replica.process import RunningReplica, running

SEED = "replica-trs"


def main() -> None:
    """Print a table of the four measurements and their ratios."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--documents", type=int, default=2000, help="over all four sites")
    options = arguments.parse_args()
    with (
        tempfile.TemporaryDirectory() as folder,
        running(documents=options.documents, seeds_dir=Path(folder) / "seeds") as replica,
    ):
        for line in measure(Path(folder), replica):
            print(line, flush=True)  # noqa: T201


def measure(folder: Path, replica: RunningReplica) -> list[str]:
    """One line per measurement. The first crawl warms the replica's cache and finds the URLs."""
    gongwen = [sys.executable, "-P", "-m", "crawler", "crawl", SEED]
    timed(gongwen, variables(folder / "warm", replica))
    urls = folder / "urls.txt"
    urls.write_text("\n".join(fetched(folder / "warm")), "utf-8")
    count = len(urls.read_text("utf-8").split())
    baseline = [sys.executable, "-m", "tests.bench.spiders"]
    archive = variables(folder / "archive", replica)
    seconds = {
        "raw Scrapy fetch": timed([*baseline, "raw", str(urls)], None),
        "Scrapy + trafilatura inline": timed([*baseline, "trafilatura", str(urls)], None),
        "gongwen, first crawl": timed(gongwen, archive),
        "gongwen, unchanged recrawl": timed(gongwen, archive),
    }
    raw, inline = list(seconds.values())[:2]
    return [f"{count} pages of {SEED}, whole processes"] + [
        f"{name:30}{count / taken:8.1f} pages/s   {raw / taken:5.2f} of raw Scrapy   "
        f"{inline / taken:5.2f} of Scrapy + trafilatura"
        for name, taken in seconds.items()
    ]


def timed(command: Sequence[str], environment: dict[str, str] | None) -> float:
    """Seconds of wall clock that a command takes from start to end; it must succeed."""
    started = time.monotonic()
    subprocess.run(command, env=environment, check=True, stdout=subprocess.DEVNULL)
    return time.monotonic() - started


def variables(folder: Path, replica: RunningReplica) -> dict[str, str]:
    return os.environ | {
        "GONGWEN_DATA": str(folder),
        "GONGWEN_SEEDS": str(replica.seeds_dir),
        "GONGWEN_ALLOW_ADDRESSES": replica.allowed,
    }


def fetched(folder: Path) -> list[str]:
    """Every address that a crawl read, robots.txt left out."""
    with closing(open_database(folder)) as database, database.read() as session:
        rows = select(Resource.url).where(
            Resource.kind != ResourceKind.ROBOTS, Resource.last_checked_at.is_not(None)
        )
        return list(session.scalars(rows))


if __name__ == "__main__":
    main()
