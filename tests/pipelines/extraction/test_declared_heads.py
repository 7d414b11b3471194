# ruff: noqa: E501 - one case per line
"""What a page declares without printing it."""

from __future__ import annotations

import pytest

from archive.records import Source
from pipelines.extraction.declared import comment_assertions, head_assertions, read_head
from pipelines.extraction.page import parse

ENP = """<!--enpproperty <articleid>9</articleid><date>2023-02-24 00:00:00:0</date>
<author>张亦筑</author><title>标题</title><keyword/><subtitle>副题</subtitle>
<introtitle>引题</introtitle><nodename>要闻</nodename>/enpproperty-->"""


def declared(head: str) -> dict[str, str]:
    page = parse(f"<html><head>{head}</head></html>".encode())
    found = head_assertions(read_head(page), None)
    return {each.field: each.value for each in reversed(found)}


def test_names_are_read_in_any_case_and_order() -> None:
    head = "<meta content='关于某事的通知' name='ARTICLETITLE'><meta name='pubdate' content='2017——04——12 21:37'>"
    assert declared(head) == {"title": "关于某事的通知", "date_published": "2017-04-12"}


def test_empty_repetition_hides_nothing() -> None:
    head = "<meta name=PubDate content='2023-01-02'><meta name=PubDate content=''>"
    assert declared(head) == {"date_published": "2023-01-02"}


@pytest.mark.parametrize("value", ["本网", "本站", "原创", "网站管理员", "-", ""])
def test_site_itself_is_no_source(value: str) -> None:
    assert declared(f"<meta name=ContentSource content='{value}'>") in (
        {},
        {"source": "网站管理员"},
    )


def test_site_name_declared_as_title_is_none() -> None:
    assert declared("<meta name=SiteName content=某网><meta name=ArticleTitle content=某网>") == {}


def test_markup_in_a_declared_title_is_read_as_markup() -> None:
    head = read_head(parse("<title>甲在成都举行 &lt;br&gt;乙发布- 某网</title>".encode()))
    assert head.title == "甲在成都举行 乙发布- 某网"


def test_newspaper_comment_states_its_article() -> None:
    found = comment_assertions(parse(f"<html><body>{ENP}</body></html>".encode()), None)
    assert {each.field: each.value for each in found} == {
        "date_published": "2023-02-24",
        "author": "张亦筑",
        "title": "标题",
        "subtitle": "副题",
        "kicker": "引题",
        "page_name": "要闻",
    }
    assert {each.source for each in found} == {Source.COMMENT}


def test_template_comments_frame_their_values() -> None:
    markup = "<td>来源：<!--<$[信息来源]>begin--><b>市科技局</b><!--<$[信息来源]>end--> 后文</td>"
    found = comment_assertions(parse(markup.encode()), None)
    assert [(each.field, each.value, each.locator) for each in found] == [
        ("source", "市科技局", "<$[信息来源]>")
    ]


@pytest.mark.parametrize(
    ("head", "url", "wanted"),
    [
        ("<link rel=canonical href=/x.html>", "http://a.cn/y.html", "http://a.cn/x.html"),
        ("<meta name=Url content=http://a.cn/z.html>", None, "http://a.cn/z.html"),
        ("<meta name=Url content=./t1.shtml>", None, None),
    ],
)
def test_canonical_address(head: str, url: str | None, wanted: str | None) -> None:
    assert read_head(parse(head.encode(), url=url)).canonical == wanted
