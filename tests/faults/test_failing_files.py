"""WARC files that cannot be read, or are away for a while: told, and trusted again once back."""

from __future__ import annotations

import errno
import gzip
import os
import shutil
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from archive.models import Capture, WarcFile
from archive.verify import files as verify_files
from archive.verify import verify
from archive.warc import decode_payload, read_record
from archive.warc import scanning as warc_scanning
from archive.warc.payload import CHUNK
from archive.warc.scanning import MAGIC, scan
from tests.archive.writing.scenario import Scenario, page
from tests.conftest import NewArchive

A, B = page("a"), page("b")


@pytest.fixture
def scenario(new_archive: NewArchive, tmp_path: Path) -> Iterator[Scenario]:
    made = Scenario(new_archive(tmp_path / "archive"))
    yield made
    made.close()


def kinds(scenario: Scenario) -> set[str]:
    return {found.kind for found in verify(scenario.database).findings}


def test_a4_a_file_that_may_not_be_read_is_a_finding_beside_the_others(
    scenario: Scenario, monkeypatch: pytest.MonkeyPatch
) -> None:
    scenario.commit(scenario.article(A))
    (file,) = scenario.rows(WarcFile)

    def refuse(path: Path, _: int) -> Iterator[Any]:
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))

    monkeypatch.setattr(verify_files, "scan", refuse)
    report = verify(scenario.database)
    found = {finding.kind: finding for finding in report.findings}
    assert found.keys() == {"warc_unreadable", "version_unreadable"}
    assert found["warc_unreadable"].file == file.name
    assert "Permission denied" in found["warc_unreadable"].detail


def test_a4_a_disk_that_fails_under_a_check_is_a_finding(
    scenario: Scenario, monkeypatch: pytest.MonkeyPatch
) -> None:
    scenario.commit(scenario.article(A), scenario.article(B, "乙"))
    at = scenario.rows(Capture)[1].warc_offset
    plain = warc_scanning._member

    def fail(file: BytesIO, start: int, end: int) -> tuple[bytes, int]:
        if start >= at:
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        return plain(file, start, end)

    monkeypatch.setattr(warc_scanning, "_member", fail)
    report = verify(scenario.database)
    assert {"warc_unreadable", "version_unreadable"} == {found.kind for found in report.findings}
    # What was read before that counts.
    assert len([one for one in report.findings if one.kind == "version_unreadable"]) == 1


def test_a4_a_file_that_shrinks_while_it_is_read_ends_there(tmp_path: Path) -> None:
    path = tmp_path / "x.warc.gz"
    path.write_bytes(b"no record " * 400_000)
    found = scan(path, path.stat().st_size)
    os.truncate(path, 4096)
    assert [record.problem is None for record in found] == [False]


def test_a4_a_record_is_found_behind_damage_also_across_the_edge_of_a_piece(tmp_path: Path) -> None:
    member = gzip.compress(b"x" * 50, mtime=0)
    member = MAGIC + member[8:]
    path = tmp_path / "x.warc.gz"
    for shift in (0, 1, len(MAGIC) - 1, len(MAGIC), 100):
        noise = b"\x00" * (warc_scanning.CHUNK - shift + 1)
        path.write_bytes(noise + member)
        starts = [record.offset for record in scan(path, path.stat().st_size)]
        assert starts == [0, len(noise)]


def test_a4_files_that_come_back_are_trusted_again(scenario: Scenario) -> None:
    scenario.commit(scenario.article(A))
    warc = scenario.folder / "warc"
    scenario.store.close()
    warc.rename(scenario.folder / "away")
    warc.mkdir()
    scenario.open_store().close()
    (row,) = scenario.rows(WarcFile)
    assert row.damage.startswith("holds 0 of ")
    shutil.rmtree(warc)
    (scenario.folder / "away").rename(warc)
    scenario.store = scenario.open_store()
    (row,) = scenario.rows(WarcFile)
    assert (row.damage, row.sealed_at is not None) == (None, True)
    assert kinds(scenario) == set()
    scenario.commit(scenario.article(A))
    with scenario.database.read() as session:
        types = session.scalars(select(Capture.record_type).order_by(Capture.key)).all()
    assert types == ["response", "revisit"]


def test_a4_a_file_that_was_given_up_is_not_trusted_again(scenario: Scenario) -> None:
    scenario.commit(scenario.article(A))
    with scenario.database.write() as session:
        row = session.scalars(select(WarcFile)).one()
        row.damage, row.sealed_at = "could not be made durable: EIO", 1
    scenario.store.close()
    scenario.store = scenario.open_store()
    assert scenario.rows(WarcFile)[0].damage == "could not be made durable: EIO"


def test_a4_bytes_of_another_record_are_read_as_their_own_headers_say(scenario: Scenario) -> None:
    body = "<p>各区县科技局</p>".encode("gbk")
    first = scenario.exchange(A, body, Content_Type="text/html; charset=gbk")
    scenario.commit(scenario.check(A, first))
    (capture,) = scenario.rows(Capture)
    path = scenario.folder / "warc" / scenario.rows(WarcFile)[0].name
    kept = path.read_bytes()
    # With its record lost, the same bytes are stored again, for another page.
    path.write_bytes(kept[: capture.warc_offset])
    scenario.store.close()
    scenario.store = scenario.open_store()
    second = scenario.exchange(B, body, Content_Type="text/html; charset=utf-8")
    scenario.commit(scenario.check(B, second))
    record = read_record(scenario.database, capture)
    assert record.payload == body
    assert [value for name, value in record.headers if name.lower() == "content-type"] == [
        "text/html; charset=gbk"
    ]


@pytest.mark.parametrize("edge", [CHUNK - 1, CHUNK, CHUNK - 2])
def test_d9_a_gzip_member_that_begins_at_the_edge_of_a_piece_is_kept(edge: int) -> None:
    spare = edge - len(gzip.compress(b"", 0))
    first = gzip.compress(b"a" * spare, 0)
    while len(first) > edge:
        spare -= 1
        first = gzip.compress(b"a" * spare, 0)
    assert len(first) == edge
    body = first + gzip.compress(b"second")
    decoded = decode_payload(body, [("Content-Encoding", "gzip")])
    assert decoded == b"a" * spare + b"second"
