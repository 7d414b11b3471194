"""The signature block: where it may stand, and what only looks like one."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.extraction.organs import is_organ, organs, signing_person
from pipelines.extraction.signature import Signature, find_signature

SEEDS = Path(__file__).parents[2] / "seeds"
OPENING = ["各区人民政府：", "现将有关事项通知如下，请遵照执行。"]


def signed(*lines: str) -> tuple[tuple[str, ...], str] | None:
    found = find_signature(lines)
    return (
        None
        if found is None
        else (found.issuers + found.persons, found.date.value if found.date else "")
    )


BLOCKS = [
    (["某市民政局", "2023年4月12日"], ("某市民政局",), "2023-04-12"),
    (["某市民政局", "二〇二三年四月十二日"], ("某市民政局",), "2023-04-12"),
    (["某市民政局", "2026年 4月 20 日"], ("某市民政局",), "2026-04-20"),
    (["某市民政局", "二 〇 二 三 年 四 月 十 二 日"], ("某市民政局",), "2023-04-12"),
    (["某 市 民 政 局", "2023年4月12日"], ("某市民政局",), "2023-04-12"),
    (["某市民政局", "", "2023年4月12日"], ("某市民政局",), "2023-04-12"),
    (["某市民政局（盖章）", "2023年4月12日"], ("某市民政局",), "2023-04-12"),
    (["某市民政局", "（印章）", "2023年4月12日"], ("某市民政局",), "2023-04-12"),
    (
        ["某某股份有限公司", "董事会", "2023 年 10 月 12 日"],
        ("某某股份有限公司", "董事会"),
        "2023-10-12",
    ),
    (["某市民政局 2023年4月12日"], ("某市民政局",), "2023-04-12"),
    (["某市民政局2023年4月12日"], ("某市民政局",), "2023-04-12"),
    (["人文学院", "2022.4.13"], ("人文学院",), "2022-04-13"),
    (["某市民政局", "2023年4月"], ("某市民政局",), "2023-04"),
    (["总理 李某某", "2018年11月6日"], ("总理 李某某",), "2018-11-06"),
    (["市长：温某某", "2021年1月29日"], ("市长:温某某",), "2021-01-29"),
    (["部　长　　张某", "2021年1月29日"], ("部 长 张某",), "2021-01-29"),
    (
        ["某市民政局", "某市财政局", "2025年5月30日"],
        ("某市民政局", "某市财政局"),
        "2025-05-30",
    ),
    (["某市民政局  某市财政局", "2025年5月30日"], ("某市民政局", "某市财政局"), "2025-05-30"),
    (["某市民政局某市财政局", "2025年5月30日"], ("某市民政局", "某市财政局"), "2025-05-30"),
    (["2023年4月12日", "某市民政局"], ("某市民政局",), "2023-04-12"),
    (["2023年4月12日"], (), "2023-04-12"),
    (["某市民政局", "2023年4月12日（此件公开发布）"], ("某市民政局",), "2023-04-12"),
    (["审判长 张某", "审判员 李某", "2023年4月12日"], ("审判长 张某", "审判员 李某"), "2023-04-12"),
    (
        [f"第某{n}局" for n in "甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳午未申酉"] + ["2023年4月12日"],
        tuple(f"第某{n}局" for n in "甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳午未申酉"),
        "2023-04-12",
    ),
]

AFTER = [
    [],
    ["（此件公开发布）"],
    ["公开方式：主动公开"],
    ["联系人：张三，联系电话：12345678"],
]


@pytest.mark.parametrize("after", AFTER)
@pytest.mark.parametrize(("block", "issuers", "date"), BLOCKS)
def test_block_is_found_whatever_follows_it(
    block: list[str], issuers: tuple[str, ...], date: str, after: list[str]
) -> None:
    assert signed(*OPENING, *block, *after) == (issuers, date)


def test_issuing_notice_is_signed_not_its_annex() -> None:
    annex = ["关于清理整顿的意见", "（民政部 一九九七年一月二十八日）", "一、总的要求。"]
    tail = ["以上意见如无不妥，请批转执行。", "国家教委", "一九九六年五月十三日"]
    notice = ["国务院办公厅 &sp;", "一九九六年七月十七日", "（本文有删减）"]
    assert signed(*OPENING, *notice, *annex, *tail) == (("国务院办公厅",), "1996-07-17")


def test_signature_is_above_the_imprint_line() -> None:
    lines = [*OPENING, "某市政府", "2021年4月13日", "公开方式：主动公开"]
    imprint = "某市人民政府办公厅 2021年4月16日印发"
    assert signed(*lines, imprint) == (("某市政府",), "2021-04-13")


@pytest.mark.parametrize(
    "lines",
    [
        ["某市人民政府办公厅 2021年4月16日印发"],
        ["某市人民政府办公厅    2021年4月16日    印发"],
        ["某市人民政府办公厅秘书处", "2022年9月13日印发"],
        ["活动于2023年4月12日在某市民政局举行。"],
        ["2023年4月12日，某市民政局召开会议，研究部署工作。"],
        ["来源：某日报 2017-02-26 15:18"],
        ["发布日期：2023年4月12日"],
        ["本办法自2023年4月12日起施行"],
        ["申请时间：2025年8月11日"],
        ["08.06.2016"],
    ],
)
def test_other_lines_with_dates_are_no_signature(lines: list[str]) -> None:
    assert signed(*OPENING, *lines) is None


def test_block_before_any_sentence_is_a_heading() -> None:
    assert signed("2012年6月24日", "新闻发言人某某", "女士们、先生们：", "大家好。") is None
    assert signed("某市民政局", "2023年4月12日", "各区：", "现通知如下。") is None


def test_rows_of_a_table_sign_nothing() -> None:
    rows = ["《甲办法》", "某市司法局", "2023年5月6日"] * 4
    assert signed(*OPENING, "清单如下", *rows, "完") is None


def test_letter_in_one_line_is_cut_at_its_gaps() -> None:
    line = (
        "  某代表:   您提出的建议收悉,现答复如下:   一、推进情况。    二、下一步工作。"
        "       某市科学技术委员会    2016年4月21日   联 系 人:某某    联系电话:67511393"
    )
    assert find_signature([line]) is not None
    assert signed("复函", line) == (("某市科学技术委员会",), "2016-04-21")


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("我们将改进工作。 某市科技局 2016年4月21日 联系人:某某", (("某市科技局",), "2016-04-21")),
        ("我们将改进工作。某市科技局2016年4月21日", (("某市科技局",), "2016-04-21")),
        (
            "请遵照执行。某省政府办公厅2014年7月17日(此件主动公开)某省工作方案",
            (("某省政府办公厅",), "2014-07-17"),
        ),
        ("我们将改进工作。某市科技局2016年4月21日印发了办法", None),
    ],
)
def test_signature_run_on_after_a_sentence(line: str, expected: object) -> None:
    assert signed(*OPENING, line, "注：略") == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("000_bc794e7ec96f70d4", (("重庆市科学技术局",), "2023-04-12")),
        ("001_5e48ca996d2b9a04", None),
        ("002_96f4727d25e70a64", (("重庆市科学技术委员会",), "2016-04-21")),
        ("003_d6c6b1012aeb5bc6", None),
        ("004_6d581c0dd9f637d5", None),
    ],
)
def test_seed_is_signed_as_its_text_says(name: str, expected: object) -> None:
    assert signed(*(SEEDS / f"{name}.txt").read_text("utf-8").split("\n")) == expected


def test_signature_says_its_lines_and_the_date_as_printed() -> None:
    found = find_signature([*OPENING, "某市民政局", "2026年 4月 20 日", "附件"])
    assert found is not None
    assert (found.start, found.end) == (2, 4)
    assert found.date is not None
    assert found.date.raw == "2026年 4月 20 日"


LINES = st.lists(
    st.sampled_from(
        [*OPENING, "某市民政局", "2023年4月12日", "附件：甲", "  ", "总理 李某", "甲。 "]
    )
    | st.text(max_size=30),
    max_size=12,
)


@given(LINES)
def test_any_signature_lies_within_the_lines(lines: list[str]) -> None:
    found = find_signature(lines)
    assert found is None or isinstance(found, Signature)
    if found:
        assert 0 <= found.start < found.end <= len(lines)
        assert found.date is not None


@pytest.mark.parametrize(
    "unit", ["号", "1", "2020年1月1日", "。  2020年1月1日 ", "国务院  ", "a\n"]
)
def test_a_megabyte_is_searched_within_a_second(unit: str) -> None:
    lines = ("正文。\n" + unit * (1_000_000 // len(unit))).split("\n")
    started = time.process_time()
    find_signature(lines)
    assert time.process_time() - started < 1


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("重庆市科学技术局", ("重庆市科学技术局",)),
        ("广州市卫生健康委员会广州市财政局", ("广州市卫生健康委员会", "广州市财政局")),
        ("民政部、财政部", ("民政部", "财政部")),
        ("国家税务总局 财政部", ("国家税务总局", "财政部")),
        ("某某大学", ("某某大学",)),
        ("重庆市应急管理局", ("重庆市应急管理局",)),
        ("将乐县人民政府", ("将乐县人民政府",)),
        ("学工部、研工部", ("学工部", "研工部")),
        ("中共岳阳市委办公室", ("中共岳阳市委办公室",)),
        ("各区人民政府", ()),
        ("关于成立领导小组", ()),
        ("一、加强组织领导小组", ()),
        ("第三章政府", ()),
        ("某市民政局召开会议", ()),
        ("2023年政府", ()),
        ("", ()),
    ],
)
def test_line_of_organs_names_nothing_else(line: str, expected: tuple[str, ...]) -> None:
    assert organs(line) == expected
    assert all(is_organ(name) for name in expected)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("总理 李某某", "总理 李某某"),
        ("市长：温某某", "市长:温某某"),
        ("局　长　张某（签字）", "局 长 张某(签字)"),
        ("市长在会上指出，要加强领导。", None),
        ("张某某", None),
    ],
)
def test_person_signs_with_a_post(line: str, expected: str | None) -> None:
    assert signing_person(line) == expected
