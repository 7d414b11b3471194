"""Where files end: tails, seals that fail, lost ends, and slots that are only looked at."""

from __future__ import annotations

import fcntl
import threading
from pathlib import Path

import pytest
from scenario import Scenario, page
from sqlalchemy import update

from archive.models import Capture, WarcFile
from archive.problems import Problem
from archive.verify import Finding, verify
from archive.warc import appending, claim_slot, read_record, slots

A, B = page("a"), page("b")


def path_of(scenario: Scenario, number: int = -1) -> Path:
    return scenario.folder / "warc" / str(scenario.rows(WarcFile)[number].name)


def findings(scenario: Scenario) -> list[Finding]:
    return list(verify(scenario.database).findings)


def add(path: Path, content: bytes = b"torn tail") -> None:
    with path.open("ab") as file:
        file.write(content)


@pytest.fixture
def sealed(scenario: Scenario, monkeypatch: pytest.MonkeyPatch) -> Scenario:
    """Two files of a slot in use, the first one sealed."""
    with monkeypatch.context() as patch:
        patch.setattr(appending, "SEAL_BYTES", 100)
        scenario.commit(scenario.article(A))
        scenario.commit(scenario.article(B, "乙"))
    assert findings(scenario) == []
    return scenario


def test_what_is_being_written_is_a_note_and_what_a_kill_left_is_named(scenario: Scenario) -> None:
    scenario.commit(scenario.article(A))
    add(path_of(scenario))
    report = verify(scenario.database)
    assert report.is_clean
    (note,) = report.notes
    assert "9 bytes past its end" in note
    scenario.store.close()
    assert [found.kind for found in findings(scenario)] == ["warc_tail"]
    scenario.store = scenario.open_store()
    assert verify(scenario.database).is_clean


def test_bytes_added_to_a_sealed_file_are_named_while_its_slot_is_in_use(sealed: Scenario) -> None:
    add(path_of(sealed, 0))
    (found,) = findings(sealed)
    assert (found.kind, found.file) == ("warc_changed", path_of(sealed, 0).name)


def test_a_sealed_file_without_its_digest_is_named(sealed: Scenario) -> None:
    with sealed.database.write() as session:
        session.execute(update(WarcFile).values(digest=None))
    assert [found.kind for found in findings(sealed)] == ["warc_changed"]


def test_a_tail_that_no_slot_will_ever_cut_off_is_named(sealed: Scenario) -> None:
    with sealed.database.write() as session:
        session.execute(update(WarcFile).values(sealed_at=None, digest=None))
    add(path_of(sealed, 0))
    assert [found.kind for found in findings(sealed)] == ["warc_tail"]


def test_verify_takes_no_slot(scenario: Scenario, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_arguments: object) -> None:
        raise AssertionError("verify took a lock")

    scenario.commit(scenario.article(A))
    with monkeypatch.context() as patch:
        patch.setattr(fcntl, "flock", refuse)
        assert verify(scenario.database).is_clean


def test_a_slot_that_is_only_looked_at_is_still_free(
    scenario: Scenario, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(slots, "PATIENCE", 5)
    scenario.store.close()
    with (scenario.folder / "warc" / "slot-00.lock").open("rb") as looking:
        fcntl.flock(looking, fcntl.LOCK_SH)
        release = threading.Timer(0.01, fcntl.flock, (looking, fcntl.LOCK_UN))
        release.start()
        slot = claim_slot(scenario.database)
        release.join()
    assert slot.number == 0
    slot.close()
    scenario.store = scenario.open_store()


def test_a_seal_that_fails_is_made_up_for_by_the_next_commit(
    scenario: Scenario, monkeypatch: pytest.MonkeyPatch
) -> None:
    scenario.commit(scenario.article(A))
    slot = scenario.store._slot
    busy = Problem("The archive is busy", "", "")
    with monkeypatch.context() as patch:
        patch.setattr(appending, "SEAL_BYTES", 100)
        patch.setattr(slot._database, "write", lambda: (_ for _ in ()).throw(busy))
        with pytest.raises(Problem, match="busy"):
            slot.begin(scenario.now())
        patch.undo()
        patch.setattr(appending, "SEAL_BYTES", 100)
        scenario.commit(scenario.article(B, "乙"))
    first, second = scenario.rows(WarcFile)
    assert first.sealed_at
    assert first.digest
    assert second.sealed_at is None
    assert findings(scenario) == []


def test_what_a_file_lost_is_asked_for_whole(scenario: Scenario) -> None:
    scenario.commit(scenario.article(A))
    end = path_of(scenario).stat().st_size
    scenario.commit(scenario.article(B, "乙"))
    scenario.store.close()
    path_of(scenario).write_bytes(path_of(scenario).read_bytes()[: end + 20])
    scenario.store = scenario.open_store()
    kept, lost = scenario.resource(A), scenario.resource(B)
    assert (kept.etag, lost.etag) == ('"e"', None)
    assert lost.payload_digest


def test_a_lost_capture_is_read_from_where_the_same_bytes_were_kept_again(
    scenario: Scenario,
) -> None:
    scenario.commit(scenario.article(A, body="<p>one</p>"))
    scenario.commit(scenario.article(B, body="<p>one</p>"))
    lost, other = scenario.rows(Capture)
    content = bytearray(path_of(scenario).read_bytes())
    content[lost.warc_offset + 200] ^= 1
    path_of(scenario).write_bytes(content)
    found = read_record(scenario.database, lost)
    assert (found.url, found.payload) == (A, b"<p>one</p>")
    assert [found.kind for found in findings(scenario)] == ["record_damaged"]
    content[other.warc_offset + 200] ^= 1
    path_of(scenario).write_bytes(content)
    with pytest.raises(Problem, match="cannot be read"):
        read_record(scenario.database, lost)
