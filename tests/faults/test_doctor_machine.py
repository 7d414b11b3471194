"""What the doctor says of SQLite, its settings, and the disks an archive lies on."""

from __future__ import annotations

import json
import os
import sqlite3
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace

import pytest

from archive import doctor, machine
from archive.database import default_url, open_database
from archive.doctor import Sign, State, examine, sqlite_version
from archive.moved import mark_moved
from tests.commandline import CommandLine
from tests.conftest import NewArchive
from tests.least_rights import run_python

GIB = 1 << 30


def signs(folder: Path, **options: int) -> dict[str, Sign]:
    return {sign.name: sign for sign in examine(folder, **options)}


@pytest.mark.parametrize(
    ("version", "is_affected"),
    [
        ((3, 6, 23), False),
        ((3, 7, 0), True),
        ((3, 40, 1), True),
        ((3, 44, 5), True),
        ((3, 44, 6), False),
        ((3, 45, 0), True),
        ((3, 50, 6), True),
        ((3, 50, 7), False),
        ((3, 51, 0), True),
        ((3, 51, 2), True),
        ((3, 51, 3), False),
        ((3, 60, 0), False),
    ],
)
def test_c7_sqlite_versions_that_can_corrupt_are_named_with_the_fixed_ones(
    version: tuple[int, ...], is_affected: bool
) -> None:
    sign = sqlite_version(version, "x")
    assert sign.state is (State.WARN if is_affected else State.OK)
    told = all(fixed in sign.detail for fixed in ("3.51.3", "3.50.7", "3.44.6"))
    assert told is is_affected
    assert (sign.next_step is not None) is is_affected


def test_c7_the_running_sqlite_is_judged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor.sqlite3, "sqlite_version_info", (3, 51, 2))
    monkeypatch.setattr(doctor.sqlite3, "sqlite_version", "3.51.2")
    assert signs(tmp_path / "none")["sqlite"].state is State.WARN


@pytest.mark.sqlite
def test_c7_settings_and_integrity_are_told(tmp_path: Path, new_archive: NewArchive) -> None:
    folder = new_archive(tmp_path / "archive")
    with closing(open_database(folder)):
        sign = signs(folder)["database"]
    assert sign.state is State.OK
    assert sign.detail == "journal wal, synchronous full, integrity check ok"


@pytest.mark.sqlite
def test_c7_a_damaged_index_is_found(tmp_path: Path, new_archive: NewArchive) -> None:
    folder = new_archive(tmp_path / "archive")
    with closing(sqlite3.connect(folder / "gongwen.sqlite")) as connection:
        of_index = "SELECT rootpage FROM sqlite_master WHERE type = 'index' AND tbl_name = 'meta'"
        (page,) = connection.execute(of_index).fetchone()
        (size,) = connection.execute("PRAGMA page_size").fetchone()
    content = bytearray((folder / "gongwen.sqlite").read_bytes())
    start = (page - 1) * size
    # The index's page says that it has one cell less.
    cells = int.from_bytes(content[start + 3 : start + 5], "big")
    content[start + 3 : start + 5] = (cells - 1).to_bytes(2, "big")
    (folder / "gongwen.sqlite").write_bytes(content)
    sign = signs(folder)["database"]
    assert sign.state is State.FAIL
    assert sign.next_step == "gongwen verify"


@pytest.mark.parametrize(
    ("free", "least", "state"),
    [
        (40 << 20, 32 << 20, State.WARN),
        (31 << 20, 32 << 20, State.FAIL),
        (GIB, 2 * GIB, State.FAIL),
        (3 * GIB, 2 * GIB, State.WARN),
        (5 * GIB, 2 * GIB, State.OK),
        (0, 0, State.WARN),
    ],
)
def test_c7_free_disk_is_judged_by_what_is_kept_free(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, free: int, least: int, state: State
) -> None:
    monkeypatch.setattr(machine.shutil, "disk_usage", lambda _: SimpleNamespace(free=free))
    assert signs(tmp_path, min_free=least)["disk"].state is state


def test_c7_the_command_shows_all_of_it_and_refuses_nothing(
    tmp_path: Path, new_archive: NewArchive
) -> None:
    gongwen = CommandLine(
        new_archive(tmp_path / "archive"), tmp_path / "seeds", "", {"GONGWEN_MIN_FREE": "7K"}
    )
    told = {
        row["name"]: row for row in map(json.loads, gongwen.run("doctor", "--json").splitlines())
    }
    assert "crawls stop below 7 KiB" in told["disk"]["detail"]
    assert told["database"]["state"] in ("ok", "warn")
    affected = sqlite_version(sqlite3.sqlite_version_info, "").state is State.WARN
    if "sqlite" in told:
        assert told["sqlite"]["state"] == ("warn" if affected else "ok")


def mounts(monkeypatch: pytest.MonkeyPatch, folder: Path, kind: str) -> None:
    """Have the machine say that a folder is a mount of some kind."""
    table = folder.parent / "mounts"
    place = str(folder).replace(" ", "\\040")
    table.write_text(f"rootfs / ext4 rw 0 0\nserver:/export {place} {kind} rw 0 0\n")
    monkeypatch.setattr(machine, "MOUNTS", table)


@pytest.mark.parametrize("kind", ["nfs4", "cifs", "fuse.sshfs", "9p", "lustre"])
def test_c3_a_network_file_system_is_warned_of(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    folder = tmp_path / "net work"
    folder.mkdir()
    mounts(monkeypatch, folder, kind)
    sign = signs(folder / "archive")["file system"]
    assert sign.state is State.WARN
    assert kind in sign.detail
    assert signs(tmp_path / "local")["file system"].state is State.OK


def test_c3_a_database_on_another_disk_is_looked_at_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere = Path("/dev/shm")
    if not elsewhere.is_dir() or elsewhere.stat().st_dev == tmp_path.stat().st_dev:
        pytest.skip("/dev/shm is no disk of its own here")
    url = f"sqlite:///{elsewhere / f'gongwen-test-{os.getpid()}.sqlite'}"
    kinds = [sign.detail for sign in examine(tmp_path, url) if sign.name == "file system"]
    assert len(kinds) == 2
    assert "tmpfs" in kinds
    assert (
        len([sign for sign in examine(tmp_path, default_url(tmp_path)) if sign.name == "disk"]) == 1
    )


LOOK = """
import json, sys
from pathlib import Path
from archive.doctor import examine
print(json.dumps({sign.name: [sign.state, sign.detail] for sign in examine(Path(sys.argv[1]))}))
"""


@pytest.mark.sqlite
def test_c3_a_database_that_may_only_be_read_is_told(tmp_path: Path) -> None:
    open_database(tmp_path).close()
    file = tmp_path / "gongwen.sqlite"
    file.chmod(0o444)
    signs = json.loads(run_python("-c", LOOK, str(tmp_path), environment=os.environ).stdout)
    state, detail = signs["folder"]
    assert state == "fail"
    assert str(file) in detail
    assert "may only be read" in detail


def test_c9_a_database_that_was_copied_away_is_told(
    tmp_path: Path, new_archive: NewArchive
) -> None:
    with closing(open_database(new_archive(tmp_path / "archive"))) as database:
        mark_moved(database, "postgresql://server/other")
        signs = {sign.name: sign for sign in examine(database.folder, database.url)}
    assert signs["moved"].state is State.FAIL
    assert "postgresql://server/other" in signs["moved"].detail
