"""Attached files: bound once, and a new version of the page when their bytes change."""

from __future__ import annotations

import gzip
from dataclasses import replace

import pytest
from scenario import Scenario, file, page

from archive.models import Attachment, Capture, ChainEntry, Derivation, Event, Version
from archive.models import Observation as Row
from archive.problems import Problem
from archive.queries.files import attached_file, file_rows
from archive.records import FileText, Observation, Outcome, ResourceKind
from archive.verify import verify

A, B, PDF, DOC = page("a"), page("b"), file("a.pdf"), file("b.doc")


def test_a_new_version_makes_its_files_due(scenario: Scenario) -> None:
    (verdict,) = scenario.commit(scenario.article(A, files=[PDF, DOC]))
    assert verdict.discovered == 2
    assert scenario.due_urls() == [PDF, DOC]
    assert {d.kind for d in scenario.due()} == {ResourceKind.ATTACHMENT}


def test_first_bytes_are_bound_to_every_page_that_lists_them(scenario: Scenario) -> None:
    scenario.commit(scenario.article(A, files=[PDF]), scenario.article(B, "乙", files=[PDF]))
    (verdict,) = scenario.commit(scenario.attachment(PDF, b"%PDF one"))
    rows = scenario.rows(Attachment)
    assert verdict.observation == "new"
    assert len({row.payload_digest for row in rows}) == 1
    assert all(row.payload_digest and row.capture_key for row in rows)
    assert [e.kind for e in scenario.rows(ChainEntry)] == ["version"] * 2 + ["attachment"] * 2
    assert len(scenario.rows(Version)) == 2


def test_a_page_and_its_file_in_one_batch_are_bound(scenario: Scenario) -> None:
    scenario.commit(scenario.article(A, files=[PDF]), scenario.attachment(PDF, b"%PDF one"))
    (row,) = scenario.rows(Attachment)
    assert row.payload_digest is not None
    assert verify(scenario.database).is_clean


def test_other_bytes_make_a_version_of_class_attachment(scenario: Scenario) -> None:
    scenario.commit(scenario.article(A, files=[PDF, DOC]))
    scenario.commit(scenario.attachment(PDF, b"one"), scenario.attachment(DOC, b"same"))
    (verdict,) = scenario.commit(scenario.attachment(PDF, b"two"))
    first, second = scenario.rows(Version)
    assert (verdict.observation, verdict.change_class) == ("changed", "attachment")
    assert (second.number, second.change_class) == (2, "attachment")
    assert second.changed_fields == ["attachments"]
    assert second.derivation_key == first.derivation_key
    event = scenario.rows(Event)[-1]
    assert (event.kind, event.change_class, event.fields) == (
        "edited",
        "attachment",
        ["attachments"],
    )
    old, kept, new, still = scenario.rows(Attachment)
    assert old.payload_digest != new.payload_digest
    assert kept.payload_digest == still.payload_digest
    assert scenario.rows(Row)[-1].version_key == second.key
    assert verify(scenario.database).is_clean


def test_a_file_that_returns_to_old_bytes_reverts_the_page(scenario: Scenario) -> None:
    scenario.commit(scenario.article(A, files=[PDF]))
    for content in (b"one", b"two", b"one"):
        scenario.commit(scenario.attachment(PDF, content))
    last = scenario.rows(Version)[-1]
    assert (last.number, last.change_class, last.reverts_to) == (3, "reverted", 1)


def test_the_same_bytes_again_are_unchanged(scenario: Scenario) -> None:
    scenario.commit(scenario.article(A, files=[PDF]), scenario.attachment(PDF, b"one"))
    (verdict,) = scenario.commit(scenario.attachment(PDF, b"one"))
    assert verdict.observation == "unchanged"
    assert len(scenario.rows(Version)) == 1


def test_a_later_page_inherits_the_digest_already_known(scenario: Scenario) -> None:
    scenario.commit(scenario.article(A, files=[PDF]), scenario.attachment(PDF, b"one"))
    scenario.commit(scenario.article(B, "乙", files=[PDF]))
    digests = {row.payload_digest for row in scenario.rows(Attachment)}
    assert len(digests) == 1
    assert None not in digests
    assert verify(scenario.database).is_clean


def test_an_edit_of_the_text_keeps_the_bound_file(scenario: Scenario) -> None:
    scenario.commit(scenario.article(A, files=[PDF]), scenario.attachment(PDF, b"one"))
    (verdict,) = scenario.commit(scenario.article(A, "改写的正文", files=[PDF]))
    assert verdict.fields == ("text",)
    scenario.commit(scenario.attachment(PDF, b"two"))
    assert [v.change_class for v in scenario.rows(Version)] == ["new", "substantive", "attachment"]


def test_a_dropped_file_no_longer_changes_its_page(scenario: Scenario) -> None:
    scenario.commit(scenario.article(A, files=[PDF]), scenario.attachment(PDF, b"one"))
    (verdict,) = scenario.commit(scenario.article(A))
    assert verdict.change_class == "attachment"
    scenario.commit(scenario.attachment(PDF, b"two"))
    assert len(scenario.rows(Version)) == 2


@pytest.mark.parametrize("status", [404, 500])
def test_a_file_that_cannot_be_had_changes_no_page(scenario: Scenario, status: int) -> None:
    scenario.commit(scenario.article(A, files=[PDF]), scenario.attachment(PDF, b"one"))
    (verdict,) = scenario.commit(scenario.answer(PDF, status, kind=ResourceKind.ATTACHMENT))
    assert verdict.observation in (Observation.GONE, Observation.ERROR)
    assert len(scenario.rows(Version)) == 1


def test_compression_on_the_way_makes_no_version(scenario: Scenario) -> None:
    scenario.commit(scenario.article(A, files=[PDF]), scenario.attachment(PDF, b"one"))
    for moment in (1000, 2000):
        packed = gzip.compress(b"one", mtime=moment)
        answer = scenario.exchange(PDF, packed, Content_Encoding="gzip")
        (verdict,) = scenario.commit(scenario.check(PDF, answer, kind=ResourceKind.ATTACHMENT))
        assert verdict.observation == "unchanged"
    assert len(scenario.rows(Version)) == 1
    assert len({row.payload_digest for row in scenario.rows(Capture, Capture.url == PDF)}) == 3
    assert verify(scenario.database).is_clean


def test_a_compressed_file_is_bound_by_its_own_bytes(scenario: Scenario) -> None:
    packed = scenario.exchange(PDF, gzip.compress(b"one"), Content_Encoding="gzip")
    scenario.commit(
        scenario.article(A, files=[PDF]),
        scenario.check(PDF, packed, kind=ResourceKind.ATTACHMENT),
    )
    scenario.commit(scenario.article(B, "乙", files=[file("other.pdf")]))
    scenario.commit(scenario.attachment(file("other.pdf"), b"one"))
    assert len({row.payload_digest for row in scenario.rows(Attachment)}) == 1


def test_an_encoding_that_cannot_be_taken_off_leaves_the_bytes_as_they_came(
    scenario: Scenario,
) -> None:
    scenario.commit(scenario.article(A, files=[PDF]))
    broken = scenario.exchange(PDF, b"no gzip", Content_Encoding="gzip")
    (verdict,) = scenario.commit(scenario.check(PDF, broken, kind=ResourceKind.ATTACHMENT))
    assert verdict.observation == "new"
    assert scenario.rows(Attachment)[0].payload_digest == scenario.rows(Capture)[-1].payload_digest


def test_what_was_read_of_a_file_stands_with_its_capture(scenario: Scenario) -> None:
    read = FileText("pdf", "%PDF- at byte 0", Outcome.OK, "附件一\ud800正文")
    scenario.commit(scenario.article(A, files=[PDF]))
    scenario.commit(replace(scenario.attachment(PDF, b"%PDF one"), file=read))
    [row] = scenario.rows(Derivation, Derivation.format.is_not(None))
    assert (row.kind, row.format, row.text, row.outcome) == (
        "file",
        "pdf",
        "附件一\ufffd正文",
        "ok",
    )
    assert (row.fields, row.reason) == ({}, None)
    assert row.capture_key == scenario.rows(Attachment)[0].capture_key
    assert verify(scenario.database).is_clean
    with scenario.database.read() as session:
        found = session.get_one(Version, scenario.rows(Version)[0].key)
        [shown] = file_rows(session, found)
        file = attached_file(session, found, 1)
        with pytest.raises(Problem, match="no file 2"):
            attached_file(session, found, 2)
    assert (shown["number"], shown["format"], shown["characters"]) == (1, "pdf", 6)
    assert file.text == "附件一\ufffd正文"


def test_bytes_that_are_known_are_not_kept_as_text_again(scenario: Scenario) -> None:
    scenario.commit(scenario.article(A, files=[PDF]))
    for body, text in ((b"one", "一"), (b"one", "一"), (b"two", "二")):
        read = FileText("txt", "characters", Outcome.OK, text)
        scenario.commit(replace(scenario.attachment(PDF, body), file=read))
    rows = scenario.rows(Derivation, Derivation.format.is_not(None))
    assert [row.text for row in rows] == ["一", "二"]


@pytest.mark.parametrize("first", [None, Outcome.TIMEOUT, Outcome.OOM])
def test_a_held_file_gets_its_text_when_it_is_read_at_last(
    scenario: Scenario, first: Outcome | None
) -> None:
    scenario.commit(scenario.article(A, files=[PDF]))
    failed = FileText("txt", "characters", first, reason="why") if first else None
    scenario.commit(replace(scenario.attachment(PDF, b"one"), file=failed))
    for text in ("一", "一"):
        read = FileText("txt", "characters", Outcome.OK, text)
        (verdict,) = scenario.commit(replace(scenario.attachment(PDF, b"one"), file=read))
        assert verdict.observation == "unchanged"
    rows = scenario.rows(Derivation, Derivation.format.is_not(None))
    assert [row.text for row in rows if row.outcome == "ok"] == ["一"]
    with scenario.database.read() as session:
        found = session.get_one(Version, scenario.rows(Version)[0].key)
        [row] = file_rows(session, found)
        assert (row["outcome"], row["characters"]) == ("ok", 1)
        assert attached_file(session, found, 1).text == "一"
    assert verify(scenario.database).is_clean


def test_a_text_outlives_a_later_reading_that_fails(scenario: Scenario) -> None:
    scenario.commit(scenario.article(A, files=[PDF]))
    for outcome in (Outcome.OK, Outcome.TIMEOUT):
        read = FileText("txt", "characters", outcome, "一" if outcome is Outcome.OK else "")
        scenario.commit(replace(scenario.attachment(PDF, b"one"), file=read))
    rows = scenario.rows(Derivation, Derivation.format.is_not(None))
    assert [row.outcome for row in rows] == ["ok"]


@pytest.mark.parametrize("outcome", [Outcome.TIMEOUT, Outcome.OOM, Outcome.ERROR])
def test_a_file_that_cannot_be_read_is_bound_all_the_same(
    scenario: Scenario, outcome: Outcome
) -> None:
    read = FileText("pdf", "%PDF- at byte 0", outcome, reason="why")
    scenario.commit(scenario.article(A, files=[PDF]))
    (verdict,) = scenario.commit(replace(scenario.attachment(PDF, b"%PDF"), file=read))
    assert verdict.observation == "new"
    assert scenario.rows(Attachment)[0].payload_digest is not None
    assert scenario.due_urls() == []
