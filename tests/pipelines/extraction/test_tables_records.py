# ruff: noqa: E501 - markup stays on the lines its systems print
"""Official records: told by their labels, whatever their markup."""

from __future__ import annotations

import pytest

from pipelines.extraction.page import parse
from pipelines.extraction.tables import find_runs, find_tables, pair_cells
from pipelines.extraction.text import lines

TWO_PAIRS = (
    "<table><tr><th>索引号</th><td>X/2023-1</td><th>发文字号</th><td>某函〔2023〕1号</td></tr>"
    "<tr><th>发布机构</th><td>某局</td><th></th><td></td></tr></table>"
)
ONE_PAIR = "<table><tr><td>索引号：</td><td>X/2023-1</td></tr><tr><td>成文日期：</td><td>2023-1-2</td></tr></table>"
LISTING = (
    "<table><tr><td>序号</td><td>文件名称</td><td>发文字号</td><td>发文机关</td></tr>"
    "<tr><td>1</td><td>办法</td><td>某发〔2001〕3号</td><td>某局</td></tr></table>"
)
FORM = (
    "<table><tr><td>单位名称</td><td></td><td>联系电话</td><td></td></tr>"
    "<tr><td>地址</td><td></td><td>邮编</td><td></td></tr></table>"
)
MIXED = (
    "<table><tr><td>索引号：</td><td>X/2023-1</td></tr><tr><td>发文机关：</td><td>某局</td></tr>"
    f"<tr><td colspan=2>{'正文' * 200}</td></tr></table>"
)


def found(markup: str) -> list[tuple[list[tuple[str, str]], int]]:
    tree = parse(markup.encode()).tree
    return [
        (
            [(pair.fields[0], pair.value) for pair in record.pairs if pair.value],
            len(record.elements),
        )
        for record in find_tables(tree)
    ]


def test_rows_of_two_pairs_and_of_one_are_read_alike() -> None:
    assert found(TWO_PAIRS) == [
        ([("index_no", "X/2023-1"), ("doc_no", "某函〔2023〕1号"), ("issuer", "某局")], 1)
    ]
    assert found(ONE_PAIR) == [([("index_no", "X/2023-1"), ("date_written", "2023-1-2")], 1)]


@pytest.mark.parametrize("markup", [LISTING, FORM, "<table><tr><td>甲</td></tr></table>"])
def test_table_of_the_document_is_no_record(markup: str) -> None:
    assert found(markup) == []


def test_record_in_the_table_that_holds_the_text_gives_up_only_its_rows() -> None:
    tree = parse(MIXED.encode()).tree
    (record,) = find_tables(tree)
    assert [element.tag for element in record.elements] == ["tr", "tr"]


def test_record_goes_on_in_a_small_table() -> None:
    more = "<table><tr><td>主 题 词：</td><td>体育 函</td></tr></table>"
    assert len(found(ONE_PAIR + more)) == 2
    assert found(more) == []


@pytest.mark.parametrize(
    "markup",
    [
        "<dl><dt>索引号</dt><dd>X-1</dd><dt>发文机关</dt><dd>某局</dd></dl>",
        "<ul><li><b>索引号</b><i>X-1</i></li><li><b>发文机关</b><i>某局</i></li></ul>",
        "<ul><li>索引号：X-1</li><li>发文机关：某局</li></ul>",
        "<p>[ 索引号 ] X-1</p><p>[ 发文机关 ] 某局</p>",
    ],
)
def test_record_may_be_printed_as_lines(markup: str) -> None:
    printed = lines(parse(markup.encode()).tree)
    ((first, last, pairs),) = find_runs(printed)
    assert (first, last) == (0, len(printed))
    assert [(pair.fields[0], pair.value) for pair in pairs] == [
        ("index_no", "X-1"),
        ("issuer", "某局"),
    ]


def test_date_line_is_no_record() -> None:
    printed = lines(parse("<p>发布时间：2023-1-2 来源：甲报 浏览次数：3</p>".encode()).tree)
    assert find_runs(printed) == []


def test_label_without_value_takes_no_label_for_one() -> None:
    pairs = pair_cells(["文号：", "发布日期：", "2023-1-2"])
    assert [(pair.label, pair.value) for pair in pairs] == [("文号", ""), ("发布日期", "2023-1-2")]
