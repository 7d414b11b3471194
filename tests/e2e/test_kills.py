"""Kill the crawl at any moment and say the same command again: nothing lost, nothing twice."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from fastwarc.warc import ArchiveIterator
from sqlalchemy import func, select

from archive import queries
from archive.database import open_database
from archive.models import Capture, Resource, Version
from crawler.replica.process import running
from crawler.replica.sites import World
from crawler.replica.truth import rows as truth_rows
from tests.e2e.conftest import Gongwen

DOCUMENTS = 300
KILLS = 10
SEED = "replica-trs"


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Gongwen]:
    with running(documents=DOCUMENTS * 4, seeds_dir=tmp_path / "seeds") as replica:
        yield Gongwen(tmp_path / "archive", replica)


def captures(folder: Path) -> int:
    if not (folder / "gongwen.sqlite").exists():
        return 0
    with closing(open_database(folder)) as database, database.read() as session:
        return session.scalar(select(func.count(Capture.key))) or 0


def crawl_and_kill(archive: Gongwen, moments: random.Random) -> bool:
    """One attempt; True when it was killed after a page was fetched and while work remained."""
    before = captures(archive.folder)
    process = archive.start("crawl", SEED)
    wanted = before + moments.randint(1, 40)
    while process.poll() is None and captures(archive.folder) < wanted:
        time.sleep(moments.uniform(0.01, 0.05))
    if process.poll() is not None:
        return False
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate()
    return captures(archive.folder) > before


def test_no_kill_loses_or_doubles_a_document(archive: Gongwen) -> None:
    moments = random.Random(7)
    kills = 0
    while kills < KILLS:
        killed = crawl_and_kill(archive, moments)
        assert killed, f"the crawl ended after {kills} kills; it needs more pages"
        kills += 1
    archive.run("crawl", SEED)
    truth: list[dict[str, Any]] = [
        row
        for row in truth_rows(World(archive.replica.port, DOCUMENTS * 4, 0))
        if row["seed"] == SEED
    ]
    assert len(truth) >= DOCUMENTS
    with closing(open_database(archive.folder)) as database, database.read() as session:
        held = {row["url"]: row["versions"] for row in queries.documents(session)}
        assert held == {row["url"]: 1 for row in truth}
        doubled = (
            select(Resource.url)
            .join(Version, Version.resource_key == Resource.key)
            .group_by(Resource.key)
            .having(func.count(Version.key) > 1)
        )
        assert list(session.scalars(doubled)) == []
    archive.run("verify")
    for file in sorted((archive.folder / "warc").glob("*.warc.gz")):
        assert read_whole(file)
        checker = [str(Path(sys.executable).parent / "warcio"), "check", str(file)]
        assert subprocess.run(checker, capture_output=True, check=False).returncode == 0


def read_whole(file: Path) -> int:
    """How many records an independent reader finds, their digests checked."""
    with file.open("rb") as stream:
        records = 0
        for record in ArchiveIterator(stream, verify_digests=True):
            record.reader.consume()
            records += 1
    return records
