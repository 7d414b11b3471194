# ruff: noqa: E501 - markup stays on the lines its systems print
"""The region is the part of a page that reads most like one text."""

from __future__ import annotations

import pytest

from pipelines.extraction.hooks import ArticleHooks
from pipelines.extraction.layout import lay_out
from pipelines.extraction.page import parse

PROSE = "<p>现将有关事项通知如下，请认真贯彻执行，确保各项任务按期完成。</p><p>各单位要高度重视，加强领导，明确责任分工。</p>"
LINKS = "".join(
    f"<li><a href='{at}.htm'>关于第{at}号事项的通知</a> 2023-01-0{at}</li>" for at in range(1, 9)
)
COMMENTS = "".join(f"<p>网友{at}：说得很好，支持。</p>" for at in range(3))


def region_id(markup: str, hooks: ArticleHooks | None = None) -> str | None:
    page = parse(f"<html><body>{markup}</body></html>".encode())
    return lay_out(page, hooks or ArticleHooks()).region.element.get("id")


@pytest.mark.parametrize(
    "markup",
    [
        f"<div id=all><ul>{LINKS}</ul><div id=text>{PROSE}</div><p>版权所有 某局 京ICP备1号</p></div>",
        f"<div id=all><p>发布时间：2023-01-02 来源：某局</p><div id=text>{PROSE}</div></div>",
        f"<div id=all><div id=text>{PROSE}</div><div id=phone>{PROSE}</div></div>",
        f"<table id=all><tr><td><ul>{LINKS}</ul></td><td id=text>{PROSE}</td></tr></table>",
        f"<div id=all><div id=text>{PROSE}<p>某局</p><p>2023年4月12日</p></div><div>上一篇：<a href=1>甲</a></div></div>",
        f"<div id=all><div id=text>{PROSE * 3}<p><a href=a.pdf>附件1</a></p></div><ul>{LINKS}</ul></div>",
    ],
)
def test_region_is_the_innermost_element_with_all_of_the_text(markup: str) -> None:
    assert region_id(markup) == "text"


def test_hook_names_the_region_while_it_holds_the_text() -> None:
    markup = f"<div id=text class=body>{PROSE}</div><div id=more>{COMMENTS}</div>"
    assert region_id(markup, ArticleHooks(body=(".body",))) == "text"
    stale = f"<div id=empty class=body><p>加载中，请稍候。</p></div><div id=text>{PROSE * 4}</div>"
    assert region_id(stale, ArticleHooks(body=(".body",))) == "text"


def test_text_in_several_editor_boxes_is_read_whole() -> None:
    other = "<p>二、严格把握申报条件，认真组织审核，按时报送材料。</p>" * 2
    boxes = f"<div class=TRS_Editor>{PROSE}</div><div class=TRS_Editor>{other}</div>"
    assert region_id(f"<div id=text>{boxes}</div><p>版权所有 某局</p>") == "text"
    copies = f"<div id=text class=TRS_Editor>{PROSE}</div><div class=TRS_Editor>{PROSE}</div>"
    assert region_id(f"<div>{copies}</div>") == "text"


def test_paragraph_printed_again_and_again_keeps_its_container() -> None:
    assert region_id(f"<div id=text>{PROSE * 20}</div>") == "text"


def test_text_hidden_until_a_script_shows_it_is_found() -> None:
    assert region_id(f"<div id=text style='display:none'>{PROSE * 3}</div>") == "text"


ITEMS = (
    "<p>现将有关事项通知如下</p><p>参赛对象为在校学生</p>{}<p>报名截止五月底</p><p>请相互转告。</p>"
)


@pytest.mark.parametrize(
    "said",
    [
        "<p>技术支持：某某科技有限公司</p>",
        "<p>本届大赛由市教育局主办市科技局承办</p>",
        "<p>未经作者授权，不得转载参赛作品。</p>",
        "<p>主办单位：某局</p><p>版权所有人为主办单位</p>",
    ],
)
def test_words_of_a_foot_inside_a_text_leave_it_whole(said: str) -> None:
    foot = "<div><p>地址：某市某路9号，邮编：100000，电话：010-1234567</p></div>"
    assert region_id(f"<div><div id=text>{ITEMS.format(said)}</div>{foot}</div>") == "text"
