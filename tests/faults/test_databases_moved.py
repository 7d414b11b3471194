"""An archive that was copied to another database is written to in one of them only."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from archive.backup import make_backup, restore_backup
from archive.copying import copy_database
from archive.database import Database, open_database
from archive.models import Meta, Version
from archive.moved import reclaim
from archive.problems import Problem
from archive.store import Store
from archive.verify import verify
from crawler.environment import Environment
from tests.archive.writing.scenario import RECHECK, Scenario, page
from tests.commandline import CommandLine


@pytest.fixture
def old(tmp_path: Path, postgresql_url: str) -> Iterator[Database]:
    """An SQLite archive of one page that was copied to a server."""
    folder = tmp_path / "archive"
    url = f"sqlite:///{folder / 'gongwen.sqlite'}"
    with closing(Scenario(folder, url)) as scenario:
        scenario.commit(scenario.article(page("1")))
        scenario.end_run()
    with closing(open_database(folder, url)) as database:
        copy_database(database, postgresql_url)
        yield database


def go_on(folder: Path, url: str, name: str) -> None:
    with closing(Scenario(folder, url)) as scenario:
        scenario.commit(scenario.article(page(name), f"正文之{name}"))
        scenario.end_run()


def files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in (folder / "warc").glob("*.warc.gz")}


def test_c9_a_database_that_was_copied_away_is_not_written_to(
    old: Database, tmp_path: Path, postgresql_url: str
) -> None:
    go_on(old.folder, postgresql_url, "2")
    before = files(old.folder)
    with pytest.raises(Problem, match="it was copied to postgresql://") as refused:
        Store(old, recheck=RECHECK)
    assert f"gongwen db copy --to {old.url}" in refused.value.next_step
    gongwen = CommandLine(old.folder, tmp_path, "", {"GONGWEN_DATABASE_URL": old.url})
    assert len(gongwen.rows("docs")) == 1
    with pytest.raises(Problem, match="is not written to any more"):
        Environment(data=old.folder, database_url=old.url).open()
    with pytest.raises(Problem, match="is not written to any more"):
        copy_database(old, f"sqlite:///{tmp_path / 'third.sqlite'}")
    assert files(old.folder) == before
    with closing(open_database(old.folder, postgresql_url)) as copy:
        assert verify(copy).is_clean


def test_c9_an_archive_is_copied_back_to_the_database_it_came_from(
    old: Database, postgresql_url: str
) -> None:
    go_on(old.folder, postgresql_url, "2")
    with closing(open_database(old.folder, postgresql_url)) as copy:
        copy_database(copy, old.url)
    go_on(old.folder, old.url, "3")
    assert verify(old).is_clean
    with old.read() as session:
        assert session.query(Version).count() == 3
    with (
        closing(open_database(old.folder, postgresql_url)) as copy,
        pytest.raises(Problem, match="is not written to any more"),
    ):
        Store(copy, recheck=RECHECK)


def test_c9_a_database_of_another_archive_is_not_copied_over(old: Database, tmp_path: Path) -> None:
    with closing(open_database(tmp_path / "other")) as other:
        with pytest.raises(Problem, match="The target is not empty"):
            copy_database(other, old.url)
        with other.read() as session:
            assert session.get(Meta, "moved_to") is None


def test_c9_a_copy_that_was_never_used_is_taken_back(old: Database) -> None:
    place = reclaim(old)
    assert place is not None
    assert place.startswith("postgresql://")
    assert reclaim(old) is None
    go_on(old.folder, old.url, "2")
    assert verify(old).is_clean


def test_c9_what_only_the_copy_knows_is_not_lost_unasked(
    old: Database, tmp_path: Path, postgresql_url: str
) -> None:
    go_on(old.folder, postgresql_url, "2")
    gongwen = CommandLine(old.folder, tmp_path, "", {"GONGWEN_DATABASE_URL": old.url})
    code, _, errors = gongwen.ended("db", "reclaim")
    assert (code, "This database is behind" in errors) == (1, True)
    assert gongwen.one("db", "reclaim", "--set-aside")["moved_to"].startswith("postgresql://")
    go_on(old.folder, old.url, "3")
    assert len(list((old.folder / "warc" / ".quarantine").iterdir())) == 1


def test_c9_a_restored_backup_is_an_archive_of_its_own(old: Database, tmp_path: Path) -> None:
    make_backup(old, tmp_path / "backup")
    restore_backup(tmp_path / "backup", tmp_path / "again")
    own = f"sqlite:///{tmp_path / 'again' / 'gongwen.sqlite'}"
    go_on(tmp_path / "again", own, "2")


def test_g12_a_copy_tells_no_password_of_the_query(
    old: Database, tmp_path: Path, postgresql_url: str
) -> None:
    reclaim(old)
    gongwen = CommandLine(old.folder, tmp_path, "", {"GONGWEN_DATABASE_URL": old.url})
    joined = "&" if "?" in postgresql_url else "?"
    code, output, errors = gongwen.ended(
        "db", "copy", "--to", f"{postgresql_url}{joined}password=sesame"
    )
    assert (code, "The target is not empty" in errors) == (1, True)
    assert "sesame" not in output + errors
