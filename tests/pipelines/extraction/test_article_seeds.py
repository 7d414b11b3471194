"""The five documents the project was born from, each in the markup of its system."""

# ruff: noqa: E501 - markup stays on the lines its systems print
from __future__ import annotations

import re
from collections.abc import Callable
from html import escape
from pathlib import Path

import pytest

from archive.records import Extraction, ListItem, Precision, Source
from crawler.families.reader import read
from pipelines.reading import Job
from tests.measure import body_f1

SEEDS = Path(__file__).parents[2] / "seeds"
LETTER = "关于市四届人大四次会议第0701号建议的复函"
HEADLINE = "重庆实施高新技术企业和科技型企业“双倍增”行动"
TOC = (HEADLINE, "抓住科技创新这个关键变量", "北碚加快发展智能传感器产业", "重庆水警春季练兵")


def seed(number: str) -> str:
    return next(SEEDS.glob(f"{number}_*.txt")).read_text("utf-8")


def paragraphs(text: str) -> str:
    return "".join(f"<p>&#12288;&#12288;{escape(line)}</p>\n" for line in text.split("\n") if line)


def trs_reply(body: str) -> str:
    cells = (
        ("索引号", "11500000MB15895317/2023-00093", "发文字号", "渝科局函〔2023〕278号"),
        ("主题分类", "科技、教育", "体裁分类", "人大建议办理"),
        ("发布机构", "市科技局", "", ""),
        ("成文日期", "2023-07-26", "发布日期", "2023-07-26"),
    )
    pairs = [pair for row in cells for pair in (row[:2], row[2:]) if pair[0]]
    wide = "".join(
        "<tr>"
        + "".join(
            f'<td class="t1">{f"[ {row[at]} ]" if row[at] else ""}</td><td class="t2">{row[at + 1]}</td>'
            for at in (0, 2)
        )
        + "</tr>"
        for row in cells
    )
    narrow = "".join(f"<tr><td>[ {label} ]</td><td>{value}</td></tr>" for label, value in pairs)
    return f"""<html><head><title>政府信息公开_重庆市科学技术局</title>
<meta name="SiteName" content="重庆市科学技术局"><meta name="PubDate" content="2023-07-26 15:03">
</head><body><div class="zwxl-main"><table class="zwxl-table pc">{wide}</table>
<table class="zwxl-table mobile">{narrow}</table>
<div class="zwxl-bt">重庆市科学技术局<br>关于市六届人大一次会议第0159号 建议办理情况的答复函</div>
<div class="zwxl-article"><div class="view TRS_UEDITOR trs_paper_default">{paragraphs(body)}</div></div>
<div class="share">分享到：<a href="#">微信</a></div></div>
<div class="footer">主办单位：重庆市科学技术局 网站标识码：5000000046</div></body></html>"""


def sudy_policy(body: str) -> str:
    return f"""<html><head><title>2024年重庆科技工作重点</title></head><body>
<div class="col_title"><h2>教育政策</h2></div><div class="article"><h1 class="arti_title">2024年重庆科技工作重点</h1>
<h2 class="arti_title"></h2><p class="arti_metas"><span class="arti_publisher">发布者:发展规划处</span><span
 class="arti_update">发布时间:2024-03-05</span><span class="arti_views">浏览次数:<span class="WP_VisitCount"
 url="/_visitcountdisplay?siteId=1&amp;type=3&amp;articleId=9">191</span></span></p>
<div class="entry"><div class="read"><div class="wp_articlecontent">{paragraphs(body)}<p>&nbsp;</p></div></div></div>
</div><div id="close">X</div></body></html>"""


def municipal_letter(body: str) -> str:
    return f"""<html><head><title>重庆市科技政务网</title></head><body><table width="980"><tr><td class="nav">
<a href="/">首页</a> | <a href="/zwgk/">政务公开</a></td></tr><tr><td><table><tr><td align="center">
<b>{LETTER}</b></td></tr><tr><td align="center">08.06.2016 &nbsp;20:49</td></tr>
<tr><td>{escape(body).replace("   ", "&nbsp;&nbsp; ")}</td></tr></table></td></tr>
<tr><td>主办：重庆市科技政务网</td></tr></table></body></html>"""


def founder_page(body: str) -> str:
    entries = "".join(
        f'<li><a href="content_{at}.htm">{escape(title)}</a></li>' for at, title in enumerate(TOC)
    )
    move = '<font face="Webdings">3</font><a href="#">上一篇</a> &nbsp;<a href="#">下一篇</a>'
    return f"""<html><head><title>重庆日报</title></head><body><table><tr><td>
<div>{escape("".join(TOC))}</div><table><tr><td><strong>第008版:重庆新闻</strong></td></tr>
<tr><td><a href="node_8.htm">上一版</a> <a href="node_10.htm">下一版</a></td></tr></table><ul id="titleList">{entries}</ul></td>
<td><table><tr><td><a href="/">重庆日报</a> | <a href="/kjb">重庆科技报</a></td></tr><tr><td>重庆日报报业集团主办</td></tr>
<tr><td>{move}<font face="Webdings">4</font></td></tr>
<tr><td>2023 年 02 月 24 日 星期 <a href="#">放大</a> <a href="#">缩小</a> <a href="#">默认</a></td></tr></table>
<table><tr><td>新时代新征程新重庆</td></tr><tr><td><strong>{escape(HEADLINE)}</strong></td></tr>
<tr><td>今年力争科技型企业超过4.8万家、高新技术企业突破7000家</td></tr></table>
<div id="ozoom"><founder-content>{paragraphs(body)}</founder-content></div><div>{move}</div></td></tr></table>
<div>重庆日报版权所有 未经书面授权 不得复制或建立镜像</div><div>地址:重庆市渝北区同茂大道416号 邮编:401120</div>
<div>技术支持:北京北大方正电子有限公司</div></body></html>"""


def untitled(body: str) -> str:
    return f"""<html><head><title>重庆市科学技术局</title></head><body><div class="logo">重庆市科学技术局</div>
<div class="crumb">当前位置：<a href="/">首页</a> &gt; <a href="/zj/">工作总结</a></div>
<div class="TRS_Editor">{paragraphs(body)}</div><div>版权所有：重庆市科学技术局</div></body></html>"""


MARKUP: dict[str, Callable[[str], str]] = {
    "000": trs_reply,
    "001": sudy_policy,
    "002": municipal_letter,
    "003": founder_page,
    "004": untitled,
}


def extracted(number: str, **known: object) -> Extraction:
    job = Job("http://127.0.0.1/a/b.html", MARKUP[number](seed(number)).encode(), **known)  # type: ignore[arg-type]
    extraction = read(job).extraction
    assert extraction is not None
    return extraction


@pytest.mark.parametrize("number", sorted(MARKUP))
def test_seed_text_is_the_document_and_nothing_else(number: str) -> None:
    assert body_f1(seed(number), extracted(number).text) >= 0.99


def test_table_printed_twice_asserts_each_field_once() -> None:
    reply = extracted("000")
    assert re.sub(r"\s", "", reply.fields["title"] or "") == (
        "重庆市科学技术局关于市六届人大一次会议第0159号建议办理情况的答复函"
    )
    table = {each.field: each.value for each in reply.assertions if each.source is Source.TABLE}
    assert table == {
        "index_no": "11500000MB15895317/2023-00093",
        "doc_no": "渝科局函〔2023〕278号",
        "theme": "科技、教育",
        "genre": "人大建议办理",
        "issuer": "市科技局",
        "date_written": "2023-07-26",
        "date_published": "2023-07-26",
    }
    assert sum(each.source is Source.TABLE for each in reply.assertions) == len(table)
    assert {name: reply.fields[name] for name in table} == table
    assert "索引号" not in reply.text


def test_written_date_unlike_the_signature_is_a_conflict() -> None:
    reply = extracted("000")
    assert reply.fields["date_signed"] == "2023-04-12"
    assert [each.values for each in reply.conflicts] == [("2023-07-26", "2023-04-12")]


def test_run_on_header_gives_unit_and_date_but_no_author() -> None:
    policy = extracted("001")
    fields = policy.fields
    assert (fields["title"], fields["publisher"]) == ("2024年重庆科技工作重点", "发展规划处")
    assert (fields["author"], fields["date_published"]) == (None, "2024-03-05")
    assert "191" not in policy.text
    assert not policy.text.endswith("X")


def test_undecidable_date_waits_for_the_site_to_tell_its_order() -> None:
    unknown, known = extracted("002"), extracted("002", day_first=True)
    assert unknown.fields["date_published"] is None
    assert unknown.day_first is None
    assert known.fields["title"] == LETTER
    assert known.fields["date_published"] == "2016-06-08"
    assert known.fields["date_signed"] == "2016-04-21"
    printed = next(each for each in known.assertions if each.field == "date_published")
    assert "20:49" in printed.raw
    assert printed.precision is Precision.MINUTE


def test_newspaper_headline_is_the_line_its_page_lists() -> None:
    page = extracted("003")
    wanted = {
        "title": HEADLINE,
        "subtitle": "今年力争科技型企业超过4.8万家、高新技术企业突破7000家",
        "kicker": "新时代新征程新重庆",
        "author": "张亦筑",
        "page_no": "008",
        "page_name": "重庆新闻",
        "date_published": "2023-02-24",
        "source": None,
    }
    assert {name: page.fields[name] for name in wanted} == wanted
    assert not re.search("上一篇|放大 缩小|北碚|版权|邮编", page.text)


def test_page_without_headline_takes_it_from_the_list_row_or_has_none() -> None:
    alone = extracted("004")
    item = ListItem("http://127.0.0.1/a/b.html", "2023年全市科技工作总结", "2024-01-19")
    listed = extracted("004", list_item=item)
    dates = [name for name in alone.fields if name.startswith("date_")]
    assert [alone.fields[name] for name in ("title", *dates)] == [None] * (1 + len(dates))
    assert listed.fields["title"] == "2023年全市科技工作总结"
    assert listed.fields["date_published"] == "2024-01-19"
    assert {each.source for each in listed.assertions if each.field == "title"} == {Source.LIST}


def test_equal_region_is_not_cleaned_again() -> None:
    first = extracted("001")
    # Lines of the page, and not all that the rules of today would keep.
    kept = "\n".join(first.text.split("\n")[1:])
    again = extracted("001", known_region=first.region_digest, known_text=kept)
    other = extracted("001", known_region="sha256:0", known_text=kept)
    elsewhere = extracted("001", known_region=first.region_digest, known_text="is not printed")
    assert again.text == kept
    assert other.text == elsewhere.text == first.text
