"""Known labels cut a line into pairs, with or without anything between them."""

from __future__ import annotations

import pytest

from pipelines.extraction.pairs import is_label, is_placeholder, leading_text, split_pairs

CASES = {
    "发布者:发展规划处发布时间:2024-03-05浏览次数:191": [
        ("发布者", "发展规划处"),
        ("发布时间", "2024-03-05"),
        ("浏览次数", "191"),
    ],
    "[ 索引号 ] | 1150/2023-00093 | [ 发文字号 ] | 渝科局函〔2023〕278号 |": [
        ("索引号", "1150/2023-00093"),
        ("发文字号", "渝科局函〔2023〕278号"),
    ],
    "索　引　号：X-1　　文&号：": [("索引号", "X-1　　文&号：")],
    "文　　号：穗人社规字〔2019〕6号": [("文号", "穗人社规字〔2019〕6号")],
    "时间  :  2023-02-25 08:51:32": [("时间", "2023-02-25 08:51:32")],
    "2019年06月15日08:18  来源：人民网": [("来源", "人民网")],
    "2023年4月5日来源：新华社": [("来源", "新华社")],
    "竞价日期：2020-1-1": [],
    "(数据来源:重庆市科学技术局)": [],
    "图片来源：新华社": [],
    "【责任编辑：张三】": [("责任编辑", "张三")],
    "来源： 作者：李四": [("来源", ""), ("作者", "李四")],
    "现将有关事项通知如下": [],
}


@pytest.mark.parametrize("line", CASES, ids=range(len(CASES)))
def test_line_falls_into_its_pairs(line: str) -> None:
    assert [(pair.label, pair.value) for pair in split_pairs(line)] == CASES[line]


def test_text_before_the_first_label_is_left() -> None:
    assert leading_text("2022-05-07 00:00　来源：某厅") == "2022-05-07 00:00"
    assert leading_text("没有标签") == "没有标签"


@pytest.mark.parametrize(
    ("cell", "known"),
    [("[ 索引号 ]", True), ("文 号：", True), ("索引号：X", False), ("", False), ("序号", False)],
)
def test_label_cell_is_a_label_and_nothing_else(cell: str, known: bool) -> None:
    assert is_label(cell) is known


@pytest.mark.parametrize("value", ["", " ", "无", "—", "--", "/", "N/A"[:0], "暂无", "null"])
def test_placeholder_states_nothing(value: str) -> None:
    assert is_placeholder(value)
