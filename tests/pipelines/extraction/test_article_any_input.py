# ruff: noqa: E501 - pieces of markup, many to a line
"""Laws that hold for every page: nothing breaks, and what moves by itself changes nothing."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from archive.records import FIELDS
from pipelines.extraction.article import extract
from pipelines.extraction.hooks import ArticleHooks
from pipelines.extraction.page import parse

PIECES = (
    "<div>", "</div>", "<p>", "</p>", "<table>", "<tr>", "<td>", "</td>", "</table>", "<br>", "<li>",
    "<h1>", "</h1>", "<a href='x.pdf'>", "</a>", "<!--<$[标题]>begin-->", "<!--enpproperty", "-->",
    "<script>var doctitle='", "';</script>", "<base href=':'>", "索引号：", "发布时间：", "来源：", "（记者 ",
    "2023-07-26", "二〇二三年七月", "第008版：", "附件1", "某科函〔2023〕278号", "某市科学技术局",
    "现将有关事项通知如下，请认真贯彻执行。", "上一篇", "…", "&nbsp;", "\x00", "<", "&#0;", "\ufffd",
)  # fmt: skip
PROSE = "现将有关事项通知如下，请认真贯彻执行，确保各项任务按期完成。"


@settings(max_examples=80)
@given(st.lists(st.sampled_from(PIECES), max_size=40))
def test_any_markup_gives_a_whole_record(pieces: list[str]) -> None:
    page = parse("".join(pieces).encode())
    found = extract(page, ArticleHooks(), family="generic")
    assert set(found.fields) == set(FIELDS)
    assert all(value != "" for value in found.fields.values())
    assert "enpproperty" not in found.text
    again = extract(page, ArticleHooks(), family="generic")
    assert again == found


@settings(max_examples=30)
@given(st.integers(0, 10**7), st.integers(2000, 2026), st.sampled_from(["星期一", "星期二"]))
def test_counters_clocks_and_neighbours_change_nothing(visits: int, year: int, day: str) -> None:
    def read(count: int, today: str, other: str) -> tuple[str, dict[str, str | None]]:
        markup = f"""<body><div>今天是{today} {day}</div><h1>关于做好年度工作的通知</h1>
        <p>发布时间：2023-07-26 浏览次数：{count}</p><div><p>{PROSE * 2}</p><p>{PROSE}</p></div>
        <p>您是第{count}位访客</p><p>上一篇：<a href=a>{other}</a></p><p>相关阅读</p>
        <ul><li><a href=b>{other}</a></li></ul></body>"""
        found = extract(parse(markup.encode()), ArticleHooks(), family="generic")
        return found.text, dict(found.fields)

    before = read(0, "1999年1月1日", "关于甲事的通知")
    assert read(visits, f"{year}年7月3日", "关于另一件乙事的公告") == before
    assert before[1]["date_published"] == "2023-07-26"
