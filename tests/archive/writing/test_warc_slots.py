"""Who writes which file, and what happens to files that are not as they were left."""

from __future__ import annotations

import logging
import random
from pathlib import Path

import pytest
from scenario import Scenario, page
from test_warc_records import by_fastwarc, by_warcio

from archive.clock import SECOND
from archive.models import Capture, WarcFile
from archive.problems import Problem
from archive.verify import verify
from archive.warc import appending, claim_slot, read_record
from archive.warc.slots import is_live

A, B = page("a"), page("b")


def names(scenario: Scenario) -> list[str]:
    return [row.name for row in scenario.rows(WarcFile)]


def path_of(scenario: Scenario) -> Path:
    return scenario.folder / "warc" / names(scenario)[-1]


def reopen(scenario: Scenario) -> None:
    scenario.store.close()
    scenario.store = scenario.open_store()


def test_the_lowest_free_slot_is_taken(scenario: Scenario) -> None:
    second = claim_slot(scenario.database)
    third = claim_slot(scenario.database)
    assert (second.number, third.number) == (1, 2)
    second.close()
    again = claim_slot(scenario.database)
    assert again.number == 1
    again.close()
    third.close()


def test_a_held_slot_is_live_and_refused(scenario: Scenario) -> None:
    assert is_live(scenario.folder, 0)
    with pytest.raises(Problem, match="No writer slot is free"):
        claim_slot(scenario.database, 0)
    scenario.store.close()
    assert not is_live(scenario.folder, 0)
    scenario.store = scenario.open_store()


def test_one_file_serves_many_runs(scenario: Scenario) -> None:
    for number in range(5):
        scenario.commit(scenario.article(page(str(number)), str(number)))
        reopen(scenario)
    assert names(scenario) == ["gongwen-2026-11-s00-000001.warc.gz"]
    assert len(by_warcio(path_of(scenario))) == 1 + 2 * 5


def test_a_run_that_brings_nothing_new_makes_no_file(scenario: Scenario) -> None:
    scenario.commit(scenario.check(A, scenario.exchange(A, b"", 304)))
    assert names(scenario) == []


def test_a_new_month_seals_the_file(scenario: Scenario) -> None:
    scenario.commit(scenario.article(A))
    scenario.later(40 * 86_400)
    scenario.commit(scenario.article(B, "乙"))
    first, second = scenario.rows(WarcFile)
    assert (first.month, second.month) == ("2026-11", "2026-12")
    assert first.sealed_at
    assert first.digest
    assert second.sealed_at is None
    assert verify(scenario.database).is_clean


def test_a_full_file_is_sealed(scenario: Scenario, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(appending, "SEAL_BYTES", 1000)
    for number in range(3):
        scenario.commit(scenario.article(page(str(number)), str(number)))
    assert len(names(scenario)) == 3
    assert names(scenario)[-1].endswith("-000003.warc.gz")
    for capture in scenario.rows(Capture):
        assert read_record(scenario.database, capture).payload
    assert verify(scenario.database).is_clean


def test_a_changed_sealed_file_is_named(
    scenario: Scenario, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(appending, "SEAL_BYTES", 100)
    scenario.commit(scenario.article(A))
    scenario.commit(scenario.article(B, "乙"))
    sealed = scenario.folder / "warc" / names(scenario)[0]
    content = bytearray(sealed.read_bytes())
    content[4] ^= 1
    sealed.write_bytes(content)
    kinds = [finding.kind for finding in verify(scenario.database).findings]
    assert "warc_changed" in kinds


def test_a_longer_file_is_trimmed_and_its_tail_kept(
    scenario: Scenario, caplog: pytest.LogCaptureFixture
) -> None:
    scenario.commit(scenario.article(A))
    path, end = path_of(scenario), path_of(scenario).stat().st_size
    scenario.store.close()
    with path.open("ab") as file:
        file.write(b"torn tail")
    with caplog.at_level(logging.WARNING):
        scenario.store = scenario.open_store()
    assert path.stat().st_size == end
    (kept,) = (scenario.folder / "warc" / ".quarantine").iterdir()
    assert kept.read_bytes() == b"torn tail"
    assert len(caplog.records) == 1
    assert verify(scenario.database).is_clean


def test_a_live_file_is_untouched_and_no_finding(scenario: Scenario) -> None:
    scenario.commit(scenario.article(A))
    with path_of(scenario).open("ab") as file:
        file.write(b"being written")
    size = path_of(scenario).stat().st_size
    other = claim_slot(scenario.database)
    assert verify(scenario.database).is_clean
    assert path_of(scenario).stat().st_size == size
    other.close()


@pytest.mark.parametrize("is_missing", [True, False])
def test_a_shorter_or_missing_file_is_marked_and_a_new_one_started(
    scenario: Scenario, is_missing: bool, caplog: pytest.LogCaptureFixture
) -> None:
    scenario.commit(scenario.article(A))
    path = path_of(scenario)
    scenario.store.close()
    if is_missing:
        path.unlink()
    else:
        path.write_bytes(path.read_bytes()[:-20])
    with caplog.at_level(logging.ERROR):
        scenario.store = scenario.open_store()
    scenario.commit(scenario.article(B, "乙"))
    old, new = scenario.rows(WarcFile)
    assert old.damage
    assert "committed bytes" in old.damage
    assert new.damage is None
    assert len(caplog.records) == 1
    report = verify(scenario.database)
    assert {f.kind for f in report.findings} >= {"warc_missing" if is_missing else "warc_short"}
    assert report.notes


def test_bytes_that_a_file_lost_are_written_again_when_served(scenario: Scenario) -> None:
    scenario.commit(scenario.article(A, body="<p>one</p>"))
    path = path_of(scenario)
    path.write_bytes(path.read_bytes()[:-20])
    reopen(scenario)
    scenario.commit(scenario.article(A, body="<p>one</p>"))
    _, healed = scenario.rows(Capture)
    assert (healed.record_type, healed.refers_to) == ("response", None)
    assert read_record(scenario.database, healed).payload == b"<p>one</p>"
    scenario.commit(scenario.article(A, body="<p>one</p>"))
    assert scenario.rows(Capture)[-1].refers_to == healed.key


def test_a_sealed_file_that_is_missing_vouches_for_nothing(
    scenario: Scenario, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(appending, "SEAL_BYTES", 100)
    scenario.commit(scenario.article(A, body="<p>one</p>"))
    scenario.commit(scenario.article(B, "乙"))
    (scenario.folder / "warc" / names(scenario)[0]).unlink()
    scenario.commit(scenario.article(A, body="<p>one</p>"))
    assert scenario.rows(Capture)[-1].record_type == "response"


def test_a_file_the_database_does_not_know_is_named_and_left(scenario: Scenario) -> None:
    folder = scenario.folder / "warc"
    stranger = folder / "gongwen-2026-11-s00-000001.warc.gz"
    stranger.write_bytes(b"from before a restore")
    scenario.commit(scenario.article(A))
    assert names(scenario) == ["gongwen-2026-11-s00-000002.warc.gz"]
    assert stranger.read_bytes() == b"from before a restore"
    assert [f.kind for f in verify(scenario.database).findings] == ["warc_unknown"]


def test_a_tail_torn_anywhere_leaves_a_file_that_all_read(scenario: Scenario) -> None:
    scenario.commit(scenario.article(A))
    path = path_of(scenario)
    end = path.stat().st_size
    scenario.commit(scenario.article(B, "乙" * 300))
    whole = path.read_bytes()
    scenario.store.close()
    # As after a kill between append and commit: the database knows only the first part.
    with scenario.database.write() as session:
        from sqlalchemy import delete

        from archive.models import Assertion, ChainEntry, Derivation, Event, Resource, Version
        from archive.models import Observation as Row

        b = session.query(Resource).filter(Resource.url == B).one()
        session.execute(delete(Event).where(Event.resource_key == b.key))
        session.execute(delete(Row).where(Row.resource_key == b.key))
        version = session.query(Version).filter(Version.resource_key == b.key).one()
        session.execute(delete(ChainEntry).where(ChainEntry.subject == version.public_id))
        derivation = version.derivation_key
        session.delete(version)
        session.flush()
        session.execute(delete(Assertion).where(Assertion.derivation_key == derivation))
        session.execute(delete(Derivation).where(Derivation.key == derivation))
        session.execute(delete(Capture).where(Capture.resource_key == b.key))
        session.execute(delete(Resource).where(Resource.key == b.key))
        session.query(WarcFile).one().committed_end = end
    (scenario.folder / "head.log").write_text("")
    dice = random.Random(5)
    for cut in [end + 1, len(whole) - 1, *(dice.randrange(end, len(whole)) for _ in range(8))]:
        path.write_bytes(whole[:cut])
        slot = claim_slot(scenario.database)
        assert path.read_bytes() == whole[:end]
        slot.close()
    scenario.store = scenario.open_store()
    scenario.commit(scenario.article(B, "乙" * 300))
    assert len(by_warcio(path)) == len(by_fastwarc(path)) == 5
    assert scenario.time > SECOND
