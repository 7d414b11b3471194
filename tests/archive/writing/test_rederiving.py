"""Reading again by later rules: a further derivation, and nothing else anywhere."""

from __future__ import annotations

from concurrent.futures import Future
from dataclasses import replace
from typing import Any, cast

import pytest
from scenario import Scenario, extraction, file, page
from sqlalchemy import text

from archive.doctor import State, examine
from archive.models import (
    Assertion,
    Derivation,
    Event,
    Observation,
    Resource,
    Version,
)
from archive.problems import Problem
from archive.queries import compare_versions, document, documents, parse_filters
from archive.records import (
    RULE_VERSION,
    AttachmentLink,
    Check,
    Extraction,
    FileText,
    ListItem,
    Outcome,
    PageKind,
    Relation,
    Source,
)
from archive.records import Assertion as Found
from archive.store.rederiving import Chosen
from archive.verify import verify
from pipelines.reading import Job, Reading
from pipelines.rederiving import Again, Report, rederive
from pipelines.workers import Workers, failed

A, B, PDF = page("a"), page("b"), file("a.pdf")
OLD = "0"
UNTOUCHED = (Version, Observation, Event, Resource)


class Reader:
    """In place of the worker processes: says what the present rules make of each page."""

    def __init__(self, readings: dict[str, Extraction | Reading]) -> None:
        self.readings = readings
        self.jobs: list[Job] = []

    def submit(self, job: Job) -> Future[Reading]:
        self.jobs.append(job)
        answer: Future[Reading] = Future()
        made = self.readings[job.body.decode()]
        answer.set_result(made if isinstance(made, Reading) else Reading(made.kind, made))
        return answer


def partly(text: str) -> Reading:
    """A page of which only a part could be read."""
    made = extraction(text, outcome=Outcome.PARTIAL)
    return Reading(PageKind.DOCUMENT, replace(made, reason="nested too deep"))


def old(made: Extraction) -> Extraction:
    return replace(made, rule_version=OLD)


def checked(scenario: Scenario, made: Extraction, url: str = A, body: str = "") -> Check:
    return scenario.check(url, scenario.exchange(url, body or made.text), extraction=made)


def again(scenario: Scenario, reader: Reader, **options: Any) -> tuple[Report, list[Again]]:
    told: list[Again] = []
    options = {"told": told.append, **options}
    return rederive(scenario.database, cast("Workers", reader), **options), told


def rows(scenario: Scenario, *models: Any) -> list[Any]:
    return [
        [
            {column.key: getattr(row, column.key) for column in row.__table__.columns}
            for row in found
        ]
        for found in (scenario.rows(model) for model in models)
    ]


def shown(scenario: Scenario, ref: str = A, number: int | None = None) -> dict[str, Any]:
    with scenario.database.read() as session:
        return document(session, ref, number)


@pytest.fixture
def upgraded(scenario: Scenario) -> Scenario:
    """Two versions of a page that older rules read, without its issuer and with another text."""
    for name in ("一", "二"):
        scenario.commit(checked(scenario, old(extraction(name, author="甲")), body=name))
    return scenario


NEW = {
    name: replace(
        extraction(f"{name}。", author="甲", issuer="市科技局"),
        relations=(Relation("cites", "国发〔2022〕1号"),),
        attachments=(AttachmentLink("新.pdf", PDF),),
    )
    for name in ("一", "二")
}


def test_every_version_gets_a_reading_and_nothing_else_changes(upgraded: Scenario) -> None:
    before = rows(upgraded, *UNTOUCHED)
    first = rows(upgraded, Derivation, Assertion)
    report, told = again(upgraded, Reader(dict(NEW)))
    after = rows(upgraded, *UNTOUCHED)
    # A file that only these rules find is all that is new.
    after[-1] = [row for row in after[-1] if row["url"] != PDF]
    assert after == before
    assert rows(upgraded, Derivation, Assertion)[0][:2] == first[0]
    assert (report.read, report.stored, report.changed, report.failed) == (2, 2, 2, 0)
    assert report.fields == {"text": 2, "issuer": 2, "attachments": 2}
    assert report.before == {OLD: 2}
    assert [one.fields for one in told] == [("text", "issuer", "attachments")] * 2
    assert verify(upgraded.database).is_clean


def test_the_newest_reading_is_shown_and_older_ones_stay(upgraded: Scenario) -> None:
    again(upgraded, Reader(dict(NEW)))
    record = shown(upgraded)
    assert (record["text"], record["issuer"]) == ("二。", "市科技局")
    assert (record["rule_version"], record["rule_versions"]) == (RULE_VERSION, [OLD, RULE_VERSION])
    assert [one["doc_no"] for one in record["relations"]] == ["国发〔2022〕1号"]
    assert "issuer" in {one["field"] for one in record["assertions"]}
    with upgraded.database.read() as session:
        found = [row["issuer"] for row in documents(session, parse_filters("issuer:科技"))]
        assert found == ["市科技局"]
        difference = compare_versions(session, A)
    assert (difference.old["number"], difference.decision.fields) == (1, ("text",))


def test_what_is_done_is_not_done_again(upgraded: Scenario) -> None:
    again(upgraded, Reader(dict(NEW)))
    kept = rows(upgraded, Derivation)
    report, _ = again(upgraded, Reader({}))
    assert (report.read, report.stored) == (0, 0)
    assert rows(upgraded, Derivation) == kept


def test_a_dry_run_tells_the_same_and_keeps_nothing(upgraded: Scenario) -> None:
    kept = rows(upgraded, Derivation, Assertion)
    report, told = again(upgraded, Reader(dict(NEW)), dry_run=True)
    assert (report.read, report.changed, report.stored, len(told)) == (2, 2, 0, 2)
    assert rows(upgraded, Derivation, Assertion) == kept


def test_an_upgrade_is_no_change_of_the_page(upgraded: Scenario) -> None:
    """Bytes that differ only in a counter make no version, though the rules read all otherwise."""
    again(upgraded, Reader(dict(NEW)))
    (verdict,) = upgraded.commit(checked(upgraded, NEW["二"], body="counter 2"))
    assert (verdict.observation, verdict.version) == ("noise", 2)
    (changed,) = upgraded.commit(checked(upgraded, replace(NEW["二"], text="三。")))
    assert (changed.observation, changed.version, changed.fields) == ("changed", 3, ("text",))
    (back,) = upgraded.commit(checked(upgraded, NEW["一"], body="counter 3"))
    assert back.change_class == "reverted"
    assert verify(upgraded.database).is_clean


def test_without_reading_again_other_rules_alone_do_make_versions(upgraded: Scenario) -> None:
    (verdict,) = upgraded.commit(checked(upgraded, NEW["二"], body="counter 2"))
    assert verdict.observation == "changed"


def test_doctor_tells_what_only_older_rules_read(upgraded: Scenario) -> None:
    def sign() -> Any:
        return next(one for one in examine(upgraded.folder) if one.name == "rules")

    assert (sign().state, sign().next_step) == (State.WARN, "gongwen rederive")
    assert sign().detail.startswith("2 versions")
    again(upgraded, Reader(dict(NEW)))
    assert sign().state is State.OK


def test_a_file_that_both_rules_find_keeps_its_bytes(scenario: Scenario) -> None:
    made = extraction("一", files=[PDF])
    scenario.commit(checked(scenario, old(made)))
    scenario.commit(scenario.attachment(PDF, b"%PDF-1"))
    again(scenario, Reader({"一": made}))
    (same,) = scenario.commit(checked(scenario, made, body="counter"))
    assert same.observation == "noise"
    scenario.commit(scenario.attachment(PDF, b"%PDF-2"))
    assert scenario.rows(Version)[-1].change_class == "attachment"
    assert shown(scenario)["rule_version"] == RULE_VERSION
    assert verify(scenario.database).is_clean


def test_files_that_only_newer_rules_find_are_fetched(upgraded: Scenario) -> None:
    picture, gone = file("a.png"), file("gone.pdf")
    newest = replace(NEW["二"], images=(AttachmentLink("图", picture),))
    earlier = replace(NEW["一"], attachments=(AttachmentLink("旧.pdf", gone),))
    again(upgraded, Reader({"一": earlier, "二": newest}))
    assert set(upgraded.due_urls()) == {PDF, picture}
    (got,) = upgraded.commit(upgraded.attachment(PDF, b"%PDF-1"))
    assert got.observation == "new"
    (same,) = upgraded.commit(checked(upgraded, newest, body="counter"))
    assert same.observation == "noise"
    (told,) = shown(upgraded)["unlisted"]
    assert (told["url"], told["digest"]) == (PDF, upgraded.resource(PDF).content_digest)
    assert shown(upgraded)["attachments"] == []
    assert verify(upgraded.database).is_clean


def test_a_page_is_read_as_its_crawl_read_it(scenario: Scenario) -> None:
    stated = extraction("一")
    by_list = (
        Found("title", "全称", "全称", Source.LIST, "list row"),
        Found("date_published", "2023-07-26", "07-26", Source.LIST, "list row"),
        Found("index_no", "X/1", "X/1", Source.LIST, "list row"),
    )
    made = old(replace(stated, assertions=(*stated.assertions, *by_list)))
    scenario.commit(checked(scenario, made))
    reader = Reader({"一": stated})
    again(scenario, reader, families={"site": "trs"})
    (job,) = reader.jobs
    assert (job.url, job.status, job.family, job.header("content-type")) == (
        A,
        200,
        "trs",
        "text/html",
    )
    assert job.list_item == ListItem(A, "全称", "07-26", {"index_no": "X/1"})
    assert job.known_text is None


@pytest.mark.parametrize(
    ("reading", "reason"),
    [
        (Reading(PageKind.CHALLENGE, reason="slider"), "slider"),
        (Reading(PageKind.SOFT_404), "soft_404"),
        (failed(Outcome.TIMEOUT, "took too long"), "took too long"),
        (partly(""), "nested too deep"),
    ],
)
def test_what_cannot_be_read_keeps_its_reading_and_is_told(
    upgraded: Scenario, reading: Reading, reason: str
) -> None:
    report, told = again(upgraded, Reader({"一": NEW["一"], "二": reading}))
    assert (report.read, report.failed, report.stored) == (1, 1, 1)
    assert reason in str(told[1].reason)
    assert (shown(upgraded)["text"], shown(upgraded)["rule_version"]) == ("二", OLD)
    assert verify(upgraded.database).is_clean


@pytest.mark.parametrize(("text", "stored"), [("第一段。", 0), ("第一段。第二段。第三段。", 1)])
def test_a_part_of_a_page_stands_only_when_it_is_no_less(
    scenario: Scenario, text: str, stored: int
) -> None:
    scenario.commit(checked(scenario, old(extraction("第一段。第二段。"))))
    report, told = again(scenario, Reader({"第一段。第二段。": partly(text)}))
    assert (report.stored, report.failed) == (stored, 1 - stored)
    assert ("less text" in str(told[0].reason)) == (not stored)


def test_bytes_that_are_damaged_are_told(upgraded: Scenario) -> None:
    (warc,) = (upgraded.folder / "warc").glob("*.warc.gz*")
    warc.write_bytes(b"\0" * warc.stat().st_size)
    report, told = again(upgraded, Reader(dict(NEW)))
    assert (report.read, report.failed) == (0, 2)
    assert all(one.reason for one in told)


def test_one_that_is_stopped_goes_on_where_it_was(
    scenario: Scenario, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipelines.rederiving.CHUNK", 2)
    texts = [f"第{number}页" for number in range(5)]
    for number, name in enumerate(texts):
        scenario.commit(checked(scenario, old(extraction(name)), page(f"p{number}")))
    reader = Reader({name: extraction(f"{name}。") for name in texts})
    stopped, _ = again(scenario, reader, stopping=lambda: len(reader.jobs) >= 3)
    assert (stopped.stopped, stopped.stored) == (True, 4)
    rest, _ = again(scenario, reader)
    assert (rest.stopped, rest.stored) == (False, 1)
    assert [job.body.decode() for job in reader.jobs] == texts
    assert verify(scenario.database).is_clean


def test_only_what_is_chosen_is_read(scenario: Scenario) -> None:
    scenario.commit(checked(scenario, old(extraction("一"))))
    seed = scenario.seed_key
    scenario.use_seed("other")
    scenario.commit(checked(scenario, old(extraction("二")), B))
    pages = frozenset({scenario.resource(B).key})
    for chosen, expected in ((Chosen(pages=pages), ["二"]), (Chosen(frozenset({seed})), ["一"])):
        reader = Reader({"一": extraction("一。"), "二": extraction("二。")})
        again(scenario, reader, chosen=chosen)
        assert [job.body.decode() for job in reader.jobs] == expected


def test_versions_of_one_capture_are_read_once(scenario: Scenario) -> None:
    scenario.commit(checked(scenario, old(extraction("一", files=[PDF]))))
    scenario.commit(scenario.attachment(PDF, b"%PDF-1"))
    scenario.commit(scenario.attachment(PDF, b"%PDF-2"))
    assert len(scenario.rows(Version)) == 2
    report, _ = again(scenario, Reader({"一": extraction("一。", files=[PDF])}))
    assert (report.read, report.stored) == (1, 1)
    assert [shown(scenario, A, number)["rule_version"] for number in (1, 2)] == [RULE_VERSION] * 2


def test_characters_that_no_database_holds_are_replaced(upgraded: Scenario) -> None:
    again(upgraded, Reader({name: extraction(f"{name}\x00") for name in ("一", "二")}))
    assert shown(upgraded)["text"] == "二\N{REPLACEMENT CHARACTER}"


def test_rules_that_never_read_a_version_are_told(upgraded: Scenario) -> None:
    from archive.queries import content_of

    with upgraded.database.read() as session:
        version = session.get_one(Version, upgraded.rows(Version)[0].key)
        assert content_of(session, version, OLD).text == "一"
        with pytest.raises(Problem, match="read by 0"):
            content_of(session, version, "7")


def forge(scenario: Scenario, **values: Any) -> None:
    """Put a copy of the last derivation beside it, with other values."""
    last = scenario.rows(Derivation)[-1]
    copied = {column.key: getattr(last, column.key) for column in last.__table__.columns}
    with scenario.database.write() as session:
        session.add(Derivation(**{**copied, "key": last.key + 1, "public_id": "rforged", **values}))


def test_the_text_of_a_file_is_never_shown_for_a_page(upgraded: Scenario) -> None:
    forge(upgraded, rule_version="9", format="txt", text="改了")
    assert (shown(upgraded)["text"], shown(upgraded)["rule_versions"]) == ("二", [OLD])
    assert "derivation_unchained" in {one.kind for one in verify(upgraded.database).findings}
    with upgraded.database.read() as session:
        assert [row["title"] for row in documents(session, parse_filters(""))]
        assert compare_versions(session, A).decision.fields == ("text",)


def test_a_file_text_that_does_not_fit_its_digest_is_found(scenario: Scenario) -> None:
    read = FileText("txt", "characters", Outcome.OK, "附件一")
    scenario.commit(checked(scenario, extraction("一", files=[PDF])))
    scenario.commit(replace(scenario.attachment(PDF, b"%PDF-1"), file=read))
    assert verify(scenario.database).is_clean
    with scenario.database.write() as session:
        session.execute(text("UPDATE derivations SET text = '改了' WHERE format IS NOT NULL"))
    assert [one.kind for one in verify(scenario.database).findings] == ["file_text_changed"]


@pytest.mark.parametrize(
    ("statement", "kind"),
    [
        ("UPDATE derivations SET text = '改了' WHERE rule_version != '0'", "derivation_changed"),
        (
            "DELETE FROM chain WHERE number = (SELECT max(number) FROM chain)",
            "derivation_unchained",
        ),
    ],
)
def test_a_later_reading_that_was_tampered_with_is_found(
    upgraded: Scenario, statement: str, kind: str
) -> None:
    again(upgraded, Reader(dict(NEW)))
    with upgraded.database.write() as session:
        session.execute(text(statement))
    assert kind in {finding.kind for finding in verify(upgraded.database).findings}
