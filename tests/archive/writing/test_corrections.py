"""A person's correction: shown before what the rules read, until the page says something else."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from scenario import SITE, Scenario, extraction, page
from sqlalchemy import text

from archive.correcting import correct, withdraw
from archive.models import (
    Assertion,
    Attachment,
    ChainEntry,
    Correction,
    Derivation,
    Event,
    Observation,
    Version,
)
from archive.problems import Problem
from archive.queries import (
    as_of,
    correction_rows,
    details,
    document,
    documents,
    log,
    parse_filters,
    resolve,
)
from archive.records import RULE_VERSION, Check, Extraction, Source
from archive.records import Assertion as Found
from archive.store.rederiving import add_derivations
from archive.verify import verify

A, B = page("a"), page("b")
KEPT = (Version, Derivation, Assertion, Attachment, Observation, Event)


def says(
    author: str | None, *, raw: str | None = None, rules: str = RULE_VERSION, body: str = "正文"
) -> Extraction:
    """A page's extraction by some rules, which speaks of its author in some words."""
    made = extraction(body, doc_no="渝〔2023〕1号", **({"author": author} if author else {}))
    printed = raw or author
    own = [each for each in made.assertions if each.field != "author"]
    if printed:
        own.append(Found("author", author or "", printed, Source.HEADER, "作者"))
    return replace(made, assertions=tuple(own), rule_version=rules)


def checked(scenario: Scenario, made: Extraction, url: str = A) -> Check:
    served = f"<p>{made.text}{dict(made.fields)}{made.rule_version}</p>"
    return scenario.check(url, scenario.exchange(url, served), extraction=made)


def fix(scenario: Scenario, value: str | None = "乙", ref: str = A, **more: Any) -> dict[str, Any]:
    given = {"who": "王某", "why": "见原件", "at": scenario.now(), **more}
    return correct(scenario.database, ref, given.pop("field", "author"), value, **given)


def shown(scenario: Scenario, ref: str = A, number: int | None = None) -> dict[str, Any]:
    with scenario.database.read() as session:
        return document(session, ref, number)


def listed(scenario: Scenario, query: str = "") -> list[Any]:
    with scenario.database.read() as session:
        return [row["author"] for row in documents(session, parse_filters(query))]


def states(scenario: Scenario, **options: bool) -> list[str]:
    with scenario.database.read() as session:
        return [row["state"] for row in correction_rows(session, **options)]


@pytest.fixture
def corrected(scenario: Scenario) -> Scenario:
    """A page whose author 甲 a person corrected to 乙."""
    scenario.commit(checked(scenario, says("甲", raw="作者：甲")))
    fix(scenario)
    return scenario


def test_a_correction_is_shown_before_what_the_rules_read(corrected: Scenario) -> None:
    record = shown(corrected)
    assert record["author"] == "乙"
    mine, *others = [one for one in record["assertions"] if one["field"] == "author"]
    assert record["assertions"][0] == mine
    assert mine == {
        "field": "author",
        "value": "乙",
        "raw": "甲",
        "precision": None,
        "source": "person",
        "locator": "王某: 见原件",
        "chosen": True,
    }
    assert [(one["value"], one["chosen"]) for one in others] == [("甲", False)]
    assert [one["state"] for one in record["corrections"]] == ["stands"]


def test_docs_and_filters_know_the_corrected_value(corrected: Scenario) -> None:
    assert listed(corrected) == ["乙"]
    assert listed(corrected, "author:乙") == ["乙"]
    assert listed(corrected, "author:甲") == []


@pytest.mark.parametrize(
    ("field", "value", "found", "lost"),
    [
        ("title", "关于另一事的通知", "另一事", "关于某事"),
        ("doc_no", "渝〔2023〕9号", "doc_no:渝[2023]9号", "doc_no:渝[2023]1号"),
        ("date_written", "2023-07-26", "written:2023-07", "written:2024"),
        ("issuer", "市科技局", "issuer:科技", "issuer:教委"),
    ],
)
def test_every_kind_of_filter_knows_it(
    corrected: Scenario, field: str, value: str, found: str, lost: str
) -> None:
    fix(corrected, value, field=field)
    assert (listed(corrected, found), listed(corrected, lost)) == (["乙"], [])
    assert shown(corrected)[field] == value


def test_a_field_can_be_said_to_be_stated_nowhere(corrected: Scenario) -> None:
    fix(corrected, None)
    assert shown(corrected)["author"] is None
    assert listed(corrected, "author:甲") == listed(corrected, "author:乙") == []


def test_other_documents_keep_what_the_rules_read(corrected: Scenario) -> None:
    corrected.commit(checked(corrected, says("甲"), B))
    assert shown(corrected, B)["author"] == "甲"
    assert sorted(listed(corrected)) == sorted(["甲", "乙"])


def test_a_correction_touches_no_version_evidence_or_observation(scenario: Scenario) -> None:
    scenario.commit(checked(scenario, says("甲")))

    def rows() -> list[Any]:
        return [
            [{name: getattr(row, name) for name in row.__mapper__.columns.keys()} for row in found]  # noqa: SIM118
            for found in (scenario.rows(model) for model in KEPT)
        ]

    before = rows()
    links = len(scenario.rows(ChainEntry))
    made = fix(scenario)
    withdraw(scenario.database, made["id"], at=scenario.now())
    assert rows() == before
    assert len(scenario.rows(ChainEntry)) == links + 2


def test_what_counts_as_a_change_never_sees_corrections(corrected: Scenario) -> None:
    (same,) = corrected.commit(checked(corrected, says("甲", raw="作者：甲", body="正 文")))
    assert same.observation == "noise"
    (other,) = corrected.commit(checked(corrected, says("乙", raw="作者：乙")))
    assert (other.observation, other.fields) == ("changed", ("author",))


@pytest.mark.parametrize(
    ("new", "stands"),
    [
        (says("甲", raw="作者：甲", body="改了正文"), True),
        (says("甲", raw="作 者:  甲", body="改了正文"), True),
        (says("丙", raw="作者：甲", body="改了正文"), True),
        (says("丙", raw="作者：丙"), False),
        (says(None), False),
        (says("乙", raw="作者：乙"), False),
    ],
)
def test_it_stands_while_the_page_speaks_of_the_field_in_the_same_words(
    corrected: Scenario, new: Extraction, stands: bool
) -> None:
    (verdict,) = corrected.commit(checked(corrected, new))
    assert verdict.version == 2
    assert shown(corrected)["author"] == ("乙" if stands else new.fields["author"])
    assert states(corrected) == ["stands" if stands else "open"]
    assert states(corrected, open_only=True) == ([] if stands else ["open"])
    (row,) = corrected.rows(Correction)
    assert row.reopened_at == (None if stands else corrected.rows(Version)[-1].created_at)
    assert verify(corrected.database).is_clean


def test_an_open_correction_is_named_until_a_person_settles_it(corrected: Scenario) -> None:
    corrected.commit(checked(corrected, says("丙", raw="作者：丙")))
    (told,) = shown(corrected)["corrections"]
    assert (told["state"], told["value"], told["reads"]) == ("open", "乙", "丙")
    fix(corrected, "丁")
    assert shown(corrected)["author"] == "丁"
    assert states(corrected) == ["superseded", "stands"]
    assert states(corrected, open_only=True) == []


def test_two_versions_of_one_commit_open_it_once(corrected: Scenario) -> None:
    checks = [checked(corrected, says(name, raw=name)) for name in ("丙", "丁")]
    corrected.commit(*checks)
    assert verify(corrected.database).is_clean
    assert len([e for e in corrected.rows(ChainEntry) if e.subject.endswith("/reopened")]) == 1


def test_the_list_alone_opens_nothing_while_the_page_speaks_for_itself(corrected: Scenario) -> None:
    made = says("甲", raw="作者：甲", body="改了正文")
    by_list = Found("author", "别人", "别人", Source.LIST, "list row")
    corrected.commit(checked(corrected, replace(made, assertions=(*made.assertions, by_list))))
    assert states(corrected) == ["stands"]


def test_what_only_a_list_says_is_no_word_of_the_page(scenario: Scenario) -> None:
    """Lists are not always at hand: neither their words nor their silence open anything."""
    by_list = Found("author", "甲", "甲", Source.LIST, "list row")
    silent = says(None)
    listed = replace(silent, assertions=(*silent.assertions, by_list))
    scenario.commit(checked(scenario, listed))
    fix(scenario)
    for number, made in enumerate((silent, listed)):
        scenario.commit(checked(scenario, replace(made, text=f"改了正文{number}")))
        assert states(scenario) == ["stands"]


def reread(scenario: Scenario, made: Extraction, version: int = 0) -> None:
    """Let the present rules read a version again."""
    key = scenario.rows(Version)[version].capture_key
    add_derivations(scenario.database, [(key, made)], scenario.now())


def test_other_rules_alone_open_nothing(scenario: Scenario) -> None:
    scenario.commit(checked(scenario, says("甲", raw="作者：甲", rules="0")))
    fix(scenario)
    reread(scenario, says("甲某", raw="甲某（责任编辑）"))
    assert (shown(scenario)["author"], states(scenario)) == ("乙", ["stands"])
    scenario.commit(checked(scenario, says("甲某", raw="甲某（责任编辑）", body="改了正文")))
    assert (shown(scenario)["author"], states(scenario)) == ("乙", ["stands"])
    scenario.commit(checked(scenario, says("丙", raw="丙（责任编辑）", body="改了正文")))
    assert (shown(scenario)["author"], states(scenario)) == ("丙", ["open"])
    assert verify(scenario.database).is_clean


def test_rules_that_come_to_read_the_same_agree(scenario: Scenario) -> None:
    scenario.commit(checked(scenario, says("甲", rules="0")))
    fix(scenario)
    reread(scenario, says("乙"))
    assert states(scenario) == ["agrees"]
    assert shown(scenario)["assertions"][0]["source"] == "person"


def test_as_of_a_moment_before_it_is_not_known(corrected: Scenario) -> None:
    (made,) = corrected.rows(Correction)
    corrected.commit(checked(corrected, says("丙", raw="作者：丙")))

    def author(moment: int) -> Any:
        with corrected.database.read() as session:
            answer = as_of(session, A, moment)
            version = session.get_one(Version, answer.version_key)
            return details(session, resolve(session, A), version, moment=moment)["author"]

    assert [author(made.at - 1), author(made.at)] == ["甲", "乙"]
    assert author(corrected.time) == "丙"


def test_an_older_version_has_it_where_it_says_the_same(scenario: Scenario) -> None:
    for body, name in (("一", "丙"), ("二", "甲"), ("三", "甲")):
        scenario.commit(checked(scenario, says(name, body=body)))
    fix(scenario)
    assert [shown(scenario, A, number)["author"] for number in (1, 2, 3)] == ["丙", "乙", "乙"]


def test_it_goes_with_a_page_that_moves(corrected: Scenario) -> None:
    hop = corrected.exchange(A, b"", 301, Location=B)
    final = corrected.exchange(B, "<p>moved</p>")
    made = says("甲", raw="作者：甲", body="正文")
    corrected.commit(corrected.check(A, hop, final, extraction=made))
    assert shown(corrected, B)["author"] == "乙"
    assert listed(corrected, "author:乙") == ["乙"]
    corrected.commit(checked(corrected, says("丙", raw="作者：丙"), B))
    assert shown(corrected, B)["author"] == "丙"
    assert states(corrected) == ["open"]


def test_withdrawing_lets_the_one_before_speak_again(corrected: Scenario) -> None:
    second = fix(corrected, "丁")
    assert states(corrected) == ["superseded", "stands"]
    row = withdraw(corrected.database, second["id"][:9], at=corrected.now())
    assert row["state"] == "withdrawn"
    assert shown(corrected)["author"] == "乙"
    with pytest.raises(Problem, match="was withdrawn"):
        withdraw(corrected.database, second["id"])
    assert verify(corrected.database).is_clean


def test_log_tells_what_people_did(corrected: Scenario) -> None:
    corrected.commit(checked(corrected, says("丙", raw="作者：丙")))
    withdraw(corrected.database, corrected.rows(Correction)[0].public_id, at=corrected.now())
    with corrected.database.read() as session:
        rows = [row for row in log(session, A) if row["kind"] == "correction"]
    assert [row["what"] for row in rows] == ["corrected", "reopened", "withdrawn"]
    assert rows[0]["reason"] == "甲 → 乙 (王某: 见原件)"
    assert rows[0]["fields"] == ["author"]


@pytest.mark.parametrize(
    ("made", "match", "exit_code"),
    [
        (lambda s: fix(s, field="auther"), "Did you mean author", 2),
        (lambda s: fix(s, why=" "), "says who made it and why", 2),
        (lambda s: fix(s), "corrected to that already", 1),
        (lambda s: fix(s, ref="dnothing"), "No document", 1),
        (lambda s: fix(s, ref=f"{SITE}/none.html"), "never seen", 1),
        (lambda s: fix(s, "丁", ref=s.rows(Version)[0].public_id), "version 1 of 2", 1),
        (lambda s: withdraw(s.database, "knothing"), "No correction", 1),
    ],
)
def test_a_correction_that_cannot_be_made_says_why(
    corrected: Scenario, made: Callable[[Scenario], Any], match: str, exit_code: int
) -> None:
    corrected.commit(checked(corrected, says("甲", raw="作者：甲", body="改了正文")))
    before = len(corrected.rows(Correction)), len(corrected.rows(ChainEntry))
    with pytest.raises(Problem, match=match) as caught:
        made(corrected)
    assert caught.value.exit_code == exit_code
    assert (len(corrected.rows(Correction)), len(corrected.rows(ChainEntry))) == before


@pytest.mark.parametrize(
    ("statement", "kind"),
    [
        ("UPDATE corrections SET value = '丁'", "correction_changed"),
        ("UPDATE corrections SET who = '别人'", "correction_changed"),
        ("UPDATE corrections SET withdrawn_at = 1", "correction_unchained"),
        ("UPDATE corrections SET reopened_at = NULL", "correction_removed"),
        ("DELETE FROM corrections", "correction_removed"),
    ],
)
def test_a_correction_that_was_tampered_with_is_found(
    corrected: Scenario, statement: str, kind: str
) -> None:
    corrected.commit(checked(corrected, says("丙", raw="作者：丙")))
    assert verify(corrected.database).is_clean
    with corrected.database.write() as session:
        session.execute(text(statement))
    assert kind in {finding.kind for finding in verify(corrected.database).findings}
