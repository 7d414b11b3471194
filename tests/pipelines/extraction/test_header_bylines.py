# ruff: noqa: E501 - markup stays on the lines its systems print
"""The lines around a headline: who, when, where from; labelled or not."""

from __future__ import annotations

import pytest

from archive.records import Extraction, Source
from crawler.families.reader import read
from pipelines.extraction.byline import is_byline, is_dated
from pipelines.reading import Job

TEXT = "<div><p>现将有关事项通知如下，请认真贯彻执行，确保各项任务按期完成。</p><p>各单位要高度重视，加强组织领导。</p></div>"


def extracted(header: str, after: str = "", head: str = "") -> Extraction:
    markup = f"<html><head>{head}</head><body><h1>关于做好年度工作的通知</h1>{header}{TEXT}{after}</body></html>"
    extraction = read(Job(None, markup.encode())).extraction
    assert extraction is not None
    return extraction


@pytest.mark.parametrize(
    ("header", "wanted"),
    [
        (
            "<p>发布时间：2023-07-26 15:03 来源：市科技局 浏览：<b>12</b>次</p>",
            {"date_published": "2023-07-26", "source": "市科技局"},
        ),
        (
            "<p>2023年07月26日08:18　来源：<a href=/>人民网</a></p>",
            {"date_published": "2023-07-26", "source": "人民网"},
        ),
        ("<p>时间发布：2023-07-26 09:51</p>", {"date_published": "2023-07-26"}),
        (
            "<p>来源：宣教中心     2023-07-26 14:59:48     【字体：大 中 小】</p>",
            {"date_published": "2023-07-26", "source": "宣教中心"},
        ),
        ("<p><b>来源：甲日报</b><i>浏览字号：大 中 小</i></p>", {"source": "甲日报"}),
        (
            "<p>石佳/中国青年报</p><p>2023-07-26 09:10</p>",
            {"author": "石佳", "source": "中国青年报", "date_published": "2023-07-26"},
        ),
        (
            "<p><i>2023-07-26 08:10</i><i>来源：中国新闻网</i><i>王帆</i></p>",
            {"source": "中国新闻网", "author": "王帆"},
        ),
        (
            "<p><i>原创</i> <i>南方都市报</i> <i>2023-07-26 16:01:46</i></p>",
            {"source": "南方都市报", "date_published": "2023-07-26"},
        ),
        (
            "<ul><li>日期：2023/7/26</li><li>来源：</li></ul>",
            {"date_published": "2023-07-26", "source": None},
        ),
        ("<p>发布者：张亦筑 发布时间：2023-07-26</p>", {"author": "张亦筑", "publisher": None}),
        ("<p>发布人：发展规划处 日期：2023-07-26</p>", {"author": None, "publisher": "发展规划处"}),
        ("<p>更新时间：2023-07-26</p>", {"date_published": "2023-07-26"}),
        (
            "<p>成文日期：2023-07-20 发布日期：2023-07-26</p>",
            {"date_written": "2023-07-20", "date_published": "2023-07-26"},
        ),
        (
            "<p>发文日期：2020-10-10 19:48:26</p>",
            {"date_written": None, "date_published": "2020-10-10"},
        ),
        ("<p>2023年</p>", {"date_published": None}),
        ("<p>本报记者 张 三 李四光</p>", {"author": "张三、李四光"}),
        ("<p>市科技局办公室</p>", {"source": None, "author": None}),
    ],
)
def test_header_line(header: str, wanted: dict[str, str | None]) -> None:
    fields = extracted(header).fields
    assert {name: fields[name] for name in wanted} == wanted


def test_printed_date_goes_before_the_declared_one() -> None:
    head = "<meta name=PubDate content='2024-12-10 08:23:48'><meta name=ContentSource content=乙网>"
    printed = extracted("<p>2024年12月07日 08时01分 来源：甲日报</p>", head=head)
    declared = extracted("", head=head)
    assert (printed.fields["date_published"], printed.fields["source"]) == ("2024-12-07", "甲日报")
    assert (declared.fields["date_published"], declared.fields["source"]) == ("2024-12-10", "乙网")
    assert [each.fields for each in printed.conflicts] == [("date_published",)]


def test_declared_author_who_is_the_editor_is_no_author() -> None:
    head = "<meta name=Author content=雷晓琦>"
    assert extracted("", "<p>责任编辑：雷晓琦</p>", head).fields["author"] is None
    assert extracted("", "", head).fields["author"] == "雷晓琦"


def test_source_at_the_foot_is_found_and_neighbours_are_not() -> None:
    after = "<p>来源：甲日报</p><p>相关阅读：</p><p>来源：乙日报 发布时间：2001-01-01</p>"
    fields = extracted("", after).fields
    assert (fields["source"], fields["date_published"]) == ("甲日报", None)


def test_undecidable_date_is_kept_without_a_value() -> None:
    (date,) = (
        each
        for each in extracted("<p>08.06.2016 20:49</p>").assertions
        if each.field == "date_published"
    )
    assert (date.value, date.source, date.precision) == ("", Source.HEADER, None)
    assert "08.06.2016" in date.raw


@pytest.mark.parametrize(
    ("line", "byline", "dated"),
    [
        ("2023-07-26 15:03 来源：某局", True, True),
        ("2023年4月12日", False, True),
        ("2023 年 02 月 24 日 星期 放大 缩小 默认", False, True),
        ("作者：张三", True, False),
        ("关于2023年工作的报告", False, False),
        ("本办法自2023年4月12日起施行，由市科技局负责解释，有效期五年。", False, False),
        ("联系人：张三 电话：67511393", False, False),
    ],
)
def test_byline_is_told_from_text(line: str, byline: bool, dated: bool) -> None:
    assert (is_byline(line), is_dated(line)) == (byline, dated)


@pytest.mark.parametrize(
    "above", ["2001年5月1日 星期二", "<a href=/x.html>关于另一件事</a> 2001-05-01"]
)
def test_date_far_above_is_not_the_date_of_the_article(above: str) -> None:
    markup = f"<html><body><div>{above}</div><div>首页</div><h1>关于做好年度工作的通知</h1>{TEXT}</body></html>"
    extraction = read(Job(None, markup.encode())).extraction
    assert extraction is not None
    assert extraction.fields["date_published"] is None
