"""The commands, while a crawl runs: back up, restore, crawl on."""

from __future__ import annotations

import asyncio
import threading
import time
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import func, select
from typer.testing import CliRunner

from archive.backup import read_manifest
from archive.database import open_database
from archive.models import Version
from archive.problems import Problem
from archive.verify import verify
from crawler.cli.commands import app
from tests.commandline import PATIENCE, CommandLine
from tests.faults.backups import check_whole
from tests.faults.sections import article, section
from tests.faults.site import Connection, Route, serving

PAGES = 16
FIRST = 5


def held_back(route: Route, gate: threading.Event) -> Route:
    """The same answer, once the gate is open."""

    async def late(connection: Connection) -> None:
        while not gate.is_set():
            await asyncio.sleep(0.02)
        await route(connection)

    return late


def stored(gongwen: CommandLine) -> int:
    """How many versions there are; 0 before the archive is made."""
    if not (gongwen.folder / "gongwen.sqlite").exists():
        return 0
    with closing(open_database(gongwen.folder)) as database, database.read() as session:
        return session.scalar(select(func.count(Version.key))) or 0


def test_a_backup_made_while_a_crawl_runs_is_verified_and_crawled_on(tmp_path: Path) -> None:
    targets = [f"/a/{number}.html" for number in range(PAGES)]
    routes = {target: article(f"关于{target}的通知") for target in targets}
    gate = threading.Event()
    routes |= {target: held_back(routes[target], gate) for target in targets[FIRST:]}
    backup = tmp_path / "backup"
    with serving(routes) as site:
        gongwen = section(tmp_path, site, targets)
        crawl = gongwen.start("crawl", "faulty")
        deadline = time.monotonic() + PATIENCE
        while stored(gongwen) < FIRST:
            assert time.monotonic() < deadline
            assert crawl.poll() is None
            time.sleep(0.05)
        made = gongwen.one("backup", str(backup))
        gate.set()
        assert crawl.wait(PATIENCE) == 0
        crawl.communicate()
        check_whole(backup)
        again = replace(gongwen, folder=tmp_path / "again")
        told = again.one("restore", str(backup))
        assert told | {"clean": True, "findings": [], "interrupted": [1]} == told
        assert told["archive"] == made["archive"] == read_manifest(backup).archive_id
        assert stored(again) == FIRST
        before = [len(site.hits(target)) for target in targets]
        again.run("crawl", "faulty")
        after = [len(site.hits(target)) for target in targets]
    # What the backup held is not asked for again; the run that was under way is resumed.
    assert [new - old for old, new in zip(before, after, strict=True)] == [
        int(number >= FIRST) for number in range(PAGES)
    ]
    assert stored(again) == stored(gongwen) == PAGES
    with closing(open_database(again.folder)) as database:
        assert verify(database).is_clean


@pytest.mark.parametrize("command", ["backup", "restore"])
def test_a_backup_of_nothing_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    monkeypatch.setenv("GONGWEN_DATA", str(tmp_path / "archive"))
    monkeypatch.delenv("GONGWEN_DATABASE_URL", raising=False)
    result = CliRunner().invoke(app, [command, str(tmp_path / "backup")])
    told = "There is no archive" if command == "backup" else "is no backup"
    assert isinstance(result.exception, Problem)
    assert (result.exception.exit_code, told in str(result.exception)) == (1, True)
    assert list(tmp_path.iterdir()) == []
