"""Eight writers and four readers on one archive: nobody is told "locked", nothing is lost."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from tests.conftest import NewArchive
from tests.databases import DATABASES
from tests.faults.crowd import Told

PROMISED_P99 = 1.0
# The short form shares its cores with other tests; the long one has them for itself.
AMONG_OTHERS = 3.0


def crowd(folder: Path, seconds: float, *options: str) -> tuple[Told, str]:
    """What a crowd went through, and all that its processes printed on standard error."""
    url = DATABASES.url_of(folder)
    named = ["--url", url] if url else []
    done = subprocess.run(
        [sys.executable, "-m", "tests.faults.crowd", str(folder), str(seconds), *named, *options],
        capture_output=True,
        text=True,
        check=False,
        timeout=seconds + 120,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return Told(**json.loads(done.stdout)), done.stderr


def check_crowd(told: Told, errors: str, p99: float) -> None:
    sys.stdout.write(f"{told.line()}\n")
    assert (errors, told.errors) == ("", [])
    assert told.counter == told.acknowledged > 0
    assert told.reads > 0
    assert told.percentile(0.99) < p99


def check_killed(folder: Path, told: Told, errors: str) -> None:
    """What was acknowledged is there, and at most one step more of each that was killed."""
    sys.stdout.write(f"{told.line()}\n")
    assert (errors, told.errors) == ("", [])
    assert told.kills > 0
    assert 0 < told.acknowledged <= told.counter <= told.acknowledged + told.kills
    if DATABASES.url_of(folder) is None:
        with closing(sqlite3.connect(folder / "gongwen.sqlite")) as connection:
            assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


def test_c1_eight_writers_and_four_readers_take_turns(
    tmp_path: Path, new_archive: NewArchive
) -> None:
    check_crowd(*crowd(new_archive(tmp_path / "archive"), 2.5), AMONG_OTHERS)


@pytest.mark.nightly
def test_c1_eight_writers_and_four_readers_take_turns_for_a_minute(
    tmp_path: Path, new_archive: NewArchive
) -> None:
    check_crowd(*crowd(new_archive(tmp_path / "archive"), 60.0), PROMISED_P99)


@pytest.mark.sqlite
def test_c1_kills_among_openers_leave_a_sound_log(tmp_path: Path, new_archive: NewArchive) -> None:
    folder = new_archive(tmp_path / "archive")
    options = ["--writers", "3", "--readers", "3", "--kill-every", "0.05"]
    check_killed(folder, *crowd(folder, 2.5, *options))


@pytest.mark.nightly
def test_c1_kills_among_openers_leave_a_sound_log_for_a_minute(
    tmp_path: Path, new_archive: NewArchive
) -> None:
    folder = new_archive(tmp_path / "archive")
    check_killed(folder, *crowd(folder, 60.0, "--kill-every", "0.05"))
