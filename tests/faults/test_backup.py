"""Backups of an archive in use: whole, no byte more, and as good as the archive."""

from __future__ import annotations

import errno
import shutil
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import func, select

from archive import chain, clock
from archive.backup import folders, make_backup, making, read_manifest, restore_backup, restoring
from archive.database import Database, open_database
from archive.models import Meta, Run, Version, WarcFile
from archive.problems import Problem
from archive.verify import verify
from archive.warc.sealing import file_digest
from tests.faults.backups import check_whole, contents, restored
from tests.faults.filling import Filling


def test_a_backup_of_a_live_archive_is_whole_and_goes_on_where_it_was(
    filling: Filling, tmp_path: Path
) -> None:
    database, target = filling.database, tmp_path / "backup"
    with filling.going():
        for _ in range(3):
            least = filling.wait(10)
            made = make_backup(database, target)
            check_whole(target)
        filling.wait(10)
    with closing(restored(target, tmp_path / "again")) as again:
        check_ends(again, target)
        with again.read() as session:
            held = session.scalar(select(func.count(Version.key))) or 0
            runs = [(run.state, run.reason) for run in session.scalars(select(Run))]
            assert session.get_one(Meta, "archive_id").value == made.manifest.archive_id
            current = chain.current(session)
        assert least <= held < filling.pages
        assert current is not None
        assert (current.number, current.hash) == (
            made.manifest.head_number,
            made.manifest.head_hash,
        )
        assert runs == [("interrupted", "it was under way when this backup was made")]
        with closing(Filling(again)) as more:
            more.store(7)
        report = verify(again)
        assert (report.findings, report.checked["versions"]) == ((), held + 7)
    check_whole(target)


def check_ends(database: Database, backup: Path) -> None:
    """The files of a backup end where its own database says, and no byte later."""
    with database.read() as session:
        ends = {f"warc/{row.name}": row.committed_end for row in session.scalars(select(WarcFile))}
    sizes = {e.name: e.size for e in read_manifest(backup).files if e.name.startswith("warc/")}
    assert sizes == {name: end for name, end in ends.items() if end}


def seal(database: Database) -> str:
    """Seal the archive's only file, as the end of its month does; its name."""
    with database.write() as session:
        row = session.scalars(select(WarcFile)).one()
        path = database.folder / "warc" / row.name
        row.sealed_at, row.digest = clock.now(), file_digest(path)
        return row.name


def test_a_sealed_file_is_taken_over_from_the_backup_before_if_it_is_whole(
    archive: Database, tmp_path: Path
) -> None:
    target = tmp_path / "backup"
    name = seal(archive)
    assert make_backup(archive, target).reused == 0
    file = target / "warc" / name
    inode = file.stat().st_ino
    assert make_backup(archive, target).reused == 1
    assert file.stat().st_ino == inode
    content = bytearray(file.read_bytes())
    content[100] ^= 1
    file.write_bytes(content)
    assert make_backup(archive, target).reused == 0
    check_whole(target)
    # The archive's own file may rot meanwhile: the backup has it still.
    (archive.folder / "warc" / name).write_bytes(content)
    assert make_backup(archive, target).reused == 1
    restored(target, tmp_path / "again").close()


@pytest.mark.parametrize("hurt", ["short", "missing", "changed"])
def test_a_damaged_archive_does_not_replace_a_good_backup(
    archive: Database, tmp_path: Path, hurt: str
) -> None:
    target = tmp_path / "backup"
    make_backup(archive, target)
    before = contents(target)
    with closing(Filling(archive)) as filling:
        filling.store(5)
    file = archive.folder / "warc" / seal(archive)
    content = bytearray(file.read_bytes())
    content[-50] ^= 1
    if hurt == "missing":
        file.unlink()
    else:
        file.write_bytes(content[:-100] if hurt == "short" else content)
    with pytest.raises(Problem, match="--allow-damage TARGET"):
        make_backup(archive, target)
    assert contents(target) == before
    other = tmp_path / "what is left"
    made = make_backup(archive, other, allow_damage=True)
    assert [line.partition(" ")[0] for line in made.manifest.damaged] == [file.name]
    restore_backup(other, tmp_path / "again")
    with closing(open_database(tmp_path / "again")) as database:
        assert {finding.file for finding in verify(database).findings} >= {file.name}


def test_damage_that_the_archive_knows_of_is_told_and_stops_no_backup(
    archive: Database, tmp_path: Path
) -> None:
    [file] = (archive.folder / "warc").glob("*.warc.gz")
    file.write_bytes(file.read_bytes()[:-100])
    with closing(Filling(archive)) as filling:
        filling.store(5)
    with archive.read() as session:
        assert [bool(row.damage) for row in session.scalars(select(WarcFile))] == [True, False]
    made = make_backup(archive, tmp_path / "backup")
    [told] = made.manifest.damaged
    assert told.startswith(f"{file.name} holds")
    check_whole(tmp_path / "backup")


def test_a_broken_database_does_not_replace_a_good_backup(
    archive: Database, tmp_path: Path
) -> None:
    target = tmp_path / "backup"
    make_backup(archive, target)
    before = contents(target)
    folder, url = archive.folder, archive.url
    archive.close()
    file = folder / "gongwen.sqlite"
    size = file.stat().st_size
    with file.open("r+b") as raw:
        raw.seek(size // 2)
        raw.write(b"\xff" * 4096 * 3)
    with closing(Database(folder, url)) as broken, pytest.raises(Problem, match="damaged"):
        make_backup(broken, target)
    assert contents(target) == before


def test_a_backup_goes_nowhere_but_to_a_new_folder_or_a_backup(
    archive: Database, tmp_path: Path
) -> None:
    letter = tmp_path / "letter"
    letter.write_text("这是一封信")
    full = tmp_path / "photos"
    full.mkdir()
    (full / "one.jpg").write_bytes(b"jpg")
    inside = archive.folder / "warc" / "backup"
    before = contents(tmp_path)
    for target in (letter, full, inside, archive.folder, tmp_path):
        with pytest.raises(Problem, match="cannot be the backup") as raised:
            make_backup(archive, target)
        assert raised.value.exit_code == 2
    assert contents(tmp_path) == before


def test_a_backup_is_not_replaced_by_another_archive_or_one_that_knows_less(
    archive: Database, tmp_path: Path
) -> None:
    target, older = tmp_path / "backup", tmp_path / "older"
    make_backup(archive, older)
    with closing(Filling(archive)) as filling:
        filling.store(5)
    make_backup(archive, target)
    before = contents(target)
    with (
        closing(restored(older, tmp_path / "again")) as again,
        pytest.raises(Problem, match="it vouches for link"),
    ):
        make_backup(again, target)
    with (
        closing(open_database(tmp_path / "other")) as other,
        pytest.raises(Problem, match="it is of the archive"),
    ):
        make_backup(other, target)
    assert contents(target) == before


def test_only_one_process_writes_a_backup_at_a_time(archive: Database, tmp_path: Path) -> None:
    target = tmp_path / "backup"
    with (
        folders.unfinished(target),
        pytest.raises(Problem, match="another process fills"),
    ):
        make_backup(archive, target)
    make_backup(archive, target)
    check_whole(target)


def test_no_other_backup_begins_before_the_one_that_is_replaced_is_gone(
    archive: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "backup"
    make_backup(archive, target)
    remove, refused = shutil.rmtree, []

    def slowly(path: Path, **options: bool) -> None:
        with pytest.raises(Problem, match="another process fills") as raised:
            make_backup(archive, target)
        refused.append(raised.value)
        remove(path, **options)

    with monkeypatch.context() as patch:
        patch.setattr(folders.shutil, "rmtree", slowly)
        make_backup(archive, target)
    assert len(refused) == 1
    check_whole(target)
    make_backup(archive, target)


def test_a_full_disk_keeps_the_backup_before(
    archive: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "backup"
    make_backup(archive, target)
    before = contents(tmp_path)

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    for place in (making, restoring):
        monkeypatch.setattr(place, "copy_file", full)
    with pytest.raises(Problem, match="The disk is full") as raised:
        make_backup(archive, target)
    assert raised.value.exit_code == 3
    with pytest.raises(Problem, match="The disk is full") as raised:
        restore_backup(target, tmp_path / "again")
    assert raised.value.exit_code == 3
    assert contents(tmp_path) == before
