"""Archives of other formats: a released one is brought up and crawled on, a newer one refused."""

from __future__ import annotations

import sqlite3
import tarfile
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import select

from archive import queries, schema
from archive.copying import copy_database
from archive.database import open_database
from archive.doctor import State, examine
from archive.migrating import upgrade_database
from archive.models import Capture, Version
from archive.problems import Problem
from archive.verify import verify
from archive.warc.reading import read_record
from crawler.replica.process import running
from tests.commandline import CommandLine

RELEASES = Path(__file__).parents[1] / "archive" / "releases"
PORT = 18731
"""Where the replica was when the archives were made: its addresses stand in them."""
DOCUMENTS = 40
SEED = "replica-trs"
KEPT = sorted(path.name.partition(".")[0] for path in RELEASES.glob("*.tar.xz"))


def unpack(revision: str, folder: Path) -> Path:
    """The archive of a released revision, in a folder of its own."""
    with tarfile.open(RELEASES / f"{revision}.tar.xz") as packed:
        packed.extractall(folder, filter="data")
    return folder


def versions(folder: Path) -> dict[str, int]:
    with closing(open_database(folder)) as database, database.read() as session:
        return {str(row["url"]): int(row["versions"]) for row in queries.documents(session)}


def test_c6_an_archive_of_every_revision_before_this_one_is_kept() -> None:
    assert schema.revisions()[:-1] == KEPT


@pytest.mark.parametrize("revision", KEPT)
def test_c6_a_released_archive_is_brought_up_verified_and_crawled_on(
    revision: str, tmp_path: Path
) -> None:
    folder = unpack(revision, tmp_path / "archive")
    with pytest.raises(Problem, match=f"at revision {revision}, .* gongwen db upgrade"):
        open_database(folder)
    with running(PORT, DOCUMENTS, day=1, seeds_dir=tmp_path / "seeds") as replica:
        gongwen = CommandLine(folder, replica.seeds_dir, replica.allowed)
        assert upgrade_database(folder).before == revision
        before = versions(folder)
        assert len(before) == 10
        check_every_byte(folder)
        [run] = gongwen.rows("crawl", SEED)
    after = versions(folder)
    assert (run["state"], run["counts"]["changed"] > 0) == ("done", True)
    assert all(after[url] >= number for url, number in before.items())
    assert sum(after.values()) > sum(before.values())
    check_every_byte(folder)


@pytest.mark.parametrize("revision", KEPT)
def test_c6_a_released_archive_moves_to_a_server(
    revision: str, tmp_path: Path, postgresql_url: str
) -> None:
    folder = unpack(revision, tmp_path / "archive")
    assert upgrade_database(folder).before == revision
    with closing(open_database(folder)) as database:
        copy_database(database, postgresql_url)
    (folder / "gongwen.sqlite").unlink()
    check_every_byte(folder, postgresql_url)


def check_every_byte(folder: Path, url: str | None = None) -> None:
    with closing(open_database(folder, url)) as database:
        assert verify(database).findings == ()
        with database.read() as session:
            captures = session.scalars(
                select(Capture).join(Version, Version.capture_key == Capture.key)
            ).all()
        assert all(read_record(database, capture).body() for capture in captures)
        assert captures


@pytest.mark.parametrize("where", ["sqlite", "postgresql"])
def test_c6_an_archive_of_a_newer_program_is_refused_in_words(
    where: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    folder = tmp_path / "archive"
    url = request.getfixturevalue("postgresql_url") if where == "postgresql" else None
    with closing(open_database(folder, url)) as database, database.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    for attempt in (open_database, upgrade_database):
        with pytest.raises(Problem, match=r"The archive has a newer format.*Install a newer"):
            attempt(folder, url)
    if url is None:
        gongwen = CommandLine(folder, folder, "", {"GONGWEN_DATABASE_URL": ""})
        code, _, told = gongwen.ended("db", "upgrade")
        assert (code, "9999" in told, "Install a newer gongwen" in told) == (1, True, True)


def test_c6_the_doctor_names_the_format_and_the_command(tmp_path: Path) -> None:
    folder = unpack(KEPT[0], tmp_path / "archive")
    schema_sign = next(sign for sign in examine(folder) if sign.name == "schema")
    assert schema_sign.state is State.FAIL
    assert "gongwen db upgrade" in (schema_sign.next_step or "")
    with closing(sqlite3.connect(folder / "gongwen.sqlite")) as connection:
        assert connection.execute("SELECT version_num FROM alembic_version").fetchone() == ("0001",)
