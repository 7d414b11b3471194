"""An archive that this user may not write, or not even read: said in words, with no harm done."""

from __future__ import annotations

import subprocess
from contextlib import closing
from pathlib import Path

import pytest

from archive.database import open_database
from archive.problems import Problem
from tests.archive.writing.scenario import Scenario, page
from tests.commandline import CommandLine
from tests.conftest import NewArchive
from tests.faults.sections import seed_text
from tests.least_rights import only_readable, run_python

SEED = "faulty"


@pytest.fixture
def gongwen(new_archive: NewArchive, tmp_path: Path) -> CommandLine:
    """An archive with one document, and a seed whose site is never reached."""
    scenario = Scenario(new_archive(tmp_path / "archive"))
    scenario.commit(scenario.article(page("a")))
    scenario.close()
    seeds = tmp_path / "seeds"
    seeds.mkdir()
    (seeds / f"{SEED}.toml").write_text(seed_text(SEED, ["http://127.0.0.9:9/list.html"]))
    return CommandLine(tmp_path / "archive", seeds, "127.0.0.0/8:9")


def ended(gongwen: CommandLine, *arguments: str) -> subprocess.CompletedProcess[str]:
    """A command of a user for whom modes count."""
    done = run_python("-m", "crawler", *arguments, environment=gongwen.environment)
    assert "Traceback" not in done.stdout + done.stderr
    return done


def test_c3_a_folder_that_may_only_be_read_is_read_and_not_crawled_into(
    gongwen: CommandLine,
) -> None:
    with only_readable(gongwen.folder):
        crawled = ended(gongwen, "crawl", SEED)
        read = ended(gongwen, "docs", "--json")
    assert crawled.returncode == 1
    assert f"The archive in {gongwen.folder} cannot be written" in crawled.stderr
    assert "Change its owner or mode" in crawled.stderr
    assert read.returncode == 0
    assert len(read.stdout.splitlines()) == 1


@pytest.mark.sqlite
@pytest.mark.parametrize("name", ["gongwen.sqlite", "write.turn"])
def test_c3_one_file_of_another_user_is_enough_to_refuse(gongwen: CommandLine, name: str) -> None:
    (gongwen.folder / name).touch()
    (gongwen.folder / name).chmod(0o444)
    crawled = ended(gongwen, "crawl", SEED)
    assert crawled.returncode == 1
    assert "cannot be written" in crawled.stderr


@pytest.mark.sqlite
def test_c3_a_database_that_may_not_be_read_is_told(gongwen: CommandLine) -> None:
    (gongwen.folder / "gongwen.sqlite").chmod(0)
    done = ended(gongwen, "docs")
    assert done.returncode == 1
    assert "cannot be opened" in done.stderr
    assert "Change its owner or mode" in done.stderr


@pytest.mark.sqlite
def test_c3_readers_leave_no_lock_and_change_no_byte(gongwen: CommandLine) -> None:
    file = gongwen.folder / "gongwen.sqlite"
    before = file.read_bytes()
    with closing(open_database(gongwen.folder, create=False)) as database:
        with database.read() as session:
            session.connection()
        with pytest.raises(Problem), database.write() as session:
            raise Problem("Nothing", "is", "written")
    assert file.read_bytes() == before


@pytest.mark.sqlite
def test_c3_a_read_only_copy_with_a_log_that_was_never_folded_in_is_read_whole(
    new_archive: NewArchive, tmp_path: Path
) -> None:
    """As after a kill: the log holds the only copy of what was committed last."""
    scenario = Scenario(new_archive(tmp_path / "archive"))
    scenario.commit(scenario.article(page("a")))
    copy = tmp_path / "copy"
    copy.mkdir()
    for name in ("gongwen.sqlite", "gongwen.sqlite-wal"):
        (copy / name).write_bytes((scenario.folder / name).read_bytes())
    scenario.close()
    archive = CommandLine(copy, tmp_path, "")
    told = archive.rows("docs")
    assert [row["url"] for row in told] == [page("a")]
