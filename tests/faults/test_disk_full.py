"""A disk that fills up at any stage: the crawl stops with exit code 3, says why, and goes on later.

Root gets a real small disk. Everybody gets a limit on the size of files, which the system reports
as a failed write in the same places.
"""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from archive import queries
from archive.database import Database, open_database
from archive.models import Run
from archive.verify import verify
from tests.commandline import CommandLine
from tests.databases import DATABASES
from tests.faults.sections import section
from tests.faults.site import Connection, FaultSite, Route, serving

PAGES = 12
TARGETS = [f"/a/{number}.html" for number in range(PAGES)]
NO_RESERVE = {"GONGWEN_MIN_FREE": "0"}
KIB = 1 << 10


def fat_article(title: str, size: int) -> Route:
    """An article whose bytes no compression makes small."""
    noise = os.urandom(size // 2).hex()

    async def route(connection: Connection) -> None:
        body = (
            f"<html><head><title>{title}</title></head><body><h1>{title}</h1><div>"
            f"<p>{'各区县科技局，有关单位：现就有关事项通知如下。' * 8}</p></div>"
            f"<script>var noise = '{noise}';</script></body></html>"
        )
        await connection.answer(200, body)

    return route


@pytest.fixture(scope="module")
def site() -> Iterator[FaultSite]:
    """Twelve articles of 120 kB that cannot be compressed: 60 kB each in a WARC file."""
    routes = {
        target: fat_article(f"关于第{number}号事项的通知", 120 * KIB)
        for number, target in enumerate(TARGETS, 1)
    }
    with serving(routes) as served:
        yield served


@dataclass(frozen=True)
class Limited(CommandLine):
    """Runs `gongwen` in a shell that lets no file grow past ``limit`` bytes."""

    limit: int = 0

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            self.command(*arguments),
            env=self.environment,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
            preexec_fn=self._bound,
        )

    def _bound(self) -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (self.limit, resource.RLIM_INFINITY))


def limited(gongwen: CommandLine, limit: int) -> Limited:
    return Limited(gongwen.folder, gongwen.seeds_dir, gongwen.allowed, gongwen.extra, limit)


@contextmanager
def looking(gongwen: CommandLine) -> Iterator[tuple[Database, Session]]:
    """The archive as it is now, looked at from here."""
    url = DATABASES.url_of(gongwen.folder)
    with closing(open_database(gongwen.folder, url)) as database, database.read() as session:
        yield database, session


def held(gongwen: CommandLine) -> dict[str, int]:
    """The documents by their addresses, and how many versions each has."""
    with looking(gongwen) as (_, session):
        return {row["url"]: row["versions"] for row in queries.documents(session)}


def runs(gongwen: CommandLine) -> list[Run]:
    """The runs, newest first."""
    with looking(gongwen) as (_, session):
        return list(session.scalars(select(Run).order_by(Run.id.desc())))


def check_stopped(gongwen: CommandLine, ended: tuple[int, str, str]) -> None:
    """Exit code 3, one line that says why, and a row that does not claim success."""
    code, output, errors = ended
    assert code == 3, f"{output[-2000:]}\n{errors[-2000:]}"
    assert "Traceback" not in output + errors
    told = [line for line in (output + errors).splitlines() if "The disk is full" in line]
    assert len(told) == 1, f"{output[-2000:]}\n{errors[-2000:]}"
    assert runs(gongwen)[0].state != "done"


def check_goes_on(gongwen: CommandLine, site: FaultSite, before: Mapping[str, int]) -> None:
    """What was stored is still there; the same command fetches the rest, and nothing twice."""
    assert held(gongwen).items() >= before.items()
    gongwen.run("crawl", "faulty")
    assert held(gongwen) == {site.origin + target: 1 for target in TARGETS}
    newest, *older = [run.state for run in runs(gongwen)]
    assert newest == "done"
    assert set(older) <= {"failed", "interrupted"}
    with looking(gongwen) as (database, _):
        report = verify(database)
    assert report.is_clean, report.findings


def test_c2_a_crawl_stops_before_the_disk_is_full_and_goes_on_once_there_is_room(
    tmp_path: Path, site: FaultSite
) -> None:
    gongwen = section(tmp_path, site, TARGETS, **NO_RESERVE)
    free = shutil.disk_usage(tmp_path).free
    asked = len(site.asked)
    reserved = replace(gongwen, extra={"GONGWEN_MIN_FREE": str(2 * free)})
    check_stopped(gongwen, reserved.ended("crawl", "faulty"))
    assert len(site.asked) == asked
    assert runs(gongwen)[0].state == "failed"
    assert "are kept as a reserve" in (runs(gongwen)[0].reason or "")
    # Not even root may let a file grow past this: room for the tables and a few pages.
    check_stopped(gongwen, limited(gongwen, 400 * KIB).ended("crawl", "faulty"))
    before = held(gongwen)
    assert len(before) < PAGES
    check_goes_on(gongwen, site, before)


def test_c2_a_server_without_room_is_a_full_disk(
    tmp_path: Path, postgresql_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from sqlalchemy import text
    from sqlalchemy.exc import DBAPIError

    from archive.connecting import explain

    raised = "DO $$ BEGIN RAISE EXCEPTION '磁盘已满' USING ERRCODE = '53100'; END $$"
    with closing(open_database(tmp_path, postgresql_url)) as database:
        with pytest.raises(DBAPIError) as caught, database.write() as session:
            session.execute(text(raised))
        problem = explain(caught.value)
    assert problem is not None
    assert (problem.what, problem.exit_code) == ("The disk is full", 3)
    assert "磁盘已满" in problem.why


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of four MiB."""
    place = tmp_path / "disk"
    place.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", str(place)]
    if os.geteuid() or subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("only who may mount can have a small disk")
    yield place
    for _ in range(50):
        if not subprocess.run(["umount", str(place)], capture_output=True, check=False).returncode:
            return
        with suppress(subprocess.TimeoutExpired):
            subprocess.run(["sleep", "0.1"], timeout=1, check=False)


def fill(place: Path, leave: int) -> Path:
    """Fill a disk up to its last ``leave`` bytes."""
    ballast = place / "ballast"
    with suppress(OSError), ballast.open("ab") as file:
        os.posix_fallocate(file.fileno(), 0, shutil.disk_usage(place).free - leave)
    return ballast


@pytest.mark.nightly
@pytest.mark.sqlite
def test_c2_a_real_disk_fills_up_in_the_middle(small_disk: Path, site: FaultSite) -> None:
    gongwen = section(small_disk, site, TARGETS, **NO_RESERVE)
    held(gongwen)
    ballast = fill(small_disk, 800 * KIB)
    check_stopped(gongwen, gongwen.ended("crawl", "faulty"))
    before = held(gongwen)
    assert 0 < len(before) < PAGES
    ballast.unlink()
    check_goes_on(gongwen, site, before)
