"""Addresses of databases that cannot be used, and databases that cannot be read, in words."""

from __future__ import annotations

import socket
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import make_url, text
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError

from archive.backup import make_backup, restore_backup
from archive.connecting import explain, read_url
from archive.database import open_database
from archive.doctor import State, examine
from archive.migrating import upgrade_database
from archive.problems import Problem


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("nonsense", "not the address of a database"),
        ("postgresql://u:secret@h:port/d", "not the address of a database"),
        ("mysql://u:secret@h/d", "neither sqlite nor postgresql"),
        ("sqlite://", "names no file"),
        ("sqlite:///:memory:", "names no file"),
    ],
)
def test_an_address_that_cannot_be_used_is_a_usage_problem(
    tmp_path: Path, text: str, why: str
) -> None:
    with pytest.raises(Problem, match=why) as caught:
        open_database(tmp_path, text)
    assert caught.value.exit_code == 2
    assert "GONGWEN_DATABASE_URL" in caught.value.next_step
    assert "secret" not in str(caught.value)


def test_a_postgresql_address_gets_the_driver_we_ship() -> None:
    assert read_url("postgresql://u@h/d").drivername == "postgresql+psycopg"


@pytest.fixture
def no_database(tmp_path: Path) -> Path:
    (tmp_path / "gongwen.sqlite").write_text("This is a letter, not a database. " * 40)
    return tmp_path


@pytest.mark.parametrize("create", [True, False])
def test_a_file_that_is_no_database_is_told(no_database: Path, create: bool) -> None:
    with pytest.raises(Problem, match="file is not a database"):
        open_database(no_database, create=create)
    with pytest.raises(Problem, match="file is not a database"):
        upgrade_database(no_database)


def test_the_doctor_names_a_file_that_is_no_database(no_database: Path) -> None:
    signs = {sign.name: sign for sign in examine(no_database)}
    assert signs["database"].state is State.FAIL
    assert "not a database" in signs["database"].detail
    assert signs["folder"].state is State.OK


def test_the_doctor_names_an_address_that_cannot_be_used(tmp_path: Path) -> None:
    signs = {sign.name: sign for sign in examine(tmp_path, "nonsense")}
    assert signs["database"].state is State.FAIL


def test_a_server_that_cannot_be_reached_is_told(tmp_path: Path) -> None:
    pytest.importorskip("psycopg")
    with socket.socket() as taken:
        # Bound and not listening: nobody else can take the port, and nobody answers.
        taken.bind(("127.0.0.1", 0))
        url = f"postgresql://someone:secret@127.0.0.1:{taken.getsockname()[1]}/none"
        with pytest.raises(Problem, match="server cannot be used") as caught:
            open_database(tmp_path, url)
        assert [s.state for s in examine(tmp_path, url) if s.name == "database"] == [State.FAIL]
    assert "secret" not in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("part", "value", "what"),
    [
        ("database", "none", "There is no such database"),
        ("username", "nobody", "refuses this user"),
        ("host", "nowhere.invalid", "server cannot be found"),
    ],
)
def test_the_wrong_part_of_a_servers_address_is_named(
    tmp_path: Path, postgresql_url: str, part: str, value: str, what: str
) -> None:
    good = make_url(postgresql_url).set(password="sesame")
    wrong = good.set(**{part: value}).render_as_string(hide_password=False)
    with pytest.raises(Problem, match=what) as caught:
        open_database(tmp_path, wrong)
    assert "sesame" not in str(caught.value)


@pytest.mark.parametrize(
    ("reason", "what"),
    [
        ('FATAL:  password authentication failed for user "u"', "refuses this user"),
        ("FATAL:  sorry, too many clients already", "is full"),
        ("cannot execute INSERT in a read-only transaction", "can only be read"),
    ],
)
def test_what_a_server_says_is_told_in_words(reason: str, what: str) -> None:
    psycopg = pytest.importorskip("psycopg")
    said = psycopg.OperationalError(f"connection failed: {reason}\nand more")
    problem = explain(OperationalError("SELECT 1", {}, said))
    assert problem is not None
    assert what in problem.what


def test_a_server_that_goes_away_is_told(tmp_path: Path, postgresql_url: str) -> None:
    end = text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = :name")
    with closing(open_database(tmp_path, postgresql_url)) as database:
        with pytest.raises(DBAPIError) as caught, database.read() as session:
            session.execute(end, {"name": make_url(postgresql_url).database})
        problem = explain(caught.value)
        assert problem is not None
        assert problem.what == "The database server cannot be used"
        # What is asked next finds its way by a new connection.
        with database.read() as session:
            assert session.execute(text("SELECT 1")).scalar() == 1


def test_our_own_mistakes_are_not_explained_away() -> None:
    assert explain(IntegrityError("INSERT", {}, sqlite3.IntegrityError("UNIQUE failed"))) is None


@pytest.mark.sqlite
@pytest.mark.parametrize("name", ["a?b", "a#b", "a%20b", "a%3Fb"])
def test_the_database_lies_in_the_archives_folder_whatever_its_name(
    tmp_path: Path, name: str
) -> None:
    open_database(tmp_path / name).close()
    assert [path.name for path in tmp_path.iterdir()] == [name]
    assert (tmp_path / name / "gongwen.sqlite").is_file()
    with closing(open_database(tmp_path / name)) as database:
        make_backup(database, tmp_path / "backup")
    restore_backup(tmp_path / "backup", tmp_path / f"again {name}")
    assert (tmp_path / f"again {name}" / "gongwen.sqlite").is_file()
