"""Files that are not as the database says: longer, from before, or gone."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from archive.models import Capture, WarcFile
from archive.problems import Problem
from archive.verify import verify
from archive.warc import appending, read_record
from crawler.cli.commands import app
from tests.archive.writing.scenario import Scenario, page
from tests.conftest import NewArchive
from tests.faults.judges import by_fastwarc, by_warcio

A, B = page("a"), page("b")
FIRST, SECOND = "<p>第一</p>", "<p>第二</p>"


@pytest.fixture
def scenario(
    new_archive: NewArchive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Scenario]:
    made = Scenario(new_archive(tmp_path / "archive"))
    monkeypatch.setenv("GONGWEN_DATA", str(made.folder))
    monkeypatch.setenv("GONGWEN_DATABASE_URL", made.database.url)
    yield made
    made.close()


def command(*arguments: str) -> tuple[int, list[dict[str, Any]]]:
    """Exit code and rows of a command as people run it."""
    ran = CliRunner().invoke(app, [*arguments, "--json"])
    if isinstance(ran.exception, Problem):
        return ran.exception.exit_code, []
    return ran.exit_code, [json.loads(line) for line in ran.stdout.splitlines()]


def kinds() -> set[str]:
    """What `gongwen verify` finds; its exit code must say the same."""
    code, (report,) = command("verify")
    assert code == (0 if report["clean"] else 1)
    return {found["kind"] for found in report["findings"]}


def path_of(scenario: Scenario, number: int = 0) -> Path:
    return scenario.folder / "warc" / str(scenario.rows(WarcFile)[number].name)


def restart(scenario: Scenario, **options: Any) -> None:
    scenario.store.close()
    scenario.store = scenario.open_store(**options)


def hurt(path: Path, how: str, earlier: bytes) -> None:
    """Let a file be longer than it was, as it was earlier, without bytes, or gone."""
    if how == "longer":
        path.write_bytes(path.read_bytes() + b"torn tail")
    elif how == "older":
        path.write_bytes(earlier)
    elif how == "empty":
        path.write_bytes(b"")
    else:
        path.unlink()


def test_a4_an_open_file_that_is_longer_is_trimmed_into_quarantine(
    scenario: Scenario, caplog: pytest.LogCaptureFixture
) -> None:
    scenario.commit(scenario.article(A, body=FIRST))
    scenario.store.close()
    whole = path_of(scenario).read_bytes()
    hurt(path_of(scenario), "longer", b"")
    assert kinds() == {"warc_tail"}
    with caplog.at_level(logging.WARNING):
        scenario.store = scenario.open_store()
    assert path_of(scenario).read_bytes() == whole
    (kept,) = (scenario.folder / "warc" / ".quarantine").iterdir()
    assert kept.read_bytes() == b"torn tail"
    assert caplog.messages[0].startswith("Trimmed 9 bytes off")
    assert kinds() == set()


def test_a4_a_tail_in_a_slot_that_is_not_taken_is_set_aside_as_well(scenario: Scenario) -> None:
    scenario.commit(scenario.article(A, body=FIRST))
    whole = path_of(scenario).read_bytes()
    scenario.store.close()
    hurt(path_of(scenario), "longer", b"")
    scenario.store = scenario.open_store(slot=1)
    assert path_of(scenario).read_bytes() == whole
    (kept,) = (scenario.folder / "warc" / ".quarantine").iterdir()
    assert kept.read_bytes() == b"torn tail"
    assert kinds() == set()
    scenario.commit(scenario.article(B, body=SECOND))
    other = scenario.open_store(slot=0)  # it was given back
    other.close()


def test_a4_a_tail_that_is_being_written_is_left_to_its_writer(scenario: Scenario) -> None:
    scenario.commit(scenario.article(A, body=FIRST))
    hurt(path_of(scenario), "longer", b"")
    longer = path_of(scenario).read_bytes()
    scenario.open_store(slot=1).close()
    assert path_of(scenario).read_bytes() == longer


def two_files(scenario: Scenario, patch: pytest.MonkeyPatch) -> bytes:
    """A sealed file of two pages and an open one; the first as it was after one page."""
    scenario.commit(scenario.article(A, body=FIRST))
    earlier = path_of(scenario).read_bytes()
    scenario.commit(scenario.article(B, "乙", body=SECOND))
    with patch.context() as small:
        small.setattr(appending, "SEAL_BYTES", 100)
        scenario.commit(scenario.article(page("c"), "丙"))
    return earlier


def two_slots(scenario: Scenario, _patch: pytest.MonkeyPatch) -> bytes:
    """The same in a slot that is not taken again, while another one is."""
    scenario.commit(scenario.article(A, body=FIRST))
    earlier = path_of(scenario).read_bytes()
    scenario.commit(scenario.article(B, "乙", body=SECOND))
    restart(scenario, slot=1)
    scenario.commit(scenario.article(page("c"), "丙"))
    return earlier


def one_file(scenario: Scenario, _patch: pytest.MonkeyPatch) -> bytes:
    """The same in the file that would be written to next."""
    scenario.commit(scenario.article(A, body=FIRST))
    earlier = path_of(scenario).read_bytes()
    scenario.commit(scenario.article(B, "乙", body=SECOND))
    return earlier


PLACES = {"sealed": two_files, "idle": two_slots, "open": one_file}


@pytest.mark.parametrize(
    ("how", "place"),
    [*(("older", place) for place in PLACES), ("missing", "sealed"), ("empty", "open")],
)
def test_a4_a_database_ahead_of_its_file_marks_it_and_heals(
    scenario: Scenario,
    place: str,
    how: str,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    earlier = PLACES[place](scenario, monkeypatch)
    slot = scenario.rows(WarcFile)[-1].slot
    scenario.store.close()
    assert kinds() == set()
    documents = command("docs")
    hurt(path_of(scenario), how, earlier)
    told = "warc_missing" if how == "missing" else "warc_short"
    assert kinds() >= {told, "version_unreadable"}
    with caplog.at_level(logging.ERROR):
        scenario.store = scenario.open_store(slot=slot)
    (message,) = caplog.messages
    damaged, *_ = scenario.rows(WarcFile)
    assert damaged.damage
    assert damaged.damage in message
    # Nothing is dropped: it is listed, refused where its bytes are lost, and served as it was.
    assert command("docs") == documents
    assert kinds() >= {told, "version_unreadable"}
    first, second, *_ = scenario.rows(Capture)
    refused = CliRunner().invoke(app, ["show", second.public_id, "--raw"]).exception
    assert isinstance(refused, Problem)
    assert refused.exit_code == 1
    if how == "older":
        assert read_record(scenario.database, first).payload == FIRST.encode()
    assert scenario.resource(B).etag is None
    scenario.commit(scenario.article(A, body=FIRST), scenario.article(B, "乙", body=SECOND))
    assert kinds() <= {told, "record_missing", "record_damaged"}
    assert read_record(scenario.database, second).payload == SECOND.encode()
    newest = scenario.rows(WarcFile)[-1]
    for readers in (by_warcio, by_fastwarc):
        assert readers(scenario.folder / "warc" / newest.name) == newest.records


def test_a4_a_file_that_is_being_written_is_left_to_its_writer(scenario: Scenario) -> None:
    scenario.commit(scenario.article(A, body=FIRST))
    path_of(scenario).write_bytes(path_of(scenario).read_bytes()[:-9])
    other = scenario.open_store(slot=1)
    (row,) = scenario.rows(WarcFile)
    assert row.damage is None
    other.close()
    assert "warc_short" in {found.kind for found in verify(scenario.database).findings}


def test_a4_a_sealed_file_that_is_longer_is_named_and_never_touched(
    scenario: Scenario, monkeypatch: pytest.MonkeyPatch
) -> None:
    two_files(scenario, monkeypatch)
    hurt(path_of(scenario), "longer", b"")
    longer = path_of(scenario).read_bytes()
    restart(scenario)
    assert path_of(scenario).read_bytes() == longer
    assert kinds() == {"warc_changed"}
