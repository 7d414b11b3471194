"""A2: killed right before the N-th call that changes a file, counted over all threads."""

from __future__ import annotations

import json
import os
import platform
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, make_url, text

from archive.database import open_database
from archive.store.failpoints import SIZE_VARIABLE
from crawler.replica.process import running
from crawler.replica.sites import World
from crawler.replica.truth import rows as truth_rows
from tests.commandline import CommandLine
from tests.faults.oracle import breaches, breaches_in
from tests.faults.syscalls import CALLS
from tests.faults.test_rollover import PAGES, figures, write

SEED = "replica-trs"
DENIED = "ptrace is denied here"
STORY = """
import sys
from pathlib import Path
from tests.faults.test_rollover import PAGES, write
write(Path(sys.argv[1]), None, *PAGES)
"""


def traced(
    folder: Path, at: int, command: Sequence[str], environment: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """Run a command that dies before its ``at``-th call; what the tracer tells of it."""
    if platform.machine() not in CALLS or sys.platform != "linux":
        pytest.skip(f"no call numbers for {sys.platform} on {platform.machine()}")
    done = subprocess.run(
        [sys.executable, "-m", "tests.faults.syscalls", str(folder), str(at), *command],
        env=environment,
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=False,
        timeout=240,
    )
    if DENIED in done.stderr and not os.environ.get("CI"):
        pytest.skip(DENIED)
    assert done.stdout, done.stderr
    outcome: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    assert outcome["code"] == (0 if outcome["call"] is None else -9), done.stderr[-2000:]
    return outcome


def test_a2_a_kill_at_any_call_of_a_commit_loses_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    empty = tmp_path / "empty"
    open_database(empty).close()
    tell = partial(attempt_story, empty, tmp_path)
    calls = tell(0)["calls"]
    with ThreadPoolExecutor(2) as pool:
        struck = list(pool.map(tell, [calls * part // 7 for part in range(1, 7)]))
    assert [outcome["call"] for outcome in struck if outcome["call"] is None] == []
    monkeypatch.setenv(SIZE_VARIABLE, "1")
    for outcome in struck:
        folder = tmp_path / str(outcome["at"])
        write(folder, None, *PAGES)
        assert breaches_in(folder, None) == [], outcome["call"]
        assert figures(folder, None)["versions"] == len(PAGES), outcome["call"]


def attempt_story(empty: Path, beside: Path, at: int) -> dict[str, Any]:
    """Four commits, each with a file of its own, cut off at a call."""
    folder = Path(shutil.copytree(empty, beside / str(at)))
    command = [sys.executable, "-c", STORY, str(folder)]
    return traced(folder, at, command) | {"at": at}


def attempt_crawl(empty: Path | None, line: CommandLine, truth: list[Any], at: int) -> str | None:
    """A crawl cut off at a call and taken up again; where it was cut, or None for nowhere."""
    folder = line.folder.parent / f"archive-{at}"
    if empty is not None:
        shutil.copytree(empty, folder)
    own = CommandLine(folder, line.seeds_dir, line.allowed, line.extra)
    outcome = traced(folder, at, own.command("crawl", SEED), own.environment)
    own.run("crawl", SEED)
    assert breaches(own, truth) == [], f"call {at}, {outcome['call']}"
    assert [row for row in own.rows("docs") if row["versions"] != 1] == []
    shutil.rmtree(folder)
    call: str | None = outcome["call"]
    print(at, call, flush=True)  # noqa: T201
    return call


@pytest.fixture
def crawled(tmp_path: Path) -> Iterator[tuple[CommandLine, list[Any]]]:
    """A section of some thirty pages, and what is true of it."""
    with running(documents=40, seeds_dir=tmp_path / "seeds") as replica:
        line = CommandLine(
            tmp_path / "archive", replica.seeds_dir, replica.allowed, {SIZE_VARIABLE: "20000"}
        )
        rows = truth_rows(World(replica.port, 40, 0))
        yield line, [row for row in rows if row["seed"] == SEED]


def tell_calls(struck: Sequence[str | None]) -> None:
    names = Counter(call.split()[0] for call in struck if call)
    print(f"{sum(names.values())} of {len(struck)} kills struck: {dict(names)}")  # noqa: T201


@pytest.mark.nightly
@pytest.mark.timeout(7200)
def test_a2_two_hundred_kills_each_at_another_call(
    tmp_path: Path, crawled: tuple[CommandLine, list[Any]]
) -> None:
    line, truth = crawled
    empty = tmp_path / "empty"
    open_database(empty).close()
    attempt: Callable[[int], str | None] = partial(attempt_crawl, empty, line, truth)
    with ThreadPoolExecutor(2) as pool:
        struck = list(pool.map(attempt, range(1, 201)))
        # The same from there to the end of the crawl, and while the archive itself is made.
        later = list(pool.map(attempt, range(210, 450, 20)))
        making = list(pool.map(partial(attempt_crawl, None, line, truth), range(5, 245, 20)))
    tell_calls(struck)
    tell_calls(later)
    tell_calls(making)
    assert sum(call is not None for call in struck) >= 190


@pytest.mark.nightly
@pytest.mark.timeout(3600)
def test_a2_kills_at_calls_beside_a_server(
    crawled: tuple[CommandLine, list[Any]], postgresql_url: str
) -> None:
    line, truth = crawled
    extra = {**line.extra, "GONGWEN_DATABASE_URL": postgresql_url}
    struck = []
    for at in range(1, 25):
        emptied(postgresql_url)
        with closing(open_database(line.folder.parent / f"archive-{at}", postgresql_url)):
            own = CommandLine(line.folder, line.seeds_dir, line.allowed, extra)
        struck.append(attempt_crawl(None, own, truth, at))
    tell_calls(struck)
    assert struck[0] is not None


def emptied(url: str) -> None:
    """Throw away all tables of a database."""
    engine = create_engine(make_url(url).set(drivername="postgresql+psycopg"))
    with engine.begin() as connection:
        connection.execute(text("DROP SCHEMA public CASCADE"))
        connection.execute(text("CREATE SCHEMA public"))
    engine.dispose()
