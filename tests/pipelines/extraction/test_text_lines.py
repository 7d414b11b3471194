"""Lines are what a browser prints, character by character."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.extraction.page import parse
from pipelines.extraction.text import Line, lines, tidy


def printed(markup: str) -> list[Line]:
    return lines(parse(markup.encode()).tree)


@pytest.mark.parametrize(
    ("markup", "wanted"),
    [
        ("<p>甲<span lang='EN-US'>2</span>乙</p>", ["甲2乙"]),
        ("<p>甲<br>乙</p>丙", ["甲", "乙", "丙"]),
        ("<div>甲<p>乙</p>丙</div>", ["甲", "乙", "丙"]),
        ("<p>政府\n      信息</p>", ["政府信息"]),
        ("<p>a\n   b</p>", ["a b"]),
        ("<p>①㎡…　Ａ</p>", ["①㎡…　Ａ"]),
        ("<p>　　缩进&nbsp;</p>", ["缩进"]),
        ("<p>甲<!-- 注 -->乙<script>x</script>丙</p>", ["甲乙丙"]),
        ("<p style='display: none'>隐</p><p>显</p>", ["显"]),
        ("<table><tr><td>甲</td><td><p>乙</p><p>丙</p></td><td></td></tr></table>", ["甲 | 乙 丙"]),
        ("<table><tr><td>独</td></tr></table>", ["独"]),
        (
            "<table><tr><td><table><tr><td>甲</td><td>乙</td></tr></table></td><td>丙</td></tr></table>",
            ["甲 | 乙", "丙"],
        ),
        ("<founder-content>甲<p>乙</p></founder-content>", ["甲", "乙"]),
    ],
)
def test_line(markup: str, wanted: list[str]) -> None:
    assert [line.text for line in printed(markup)] == wanted


def test_cell_as_long_as_an_article_lays_out_the_page() -> None:
    body = "长" * 400
    assert [
        line.text for line in printed(f"<table><tr><td>栏</td><td>{body}</td></tr></table>")
    ] == [
        "栏",
        body,
    ]


@pytest.mark.parametrize(
    ("markup", "leads"),
    [
        ("<p><a href=x>关于某事的通知</a></p>", True),
        ("<li>· <a href=x>关于某事</a> <i>2023-01-02</i></li>", True),
        ("<tr><td>·</td><td><a href=x>四人谈：从…</a></td><td>2018/05/20</td></tr>", True),
        ("<p>根据<a href=x>《条例》</a>的规定，现就有关事项通知如下</p>", False),
        ("<p>2023-01-02</p>", False),
    ],
)
def test_row_of_link_and_date_leads_elsewhere(markup: str, leads: bool) -> None:
    table = f"<table>{markup}</table>" if markup.startswith("<tr") else markup
    assert [line.is_linked for line in printed(table)] == [leads]


def test_seams_show_where_inline_nodes_end() -> None:
    (line,) = printed("<p><b>来源：甲报</b><i>字体</i></p>")
    assert (line.text, line.parted) == ("来源：甲报字体", "来源：甲报\u2060字体")


@given(st.text(alphabet=" \t\n\u00a0\u3000甲乙ab1，", max_size=40))
def test_tidying_twice_changes_nothing_and_keeps_every_character(text: str) -> None:
    once = tidy(text)
    assert tidy(once) == once
    assert "".join(once.split()) == "".join(text.split())
