"""`python -m tests.bench.extraction [FOLDER]`: CPU per page, beside trafilatura on the same pages.

FOLDER holds saved pages with a `manifest.jsonl` (`path`, `url`); GONGWEN_PAGES/articles otherwise.
All pages are read by both in turn, several times, and the least time of each page counts.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

import trafilatura

from crawler.families.reader import read
from pipelines.reading import Job

ROUNDS = 5


def main() -> None:
    """Print median, 95th percentile and total of both, and their ratio."""
    parser = argparse.ArgumentParser(description=__doc__)
    known = os.environ.get("GONGWEN_PAGES")
    parser.add_argument("folder", nargs="?", type=Path, help="saved pages with a manifest.jsonl")
    folder = parser.parse_args().folder or (Path(known) / "articles" if known else None)
    if folder is None:
        sys.exit("Name a folder with saved pages and a manifest.jsonl, or set GONGWEN_PAGES")
    for line in table(load(folder)):
        print(line)  # noqa: T201


def load(folder: Path) -> list[Job]:
    """The pages a manifest names, ready to be read."""
    rows = map(json.loads, (folder / "manifest.jsonl").read_text("utf-8").splitlines())
    return [Job(row.get("url"), (folder / row["path"]).read_bytes()) for row in rows]


def table(jobs: list[Job]) -> list[str]:
    """One line for each of the two, and one that compares them."""
    # All pages in turn, not one page again and again: what a page left in a cache must not count.
    rounds = [[(timed(read, job), timed(plain, job)) for job in jobs] for _ in range(ROUNDS)]
    ours, theirs = (
        [min(each[page][at] for each in rounds) for page in range(len(jobs))] for at in (0, 1)
    )
    ratios = (a / b for a, b in zip(_figures(ours), _figures(theirs), strict=True))
    return [
        f"{len(jobs)} pages, CPU per page in ms, least of {ROUNDS}",
        _line("gongwen, whole extraction", ours),
        _line("trafilatura.bare_extraction", theirs),
        f"{'ratio':30}" + "".join(f"{each:10.2f}" for each in ratios),
    ]


def plain(job: Job) -> object:
    """What most projects call: trafilatura with its metadata pass."""
    return trafilatura.bare_extraction(job.body, url=job.url, with_metadata=True)


def timed(work: Callable[[Job], object], job: Job) -> float:
    """The CPU milliseconds that the work on a page takes."""
    began = time.process_time()
    work(job)
    return (time.process_time() - began) * 1000


def _line(name: str, taken: list[float]) -> str:
    return f"{name:30}" + "".join(f"{value:10.1f}" for value in _figures(taken))


def _figures(taken: list[float]) -> tuple[float, float, float]:
    """Median, 95th percentile, total."""
    return statistics.median(taken), statistics.quantiles(taken, n=20)[-1], sum(taken)


if __name__ == "__main__":
    main()
