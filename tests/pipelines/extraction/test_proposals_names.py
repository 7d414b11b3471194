"""The proposal that a reply answers, in the orders its name is printed in."""

from __future__ import annotations

import time

import pytest

from pipelines.extraction.proposals import Proposal, find_proposal

PRINTED = [
    (
        "重庆市科学技术局 关于市六届人大一次会议第0159号 建议办理情况的答复函",
        ("市", "人大", 6, 1, "0159", "建议"),
    ),
    ("关于市四届人大四次会议第0701号建议的复函", ("市", "人大", 4, 4, "0701", "建议")),
    ("对全国政协十届三次会议第2741号提案的答复", ("全国", "政协", 10, 3, "2741", "提案")),
    ("对十届全国人大四次会议第2996号建议的答复", ("全国", "人大", 10, 4, "2996", "建议")),
    (
        "关于政协第十三届全国委员会第三次会议第1234号（医疗体育类123号）提案答复的函",
        ("全国", "政协", 13, 3, "1234", "提案"),
    ),
    (
        "第十三届全国人民代表大会第三次会议第12号建议的答复",
        ("全国", "人大", 13, 3, "12", "建议"),
    ),
    ("省十三届人大一次会议第W123号代表建议的答复", ("省", "人大", 13, 1, "W123", "建议")),
    ("关于区政协十五届二次会议第151号提案的答复", ("区", "政协", 15, 2, "151", "提案")),
    (
        "中国人民政治协商会议重庆市第六届委员会第一次会议第12号提案",
        ("市", "政协", 6, 1, "12", "提案"),
    ),
    ("对市１５届人大３次会议第20192045号建议的答复", ("市", "人大", 15, 3, "20192045", "建议")),
    ("六届人大一次会议第3号议案", ("", "人大", 6, 1, "3", "议案")),
]


@pytest.mark.parametrize(("title", "parts"), PRINTED)
def test_proposal_is_named_in_full(title: str, parts: tuple[object, ...]) -> None:
    found = find_proposal(title, "")
    assert found is not None
    named = (found.level, found.body, found.term, found.session, found.number, found.kind)
    assert named == parts
    assert found.raw in title


@pytest.mark.parametrize(
    "title", ["第0159号建议", "市六届人大一次会议", "关于市六届人大一次会议的报告", "", None]
)
def test_a_number_without_its_session_is_no_proposal(title: str | None) -> None:
    assert find_proposal(title, "") is None


def test_title_is_asked_before_the_text() -> None:
    text = "您提出的市五届人大二次会议第0002号建议收悉。"
    assert find_proposal("关于市四届人大四次会议第0701号建议的复函", text) == Proposal(
        "市", "人大", 4, 4, "0701", "建议", "市四届人大四次会议第0701号建议"
    )
    found = find_proposal("复函", text)
    assert found is not None
    assert found.name == "市5届人大2次会议第0002号建议"


@pytest.mark.parametrize("unit", ["届", "第", "市", "1", "人大", "十届", " "])
def test_a_megabyte_of_one_sign_is_searched_within_a_second(unit: str) -> None:
    title = unit * (1_000_000 // len(unit))
    started = time.process_time()
    find_proposal(title, title)
    assert time.process_time() - started < 1
