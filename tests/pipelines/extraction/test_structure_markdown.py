"""Markdown of a text: headings, lists, tables, bold print and files, and its every character."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.records import AttachmentLink
from pipelines.extraction.structure import printed_again, structure_of
from pipelines.extraction.text import join_lines, lines

sys.path.insert(0, str(Path(__file__).parent))
from rendered import READER, page_of, printed_text, rendered_text, structure, words

BLOCKS = [
    ("<h2>第一章 总则</h2><p>正文。</p>", "## 第一章 总则\n\n正文。"),
    ("<h3>第一章<br>总则</h3>", "### 第一章 总则"),
    ("<h3>小节 #</h3>", "### 小节 \\#"),
    ("<p><strong>一、总体要求</strong></p><p>二、目标</p>", "## 一、总体要求\n\n二、目标"),
    ("<p><b>（一）</b><b>加强领导</b></p>", "### （一）加强领导"),
    ("<p><span style='font-weight:bold'>1.范围</span></p>", "#### 1.范围"),
    ("<p><b>一、要求。</b>各地要落实。</p>", "**一、要求**。各地要落实。"),
    ("<p><b>附件：</b>名单</p>", "**附件**：名单"),
    ("<p>印发<b>《办法》</b>的通知</p>", "印发《**办法**》的通知"),
    ("<p>注意 <b>（重要）</b> 事项</p>", "注意 **（重要）** 事项"),
    ("<p><b>甲</b><span></span><b>乙</b>丙</p>", "**甲乙**丙"),
    ("<p><b>甲<br>乙</b>丙</p>", "**甲**\n\n**乙**丙"),
    ("<ul><li>甲</li><li>乙<ul><li>丙</li></ul></li></ul>", "- 甲\n- 乙\n\n  - 丙"),
    ("<ol start=3><li>甲</li><li><p>乙</p><p>续</p></li></ol>", "3. 甲\n4. 乙\n\n   续"),
    ("<ul><li>甲</li></ul><ul><li>乙</li></ul>", "- 甲\n\n* 乙"),
    ("<ol><li>1. 甲</li></ol>", "1. 1\\. 甲"),
    ("<p>2023.5 起*施行*</p>", "2023.5 起\\*施行\\*"),
    (
        "<p>- 甲</p><p>-5度</p><p># 乙</p><p>+ 丙</p><p>---</p>",
        "\\- 甲\n\n-5度\n\n\\# 乙\n\n\\+ 丙\n\n\\---",
    ),
    ("<p>见 [1] 与 a_b 和 _c_</p>", "见 \\[1\\] 与 a_b 和 \\_c\\_"),
    ("<p>&lt;br&gt; 与 &amp;amp; 与 &</p>", "\\<br> 与 \\&amp; 与 &"),
]

TABLES = [
    (
        "<tr><th>指标</th><th>目标</th></tr><tr><td>研发|投入</td><td>增长<br>7%</td></tr>",
        "| 指标 | 目标 |\n| --- | --- |\n| 研发\\|投入 | 增长<br>7% |",
    ),
    (
        "<tr><td colspan=2>类别</td><td>值</td></tr>"
        "<tr><td rowspan=2>经济</td><td>总量</td><td>1</td></tr>"
        "<tr><td>人均</td><td>2</td></tr>",
        "| 类别 |  | 值 |\n| --- | --- | --- |\n| 经济 | 总量 | 1 |\n|  | 人均 | 2 |",
    ),
    (
        "<tr><td colspan=2>附表</td></tr><tr><td>甲</td><td>乙</td></tr>"
        "<tr><td>1</td><td>2</td></tr><tr><td colspan=2>注：略</td></tr>",
        "附表\n\n| 甲 | 乙 |\n| --- | --- |\n| 1 | 2 |\n| 注：略 |  |",
    ),
    (
        "<tr><td>甲</td><td>乙</td></tr><tr><td>1</td><td></td></tr><tr><td></td><td>2</td></tr>",
        "| 甲 | 乙 |\n| --- | --- |\n| 1 |  |\n|  | 2 |",
    ),
]


@pytest.mark.parametrize(("body", "wanted"), BLOCKS)
def test_markup_of_the_page_becomes_markdown(body: str, wanted: str) -> None:
    assert structure(body).markdown == wanted


@pytest.mark.parametrize(("rows", "wanted"), TABLES)
def test_a_table_of_data_survives_with_its_spans(rows: str, wanted: str) -> None:
    assert structure(f"<table>{rows}</table>").markdown == wanted


def test_every_row_has_as_many_cells_as_the_header() -> None:
    rows = "".join(f"<tr><td>{n}</td><td rowspan=3 colspan=2>甲{n}</td></tr>" for n in range(4))
    table = structure(f"<table>{rows}</table>").markdown.split("\n")
    assert len(table) == 5
    assert len({line.count(" | ") for line in table}) == 1


def test_a_cell_with_paragraphs_of_its_own_stays_in_its_table() -> None:
    long = "<p>评价标准的说明很长。</p>" * 40
    cells = [("序号", "指标"), ("1", "甲"), ("2", long)]
    rows = "".join(f"<tr><td>{one}</td><td>{other}</td></tr>" for one, other in cells)
    last = structure(f"<table>{rows}</table>").markdown.split("\n")[-1]
    assert last.startswith("| 2 | 评价标准的说明很长。<br>评价标准")


@pytest.mark.parametrize(
    "body",
    [
        "<table><tr><td><table><tr><td>甲</td><td>乙</td></tr></table></td><td>丙</td></tr></table>",
        "<table><tr><td>来源</td><td>日期</td></tr><tr><td>打印</td><td>关闭</td></tr>"
        f"<tr><td><p>{'正文很长。' * 60}</p></td></tr></table>",
        "<table><tr><td>落款</td><td>日期</td></tr></table>",
    ],
)
def test_a_table_that_lays_out_the_page_is_none(body: str) -> None:
    assert "---" not in structure(body).markdown


def test_lines_that_are_not_the_document_are_left_out() -> None:
    page = page_of("<p>甲</p><h2>推荐阅读</h2><ul><li>乙</li></ul><p>丙</p>")
    region = page.tree.get_element_by_id("text")
    kept = [line for line in lines(region) if line.text in "甲丙"]
    assert structure_of(page, region, kept).markdown == "甲\n\n丙"


def test_a_file_is_linked_and_another_page_is_not() -> None:
    body = "<p>附件：<a href='./P0 1(2).pdf'>名单|甲.pdf</a>！<a href='x.html'>更多</a></p>"
    linked = "[名单|甲.pdf](<http://www.example.gov.cn/zwgk/202311/P0%201(2).pdf>)"
    assert structure(body).markdown == f"附件：{linked}！更多"


def test_an_exclamation_before_a_link_makes_no_image() -> None:
    markdown = structure("<p>注意!<a href='a.pdf'>甲</a></p>").markdown
    assert "<img" not in READER.render(markdown)
    assert rendered_text(markdown) == "注意!甲"


def test_a_text_found_behind_a_script_is_read_with_what_is_hidden() -> None:
    page = page_of("<div style='display:none'><h2>总则</h2><p>正文</p></div>")
    region = page.tree.get_element_by_id("text")
    kept = lines(region, hidden=True)
    assert structure_of(page, region, kept).markdown == "## 总则\n\n正文"


def test_known_lines_are_found_again_or_not_at_all() -> None:
    region = page_of("<p>甲</p><p>编辑</p><p>乙</p>").tree.get_element_by_id("text")
    printed = lines(region)
    again = printed_again("甲\n乙", printed)
    assert again is not None
    assert join_lines(again) == "甲\n乙"
    assert printed_again("", printed) == []
    assert printed_again("甲\n丙", printed) is None


def test_a_deep_page_is_written_without_deep_indents() -> None:
    body = "<ul><li>" * 60 + "甲" + "</li></ul>" * 60
    markdown = structure(body).markdown
    assert words(rendered_text(markdown)) == "甲"
    assert len(markdown) < 40


def test_a_text_of_very_many_lines_is_written_without_structure() -> None:
    markdown = structure("<p><b>*甲</b></p>" * 20_001).markdown
    assert markdown.split("\n\n") == ["\\*甲"] * 20_001


# Any text in any markup renders to its own characters.

_MARKS = "甲乙《》（）：，。“”'\"!#$%&()*+-./:;<=>?@[]\\^_`{|}~①㎡€ 1a　\u00a0\n"
_text = st.text(st.sampled_from(_MARKS), max_size=12) | st.text(
    st.characters(exclude_categories=["Cs", "Cc", "Cf", "Zl", "Zp"]), max_size=6
)


def _shown(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;")


_inline = st.recursive(
    _text.map(_shown),
    lambda inner: st.builds(
        lambda tag, parts: f"<{tag}>{''.join(parts)}</{tag.split()[0]}>",
        st.sampled_from(["b", "strong", "span", "a href='附 件(1).pdf'", "a href='x.html'", "i"]),
        st.lists(inner, max_size=3),
    ),
    max_leaves=5,
)
_run = st.lists(
    _inline | st.sampled_from(["<br>", "<img src='图.png' alt='a|b*'>"]), max_size=5
).map("".join)


def _table(rows: list[list[tuple[str, int, int]]]) -> str:
    cells = (
        "".join(f"<td colspan={wide} rowspan={high}>{text}</td>" for text, wide, high in row)
        for row in rows
    )
    return "<table>" + "".join(f"<tr>{row}</tr>" for row in cells) + "</table>"


_span = st.integers(1, 3)
_tables = st.lists(
    st.lists(st.tuples(_run, _span, _span), min_size=1, max_size=4), min_size=1, max_size=4
).map(_table)
_blocks = st.recursive(
    _run.map("<p>{}</p>".format) | _run.map("<h2>{}</h2>".format) | _tables,
    lambda inner: st.builds(
        lambda tag, items: f"<{tag}>{''.join(f'<li>{item}</li>' for item in items)}</{tag}>",
        st.sampled_from(["ul", "ol", "ol start=7"]),
        st.lists(inner | _run, max_size=4),
    ),
    max_leaves=6,
)


@given(st.lists(_blocks, max_size=5).map("".join))
def test_rendered_markdown_has_the_words_of_the_text(body: str) -> None:
    assert words(rendered_text(structure(body).markdown)) == words(printed_text(body))


@given(_text)
def test_rendered_line_has_the_characters_of_the_text(text: str) -> None:
    body = f"<p>{_shown(text)}</p>"
    assert rendered_text(structure(body).markdown).strip() == printed_text(body).strip()


def test_images_stand_at_their_places() -> None:
    body = (
        "<p>甲</p><p><img src='a.png' alt='趋势'></p><p>乙<img src='b.png' title='见*图*'>丙</p>"
        "<table><tr><td>丁</td><td><img src=c.png></td></tr><tr><td>1</td><td>2</td></tr></table>"
    )
    base = "http://www.example.gov.cn/zwgk/202311/"
    found = structure(body)
    assert found.markdown == (
        f"甲\n\n![趋势]({base}a.png)\n\n乙![见\\*图\\*]({base}b.png)丙\n\n"
        f"| 丁 | ![c.png]({base}c.png) |\n| --- | --- |\n| 1 | 2 |"
    )
    assert found.images == (
        AttachmentLink("趋势", base + "a.png"),
        AttachmentLink("见*图*", base + "b.png"),
        AttachmentLink("c.png", base + "c.png"),
    )
