"""Relations find the document they mean: one that is held already, or one that comes later."""

from __future__ import annotations

from dataclasses import replace

import pytest
from scenario import Scenario, page
from sqlalchemy import select

from archive.models import Document, Relation, Resource
from archive.records import Check
from archive.records import Relation as Said
from archive.store.resolving import is_compatible

NUMBER = "渝府发〔2023〕1号"
TITLE = "重庆市人民政府关于加强工作的意见"


def citing(scenario: Scenario, name: str, *said: Said, text: str = "正文") -> Check:
    check = scenario.article(page(name), text, title=f"某局关于{name}的通知")
    assert check.extraction is not None
    return replace(check, extraction=replace(check.extraction, relations=said))


def meant(scenario: Scenario) -> list[str | None]:
    """The addresses of the documents that the relations mean, in the order of the relations."""
    with scenario.database.read() as session:
        rows = session.execute(
            select(Resource.url)
            .select_from(Relation)
            .outerjoin(Document, Document.key == Relation.document_key)
            .outerjoin(Resource, Resource.document_key == Document.key)
            .order_by(Relation.key)
        )
        return list(rows.scalars())


CITED = Said("cites", NUMBER, "关于加强工作的意见")


def test_a_relation_finds_the_document_that_is_held(scenario: Scenario) -> None:
    scenario.commit(scenario.article(page("policy"), doc_no=NUMBER, title=TITLE))
    scenario.commit(citing(scenario, "letter", CITED))
    assert meant(scenario) == [page("policy")]


def test_a_relation_waits_for_the_document_that_comes_later(scenario: Scenario) -> None:
    scenario.commit(citing(scenario, "letter", CITED))
    assert meant(scenario) == [None]
    scenario.commit(scenario.article(page("policy"), doc_no=NUMBER, title=TITLE))
    assert meant(scenario) == [page("policy")]


def test_both_may_come_in_one_commit(scenario: Scenario) -> None:
    policy = scenario.article(page("policy"), doc_no=NUMBER, title=TITLE)
    scenario.commit(citing(scenario, "letter", CITED), policy)
    assert meant(scenario) == [page("policy")]


def test_an_address_is_enough_whichever_comes_first(scenario: Scenario) -> None:
    said = Said("interprets", title="别的题目", url=page("policy").replace("http:", "https:"))
    scenario.commit(citing(scenario, "before", said))
    scenario.commit(scenario.article(page("policy"), title=TITLE))
    scenario.commit(citing(scenario, "after", said))
    assert meant(scenario) == [page("policy"), page("policy")]


@pytest.mark.parametrize(
    "said",
    [
        Said("cites", "渝府发〔2023〕2号", "关于加强工作的意见"),
        Said("cites", NUMBER, "关于废止三件规章的决定"),
        Said("cites", None, TITLE),
        Said("cites", None, None, "http://elsewhere.example/a.html"),
        Said("cites", None, None, "http://[broken"),
    ],
)
def test_what_does_not_fit_stays_open(scenario: Scenario, said: Said) -> None:
    scenario.commit(scenario.article(page("policy"), doc_no=NUMBER, title=TITLE))
    scenario.commit(citing(scenario, "letter", said))
    assert meant(scenario) == [None]


def test_of_two_documents_with_one_number_none_is_chosen(scenario: Scenario) -> None:
    for name in ("one", "two"):
        scenario.commit(scenario.article(page(name), doc_no=NUMBER, title=TITLE))
    scenario.commit(citing(scenario, "letter", CITED))
    assert meant(scenario) == [None]


def test_a_document_never_means_itself(scenario: Scenario) -> None:
    check = scenario.article(page("policy"), doc_no=NUMBER, title=TITLE)
    assert check.extraction is not None
    said = (CITED, Said("cites", None, None, page("policy")))
    scenario.commit(replace(check, extraction=replace(check.extraction, relations=said)))
    assert meant(scenario) == [None, None]


def test_a_relation_of_any_length_is_kept(scenario: Scenario) -> None:
    said = Said("cites", "渝" * 4000 + "〔2023〕1号", "题" * 4000, "http://a.example/" + "b" * 9000)
    scenario.commit(citing(scenario, "letter", said))
    assert meant(scenario) == [None]


@pytest.mark.parametrize(
    ("number", "cited", "held", "fits"),
    [
        (NUMBER, TITLE, TITLE, True),
        (NUMBER, "关于加强工作的意见", TITLE, True),
        (NUMBER, "某市某某办法", "某市人民政府关于印发《某市某某办法》的通知", True),
        (NUMBER, None, TITLE, True),
        (NUMBER, TITLE, None, True),
        (NUMBER, "关于开展检查的通知", TITLE, False),
        ("市政府令第3号", None, TITLE, False),
        ("市政府令第3号", "某市市容管理办法", "某市市容管理办法", True),
        ("市政府令第3号", "某市市容管理办法", "某市殡葬管理规定", False),
    ],
)
def test_a_number_means_a_document_when_the_titles_fit(
    number: str, cited: str | None, held: str | None, fits: bool
) -> None:
    assert is_compatible(number, cited, held) is fits
