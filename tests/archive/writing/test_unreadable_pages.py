"""A8 and E1: what stays of a page that no worker could read, or only in part."""

from __future__ import annotations

from dataclasses import replace

import pytest
from scenario import Scenario, extraction, page

from archive.clock import SECOND
from archive.failing import LEFT_ALONE, TRIES
from archive.models import Capture, Version
from archive.models import Observation as Row
from archive.records import RULE_VERSION, Check, Observation, Outcome, PageKind
from archive.store.concluding import BACKOFF_MOST
from archive.warc import read_record
from crawler.spiders.requests import decide_alone

A = page("a")
NEEDED = "reading needed more memory than a worker may use"


def failed(scenario: Scenario, body: str = "<p>1", outcome: Outcome = Outcome.OOM) -> Check:
    """A page whose worker failed on it."""
    nothing = replace(extraction("", kind=PageKind.OTHER, outcome=outcome), reason=NEEDED)
    return scenario.check(A, scenario.exchange(A, body), extraction=nothing)


def in_part(scenario: Scenario, text: str) -> Check:
    """A page whose markup could not be read as it is."""
    found = replace(extraction(text, outcome=Outcome.PARTIAL), reason="nested too deep")
    return scenario.check(A, scenario.exchange(A, f"<p>{text}"), extraction=found)


def unreadable(scenario: Scenario) -> str | None:
    """What the next run is told of the page's bytes, once they are due again."""
    scenario.begin_run(after=2 * BACKOFF_MOST // SECOND)
    (due,) = scenario.due()
    return due.unreadable


@pytest.mark.parametrize("outcome", [Outcome.OOM, Outcome.TIMEOUT])
def test_a8_a_failed_reading_is_told_and_its_bytes_are_kept(
    scenario: Scenario, outcome: Outcome
) -> None:
    (verdict,) = scenario.commit(failed(scenario, "<p>whole", outcome))
    (capture,) = scenario.rows(Capture)
    assert verdict.observation is Observation.ERROR
    assert verdict.reason == f"extract_failed={outcome} under rules {RULE_VERSION}: {NEEDED}"
    assert read_record(scenario.database, capture).payload == b"<p>whole"
    assert scenario.rows(Version) == []


def test_a8_equal_bytes_are_tried_so_often_and_then_left_alone(scenario: Scenario) -> None:
    for _ in range(TRIES):
        scenario.commit(failed(scenario))
        told = unreadable(scenario)
    assert told is not None
    (due,) = scenario.due()
    same, other = (scenario.exchange(A, body) for body in ("<p>1", "<p>2"))
    assert decide_alone(due, same, refetch=False) == (Observation.ERROR, LEFT_ALONE)
    assert decide_alone(due, other, refetch=False) is None
    assert decide_alone(due, same, refetch=True) is None
    # What is left alone stays so.
    scenario.commit(scenario.check(A, same, observation=Observation.ERROR, reason=LEFT_ALONE))
    assert unreadable(scenario) == told


def test_a8_fewer_tries_other_bytes_and_other_failures_are_read_again(scenario: Scenario) -> None:
    for number in range(TRIES + 1):
        scenario.commit(failed(scenario, f"<p>{number}"))
        assert unreadable(scenario) is None
    for _ in range(TRIES + 1):
        scenario.commit(failed(scenario, "<p>same", Outcome.ERROR))
        assert unreadable(scenario) is None
    scenario.commit(scenario.article(A, "读到了", body="<p>fine"))
    assert unreadable(scenario) is None


def test_a8_a_page_that_took_too_long_is_always_tried_again(scenario: Scenario) -> None:
    """The machine may have been busy; a failed page is due later and later, so it costs little."""
    pauses = []
    for _ in range(TRIES + 1):
        scenario.commit(failed(scenario, outcome=Outcome.TIMEOUT))
        row = scenario.resource(A)
        pauses.append(row.next_check_at - row.last_checked_at)
        assert unreadable(scenario) is None
    assert pauses == sorted(set(pauses))


def test_e1_a_reading_in_part_never_makes_a_version_with_less_text(scenario: Scenario) -> None:
    scenario.commit(scenario.article(A, "第一段。第二段。"))
    (verdict,) = scenario.commit(in_part(scenario, "第一段。"))
    assert verdict.observation is Observation.ERROR
    assert "extract_failed=partial" in (verdict.reason or "")
    assert "less text came out than version 1" in (verdict.reason or "")
    assert len(scenario.rows(Version)) == 1
    assert scenario.rows(Row)[-1].version_key is None
    (verdict,) = scenario.commit(in_part(scenario, "第一段。第二段。第三段。"))
    assert (verdict.observation, verdict.version) == (Observation.CHANGED, 2)


def test_e1_a_reading_in_part_without_text_is_a_failure(scenario: Scenario) -> None:
    (verdict,) = scenario.commit(in_part(scenario, ""))
    assert verdict.observation is Observation.ERROR
    assert verdict.reason == f"extract_failed=partial under rules {RULE_VERSION}: nested too deep"
    assert scenario.rows(Version) == []
    (verdict,) = scenario.commit(in_part(scenario, "读出来的一段。"))
    assert (verdict.observation, verdict.version) == (Observation.NEW, 1)
