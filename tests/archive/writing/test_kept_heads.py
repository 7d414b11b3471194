"""The head outside the database: what it once vouched for stays checkable whatever comes later."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest
from scenario import Scenario, page
from test_chain_and_verify import findings, public, tamper

from archive import chain

A, B = page("a"), page("b")


@pytest.fixture
def written(scenario: Scenario) -> Scenario:
    """Version 2 of a page is the last link."""
    scenario.commit(scenario.article(A))
    scenario.commit(scenario.article(A, "第二版"))
    assert findings(scenario) == []
    return scenario


def kinds(scenario: Scenario) -> set[str]:
    return {finding.kind for finding in findings(scenario)}


def head_file(scenario: Scenario) -> Path:
    return scenario.folder / chain.HEAD_NAME


def remove_last_version(scenario: Scenario) -> None:
    lost = public(scenario, -1)
    tamper(scenario, "DELETE FROM events WHERE version_key = #versions/2")
    tamper(scenario, "DELETE FROM observations WHERE version_key = #versions/2")
    tamper(scenario, "DELETE FROM versions WHERE public_id = :lost", lost=lost)
    tamper(scenario, "DELETE FROM chain WHERE subject = :lost", lost=lost)
    tamper(scenario, "UPDATE resources SET version_count = 1")


def reopen(scenario: Scenario) -> None:
    scenario.store.close()
    scenario.store = scenario.open_store()


def test_a_version_made_later_does_not_hide_the_one_removed_before(
    written: Scenario, caplog: pytest.LogCaptureFixture
) -> None:
    remove_last_version(written)
    assert "head_ahead" in kinds(written)
    with caplog.at_level(logging.ERROR):
        reopen(written)
    assert "Link 2 was changed or removed" in caplog.text
    written.commit(written.article(A, "第三种写法"))
    assert {"head_differs", "head_falls"} <= kinds(written)
    written.commit(written.article(A, "第四种写法"))
    assert {"head_differs", "head_falls"} <= kinds(written)


def test_a_missing_head_file_is_told(written: Scenario) -> None:
    head_file(written).unlink()
    assert [finding.kind for finding in findings(written)] == ["head_missing"]


def test_a_missing_head_file_is_told_after_the_next_commit_too(
    written: Scenario, caplog: pytest.LogCaptureFixture
) -> None:
    head_file(written).unlink()
    with caplog.at_level(logging.ERROR):
        reopen(written)
    assert "head.log is missing" in caplog.text
    written.commit(written.article(B, "乙"))
    assert head_file(written).exists()
    assert [finding.kind for finding in findings(written)] == ["head_missing"]


def test_a_head_file_without_its_first_line_is_told(written: Scenario) -> None:
    lines = head_file(written).read_text().splitlines(keepends=True)
    head_file(written).write_text("".join(lines[1:]))
    assert [finding.kind for finding in findings(written)] == ["head_missing"]


def test_a_head_file_missing_under_captures_alone_is_told(scenario: Scenario) -> None:
    scenario.commit(scenario.answer(A, 404))
    assert findings(scenario) == []
    head_file(scenario).unlink()
    assert [finding.kind for finding in findings(scenario)] == ["head_missing"]


@pytest.mark.parametrize("kept", range(1, 12))
def test_a_line_cut_off_anywhere_is_no_head(written: Scenario, kept: int) -> None:
    lines = head_file(written).read_text().splitlines(keepends=True)
    cut = lines[-1][: -kept * 7] if kept < 11 else lines[-1][:-1]
    head_file(written).write_text("".join(lines[:-1]) + cut)
    reopen(written)
    written.commit(written.article(B, "乙"))
    assert [head.number for head in chain.kept_heads(written.folder)] == [0, 1, 2, 3]
    assert findings(written) == []
