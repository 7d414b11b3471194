"""Kills around and inside a migration: the tables are as before, and the same command goes on."""

from __future__ import annotations

import shutil
from contextlib import closing
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import text

from archive import migrating, schema
from archive.database import Database, connect, open_database
from archive.migrating import downgrade_database, upgrade_database
from archive.problems import Problem
from archive.store import Store
from tests.commandline import CommandLine
from tests.faults.kills import killed_at
from tests.faults.rows import OLDEST, fill, row_hash

OLD = "0001"
STEP = f"migration_step:{len(schema.revisions()) - schema.revisions().index(OLD) - 1}"
BEFORE = ("migration_copying", "migration_copied", STEP)
"""Places up to the last moment before the commit."""


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, folder: Path) -> str:
    if request.param == "postgresql":
        return str(request.getfixturevalue("postgresql_url"))
    return f"sqlite:///{folder / 'gongwen.sqlite'}"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "archive"


def state(folder: Path, url: str) -> tuple[str | None, dict[str, tuple[int, str]]]:
    with (
        closing(connect(folder, url)) as database,
        database.snapshots.connect() as connection,
    ):
        return schema.revision(connection), row_hash(connection)


def filled(folder: Path, url: str) -> Database:
    database = open_database(folder, url)
    with database.engine.begin() as connection:
        connection.execute(text("DELETE FROM meta"))
        fill(connection, 5, OLDEST)
        connection.execute(text("UPDATE meta SET name = 'archive_id' WHERE name LIKE '%1%'"))
    return database


def test_c5_a_kill_at_any_place_of_an_upgrade_loses_nothing(folder: Path, url: str) -> None:
    filled(folder, url).close()
    new = state(folder, url)
    downgrade_database(folder, url, OLD)
    old = state(folder, url)
    assert (old[0], new[0]) == (OLD, schema.HEAD)
    for place in BEFORE:
        is_reached = killed_at(place, partial(upgrade_database, folder, url))
        # Only an SQLite database is copied first.
        assert is_reached == (place != "migration_copying" or url.startswith("sqlite"))
        if not is_reached:
            downgrade_database(folder, url, OLD)
        assert state(folder, url) == old
        with pytest.raises(Problem, match="gongwen db upgrade"):
            open_database(folder, url)
    assert killed_at("migrated", partial(upgrade_database, folder, url))
    assert state(folder, url) == new
    assert upgrade_database(folder, url).copy is None


def test_c5_a_kill_at_any_place_of_a_downgrade_loses_nothing(folder: Path, url: str) -> None:
    filled(folder, url).close()
    new = state(folder, url)
    for place in ("migration_copied", STEP):
        assert killed_at(place, partial(downgrade_database, folder, url, OLD))
        assert state(folder, url) == new
    assert downgrade_database(folder, url, OLD).after == OLD


def test_c5_a_kill_while_a_new_archive_is_made_leaves_a_next_start(folder: Path, url: str) -> None:
    last = f"migration_step:{len(schema.revisions())}"
    assert killed_at(last, partial(upgrade_database, folder, url))
    assert state(folder, url) == (None, {})
    open_database(folder, url).close()
    assert state(folder, url)[0] == schema.HEAD


def test_c5_the_copy_of_before_can_be_put_back(folder: Path) -> None:
    url = f"sqlite:///{folder / 'gongwen.sqlite'}"
    filled(folder, url).close()
    downgrade_database(folder, url, OLD)
    old = state(folder, url)
    done = upgrade_database(folder, url)
    assert done.copy == folder / f"gongwen-before-{schema.HEAD}-from-{OLD}.sqlite"
    shutil.copyfile(done.copy, folder / "gongwen.sqlite")
    assert state(folder, url) == old
    assert upgrade_database(folder, url).before == OLD


def test_c5_a_copy_that_cannot_be_made_stops_the_migration(folder: Path) -> None:
    url = f"sqlite:///{folder / 'gongwen.sqlite'}"
    filled(folder, url).close()
    downgrade_database(folder, url, OLD)
    old = state(folder, url)
    copies = {path: path.read_bytes() for path in folder.glob("gongwen-before-*")}
    (folder / f".gongwen-before-{schema.HEAD}-from-{OLD}.sqlite.unfinished").mkdir()
    with pytest.raises(Problem, match="The database cannot be copied"):
        upgrade_database(folder, url)
    assert state(folder, url) == old
    assert {path: path.read_bytes() for path in folder.glob("gongwen-before-*")} == copies


def test_c5_no_migration_while_a_crawl_holds_a_slot(folder: Path, url: str) -> None:
    database = open_database(folder, url)
    store = Store(database, recheck=1)
    with pytest.raises(Problem, match="The archive is in use: a crawl holds its writer slot 0"):
        downgrade_database(folder, url, OLD)
    store.close()
    database.close()
    assert downgrade_database(folder, url, OLD).after == OLD


def test_c5_the_commands_say_what_to_do_after_a_kill(folder: Path) -> None:
    url = f"sqlite:///{folder / 'gongwen.sqlite'}"
    filled(folder, url).close()
    downgrade_database(folder, url, OLD)
    gongwen = CommandLine(folder, folder, "", {"GONGWEN_DATABASE_URL": url})
    assert killed_at(STEP, partial(upgrade_database, folder, url))
    code, _, told = gongwen.ended("docs")
    assert code == 1
    assert f"its tables are at revision {OLD}, this program needs {schema.HEAD}" in told
    assert "gongwen db upgrade" in told
    assert gongwen.one("db", "upgrade")["to"] == schema.HEAD


def test_c5_the_second_of_two_upgrades_keeps_the_copy_of_the_first(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = f"sqlite:///{folder / 'gongwen.sqlite'}"
    filled(folder, url).close()
    downgrade_database(folder, url, OLD)
    read, firsts = migrating.read_revision, []

    def look(database: Database) -> str | None:
        found = read(database)
        if not firsts:
            # Another process is first between this look and the lock.
            firsts.append(found)
            firsts.append(upgrade_database(folder, url).copy)
        return found

    monkeypatch.setattr(migrating, "read_revision", look)
    assert upgrade_database(folder, url).copy is None
    copy = firsts[1]
    with closing(connect(folder, f"sqlite:///{copy}")) as kept:
        assert read(kept) == OLD
