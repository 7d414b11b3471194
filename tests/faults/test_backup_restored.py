"""What restore refuses, and what is said of an archive that was put together by hand."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from archive.backup import make_backup, restore_backup
from archive.backup.manifest import MANIFEST_NAME
from archive.database import Database, open_database
from archive.doctor import State, examine
from archive.models import WarcFile
from archive.problems import Problem
from archive.verify import verify
from tests.faults.filling import Filling

SECRET = "root:x:0:0"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A backup of 20 pages."""
    folder = tmp_path_factory.mktemp("made")
    with closing(open_database(folder / "archive")) as database:
        with closing(Filling(database)) as filling:
            filling.store(20)
        make_backup(database, folder / "backup")
    return folder / "backup"


@pytest.fixture
def backup(made: Path, tmp_path: Path) -> Path:
    """A backup of one's own, to spoil."""
    return Path(shutil.copytree(made, tmp_path / "backup"))


def refused(backup: Path, folder: Path, words: str) -> None:
    """The backup is refused in these words, and nothing is left of the attempt."""
    before = set(folder.parent.rglob("*"))
    with pytest.raises(Problem, match=words):
        restore_backup(backup, folder)
    assert set(folder.parent.rglob("*")) == before


def warc_of(backup: Path) -> Path:
    return next((backup / "warc").iterdir())


def flip(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def cut(path: Path) -> None:
    os.truncate(path, path.stat().st_size - 1)


def grow(path: Path) -> None:
    with path.open("ab") as file:
        file.write(b"x")


@pytest.mark.parametrize("spoil", [flip, cut, grow, Path.unlink])
@pytest.mark.parametrize("name", ["gongwen.sqlite", "head.log", "warc"])
def test_a12_a_backup_that_is_not_whole_is_not_restored(
    backup: Path, tmp_path: Path, name: str, spoil: Callable[[Path], None]
) -> None:
    spoil(warc_of(backup) if name == "warc" else backup / name)
    refused(backup, tmp_path / "again", "is not whole: .*Use another backup; nothing was made")


def test_a12_a_link_in_a_backup_is_not_followed(backup: Path, tmp_path: Path) -> None:
    file = warc_of(backup)
    elsewhere = tmp_path / "elsewhere.warc.gz"
    file.rename(elsewhere)
    file.symlink_to(elsewhere)
    refused(backup, tmp_path / "again", "is not whole")
    file.unlink()
    os.mkfifo(file)
    refused(backup, tmp_path / "again", "is not whole")


def renamed(name: str) -> Callable[[dict[str, Any]], object]:
    return lambda value: value["files"][-1].update(name=name)


@pytest.mark.parametrize(
    "change",
    [
        renamed("../outside.warc.gz"),
        renamed("warc/../../outside.warc.gz"),
        renamed("/etc/cron.d/evil.warc.gz"),
        renamed("warc/..\\outside.warc.gz"),
        renamed("warc/.hidden.warc.gz"),
        renamed("warc/a\0b.warc.gz"),
        renamed("gongwen.sqlite\n"),
        renamed("write.lock"),
        lambda value: value["files"].append(value["files"][0]),
        lambda value: value["files"][0].update(size=-1),
        lambda value: value["files"][0].update(size="1"),
        lambda value: value["files"][0].update(sha256="../x"),
        lambda value: value.update(format=2),
        lambda value: value.update(files=None),
        lambda value: value.pop("archive_id"),
        lambda value: value.update(made_at="soon"),
        lambda value: value.update(damaged=[3]),
    ],
)
def test_a12_a_list_that_is_not_ours_is_not_followed(
    backup: Path, tmp_path: Path, change: Callable[[dict[str, Any]], object]
) -> None:
    value = json.loads((backup / MANIFEST_NAME).read_text("utf-8"))
    change(value)
    (backup / MANIFEST_NAME).write_text(json.dumps(value), "utf-8")
    refused(backup, tmp_path / "again", "is no backup: its manifest.json cannot be read")


@pytest.mark.parametrize("text", ["", "[]", "[" * 100_000, "null", '"公文"', "{", "\0"])
def test_a12_a_list_that_is_no_list_is_told(backup: Path, tmp_path: Path, text: str) -> None:
    (backup / MANIFEST_NAME).write_text(text, "utf-8")
    refused(backup, tmp_path / "again", "is no backup")


def test_c6_a_backup_of_a_newer_program_is_refused(backup: Path, tmp_path: Path) -> None:
    value = json.loads((backup / MANIFEST_NAME).read_text("utf-8"))
    (backup / MANIFEST_NAME).write_text(json.dumps({**value, "revision": "9999"}), "utf-8")
    refused(backup, tmp_path / "again", "newer format.*Install a newer gongwen")


def test_a_folder_that_is_not_free_is_never_restored_into(backup: Path, tmp_path: Path) -> None:
    folder = tmp_path / "again"
    folder.mkdir()
    (folder / "letter").write_text("信")
    refused(backup, folder, "something is in it, and nothing is ever overwritten")
    refused(backup, folder / "letter", "it is a file")
    refused(backup, backup / "inside", "the backup itself lies in")
    refused(tmp_path / "none", tmp_path / "new", "there is no manifest.json in it")
    with pytest.raises(Problem, match="gongwen db copy"):
        restore_backup(backup, tmp_path / "new", "postgresql://nobody@127.0.0.1:1/none")
    (folder / "letter").unlink()
    restore_backup(backup, folder)
    with closing(open_database(folder, create=False)) as database:
        assert verify(database).is_clean


def put_back(database: Database, tmp_path: Path) -> Path:
    """An archive that went on after its backup, and whose database alone is put back."""
    folder = database.folder
    with closing(Filling(database)) as filling:
        filling.store(20)
    make_backup(database, tmp_path / "backup")
    with closing(Filling(database)) as filling:
        filling.store(20)
    database.close()
    shutil.copyfile(tmp_path / "backup" / "gongwen.sqlite", folder / "gongwen.sqlite")
    return folder


def test_an_older_database_among_newer_files_is_told_and_loses_none_of_them(
    tmp_path: Path,
) -> None:
    folder = put_back(open_database(tmp_path / "archive"), tmp_path)
    [file] = (folder / "warc").glob("*.warc.gz")
    newer = file.read_bytes()
    with closing(open_database(folder)) as database:
        [ahead] = [finding for finding in verify(database).findings if finding.kind == "head_ahead"]
        assert "an older database was put back" in ahead.detail
        sign = next(sign for sign in examine(folder) if sign.name == "chain")
        assert (sign.state, "gongwen restore" in (sign.next_step or "")) == (State.FAIL, True)
        with database.read() as session:
            end = session.scalars(select(WarcFile.committed_end)).one()
        with closing(Filling(database)) as filling:
            filling.store(5)
        # What the older database knows nothing of is set aside before the file goes on.
        [kept] = (folder / "warc" / ".quarantine").iterdir()
        assert kept.read_bytes() == newer[end:]
        assert file.read_bytes()[:end] == newer[:end]
        kinds = {finding.kind for finding in verify(database).findings}
        assert "head_falls" in kinds
        assert kinds <= {"head_falls", "head_ahead", "head_differs"}
