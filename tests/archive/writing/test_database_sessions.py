"""Opening, reading from one moment, writing one at a time, and the schema's history."""

from __future__ import annotations

import sqlite3
import threading
from contextlib import closing
from pathlib import Path

import pytest
from scenario import Scenario
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from archive import database as database_module
from archive import schema
from archive.connecting import keep_log
from archive.database import open_database
from archive.migrating import Migrated, upgrade_database
from archive.models import Meta
from archive.problems import Problem


def test_a_new_archive_has_a_name_that_stays(folder: Path) -> None:
    names = set()
    for _ in range(2):
        database = open_database(folder)
        with database.read() as session:
            names.add(session.get_one(Meta, "archive_id").value)
        database.close()
    assert len(names) == 1


def test_an_upgrade_of_a_current_archive_does_nothing(folder: Path) -> None:
    assert upgrade_database(folder) == Migrated(schema.HEAD, schema.HEAD, None)


def test_an_unusable_folder_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(Problem, match="cannot be used"):
        open_database(tmp_path / "file" / "archive")


def test_a_reader_sees_one_moment_and_never_waits(scenario: Scenario) -> None:
    with scenario.database.read() as reader:
        before = len(reader.scalars(select(Meta)).all())
        with scenario.database.write() as writer:
            writer.add(Meta(name="later", value="x"))
        assert len(reader.scalars(select(Meta)).all()) == before
    with scenario.database.read() as reader:
        assert len(reader.scalars(select(Meta)).all()) == before + 1


def test_a_reader_cannot_write(scenario: Scenario) -> None:
    with (
        pytest.raises(DBAPIError, match=r"read-?only"),
        scenario.database.read() as session,
    ):
        session.execute(text("DELETE FROM meta"))


def test_an_error_rolls_a_write_back(scenario: Scenario) -> None:
    def fail() -> None:
        with scenario.database.write() as session:
            session.add(Meta(name="lost", value="x"))
            session.flush()
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    with scenario.database.read() as session:
        assert session.get(Meta, "lost") is None


def test_writers_of_several_processes_take_turns(folder: Path) -> None:
    first, second = open_database(folder), open_database(folder)
    with first.write() as session:
        session.add(Meta(name="counter", value="0"))

    def count(database: database_module.Database) -> None:
        for _ in range(20):
            with database.write() as session:
                row = session.get_one(Meta, "counter")
                row.value = str(int(row.value) + 1)

    threads = [threading.Thread(target=count, args=(one,)) for one in (first, second, first)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with first.read() as session:
        assert session.get_one(Meta, "counter").value == "60"
    first.close()
    second.close()


class Deadlocked(sqlite3.Cursor):
    """Fails as SQLite does, at once and whatever its patience, when two turn the log on."""

    failures = 2

    def execute(self, sql: str, *parameters: object) -> sqlite3.Cursor:
        if sql == "PRAGMA journal_mode=WAL" and self.failures:
            self.failures -= 1
            raise sqlite3.OperationalError("database is locked")
        return super().execute(sql, *parameters)


@pytest.mark.sqlite
def test_turning_the_log_on_is_tried_again_when_two_do_it_at_once(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "new.sqlite")) as connection:
        keep_log(connection.cursor(Deadlocked))
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)


@pytest.mark.sqlite
def test_a_busy_archive_is_told(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database_module, "LOCK_PATIENCE", 0.05)
    first, second = open_database(folder), open_database(folder)
    with first.lock(), pytest.raises(Problem, match="busy"), second.write():
        pass
    first.close()
    second.close()


@pytest.mark.sqlite
def test_settings_keep_the_log_safe(scenario: Scenario) -> None:
    with scenario.database.write() as session:
        values = {
            name: session.execute(text(f"PRAGMA {name}")).scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys", "wal_autocheckpoint")
        }
    assert values == {
        "journal_mode": "wal",
        "synchronous": 2,
        "foreign_keys": 1,
        "wal_autocheckpoint": 0,
    }


@pytest.mark.sqlite
def test_a_large_log_is_folded_in_by_the_writer(
    scenario: Scenario, monkeypatch: pytest.MonkeyPatch
) -> None:
    scenario.database._checkpoint_at = 100_000
    log = scenario.folder / "gongwen.sqlite-wal"
    for number in range(4):
        with scenario.database.write() as session:
            session.add(Meta(name=f"big{number}", value="x" * 60_000))
    assert log.stat().st_size < 150_000
    with scenario.database.read() as session:
        assert session.get_one(Meta, "big3").value == "x" * 60_000
