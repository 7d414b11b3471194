# ruff: noqa: E501 - markup stays on the lines its systems print
"""Header lines as sites print them: every order, separator and way to mark a value."""

from __future__ import annotations

import pytest

from archive.records import Extraction
from crawler.families.reader import read
from pipelines.reading import Job

DAY = "2023-07-26"
TITLE = "关于做好年度工作的通知"
TEXT = (
    "<div><p>现将有关事项通知如下，请认真贯彻执行，确保各项任务按期完成。</p>"
    "<p>各单位要高度重视，加强组织领导，明确责任分工，抓好工作落实。</p></div>"
)

HEADERS = [
    ("<p>来源：新华社、人民日报\u30002023-07-26</p>", "新华社、人民日报", None),
    ("<p>新华网 2023-07-26 10:11</p>", "新华网", None),
    ("<p>2023-07-26 10:11 新华网</p>", "新华网", None),
    ("<p>2023-07-26 10:11 <a href=/x>新华网</a> 作者：王小明</p>", "新华网", "王小明"),
    (
        "<p>发布时间: 2023-07-26 10:11 | 来源: 临江日报 | 作者: 王小明 | 责任编辑: 李大力</p>",
        "临江日报",
        "王小明",
    ),
    ("<p>【来源：临江日报】【作者：王小明】【时间：2023-07-26】</p>", "临江日报", "王小明"),
    ("<p>[来源]临江日报 [作者]王小明 [日期]2023-07-26</p>", "临江日报", "王小明"),
    ("<p>来源 临江日报\u3000时间 2023-07-26</p>", "临江日报", None),
    (
        "<p>稿源：临江日报&nbsp;&nbsp;编辑：王小明&nbsp;&nbsp;2023年7月26日10:11</p>",
        "临江日报",
        None,
    ),
    (
        "<p>信息来源：市教育局\u3000发布时间：2023年7月26日\u3000浏览次数：次\u3000【 字体：大 中 小 】 打印 关闭</p>",
        "市教育局",
        None,
    ),
    (
        "<p>来源：临江市人民政府办公室</p><p>发布时间：2023-07-26</p><p>访问次数：88</p>",
        "临江市人民政府办公室",
        None,
    ),
    ("<ul><li>2023-07-26</li><li>来源：市教育局</li><li>点击：12</li></ul>", "市教育局", None),
    (
        "<div><span>日期：</span><span>2023-07-26</span><span>来源：</span><span>市教育局</span></div>",
        "市教育局",
        None,
    ),
    (
        "<div><div>日期：</div><div>2023-07-26</div><div>来源：</div><div>市教育局</div></div>",
        "市教育局",
        None,
    ),
    ('<p>来源:<script>var a="x";</script>市教育局 日期:2023-07-26</p>', "市教育局", None),
    ("<p>时间：2023-07-26 作者：教务处 来源：教务处 点击率：10</p>", "教务处", None),
    (
        "<p>作者：王小明、李大力 时间：2023-07-26 来源：文学院 审核人：赵刚</p>",
        "文学院",
        "王小明、李大力",
    ),
    ("<p>通讯员：王小明 摄影：李大力 2023-07-26</p>", None, "王小明"),
    ("<p>（通讯员 王小明） 2023-07-26</p>", None, "王小明"),
    ("<p>2023-07-26\u3000文章来源：学生处\u3000作者：\u3000阅读：12</p>", "学生处", None),
    ("<p>来源：\u3000\u3000发布时间：2023-07-26</p>", None, None),
    ("<p>来源：无 作者：无 时间：2023-07-26</p>", None, None),
    ("<p>2023.07.26 / 临江日报 / 王小明</p>", "临江日报", "王小明"),
    ("<p>临江日报记者 王小明\u30002023-07-26</p>", None, "王小明"),
    ("<p>本报记者 王小明 李大力</p><p>2023-07-26 临江日报</p>", "临江日报", "王小明、李大力"),
    ("<p>文/王小明\u3000图/李大力\u30002023-07-26\u3000来源：宣传部</p>", "宣传部", "王小明"),
    ("<p>2023年07月26日 &nbsp;来源：<img src=x.png> 人民网</p>", "人民网", None),
    ("<p>来源：中国政府网 | 发布日期：2023-07-26 | 分享到：<a>微信</a></p>", "中国政府网", None),
    (
        "<p>发稿时间：2023-07-26 10:11:00 来源：中国青年报 作者：王小明 中国青年网</p>",
        "中国青年报",
        "王小明",
    ),
    (
        "<p>发布日期：2023-07-26 \u3000来源：临江市水利局（办公室）</p>",
        "临江市水利局（办公室）",
        None,
    ),
    (
        "<p>日期：2023-07-26\u3000字号：大 中 小\u3000来源：“学习强国”学习平台</p>",
        "“学习强国”学习平台",
        None,
    ),
    ("<p>来源：央视新闻客户端 2023-07-26 10:11:12 字体： T | T</p>", "央视新闻客户端", None),
    ("<p>2023-07-26 10:11:12 来源： 中国新闻网 责任编辑： 王小明</p>", "中国新闻网", None),
    ("<p>更新日期：2023-07-26\u3000来源：省厅</p>", "省厅", None),
    ("<p>【2023-07-26】 【作者/来源 王小明】 【关闭窗口】</p>", None, "王小明"),
    ("<p>编辑日期：2023-07-26\u3000作者/来源：宣传部\u3000阅读次数：23</p>", "宣传部", None),
    ("<p>录入者：admin\u3000时间：2023-7-26 9:05:00\u3000浏览次数：1</p>", None, None),
    ("<p>2023-07-26 | 【大 中 小】【打印】【关闭】</p>", None, None),
    ("<p>发布时间：2023-07-26 来源：临江发布 原作者：王小明</p>", "临江发布", "王小明"),
    ("<p>撰稿：王小明\u3000编辑：李大力\u3000发布：2023-07-26</p>", None, "王小明"),
    ("<p>供稿：教务处\u3000 2023-07-26</p>", None, None),
    ("<p>责任编辑：王小明\u3000信息来源：人事科\u3000发布时间：2023-07-26</p>", "人事科", None),
    ("<p>来源：新华社客户端\u3000记者：王小明\u30002023-07-26</p>", "新华社客户端", "王小明"),
    ("<p>2023-07-26 10:11 \u3000来源：微信公众号“临江发布”</p>", "微信公众号“临江发布”", None),
    ("<p>发布者：王小明 发布时间：2023-07-26 浏览次数：3</p>", None, "王小明"),
    ("<p>发表时间:2023-07-26 发布人:科技处 点击:3</p>", None, None),
]


def extracted(header: str) -> Extraction:
    markup = f"<title>{TITLE}</title><h1>{TITLE}</h1>{header}{TEXT}"
    extraction = read(Job(None, markup.encode())).extraction
    assert extraction is not None
    return extraction


@pytest.mark.parametrize(("header", "source", "author"), HEADERS)
def test_header_gives_day_source_and_author_in_any_form(
    header: str, source: str | None, author: str | None
) -> None:
    extraction = extracted(header)
    fields = extraction.fields
    found = (fields["title"], fields["date_published"], fields["source"], fields["author"])
    assert found == (TITLE, DAY, source, author)
    assert len(extraction.text.splitlines()) == 2
