"""What makes a text suspect, and the ways by which it is read instead."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.records import Extraction, Outcome
from crawler.families.reader import read
from pipelines.extraction.declared import Head
from pipelines.extraction.hooks import ArticleHooks
from pipelines.extraction.layout import lay_out
from pipelines.extraction.page import parse
from pipelines.extraction.quality import SUSPECT, flags_of, probe
from pipelines.extraction.region import region_of
from pipelines.reading import Job

TITLE = "关于做好项目申报工作的通知"
LINES = (
    "各区县科技局，有关单位：为做好本年度科技计划项目的组织申报工作，现就有关事项通知如下。",
    "申报单位应当对材料的真实性负责，并于本月底以前将纸质材料报送至我局办公室。",
    "逾期未报送的，视为放弃。联系电话以所附名单为准，请相互转告。",
)
BODY = "".join(f"<p>{line}</p>" for line in LINES)
LINKS = "".join(f"<li><a href='/{n}.html'>关于第{n}批项目的通知</a></li>" for n in range(9))
HEAD = Head({}, "", frozenset({"某市科技局"}), None)


def page(body: str, title: str = TITLE) -> str:
    return (
        f"<html><head><meta charset='utf-8'><title>{title}</title></head>"
        f"<body><h1>{title}</h1><div>发布时间：2023-07-26</div>{body}</body></html>"
    )


def extracted(source: str) -> Extraction:
    reading = read(Job("http://x.cn/a/1.html", source.encode()))
    assert reading.extraction is not None, reading.reason
    return reading.extraction


def suspicions(extraction: Extraction) -> list[str]:
    return [each.reason for each in extraction.conflicts if each.reason.startswith(SUSPECT)]


LOST = {
    "in_a_link_never_closed": f"<div><a href='/top.html'>{BODY}</div>",
    "beside_an_empty_editor": f"<div class='TRS_Editor'></div><div><p>{BODY}</p></div>",
    "editor_holds_links": f"<div class='v_news_content'><ul>{LINKS}</ul></div><div>{BODY}</div>",
}


@pytest.mark.parametrize("name", LOST)
def test_a_text_that_the_first_way_lost_is_read_by_another(name: str) -> None:
    extraction = extracted(page(LOST[name]))
    assert extraction.outcome is Outcome.OK
    assert all(line in extraction.text for line in LINES)
    assert extraction.fields["title"] == TITLE


def test_what_was_read_another_way_says_so() -> None:
    (reason,) = suspicions(extracted(page(LOST["in_a_link_never_closed"])))
    assert reason == f"{SUSPECT}: the text is empty"


def test_a_region_that_leaves_sentences_beside_it_behind_is_suspect() -> None:
    layout = lay_out(parse(page(f"<div id='text'>{BODY}</div>").encode()), ArticleHooks())
    assert probe(layout, list(layout.region.lines), None, HEAD, ()).flags == ()
    first = region_of(layout.region.element[0], layout.printed)
    cut = probe(replace(layout, region=first), list(first.lines), None, HEAD, ())
    assert [each.reason for each in cut.flags] == [f"{SUSPECT}: the text is cut"]
    assert [line.text for line in cut.kept][-len(LINES) :] == list(LINES)


RIGHTLY_EMPTY = {
    "file": "<p><a href='/d/1.pdf'>附件：年度报告.pdf</a></p>",
    "image": "<div class='TRS_Editor'><p><img src='/1.jpg'></p></div>",
    "frame": "<div><iframe src='/d/1.pdf'></iframe></div>",
    "foot": "<div>主办单位：某市科技局，版权所有。地址：某市某路1号，邮编：400000。</div>",
    "links": f"<ul>{LINKS}</ul>",
}


@pytest.mark.parametrize("name", RIGHTLY_EMPTY)
def test_a_page_that_has_no_text_is_left_without(name: str) -> None:
    extraction = extracted(page(RIGHTLY_EMPTY[name]))
    assert not any(line in extraction.text for line in LINES)
    assert suspicions(extraction) == []


SOUND = "“一份”、《两份》（三份）和【四份】。1）一项；2）两项。"


def test_a_good_page_is_flagged_for_nothing() -> None:
    assert suspicions(extracted(page(BODY + f"<p>{SOUND}</p>"))) == []


FLAGGED = [
    ("“一份”和”两份”。", "marks do not pair"),
    ("根据《办法的规定。", "marks do not pair"),
    ("（一）第一项；（二第二项。", "marks do not pair"),
    ("一个\ufffd字。", "1 characters could not be decoded"),
    ("å\x85³äº\x8eå\x81\x9aå¥½é¡¹ç\x9b®ç\x94³æ\x8a¥", "the page itself was saved garbled"),
    ("<!--enpproperty <date>2023</date>", "data of the page stands in the text"),
    (
        "索引号：0001\n发文字号：渝科局函〔2023〕1号\n正文。",
        "labels of the record stand in the text",
    ),
]


@pytest.mark.parametrize(("text", "why"), FLAGGED)
def test_a_text_with_signs_of_loss_or_debris_is_flagged(text: str, why: str) -> None:
    reasons = [each.reason for each in flags_of(text, {"title": TITLE}, HEAD)]
    assert reasons == [f"{SUSPECT}: {why}"]


@pytest.mark.parametrize(
    "text",
    [
        SOUND,
        "1)一项；a)两项；（1）三项；一）四项。",
        "他说：“第一段。\n“第二段。\n“第三段。”",
        "café、naïve、été。",
        "来源：某报\n正文。",
        "标题：一句话。\n正文。",
    ],
)
def test_ordinary_text_is_flagged_for_nothing(text: str) -> None:
    assert list(flags_of(text, {"title": TITLE}, HEAD)) == []


def test_the_name_of_the_site_is_a_suspect_title() -> None:
    (flag,) = flags_of("正文。", {"title": "某市科技局"}, HEAD)
    assert flag.fields == ("title",)


@given(st.text(alphabet="“”《》（）()【】1)一 。\n", max_size=60))
def test_flags_never_raise_and_pairs_that_match_are_never_flagged(text: str) -> None:
    list(flags_of(text, {}, HEAD))
    doubled = f"“《（【{text.translate(dict.fromkeys(map(ord, '“”《》（）()【】')))}】）》”"
    assert list(flags_of(doubled, {}, HEAD)) == []
