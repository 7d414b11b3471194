"""A1: kill the crawl at any moment and say the same command again: nothing lost, nothing twice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from archive.store.failpoints import SIZE_VARIABLE
from crawler.replica.process import RunningReplica, running
from crawler.replica.sites import World
from crawler.replica.truth import rows as truth_rows
from tests.commandline import CommandLine
from tests.faults.killer import Kill, Killer, Moment, Victim
from tests.faults.oracle import breaches, refetched

SEALED_AT = "200000"
"""Bytes of a whole WARC file: so small that kills hit the change from file to file, too."""

NIGHTLY_STEP = 45_000
"""Bytes between two kills: a page with its list and files takes about three thousand."""

IN_FLIGHT = 2 * 8 * 16
"""Pages that two runs at once may have asked for and not yet stored."""


@contextmanager
def archive(
    folder: Path, documents: int, url: str | None
) -> Iterator[tuple[CommandLine, RunningReplica]]:
    """An empty archive, on SQLite or at a URL, beside a replica of so many documents."""
    extra = {SIZE_VARIABLE: SEALED_AT, **({"GONGWEN_DATABASE_URL": url} if url else {})}
    with running(documents=documents, seeds_dir=folder / "seeds") as replica:
        yield CommandLine(folder / "archive", replica.seeds_dir, replica.allowed, extra), replica


def sweep(
    folder: Path, documents: int, kills: int, between: int, url: str | None
) -> tuple[list[Kill], int]:
    """Crawl all four sites under so many kills, and hold the result to all that is true.

    The kills, and how many different addresses were asked for.
    """
    with archive(folder, documents, url) as (line, replica):
        struck = Killer(line, ["crawl", "--all", "--jobs", "2"], 7, between).run(kills)
        truth = list(truth_rows(World(replica.port, documents, 0)))
        asked = replica.asked()
    again = refetched(asked, (row["url"] for row in truth))
    tell(struck, len(asked), again)
    assert len(truth) == documents
    assert breaches(line, truth) == []
    assert [row for row in line.rows("docs") if row["versions"] != 1] == []
    assert [kill.survivors for kill in struck if kill.survivors] == []
    assert max(again.values(), default=0) <= kills, "no page more than once for each kill"
    # A site that was done is walked anew by the next command: that many times more is its due.
    walks = Counter(run["seed"] for run in line.rows("runs", "--limit", "100000") if done(run))
    spare = (again.get(row["url"], 0) - (walks[row["seed"]] - 1) for row in truth)
    assert sum(max(0, times) for times in spare) <= kills * IN_FLIGHT
    return struck, len(asked)


def done(run: dict[str, Any]) -> bool:
    return bool(run["state"] == "done")


def tell(struck: list[Kill], asked: int, again: dict[str, int]) -> None:
    kinds = Counter(f"{kill.victim} {kill.moment}" for kill in struck)
    print(f"{len(struck)} kills {dict(kinds)}, {asked} addresses asked for,")  # noqa: T201
    seconds = sorted(kill.seconds for kill in struck)
    print(f"the attempts lasted {seconds[0]:.1f} to {seconds[-1]:.1f} s,")  # noqa: T201
    print(f"{sum(again.values())} pages again, at most {max(again.values(), default=0)} times")  # noqa: T201


@pytest.mark.parametrize(
    ("database", "documents", "kills", "between"),
    [("sqlite", 120, 5, 30_000), ("postgresql", 60, 3, 15_000)],
)
def test_a1_kills_at_any_moment_lose_and_double_nothing(
    tmp_path: Path,
    request: pytest.FixtureRequest,
    database: str,
    documents: int,
    kills: int,
    between: int,
) -> None:
    url = request.getfixturevalue("postgresql_url") if database == "postgresql" else None
    struck, _ = sweep(tmp_path, documents, kills, between, url)
    working = [kill for kill in struck if kill.moment is Moment.WORKING]
    assert len(working) >= 3
    assert min(kill.written for kill in working) > 0, "each struck after something was written"
    assert {kill.victim for kill in struck} >= {Victim.ALL, Victim.CHILD}


@pytest.mark.nightly
@pytest.mark.timeout(7200)
@pytest.mark.parametrize(
    ("database", "documents", "kills", "pages"),
    [("sqlite", 5800, 200, 8000), ("postgresql", 1500, 40, 2000)],
)
def test_a1_two_hundred_kills_over_eight_thousand_pages(
    tmp_path: Path,
    request: pytest.FixtureRequest,
    database: str,
    documents: int,
    kills: int,
    pages: int,
) -> None:
    url = request.getfixturevalue("postgresql_url") if database == "postgresql" else None
    struck, asked = sweep(tmp_path, documents, kills, NIGHTLY_STEP, url)
    assert len(struck) == kills
    assert asked >= pages, "lists and files are pages, too"
