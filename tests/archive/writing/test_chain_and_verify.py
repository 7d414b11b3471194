"""The chain, its head outside the database, and what verify says about tampering."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from typing import Any

import pytest
from scenario import Scenario, file, page
from sqlalchemy import text

from archive import chain
from archive.models import ChainEntry, Derivation, Version, WarcFile
from archive.verify import Finding, verify

A, B, PDF = page("a"), page("b"), file("a.pdf")
_NTH = re.compile(r"#(\w+)/(\d+)")


@pytest.fixture
def written(scenario: Scenario) -> Scenario:
    scenario.commit(scenario.article(A, files=[PDF], doc_no="渝〔2023〕1号", issuer="市科技局"))
    scenario.commit(scenario.attachment(PDF, b"%PDF"), scenario.article(B, "乙"))
    scenario.commit(scenario.article(A, "新的正文", files=[PDF], doc_no="渝〔2023〕1号"))
    assert verify(scenario.database).is_clean
    return scenario


def tamper(scenario: Scenario, statement: str, **values: Any) -> None:
    """Change rows as whoever has the database in hand can: no foreign key is asked.

    ``#captures/3`` is the key of the third capture; on a server keys have gaps.
    """
    statement = _NTH.sub(r"(SELECT key FROM \1 ORDER BY key LIMIT 1 OFFSET \2 - 1)", statement)
    if scenario.database.is_sqlite:
        with closing(sqlite3.connect(scenario.folder / "gongwen.sqlite")) as opened, opened:
            opened.execute(statement, values)
        return
    with scenario.database.engine.begin() as connection:
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        connection.execute(text(statement), values)


def findings(scenario: Scenario) -> list[Finding]:
    return list(verify(scenario.database).findings)


def public(scenario: Scenario, number: int = 0) -> str:
    return str(scenario.rows(Version)[number].public_id)


def test_each_link_hashes_the_one_before(written: Scenario) -> None:
    entries = written.rows(ChainEntry)
    assert [entry.number for entry in entries] == list(range(1, len(entries) + 1))
    previous = chain.GENESIS
    for entry in entries:
        assert entry.previous == previous
        previous = entry.hash
    last = chain.last_kept(written.folder)
    assert last is not None
    assert (last.number, last.hash) == (entries[-1].number, entries[-1].hash)


def test_a_new_archive_keeps_the_head_of_its_empty_chain(scenario: Scenario) -> None:
    assert [head.number for head in chain.kept_heads(scenario.folder)] == [0]


CHANGES = [
    ("UPDATE derivations SET text = '改了' WHERE key = 1", ("text",)),
    ("UPDATE assertions SET raw = 'x' WHERE key = 1", ("assertions",)),
    ("UPDATE versions SET created_at = created_at + 1 WHERE key = 1", ("created_at",)),
    ("UPDATE versions SET change_class = 'metadata' WHERE key = 1", ("change_class",)),
    ("UPDATE versions SET content_hash = 'x' WHERE key = 1", ("content_hash",)),
    ("UPDATE attachments SET url = 'http://x/' WHERE key = 1", ("attachments",)),
    ("UPDATE captures SET fetched_at = 1 WHERE key = 1", ("capture.fetched_at",)),
    ("UPDATE resources SET url_key = 'http://x/' WHERE version_count = 2", ("url",)),
]


@pytest.mark.parametrize(("statement", "fields"), CHANGES)
def test_a_changed_row_is_named_with_version_and_field(
    written: Scenario, statement: str, fields: tuple[str, ...]
) -> None:
    tamper(written, statement)
    changed = [finding for finding in findings(written) if finding.kind == "version_changed"]
    assert changed[0].version == public(written)
    assert changed[0].fields == fields


@pytest.mark.parametrize("name", ["issuer", "author"])
def test_a_changed_field_is_named(written: Scenario, name: str) -> None:
    with written.database.write() as session:
        row = session.get_one(Derivation, 1)
        row.fields = {**row.fields, name: "别处"}
    changed = [finding for finding in findings(written) if finding.kind == "version_changed"]
    assert (changed[0].version, changed[0].fields) == (public(written), (f"fields.{name}",))


def test_other_bytes_behind_a_bound_attachment_are_named(written: Scenario) -> None:
    tamper(written, "UPDATE attachments SET payload_digest = 'sha256:0' WHERE key = 1")
    (found,) = findings(written)
    assert (found.kind, found.version) == ("attachment_changed", public(written))
    assert found.fields == ("payload_digest",)


def test_a_removed_last_version_is_named(written: Scenario) -> None:
    lost = public(written, -1)
    tamper(written, "DELETE FROM versions WHERE public_id = :lost", lost=lost)
    kinds = {(finding.kind, finding.version) for finding in findings(written)}
    assert ("version_removed", lost) in kinds
    assert any(kind == "versions_missing" for kind, _ in kinds)


def test_a_last_version_removed_with_its_links_is_seen_by_the_head(written: Scenario) -> None:
    lost = public(written, -1)
    tamper(written, "UPDATE resources SET version_count = 1 WHERE version_count = 2")
    tamper(written, "DELETE FROM attachments WHERE version_key = (SELECT max(key) FROM versions)")
    tamper(written, "DELETE FROM versions WHERE public_id = :lost", lost=lost)
    tamper(written, "DELETE FROM chain WHERE subject LIKE :lost", lost=f"{lost}%")
    assert "head_ahead" in {finding.kind for finding in findings(written)}


def test_a_chain_written_anew_differs_from_the_kept_heads(written: Scenario) -> None:
    tamper(written, "UPDATE derivations SET text = '改了' WHERE key = 1")
    entries = written.rows(ChainEntry)
    previous = chain.GENESIS
    with written.database.write() as session:
        for entry in entries:
            row = session.get_one(ChainEntry, entry.number)
            row.previous = previous
            row.hash = chain.link_hash(
                previous, row.number, row.kind, row.subject, row.digest, row.at + 1
            )
            row.at += 1
            previous = row.hash
    kinds = [finding.kind for finding in findings(written)]
    assert "head_differs" in kinds
    assert "chain_broken" not in kinds


def test_a_link_taken_out_of_the_middle_breaks_the_chain(written: Scenario) -> None:
    tamper(written, "DELETE FROM chain WHERE number = 2")
    kinds = {finding.kind for finding in findings(written)}
    assert "chain_broken" in kinds


def test_a_version_that_was_never_chained_is_named(written: Scenario) -> None:
    tamper(
        written,
        "INSERT INTO versions SELECT 99, 'v0000000000000000', resource_key, 7, capture_key, "
        "derivation_key, created_at, content_hash, change_class, changed_fields, reverts_to, "
        "NULL, NULL FROM versions WHERE key = 1",
    )
    assert ("version_unchained", "v0000000000000000") in {
        (finding.kind, finding.version) for finding in findings(written)
    }


def test_a_purged_version_needs_a_tombstone(written: Scenario) -> None:
    target = public(written, 1)
    tamper(written, "UPDATE versions SET purged_at = 1 WHERE public_id = :target", target=target)
    tamper(
        written,
        "UPDATE derivations SET text = '' WHERE key = "
        "(SELECT derivation_key FROM versions WHERE public_id = :target)",
        target=target,
    )
    assert [finding.kind for finding in findings(written)] == ["version_removed"]
    with written.database.write() as session:
        tombstone = chain.Link(chain.TOMBSTONE, target, {"reason": "on request"})
        head = chain.append(session, [tombstone], written.now())
    assert head is not None
    chain.keep_head(written.folder, head)
    assert findings(written) == []


def test_a_flipped_byte_names_file_record_and_offset(written: Scenario) -> None:
    (row,) = written.rows(WarcFile)
    path = written.folder / "warc" / row.name
    content = bytearray(path.read_bytes())
    from archive.models import Capture

    capture = written.rows(Capture)[1]
    content[capture.warc_offset + 200] ^= 1
    path.write_bytes(content)
    found, *unreadable = findings(written)
    assert (found.kind, found.file, found.offset) == (
        "record_damaged",
        row.name,
        capture.warc_offset,
    )
    assert (found.record_id, found.url) == (capture.record_id, capture.url)
    assert [(one.kind, one.version) for one in unreadable] == [
        ("attachment_unreadable", public(written)),
        ("attachment_unreadable", public(written, 2)),
    ]


@pytest.mark.parametrize(
    ("statement", "kind"),
    [
        ("UPDATE captures SET payload_digest = 'x' WHERE key = #captures/3", "capture_changed"),
        (
            "UPDATE captures SET warc_offset = warc_offset + 1 WHERE key = #captures/3",
            "record_missing",
        ),
        ("UPDATE captures SET record_id = 'x' WHERE key = #captures/3", "capture_changed"),
        ("UPDATE captures SET url = 'x' WHERE key = #captures/3", "capture_changed"),
        ("DELETE FROM captures WHERE key = #captures/2", "record_unknown"),
        ("UPDATE warc_files SET committed_end = committed_end + 9", "warc_short"),
        ("UPDATE warc_files SET committed_end = committed_end - 9", "record_damaged"),
        # A server refuses such a row by itself, whoever writes it.
        pytest.param(
            "UPDATE events SET resource_key = 999", "reference_broken", marks=pytest.mark.sqlite
        ),
    ],
)
def test_rows_that_do_not_fit_their_files_are_named(
    written: Scenario, statement: str, kind: str
) -> None:
    tamper(written, statement)
    assert kind in {finding.kind for finding in findings(written)}


def test_what_was_looked_at_is_counted(written: Scenario) -> None:
    assert verify(written.database).checked == {
        "files": 1,
        "captures": 4,
        "versions": 3,
        "observations": 4,
        "links": 5,
        "records": 9,
    }
