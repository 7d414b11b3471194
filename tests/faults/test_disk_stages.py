"""Every write of a commit meets a disk without room, one after the other, on a real small disk."""

from __future__ import annotations

import errno
import os
import shutil
import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from archive import chain
from archive.models import Version, WarcFile
from archive.problems import Problem
from archive.space import parse_size, show_size
from archive.store import store as store_module
from archive.verify import verify
from archive.warc import sealing as sealing_module
from tests.archive.writing.scenario import Scenario, page
from tests.conftest import NewArchive

KIB = 1 << 10
# Between two of these a page of a file or of the log no longer fits.
STEP = 4 * KIB
MOST = 160 * KIB
SMALL = "8m"
FULL = OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of eight MiB; only root can have one."""
    place = tmp_path / "disk"
    place.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={SMALL}", "tmpfs", str(place)]
    if os.geteuid() or subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("only who may mount can have a small disk")
    yield place
    subprocess.run(["umount", "--lazy", str(place)], check=True)


@pytest.fixture
def scenario(new_archive: NewArchive, tmp_path: Path) -> Iterator[Scenario]:
    made = Scenario(new_archive(tmp_path / "archive"), min_free=0)
    yield made
    made.close()


def squeeze(place: Path, leave: int) -> Path:
    """Fill a disk but for ``leave`` bytes."""
    ballast = place / "ballast"
    with ballast.open("wb") as file:
        room = shutil.disk_usage(place).free - leave
        if room > 0:
            os.posix_fallocate(file.fileno(), 0, room)
    return ballast


def attempt(scenario: Scenario, name: str) -> str:
    """Commit a page of noise; what it came to in one word."""
    noise = os.urandom(20 * KIB).hex()
    before = len(scenario.rows(Version))
    try:
        scenario.commit(scenario.article(page(name), name, body=noise))
    except Problem as problem:
        if (problem.what, problem.exit_code) != ("The disk is full", 3):
            raise
        assert len(scenario.rows(Version)) == before
        return "full"
    assert len(scenario.rows(Version)) == before + 1
    return "stored"


@pytest.mark.sqlite
def test_c2_whatever_does_not_fit_is_told_and_cut_off(
    small_disk: Path, new_archive: NewArchive
) -> None:
    scenario = Scenario(new_archive(small_disk / "archive"), min_free=0)
    seen = []
    for number, leave in enumerate(range(0, MOST, STEP)):
        ballast = squeeze(small_disk, leave)
        seen.append(attempt(scenario, f"page{number}"))
        ballast.unlink()
        if number % 10 == 0:
            assert verify(scenario.database).is_clean
    assert seen[0] == "full"
    assert {"full", "stored"} == set(seen)
    for number in range(len(seen)):
        if seen[number] == "full":
            assert attempt(scenario, f"page{number}") == "stored"
    report = verify(scenario.database)
    assert report.is_clean, report.findings
    assert len(scenario.rows(WarcFile)) == 1
    scenario.close()


def raising(error: Exception) -> Callable[..., int]:
    """A call that fails."""

    def call(*_arguments: object, **_named: object) -> int:
        raise error

    return call


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT, errno.EFBIG])
def test_c2_no_room_at_the_fsync_of_a_file_is_a_full_disk(
    scenario: Scenario, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    scenario.commit(scenario.article(page("a")))
    with monkeypatch.context() as patch:
        patch.setattr("archive.warc.appending.os.fsync", raising(OSError(number, "no room")))
        assert attempt(scenario, "b") == "full"
    scenario.store.close()
    scenario.store = scenario.open_store()
    assert attempt(scenario, "b") == "stored"
    # Nobody knows what of the file is on the disk, so another one was begun.
    first, second = scenario.rows(WarcFile)
    assert "no room" in (first.damage or "")
    assert second.damage is None


def test_c2_no_room_for_the_head_loses_nothing(
    scenario: Scenario, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr("archive.chain.os.write", lambda _, line: len(line) // 2)
        assert attempt(scenario, "a") == "stored"
    scenario.store.close()
    scenario.store = scenario.open_store()
    assert attempt(scenario, "b") == "stored"
    with scenario.database.read() as session:
        assert chain.last_kept(scenario.folder) == chain.current(session)
    assert verify(scenario.database).is_clean


def test_c2_no_room_for_a_tail_in_quarantine_leaves_it_in_its_file(
    scenario: Scenario, monkeypatch: pytest.MonkeyPatch
) -> None:
    attempt(scenario, "a")
    (row,) = scenario.rows(WarcFile)
    path = scenario.folder / "warc" / row.name
    scenario.store.close()
    with path.open("ab") as file:
        file.write(b"torn tail")
    torn = path.read_bytes()
    with monkeypatch.context() as patch:
        patch.setattr(sealing_module.shutil, "copyfileobj", raising(FULL))
        with pytest.raises(Problem, match="The disk is full") as caught:
            scenario.open_store()
    assert caught.value.exit_code == 3
    assert path.read_bytes() == torn
    scenario.store = scenario.open_store()
    assert path.read_bytes() == torn[: row.committed_end]


def test_c2_no_room_for_a_lock_is_a_full_disk(
    scenario: Scenario, monkeypatch: pytest.MonkeyPatch
) -> None:
    scenario.store.close()
    with monkeypatch.context() as patch:
        patch.setattr("archive.warc.slots.FileLock.acquire", raising(FULL))
        with pytest.raises(Problem, match="The disk is full") as caught:
            scenario.open_store()
    assert caught.value.exit_code == 3
    scenario.store = scenario.open_store()


def test_c2_little_room_is_told_before_anything_is_written(
    scenario: Scenario, monkeypatch: pytest.MonkeyPatch
) -> None:
    scenario.store.close()
    scenario.store = scenario.open_store(min_free=10 << 20)
    usage = shutil._ntuple_diskusage(1 << 30, 1 << 29, 9 << 20)  # type: ignore[attr-defined]
    with monkeypatch.context() as patch:
        patch.setattr("archive.space.shutil.disk_usage", lambda _: usage)
        with pytest.raises(Problem, match="9 MiB are free, 10 MiB are kept as a reserve"):
            scenario.commit(scenario.article(page("a")))
        with pytest.raises(Problem, match="The disk is full"):
            scenario.open_store(min_free=10 << 20)
    assert scenario.rows(WarcFile) == []
    assert attempt(scenario, "a") == "stored"


@pytest.mark.sqlite
def test_c2_a_log_that_cannot_be_folded_in_stays_and_counts(
    scenario: Scenario, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    error = sqlite3.OperationalError("database or disk is full")
    error.sqlite_errorname = "SQLITE_FULL"
    log = Path(f"{scenario.database.file}-wal")
    scenario.database._checkpoint_at = 1
    with monkeypatch.context() as patch:
        patch.setattr("archive.database._fold_in", raising(error))
        assert attempt(scenario, "a") == "stored"
    assert "No room to fold the write-ahead log in" in caplog.text
    assert log.stat().st_size > 0
    scenario.database._checkpoint_at = 1
    assert attempt(scenario, "b") == "stored"
    assert log.stat().st_size == 0
    assert verify(scenario.database).is_clean


@pytest.mark.parametrize(
    ("text", "size"),
    [("0", 0), ("4096", 4096), ("7K", 7 << 10), ("512M", 512 << 20), ("2 GiB", 2 << 30)],
)
def test_c2_sizes_are_read_as_they_are_written(text: str, size: int) -> None:
    assert parse_size(text) == size
    assert parse_size(show_size(size).replace("bytes", "").strip()) == size


@pytest.mark.parametrize("text", ["", "much", "-1", "1.5G", "5X", "M", "１２"])
def test_c2_what_is_no_size_is_refused_by_name(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    from crawler.environment import Environment

    monkeypatch.setenv("GONGWEN_MIN_FREE", text or " ")
    with pytest.raises(Problem, match="GONGWEN_MIN_FREE") as caught:
        Environment()
    assert caught.value.exit_code == 2
    assert "512M" in caught.value.next_step


def test_c2_a_store_of_a_database_elsewhere_looks_at_both_disks(
    scenario: Scenario, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked: list[Path] = []
    monkeypatch.setattr(store_module, "check_space", lambda folder, _: looked.append(folder))
    elsewhere = scenario.folder / "elsewhere" / "gongwen.sqlite"
    monkeypatch.setattr(scenario.database, "file", elsewhere)
    scenario.store._check_space()
    assert set(looked) == {scenario.folder, elsewhere.parent}
