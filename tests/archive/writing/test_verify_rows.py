"""Rows that were changed, forged or left over are named, though no chain vouches for them."""

from __future__ import annotations

import pytest
from scenario import LIST, Scenario, file, page
from test_chain_and_verify import findings, public, tamper

from archive.models import Capture

A, B, PDF, LOST = page("a"), page("b"), file("a.pdf"), file("lost.pdf")
YEAR = 365 * 86_400 * 1_000_000


@pytest.fixture
def written(scenario: Scenario) -> Scenario:
    """A list, two pages, a page served again as it was, and an attachment never fetched."""
    scenario.start()
    scenario.commit(scenario.list_check({A: "甲", B: "乙"}))
    scenario.commit(scenario.article(A, files=[PDF, LOST]), scenario.article(B, "乙", body="<p>"))
    scenario.commit(scenario.attachment(PDF, b"%PDF"), scenario.article(B, "乙", body="<p>"))
    scenario.commit(scenario.article(A, "第二版", files=[PDF, LOST]))
    assert findings(scenario) == []
    return scenario


def kinds(scenario: Scenario) -> set[str]:
    return {finding.kind for finding in findings(scenario)}


def test_bytes_forged_for_an_attachment_never_fetched_are_named(written: Scenario) -> None:
    tamper(
        written,
        "UPDATE attachments SET payload_digest = :digest, capture_key = #captures/4 "
        "WHERE position = 1 AND version_key = #versions/1",
        digest="sha256:" + "0" * 64,
    )
    (found,) = findings(written)
    assert (found.kind, found.version) == ("attachment_unchained", public(written))
    assert (found.subject, found.url) == (f"{public(written)}/1", LOST)


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ("fetched_at = fetched_at - 1000", "date"),
        ("status = 404", "status"),
        ("truncated = 'length'", "truncation"),
    ],
)
def test_a_capture_of_a_list_says_what_its_record_says(
    written: Scenario, change: str, what: str
) -> None:
    assert written.rows(Capture)[0].url == LIST
    tamper(written, f"UPDATE captures SET {change} WHERE key = 1")
    found = next(f for f in findings(written) if f.kind == "capture_changed")
    assert found.url == LIST
    assert f"the {what} of capture" in found.detail


def test_a_revisit_keeps_to_its_original(written: Scenario) -> None:
    tamper(written, "UPDATE captures SET refers_to = #captures/1 WHERE record_type = 'revisit'")
    details = {f.detail for f in findings(written) if f.kind == "capture_changed"}
    assert any("original" in detail for detail in details)
    assert "the record it refers to does not hold its bytes" in details


@pytest.mark.parametrize(
    "change",
    [
        f"observed_at = observed_at - {YEAR} WHERE capture_key IS NOT NULL",
        f"observed_at = observed_at + {YEAR} WHERE capture_key IS NOT NULL",
        "status = 404 WHERE capture_key = #captures/2",
        "version_key = #versions/1 WHERE version_key = #versions/2",
    ],
)
def test_an_observation_fits_its_capture_and_its_page(written: Scenario, change: str) -> None:
    tamper(written, f"UPDATE observations SET {change}")
    assert "observation_changed" in kinds(written)


def test_an_observation_without_a_capture_is_not_older_than_its_run(written: Scenario) -> None:
    written.commit(written.check(A, written.exchange(A, b"", 304)))
    assert findings(written) == []
    tamper(written, "UPDATE observations SET observed_at = :at WHERE capture_key IS NULL", at=YEAR)
    assert kinds(written) == {"observation_changed"}


def test_versions_are_numbered_from_1_without_a_gap(written: Scenario) -> None:
    tamper(
        written,
        "UPDATE versions SET number = 0 WHERE number = 1 AND resource_key = "
        "(SELECT resource_key FROM versions WHERE number = 2)",
    )
    missing = next(f for f in findings(written) if f.kind == "versions_missing")
    assert missing.url == A
    assert "2 versions numbered 0 to 2, but 2 were made" in missing.detail


@pytest.mark.parametrize(
    ("statement", "kind"),
    [
        ("DELETE FROM observations WHERE version_key = #versions/1", "version_unobserved"),
        ("DELETE FROM observations WHERE capture_key = #captures/1", "capture_unobserved"),
        (
            "UPDATE versions SET derivation_key = #derivations/2 WHERE key = #versions/1",
            "version_changed",
        ),
        ("UPDATE resources SET document_key = NULL WHERE version_count = 2", "document_empty"),
        ("UPDATE resources SET document_key = NULL WHERE version_count = 2", "document_missing"),
        ("UPDATE warc_files SET records = records + 1", "warc_count"),
        (
            "INSERT INTO captures SELECT 99, 'c0000000000000000', resource_key, run_id, url, "
            "method, status, fetched_at, warc_file_key, warc_offset, warc_length, 'urn:x', "
            "record_type, refers_to, led_to, payload_digest, payload_length, content_type, "
            "truncated, access FROM captures WHERE key = 1",
            "capture_changed",
        ),
    ],
)
def test_rows_left_over_or_alone_are_named(written: Scenario, statement: str, kind: str) -> None:
    tamper(written, statement)
    assert kind in kinds(written)


def test_a_version_whose_bytes_are_lost_is_named_until_they_are_served_again(
    written: Scenario,
) -> None:
    lost = written.rows(Capture, Capture.url == A)[-1]
    path = next((written.folder / "warc").glob("*.warc.gz"))
    content = bytearray(path.read_bytes())
    content[lost.warc_offset + 200] ^= 1
    path.write_bytes(content)
    unreadable = [f for f in findings(written) if f.kind == "version_unreadable"]
    assert [f.version for f in unreadable] == [public(written, 2)]
