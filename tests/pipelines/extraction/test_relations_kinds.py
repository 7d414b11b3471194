"""Relations to other documents: by what words, to which number and title."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.records import Relation
from pipelines.extraction.relations import find_relations

TITLES = [
    (
        "某市人民政府关于修改〈某市档案管理办法〉的决定",
        Relation("amends", title="某市档案管理办法"),
    ),
    (
        "某市人民政府关于废止《某市粮食管理办法》等3件规章的决定",
        Relation("repeals", title="某市粮食管理办法"),
    ),
    (
        "国务院办公厅转发民政部关于清理整顿社会团体意见的通知",
        Relation("forwards", title="民政部关于清理整顿社会团体意见"),
    ),
    (
        "国务院办公厅关于印发政府网站发展指引的通知",
        Relation("issues", title="政府网站发展指引"),
    ),
    (
        "某局关于印发《某市 就业见习基地管理办法》的通知",
        Relation("issues", title="某市就业见习基地管理办法"),
    ),
    ("《救灾物资储备标准指引》政策解读", Relation("interprets", title="救灾物资储备标准指引")),
    ("一图读懂：《某市老年人优待办法》", Relation("interprets", title="某市老年人优待办法")),
    (
        "关于市六届人大一次会议第0159号 建议办理情况的答复函",
        Relation("replies_to", title="市六届人大一次会议第0159号建议"),
    ),
]

TEXTS = [
    (
        "根据《中华人民共和国政府信息公开条例》，制定本办法。",
        Relation("based_on", title="中华人民共和国政府信息公开条例"),
    ),
    (
        "为贯彻落实《国务院关于推进工作的意见》（国发〔２０１６〕５１号）精神，",
        Relation("based_on", "国发〔2016〕51号", "国务院关于推进工作的意见"),
    ),
    (
        "参见《国务院办公厅关于推进工作的通知》(国办发[2016]19号)。",
        Relation("cites", "国办发〔2016〕19号", "国务院办公厅关于推进工作的通知"),
    ),
    (
        "《关于印发〈某规则〉的通知》（某民发〔2018〕10号）同时废止。",
        Relation("repeals", "某民发〔2018〕10号", "关于印发〈某规则〉的通知"),
    ),
    (
        "《关于印发《某规则》的通知》自本办法施行之日起废止。",
        Relation("repeals", title="关于印发《某规则》的通知"),
    ),
    (
        "现对《某市市容管理条例》作如下修改：",
        Relation("amends", title="某市市容管理条例"),
    ),
    (
        "《关于申请举办的请示》（教外际〔2004〕14号）收悉。",
        Relation("replies_to", "教外际〔2004〕14号", "关于申请举办的请示"),
    ),
    ("按照财库〔2022〕3号文件执行。", Relation("cites", "财库〔2022〕3号")),
    ("财库〔2022〕3号同时废止。", Relation("repeals", "财库〔2022〕3号")),
]


@pytest.mark.parametrize(("title", "expected"), TITLES)
def test_title_states_the_relation(title: str, expected: Relation) -> None:
    assert find_relations(title, "") == (expected,)


@pytest.mark.parametrize(("text", "expected"), TEXTS)
def test_text_states_the_relation(text: str, expected: Relation) -> None:
    assert find_relations(None, text) == (expected,)


def test_what_is_said_of_a_row_of_documents_is_said_of_each() -> None:
    text = "依据《甲条例》，《乙办法》（某发〔2018〕1号）、《丙规定》和《丁通知》同时废止。"
    assert find_relations(None, text) == (
        Relation("based_on", None, "甲条例"),
        Relation("repeals", "某发〔2018〕1号", "乙办法"),
        Relation("repeals", None, "丙规定"),
        Relation("repeals", None, "丁通知"),
    )


def test_own_number_in_a_line_of_its_own_is_no_citation() -> None:
    assert find_relations("通知", "渝科局函〔2023〕278号\n各区：") == ()


@pytest.mark.parametrize(
    "text", ["据《人民日报》报道。", "《红楼梦》是名著。", "第0159号建议", "", "《》", "《《办法》"]
)
def test_books_and_papers_are_no_documents(text: str) -> None:
    kept = find_relations(None, text)
    assert all(relation.title == "办法" for relation in kept)


def test_document_cited_twice_is_given_once_and_by_its_special_kind() -> None:
    text = (
        "参见《甲办法》。《甲办法》同时废止。见某发〔2018〕1号，即《乙通知》（某发〔2018〕1号）。"
    )
    assert find_relations(None, text) == (
        Relation("repeals", None, "甲办法"),
        Relation("cites", "某发〔2018〕1号", "乙通知"),
    )


@given(st.text(alphabet="《》〈〉（）号根据废止收悉国发〔2020〕1办法、。\n ", max_size=120))
def test_finding_relations_never_raises_nor_repeats(text: str) -> None:
    found = find_relations(text, text)
    assert len(set(found)) == len(found)


@pytest.mark.parametrize(
    "unit", ["《", "《a", "《a》", "《办法》、", "号", "1", "。", "根据", "国发"]
)
def test_a_megabyte_of_one_sign_is_searched_within_a_second(unit: str) -> None:
    text = unit * (1_000_000 // len(unit))
    started = time.process_time()
    find_relations(text[:10_000], text)
    assert time.process_time() - started < 1
