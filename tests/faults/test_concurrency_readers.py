"""Who may only read, beside a writer that lives: one moment of the archive, wherever it lies."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import func, select

from archive.connecting import make_engine, read_url
from archive.database import default_url, open_database
from archive.models import Meta
from tests.archive.writing.scenario import Scenario
from tests.conftest import NewArchive
from tests.least_rights import only_readable, run_python

pytestmark = pytest.mark.sqlite

LOOK = """
import sys
from contextlib import closing
from pathlib import Path
from archive.database import open_database
from archive.models import Meta

with closing(open_database(Path(sys.argv[1]), create=False)) as database:
    assert database.read_only
    with database.read() as session:
        print(session.get_one(Meta, "last").value)
"""


@pytest.fixture
def folder(new_archive: NewArchive, tmp_path: Path) -> Path:
    return new_archive(tmp_path / "archive")


@pytest.fixture
def scenario(folder: Path) -> Iterator[Scenario]:
    """A writer that stays."""
    made = Scenario(folder)
    yield made
    made.close()


def log_of(scenario: Scenario) -> Path:
    return Path(f"{(scenario.folder / 'gongwen.sqlite').resolve()}-wal")


def write(scenario: Scenario, value: str) -> None:
    """Change several pages of the database, and fold all of the log in."""
    scenario.database._checkpoint_at = 1
    with scenario.database.write() as session:
        session.merge(Meta(name="last", value=value))
        session.add_all([Meta(name=f"{value} {n}", value="x" * 20_000) for n in range(9)])
    assert log_of(scenario).stat().st_size == 0


def test_c1_who_may_only_read_sees_one_moment_beside_a_folded_log(scenario: Scenario) -> None:
    write(scenario, "first")
    reader = make_engine(read_url(scenario.database.url), writes=False, read_only=True)
    counted = select(func.count()).select_from(Meta)
    with reader.connect() as connection:
        before = connection.scalar(counted)
        for value in ("second", "third"):
            scenario.database._checkpoint_at = 1
            with scenario.database.write() as session:
                session.add_all([Meta(name=f"{value} {n}", value="y" * 20_000) for n in range(9)])
        assert connection.scalar(counted) == before
        assert connection.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"
    # A session that begins later is opened anew, and sees what is new.
    with reader.connect() as connection:
        assert connection.scalar(counted) == before + 18


def test_c1_who_may_not_even_write_the_folder_reads_beside_a_folded_log(
    scenario: Scenario,
) -> None:
    write(scenario, "folded in")
    with only_readable(scenario.folder):
        done = run_python("-c", LOOK, str(scenario.folder), environment=dict(os.environ))
    assert (done.stdout.strip(), done.stderr) == ("folded in", "")


def test_c1_a_log_without_its_writer_is_read_where_nothing_can_be_put_beside_it(
    scenario: Scenario, tmp_path: Path
) -> None:
    """As in a copy on a medium that cannot be written, made right after the log was emptied."""
    write(scenario, "copied")
    copy = tmp_path / "copy"
    copy.mkdir()
    for name in ("gongwen.sqlite", "gongwen.sqlite-wal"):
        (copy / name).write_bytes((scenario.folder / name).read_bytes())
    with only_readable(copy):
        done = run_python("-c", LOOK, str(copy), environment=dict(os.environ))
    assert (done.stdout.strip(), done.stderr) == ("copied", "")


@pytest.fixture
def linked(folder: Path, tmp_path: Path) -> Iterator[Scenario]:
    """An archive whose database lies elsewhere, behind a symbolic link."""
    (tmp_path / "elsewhere").mkdir()
    real = tmp_path / "elsewhere" / "real.sqlite"
    (folder / "gongwen.sqlite").rename(real)
    (folder / "gongwen.sqlite").symlink_to(real)
    made = Scenario(folder)
    yield made
    made.close()


def test_c1_the_log_of_a_database_behind_a_link_is_folded_in(linked: Scenario) -> None:
    write(linked, "behind the link")


def test_c1_who_may_only_read_reads_the_log_of_a_database_behind_a_link(
    linked: Scenario,
) -> None:
    with linked.database.write() as session:
        session.add(Meta(name="last", value="in the log"))
    assert log_of(linked).stat().st_size > 0
    with only_readable(linked.folder), only_readable(log_of(linked).parent):
        done = run_python("-c", LOOK, str(linked.folder), environment=dict(os.environ))
    assert (done.stdout.strip(), done.stderr) == ("in the log", "")
    with closing(open_database(linked.folder, default_url(linked.folder))) as database:
        assert database.file == log_of(linked).with_name("real.sqlite")
