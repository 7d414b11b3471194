"""Kills of a backup and of a restore: the one before stays, or the new one is whole."""

from __future__ import annotations

import os
import random
import shutil
import signal
import time
from contextlib import closing
from functools import partial
from pathlib import Path

import pytest
from typer.testing import CliRunner

from archive.backup import folders, make_backup, making, read_manifest, restore_backup, restoring
from archive.copying import TableCopy, copy_database
from archive.database import Database, connect, open_database, read_revision
from archive.problems import Problem
from archive.verify import verify
from crawler.cli.commands import app
from tests.faults.backups import check_whole, contents, restored
from tests.faults.filling import Filling
from tests.faults.kills import killed_after, killed_at

PLACES = ("backup_heads", "backup_database", "backup_file", "backup_written", "backup_placed")


@pytest.mark.parametrize(
    ("url", "swaps"),
    [("sqlite", True), ("sqlite", False), ("postgresql", True)],
    indirect=["url"],
)
def test_a12_a_killed_backup_leaves_the_one_before_or_the_new_one(
    filling: Filling, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, swaps: bool
) -> None:
    target, database = tmp_path / "backup", filling.database
    folder, url = database.folder, database.url
    if not swaps:
        monkeypatch.setattr(folders, "exchange", lambda *_: False)

    def work() -> None:
        with closing(open_database(folder, url)) as opened:
            make_backup(opened, target)

    for place in PLACES:
        assert killed_at(place, work)
        assert target.exists() == (place == "backup_placed")
    check_whole(target)
    for place in PLACES:
        before = read_manifest(target)
        filling.store(5)
        assert killed_at(place, work)
        check_whole(target)
        assert (read_manifest(target) != before) == (place == "backup_placed")
    filling.store(5)
    work()
    check_whole(target)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["archive", "backup"]
    restored(target, tmp_path / "again").close()


def test_a12_a_kill_between_two_renames_is_undone_by_the_next_start(
    archive: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "backup"
    make_backup(archive, target)
    before = contents(target)
    target.rename(tmp_path / ".backup.previous")
    with pytest.raises(Problem, match=r"\.backup\.previous"):
        restore_backup(target, tmp_path / "again")
    monkeypatch.setattr(making, "copy_database", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        make_backup(archive, target)
    assert contents(target) == before


def test_a12_a_killed_restore_leaves_nothing_or_the_whole_archive(
    archive: Database, tmp_path: Path
) -> None:
    target, folder = tmp_path / "backup", tmp_path / "again"
    make_backup(archive, target)
    for place in ("restore_file", "restore_file:3", "restore_prepared"):
        assert killed_at(place, partial(restore_backup, target, folder))
        assert not folder.exists()
    assert killed_at("restore_placed", partial(restore_backup, target, folder))
    with closing(open_database(folder, create=False)) as database:
        assert verify(database).is_clean
    with pytest.raises(Problem, match="is not free"):
        restore_backup(target, folder)
    restored(target, tmp_path / "once more").close()
    check_whole(target)


@pytest.mark.parametrize("command", ["backup", "restore"])
def test_a12_ctrl_c_leaves_the_backup_before(
    archive: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    target = tmp_path / "backup"
    make_backup(archive, target)
    before = contents(tmp_path)

    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(making, "copy_file", stop)
    monkeypatch.setattr(restoring, "copy_file", stop)
    folder = archive.folder if command == "backup" else tmp_path / "again"
    monkeypatch.setenv("GONGWEN_DATA", str(folder))
    monkeypatch.delenv("GONGWEN_DATABASE_URL", raising=False)
    result = CliRunner().invoke(app, [command, str(target)])
    assert (result.exit_code, result.stdout) == (11, "")
    assert contents(tmp_path) == before


@pytest.mark.parametrize("table", ["seeds", "captures", "observations"])
def test_a12_a_killed_copy_of_the_database_is_made_again(
    archive: Database, tmp_path: Path, table: str
) -> None:
    folder = archive.folder
    url = f"sqlite:///{tmp_path / 'copy.sqlite'}"

    def die(copied: TableCopy) -> None:
        if copied.table == table:
            os.kill(os.getpid(), signal.SIGKILL)

    def work() -> None:
        with closing(open_database(folder)) as opened:
            copy_database(opened, url, die)

    assert killed_at("nowhere", work)
    with closing(connect(tmp_path / "nothing", url)) as half:
        assert read_revision(half) is None
    made = copy_database(archive, url)
    assert sum(each.rows for each in made.tables) > 100
    with closing(Database(folder, url)) as copied:
        assert verify(copied).is_clean
    assert verify(archive).is_clean


@pytest.mark.nightly
@pytest.mark.parametrize("backend", ["sqlite", "postgresql"])
def test_a12_thirty_random_kills_of_backup_and_restore(
    backend: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    is_server = backend == "postgresql"
    url = request.getfixturevalue("postgresql_url") if is_server else None
    folder, target, again = (tmp_path / name for name in ("archive", "backup", "again"))
    moments = random.Random(12)

    def back_up() -> None:
        with closing(open_database(folder, url)) as opened:
            make_backup(opened, target)

    with closing(open_database(folder, url)) as database, closing(Filling(database)) as filling:
        filling.store(800, batch=50)
        begun = time.monotonic()
        back_up()
        usual = time.monotonic() - begun
        for _ in range(30):
            before = read_manifest(target)
            with filling.going():
                was_killed = killed_after(moments.uniform(0, usual * 1.2), back_up)
            check_whole(target)
            assert was_killed or read_manifest(target) != before
        back_up()
    restored(target, tmp_path / "whole").close()
    begun = time.monotonic()
    for _ in range(30):
        was_killed = killed_after(
            moments.uniform(0, usual * 1.5), partial(restore_backup, target, again)
        )
        assert was_killed or again.exists()
        if again.exists():
            with closing(open_database(again, create=False)) as made:
                assert verify(made).is_clean
            shutil.rmtree(again)
    restored(target, again).close()
