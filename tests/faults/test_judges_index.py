"""The index of an archive in use: what is committed and can be replayed, and nothing else."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update
from typer.testing import CliRunner

from archive.export import cdxj_index, written_whole
from archive.export.sorting import sorted_lines
from archive.models import Capture, Version, WarcFile
from archive.problems import Problem
from crawler.cli.commands import app
from tests.archive.writing.scenario import Scenario, page
from tests.conftest import NewArchive

A, B = page("a"), page("b")


@pytest.fixture
def scenario(
    new_archive: NewArchive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Scenario]:
    made = Scenario(new_archive(tmp_path / "archive"))
    monkeypatch.setenv("GONGWEN_DATA", str(made.folder))
    monkeypatch.setenv("GONGWEN_DATABASE_URL", made.database.url)
    yield made
    made.close()


def exported(scenario: Scenario) -> list[dict[str, Any]]:
    with scenario.database.read() as session:
        lines = list(cdxj_index(session, scenario.folder).lines())
    assert lines == sorted(lines)
    return [json.loads(line.split(b" ", 2)[2]) for line in lines]


def counts(target: Path) -> dict[str, Any]:
    arguments = ["export", "--format", "cdxj", "--output", str(target), "--json"]
    row: dict[str, Any] = json.loads(CliRunner().invoke(app, arguments).stdout)
    assert row["written"] == len(target.read_bytes().splitlines())
    return {name: row[name] for name in ("written", "lost", "hidden")}


def test_what_is_being_written_is_in_no_index(scenario: Scenario) -> None:
    scenario.commit(scenario.article(A), scenario.article(A))
    slot = scenario.store._slot
    slot.begin(scenario.now())
    slot.append(scenario.exchange(B, "<p>乙</p>"), None)
    slot.write()
    rows = exported(scenario)
    assert {row["url"] for row in rows} == {A}
    (file,) = scenario.rows(WarcFile)
    assert max(int(row["offset"]) + int(row["length"]) for row in rows) <= file.committed_end
    slot.recover()


def test_a_line_says_where_and_what_a_record_is(scenario: Scenario) -> None:
    scenario.commit(scenario.article(A))
    scenario.commit(scenario.article(A))
    scenario.commit(scenario.answer(B, 500))
    first, again, failed = scenario.rows(Capture)
    (file,) = scenario.rows(WarcFile)
    found = {row["offset"]: row for row in exported(scenario)}
    assert found[str(first.warc_offset)] == {
        "url": A,
        "mime": "text/html",
        "status": "200",
        "digest": first.payload_digest,
        "length": str(first.warc_length),
        "offset": str(first.warc_offset),
        "filename": file.name,
    }
    assert found[str(again.warc_offset)]["mime"] == "warc/revisit"
    assert found[str(failed.warc_offset)]["status"] == "500"


def test_what_cannot_be_replayed_is_left_out_and_counted(
    scenario: Scenario, tmp_path: Path
) -> None:
    scenario.commit(scenario.article(A, body="<p>甲</p>"), scenario.article(B, "乙"))
    scenario.commit(scenario.article(page("c"), "丙"))
    scenario.commit(scenario.article(A, body="<p>甲</p>"))
    target = tmp_path / "index.cdxj"
    assert counts(target) == {"written": 4, "lost": 0, "hidden": 0}
    with scenario.database.write() as session:
        first = update(Version).where(Version.number == 1, Version.key == 1)
        session.execute(first.values(withheld_at=scenario.now()))
    (file,) = scenario.rows(WarcFile)
    third = scenario.rows(Capture)[2]
    path = scenario.folder / "warc" / file.name
    path.write_bytes(path.read_bytes()[: third.warc_offset + 10])
    assert counts(target) == {"written": 1, "lost": 1, "hidden": 2}


def test_the_file_is_there_as_a_whole_or_not_at_all(tmp_path: Path) -> None:
    def broken() -> Iterator[bytes]:
        yield b"half\n"
        raise RuntimeError("killed")

    target = tmp_path / "index.cdxj"
    written_whole(target, [b"whole\n"])
    with pytest.raises(RuntimeError):
        written_whole(target, broken())
    assert target.read_bytes() == b"whole\n"
    assert list(tmp_path.iterdir()) == [target]
    with pytest.raises(Problem, match="cannot be written"):
        written_whole(tmp_path / "nowhere" / "index.cdxj", [b"x"])


def test_two_exports_to_one_file_do_not_mix(tmp_path: Path) -> None:
    target = tmp_path / "index.cdxj"

    def first() -> Iterator[bytes]:
        yield b"first 1\n"
        with pytest.raises(Problem, match="is being written"):
            written_whole(target, [b"second\n"])
        assert not target.exists()
        yield b"first 2\n"

    written_whole(target, first())
    assert target.read_bytes() == b"first 1\nfirst 2\n"


def test_what_a_killed_export_left_is_written_over(tmp_path: Path) -> None:
    target = tmp_path / "index.cdxj"
    target.with_name(".index.cdxj.part").write_bytes(b"half of an index\n")
    written_whole(target, [b"whole\n"])
    assert target.read_bytes() == b"whole\n"
    assert list(tmp_path.iterdir()) == [target]


def test_json_without_a_file_is_used_wrongly(scenario: Scenario) -> None:
    error = CliRunner().invoke(app, ["export", "--format", "cdxj", "--json"]).exception
    assert isinstance(error, Problem)
    assert error.exit_code == 2
    assert scenario.rows(Capture) == []


def test_lines_beyond_memory_are_sorted_all_the_same() -> None:
    lines = [b"%d\n" % (number * 7919 % 1000) for number in range(1000)]
    assert list(sorted_lines(lines, most=64)) == sorted(lines)
    assert list(sorted_lines(lines[:5])) == sorted(lines[:5])
    assert list(sorted_lines([])) == []
