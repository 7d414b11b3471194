# ruff: noqa: E501 - markup stays on the lines its systems print
"""The title is the headline a reader sees, whole; never the name of a site or a column."""

from __future__ import annotations

import pytest

from crawler.families.reader import read
from pipelines.extraction.site_names import document_title, is_site_name
from pipelines.reading import Job

TEXT = "<div><p>现将有关事项通知如下，请认真贯彻执行，确保各项任务按期完成。</p><p>各单位要高度重视，加强组织领导。</p></div>"
WHOLE = "某市人民政府关于进一步加强科技创新工作的若干意见"


def title(head: str, body: str) -> str | None:
    markup = f"<html><head>{head}</head><body>{body}</body></html>"
    extraction = read(Job(None, markup.encode())).extraction
    assert extraction is not None
    return extraction.fields["title"]


@pytest.mark.parametrize(
    ("head", "body", "wanted"),
    [
        (f"<title>{WHOLE}-某市政府网</title>", f"<h1>{WHOLE}</h1>", WHOLE),
        (f"<title>{WHOLE}_政策文件_某市人民政府</title>", "", WHOLE),
        (f"<meta name=ArticleTitle content='{WHOLE}'><title>某市政府网</title>", "", WHOLE),
        (f"<meta name=articletitle content='{WHOLE}'>", f"<h1>{WHOLE[:12]}…</h1>", WHOLE),
        ("", f"<h1 title='{WHOLE}'>{WHOLE[:12]}...</h1>", WHOLE),
        ("", f"<h2>{WHOLE[:10]}<br>{WHOLE[10:]}</h2>", f"{WHOLE[:10]} {WHOLE[10:]}"),
        (
            f"<meta name=ArticleTitle content='{WHOLE}'>",
            f"<p>{WHOLE[:10]}</p><p>{WHOLE[10:]}</p>",
            f"{WHOLE[:10]} {WHOLE[10:]}",
        ),
        ("<title>某市人民政府</title>", "<h1>某市人民政府</h1>", None),
        ("<title>通知公告</title>", "<h3>通知公告</h3>", None),
        (
            "<meta name=ColumnName content='本市动态'>",
            f"<h3>本市动态</h3><h2>{WHOLE}</h2>",
            WHOLE,
        ),
        (
            "",
            f"<div class=pos>当前位置：<a href=/>首页</a> &gt; 工作动态</div><h1>{WHOLE}</h1>",
            WHOLE,
        ),
        ("", f"<h1>{WHOLE}</h1><h2>——在全市大会上的解读</h2>", WHOLE),
    ],
)
def test_headline(head: str, body: str, wanted: str | None) -> None:
    assert title(head, body + TEXT) == wanted


@pytest.mark.parametrize(
    "name", ["某市科学技术局", "云江日报", "首页", "政府信息公开", "某大学", ""]
)
def test_site_and_column_names_are_no_titles(name: str) -> None:
    assert is_site_name(name, ())
    assert document_title(name, ()) is None


def test_headline_with_a_year_above_its_date_line_is_found_without_markup() -> None:
    body = f"<div>关于2023年工作的报告</div><div>来源：办公室 发布日期：2023-03-04</div>{TEXT}"
    assert title("", body) == "关于2023年工作的报告"


def test_order_printed_on_two_lines_is_one_headline_and_a_number() -> None:
    body = f"<h1>某市人民政府令</h1><p>第12号</p><p>发布日期：2020-05-06</p>{TEXT}"
    markup = f"<html><head><title>某市人民政府令第12号</title></head><body>{body}</body></html>"
    extraction = read(Job(None, markup.encode())).extraction
    assert extraction is not None
    assert extraction.fields["title"] == "某市人民政府令 第12号"
    assert extraction.fields["doc_no"] == "某市人民政府令第12号"


def test_title_keeps_dashes_of_its_own() -> None:
    full = "守正创新——某市科技工作十年回顾"
    assert document_title(f"{full}_某市科技局", ()) == full


def test_headline_that_ends_like_a_site_is_one_above_its_date_line() -> None:
    name = "市领导走访慰问市第一中心"
    above = f"<h1>{name}</h1><p>发布时间：2023-07-26 10:00</p>"
    assert title(f"<title>{name}</title>", above + TEXT) == name
    assert title(f"<title>{name}</title>", f"<h1>{name}</h1>" + TEXT) is None


@pytest.mark.parametrize("name", ["Big", "公示", "贺信", "警情通报", "致家长一封信"])
def test_short_heading_that_is_the_whole_title_is_the_headline_alone(name: str) -> None:
    text = "<p>现将有关事项通知如下，请认真贯彻执行，确保各项任务按期完成。</p>" * 3
    assert title(f"<title>{name}</title>", f"<h1>{name}</h1>" + text) == name


def test_large_page_keeps_its_title() -> None:
    text = "<p>现将有关事项通知如下，请认真贯彻执行，确保各项任务按期完成。</p>" * 30_000
    assert title("<title>Big</title>", f"<h1>Big</h1>{text}") == "Big"


@pytest.mark.parametrize(
    ("declared", "wanted"),
    [
        ("临江晚报--2009年03月05日--第A05版--民生--小区门口添了早餐车", "小区门口添了早餐车"),
        ("某校2020级新生军训圆满结束 | 临江一中", "某校2020级新生军训圆满结束"),
        ("某县新增两家孵化器投入使用_临江观察", "某县新增两家孵化器投入使用"),
    ],
)
def test_site_is_left_out_of_a_title_wherever_it_stands(declared: str, wanted: str) -> None:
    assert document_title(declared, ()) == wanted


def test_headline_that_links_to_itself_is_read() -> None:
    body = f"<h2><a href=/post/12.html rel=bookmark>{WHOLE}</a></h2><h3><a href=/1>另一篇</a></h3>"
    assert title(f"<title>{WHOLE} | 某观察</title>", body + TEXT) == WHOLE


def test_line_below_the_breadcrumbs_is_the_headline_even_without_markup() -> None:
    trail = "<div>当前位置：<a href=/>首页</a> &gt; <a href=/a/>营商动态</a></div>"
    name = "某地产业依靠自主创新持续发力"
    header = "<ul><li>听全文</li><li>2023-12-05</li></ul>"
    assert title("<title>某市</title>", f"{trail}<div>{name}</div>{header}{TEXT}") == name
    column = "<div>重点领域改革进展</div>"
    below = f"{trail}{column}<div>{name}</div><p>来源：某报 2023-12-05</p>{TEXT}"
    assert title("<title>某市</title>", below) == name


def test_address_of_a_site_is_no_headline() -> None:
    body = f"<div>{WHOLE}</div><h6>某省门户网站 www.example.gov.cn</h6><p>时间：2022-08-11</p>"
    assert title("", body + TEXT) == WHOLE


def test_signer_of_a_text_is_not_its_headline() -> None:
    signed = "<p>某市人民政府</p><p>2020年6月8日</p>"
    body = f"<div>{WHOLE}</div><p>2020-06-12 09:11 来源：市府办</p>{TEXT}{signed}"
    assert title("<title>某市人民政府</title>", body) == WHOLE
