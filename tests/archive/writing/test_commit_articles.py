"""What becomes of an article check: versions, observations, events, and when to look again."""

from __future__ import annotations

import pytest
from scenario import RECHECK, SITE, Scenario, extraction, page

from archive.clock import SECOND
from archive.models import Assertion, Capture, Derivation, Document, Event, Host, Version
from archive.models import Observation as Row
from archive.records import Observation, Outcome, PageKind, Verdict

A = page("a")


def seen(scenario: Scenario) -> list[tuple[str, str | None]]:
    return [(row.observation, row.change_class) for row in scenario.rows(Row)]


def kinds(scenario: Scenario) -> list[str]:
    return [event.kind for event in scenario.rows(Event)]


def test_first_content_makes_version_one_and_a_document(scenario: Scenario) -> None:
    (verdict,) = scenario.commit(scenario.article(A, doc_no="渝〔2023〕1号"))
    (document,) = scenario.rows(Document)
    (version,) = scenario.rows(Version)
    (observation,) = scenario.rows(Row)
    assert verdict == Verdict(
        A, Observation.NEW, "new", document.public_id, 1, reason="first content"
    )
    assert (version.number, version.change_class, version.reverts_to) == (1, "new", None)
    assert observation.version_key == version.key
    assert kinds(scenario) == ["new"]
    assert scenario.resource(A).version_count == 1


def test_the_derivation_keeps_text_fields_and_chosen_evidence(scenario: Scenario) -> None:
    scenario.commit(scenario.article(A, "全文", doc_no="渝〔2023〕1号"))
    (derivation,) = scenario.rows(Derivation)
    assertions = scenario.rows(Assertion)
    assert derivation.text == "全文"
    assert derivation.fields["doc_no"] == "渝〔2023〕1号"
    assert {(a.field, a.chosen) for a in assertions} == {("title", True), ("doc_no", True)}


def test_the_same_bytes_again_make_a_revisit_and_no_version(scenario: Scenario) -> None:
    scenario.commit(scenario.article(A))
    (verdict,) = scenario.commit(scenario.article(A))
    first, second = scenario.rows(Capture)
    assert verdict.observation != Observation.NEW
    assert verdict.version == 1
    assert len(scenario.rows(Version)) == 1
    assert (first.record_type, second.record_type) == ("response", "revisit")
    assert second.refers_to == first.key
    assert kinds(scenario) == ["new"]


def test_not_modified_leaves_an_observation_only(scenario: Scenario) -> None:
    scenario.commit(scenario.article(A))
    answer = scenario.exchange(A, b"", 304)
    scenario.commit(scenario.check(A, answer, observation=Observation.NOT_MODIFIED))
    assert len(scenario.rows(Capture)) == 1
    last = scenario.rows(Row)[-1]
    assert (last.observation, last.capture_key, last.status) == ("not_modified", None, 304)
    assert last.version_key == scenario.rows(Version)[0].key
    assert scenario.resource(A).etag == '"e"'


def test_another_text_makes_a_substantive_version(scenario: Scenario) -> None:
    scenario.commit(scenario.article(A, "旧"))
    (verdict,) = scenario.commit(scenario.article(A, "新的正文"))
    assert (verdict.observation, verdict.change_class, verdict.version) == (
        "changed",
        "substantive",
        2,
    )
    assert "text" in verdict.fields
    assert kinds(scenario) == ["new", "edited"]


@pytest.mark.parametrize(
    ("field", "event"), [("doc_no", "renumbered"), ("index_no", "renumbered"), ("issuer", "edited")]
)
def test_another_number_renumbers_and_other_values_edit(
    scenario: Scenario, field: str, event: str
) -> None:
    scenario.commit(scenario.article(A, **{field: "一"}))
    (verdict,) = scenario.commit(scenario.article(A, **{field: "二"}))
    assert (verdict.change_class, verdict.fields) == ("metadata", (field,))
    assert kinds(scenario) == ["new", event]


def test_an_earlier_content_that_comes_back_is_reverted(scenario: Scenario) -> None:
    for text in ("甲", "乙", "甲"):
        scenario.commit(scenario.article(A, text))
    last = scenario.rows(Version)[-1]
    assert (last.number, last.change_class, last.reverts_to) == (3, "reverted", 1)


def test_formatting_is_noise_and_makes_no_version(scenario: Scenario) -> None:
    scenario.commit(scenario.article(A, "第一条，内容"))
    (verdict,) = scenario.commit(scenario.article(A, "第一条，\n内容"))
    assert verdict.observation == "noise"
    assert len(scenario.rows(Version)) == 1
    assert scenario.rows(Row)[-1].version_key == scenario.rows(Version)[0].key


@pytest.mark.parametrize(
    ("kind", "outcome", "observation"),
    [
        (PageKind.CHALLENGE, Outcome.OK, "blocked"),
        (PageKind.SOFT_404, Outcome.OK, "soft_404"),
        (PageKind.OTHER, Outcome.OK, "error"),
        (PageKind.LIST, Outcome.OK, "error"),
        (PageKind.DOCUMENT, Outcome.TIMEOUT, "error"),
        (PageKind.DOCUMENT, Outcome.OOM, "error"),
        (PageKind.DOCUMENT, Outcome.ERROR, "error"),
    ],
)
def test_what_is_no_document_is_kept_but_never_a_version(
    scenario: Scenario, kind: PageKind, outcome: Outcome, observation: str
) -> None:
    scenario.commit(scenario.article(A))
    found = extraction("别的", kind=kind, outcome=outcome)
    scenario.commit(scenario.check(A, scenario.exchange(A, "?"), extraction=found))
    assert seen(scenario)[-1] == (observation, None)
    assert len(scenario.rows(Version)) == 1
    assert len(scenario.rows(Capture)) == 2
    assert scenario.rows(Row)[-1].version_key is None


def test_a_blocked_page_leaves_the_digest_of_the_good_one(scenario: Scenario) -> None:
    scenario.commit(scenario.article(A))
    good = scenario.resource(A).payload_digest
    scenario.commit(scenario.answer(A, 200, observation=Observation.BLOCKED))
    assert scenario.resource(A).payload_digest == good


def test_errors_back_off_from_ten_minutes_to_a_day(scenario: Scenario) -> None:
    pauses = []
    for _ in range(10):
        check = scenario.answer(A, 500)
        scenario.commit(check)
        resource = scenario.resource(A)
        pauses.append((resource.next_check_at or 0) - check.checked_at)
    minutes = [pause // (60 * SECOND) for pause in pauses]
    assert minutes[:3] == [10, 20, 40]
    assert minutes[-1] == 24 * 60
    scenario.commit(scenario.article(A))
    assert scenario.resource(A).failures == 0


def test_a_fine_page_is_due_again_after_the_pause(scenario: Scenario) -> None:
    check = scenario.article(A)
    scenario.commit(check)
    assert scenario.resource(A).next_check_at == check.checked_at + RECHECK
    assert scenario.due() == []


def test_a_page_that_was_never_answered_is_an_error_without_capture(scenario: Scenario) -> None:
    scenario.commit(scenario.check(A, reason="DNS lookup failed"))
    (row,) = scenario.rows(Row)
    assert (row.observation, row.reason, row.capture_key) == ("error", "DNS lookup failed", None)


def test_a_cut_off_body_is_kept_and_marked_but_no_version(scenario: Scenario) -> None:
    from dataclasses import replace

    cut = replace(scenario.exchange(A, "<p>half"), truncated="disconnect")
    scenario.commit(scenario.check(A, cut, extraction=extraction("half")))
    assert seen(scenario) == [("error", None)]
    assert scenario.rows(Capture)[0].truncated == "disconnect"


def test_every_hop_is_a_capture_that_points_on(scenario: Scenario) -> None:
    hop = scenario.exchange(A, b"", 302, Location=A + "?x")
    final = scenario.exchange(A + "?x", "<p>正文</p>")
    scenario.commit(scenario.check(A, hop, final, extraction=extraction()))
    first, second = scenario.rows(Capture)
    assert first.led_to == second.key
    assert scenario.rows(Version)[0].capture_key == second.key
    assert first.resource_key == second.resource_key == scenario.resource(A).key


def test_unstorable_characters_are_replaced_and_flagged(scenario: Scenario) -> None:
    scenario.commit(scenario.article(A, "坏\x00字\ud800", body="x"))
    (derivation,) = scenario.rows(Derivation)
    assert derivation.text == "坏\ufffd字\ufffd"
    assert derivation.conflicts[0]["reason"].startswith("characters")


def test_the_first_evidence_of_day_order_stays(scenario: Scenario) -> None:
    from dataclasses import replace

    for day_first in (True, False):
        check = scenario.article(A, str(day_first))
        assert check.extraction is not None
        scenario.commit(replace(check, extraction=replace(check.extraction, day_first=day_first)))
    (host,) = scenario.rows(Host, Host.name == "gov.example")
    assert host.day_first is True


def test_two_checks_of_one_page_in_a_batch_see_each_other(scenario: Scenario) -> None:
    verdicts = scenario.commit(scenario.article(A, "甲"), scenario.article(A, "乙"))
    assert [(v.observation, v.version) for v in verdicts] == [("new", 1), ("changed", 2)]


def test_twins_share_a_document_and_the_second_is_no_news(scenario: Scenario) -> None:
    mobile, desktop = f"{SITE}/mpost_1.html", f"{SITE}/post_1.html"
    one, two = scenario.commit(scenario.article(mobile), scenario.article(desktop, "正文 略同"))
    assert one.document == two.document
    assert kinds(scenario) == ["new"]
    assert len(scenario.rows(Version)) == 2
