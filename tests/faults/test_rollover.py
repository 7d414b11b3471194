"""A5 and A6: killed at each step of changing files, setting a tail aside, and committing.

There is no ``.open`` name that is given up for a final one, and nothing compacts files: a file has
one name from its row on. So what may be half done is the row, the file, the seal and the trim.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from contextlib import closing
from functools import partial
from pathlib import Path

import pytest

from archive.database import open_database
from archive.models import Capture, Version, WarcFile
from archive.store.failpoints import SIZE_VARIABLE, VARIABLE
from archive.verify import verify
from crawler.replica.process import running
from crawler.replica.sites import World
from crawler.replica.truth import rows as truth_rows
from tests.archive.writing.scenario import Scenario, page
from tests.commandline import CommandLine
from tests.faults.oracle import breaches, breaches_in, refetched

PAGES = {page("a"): "甲", page("b"): "乙", page("c"): "丙", page("d"): "丁"}
ROLLING = ["file digested", "file sealed", "file row", "file opened"]
TRIMMING = ["tail begun", "tail kept", "tail cut"]


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest) -> str | None:
    """Where the database is: in the folder, or on the server."""
    if request.param == "sqlite":
        return None
    return str(request.getfixturevalue("postgresql_url"))


def killed_at(place: str, work: Callable[[], None]) -> None:
    """Do some work in a process of its own that dies when it reaches a place."""
    pid = os.fork()
    if not pid:
        try:
            work()
        finally:
            os._exit(0)
    assert os.WIFSIGNALED(status := os.waitpid(pid, 0)[1]), f"{place} was not reached"
    assert os.WTERMSIG(status) == signal.SIGKILL


def write(folder: Path, url: str | None, *addresses: str, dying_at: str | None = None) -> None:
    """Open the archive, store these pages each in a commit of its own, close it.

    Every commit fills a file. ``dying_at`` counts from the first page on.
    """
    os.environ[SIZE_VARIABLE] = "1"
    if dying_at in TRIMMING:
        os.environ[VARIABLE] = dying_at
    with closing(Scenario(folder, url)) as scenario:
        scenario.start()
        if not scenario.rows(Capture):
            scenario.commit(scenario.list_check(PAGES))
        os.environ[VARIABLE] = dying_at or ""
        for address in addresses:
            scenario.commit(scenario.article(address, PAGES[address]))
        scenario.end_run()


@pytest.fixture(autouse=True)
def _untouched(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (SIZE_VARIABLE, VARIABLE):
        monkeypatch.setenv(name, "")


def is_sound(folder: Path, url: str | None) -> bool:
    """Whether nothing is wrong but a tail that the next start sets aside."""
    with closing(open_database(folder, url)) as database:
        return {finding.kind for finding in verify(database).findings} <= {"warc_tail"}


def figures(folder: Path, url: str | None) -> dict[str, int]:
    """How many versions, captures and files there are, and how many of those are sealed."""
    with closing(Scenario(folder, url)) as scenario:
        scenario.end_run()
        files = scenario.rows(WarcFile)
        return {
            "versions": len(scenario.rows(Version)),
            "captures": len(scenario.rows(Capture)),
            "files": len(files),
            "sealed": sum(file.digest is not None for file in files),
        }


def test_a5_a_kill_while_files_change_leaves_every_file_whole(
    tmp_path: Path, url: str | None
) -> None:
    write(tmp_path, url)
    for step, address in zip(ROLLING, PAGES, strict=True):
        killed_at(step, partial(write, tmp_path, url, address, dying_at=step))
        assert is_sound(tmp_path, url), f"{step}: who looks before the next start finds no fault"
        write(tmp_path, url, address)
    assert figures(tmp_path, url) == {"versions": 4, "captures": 5, "files": 5, "sealed": 4}
    assert breaches_in(tmp_path, url) == []


def test_a5_a_kill_while_a_tail_is_set_aside_loses_no_byte_of_it(
    tmp_path: Path, url: str | None
) -> None:
    for step, address in zip(TRIMMING, PAGES, strict=False):
        killed_at("written", partial(write, tmp_path, url, address, dying_at="written"))
        torn = max((tmp_path / "warc").glob("*.gz")).read_bytes()
        killed_at(step, partial(write, tmp_path, url, dying_at=step))
        assert is_sound(tmp_path, url), step
        write(tmp_path, url, address)
        kept = [path.read_bytes() for path in (tmp_path / "warc" / ".quarantine").iterdir()]
        assert torn in kept, f"{step}: of a new file all is tail"
    assert figures(tmp_path, url)["versions"] == len(TRIMMING)
    assert breaches_in(tmp_path, url) == []


def test_a6_a_kill_around_the_commit_keeps_all_of_it_or_nothing(
    tmp_path: Path, url: str | None
) -> None:
    captures = 1
    write(tmp_path, url)
    for step, address in zip(("synced", "recorded", "committed"), PAGES, strict=False):
        killed_at(step, partial(write, tmp_path, url, address, dying_at=step))
        assert is_sound(tmp_path, url), step
        captures += step == "committed"
        assert figures(tmp_path, url)["captures"] == captures, step
        if step != "committed":
            write(tmp_path, url, address)
            captures += 1
    assert figures(tmp_path, url)["versions"] == 3
    assert breaches_in(tmp_path, url) == []


def crawled_through(folder: Path, url: str | None) -> None:
    """A crawl killed right before a commit, one right after, and one that ends."""
    extra = {"GONGWEN_DATABASE_URL": url} if url else {}
    with running(documents=40, seeds_dir=folder / "seeds") as replica:
        line = CommandLine(folder / "archive", replica.seeds_dir, replica.allowed, extra)
        for place in ("synced:2", "committed:2"):
            dying = CommandLine(
                line.folder, line.seeds_dir, line.allowed, {**extra, VARIABLE: place}
            )
            code, _, told = dying.ended("crawl", "replica-trs")
            assert code == 11, f"{place}: {told[-2000:]}"
            assert "SIGKILL" in line.rows("runs")[0]["reason"]
        line.run("crawl", "replica-trs")
        rows = truth_rows(World(replica.port, 40, 0))
        truth = [row for row in rows if row["seed"] == "replica-trs"]
        again = refetched(replica.asked(), (row["url"] for row in truth))
        assert breaches(line, truth) == []
        assert max(again.values(), default=0) <= 1, "only what was fetched and not committed"


def test_a6_a_page_is_fetched_again_at_most_once(tmp_path: Path) -> None:
    crawled_through(tmp_path, None)


@pytest.mark.nightly
def test_a6_a_page_is_fetched_again_at_most_once_on_a_server(
    tmp_path: Path, postgresql_url: str
) -> None:
    crawled_through(tmp_path, postgresql_url)
