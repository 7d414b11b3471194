"""Whole pages in the markup of many systems: what must come out, and what must not."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest

from crawler.families.reader import read
from pipelines.reading import Job

PROSE = (
    "为贯彻落实市委、市政府决策部署，进一步规范科技计划项目管理，提高财政资金使用效益，"
    "现就有关事项通知如下，请结合实际认真贯彻执行。"
)
MORE = "各单位要加强组织领导，明确责任分工，确保各项任务按期完成，重大情况及时向我局报告。"


@dataclass(frozen=True)
class Case:
    name: str
    html: str
    expect: dict[str, Any]
    has: tuple[str, ...] = (PROSE, MORE)
    lacks: tuple[str, ...] = ()
    url: str = "http://www.example.gov.cn/a/b/c.html"
    files: tuple[str, ...] = field(default=())


CASES = (
    Case(
        "hanweb comments and meta delimiters",
        f"""<html><head><title>关于开展项目申报的通知_某市科技局</title><meta name="Maketime" content="2023-08-01 09:00:00">
        </head><body><div class="nav"><a href="/">首页</a><a href="/col/col12/index.html">通知公告</a></div>
        <table><tr><td><!--<$[标题]>begin-->关于开展项目申报的通知<!--<$[标题]>end--></td></tr>
        <tr><td>发布日期：<!--<$[发布时间]>begin-->2023-07-26<!--<$[发布时间]>end-->
        来源：<!--<$[信息来源]>begin-->市科技局<!--<$[信息来源]>end--> 浏览次数：<script>document.write(1)</script></td></tr>
        <tr><td><div id="zoom"><!--ZJEG_RSS.content.begin--><meta name="ContentStart"><p>{PROSE}</p><p>{MORE}</p>
        <p>附件：<a href="/module/download/downfile.jsp?classid=0&amp;showname=申报表.docx&amp;filename=ab12.docx">申报表</a></p>
        <meta name="ContentEnd"><!--ZJEG_RSS.content.end--></div></td></tr></table>
        <p>版权所有：某市科技局</p></body></html>""",
        {
            "title": "关于开展项目申报的通知",
            "date_published": "2023-07-26",
            "source": "市科技局",
            "author": None,
        },
        lacks=("发布日期", "版权所有", "浏览"),
        files=(
            "http://www.example.gov.cn/module/download/downfile.jsp?classid=0&showname=申报表.docx&filename=ab12.docx",
        ),
    ),
    Case(
        "gkmlpt text only in the page's script",
        """<html><head><title>关于印发管理办法的通知</title><script>window._CONFIG = {SID: 1, DETAIL: {"id": 3,
        "content": "\\u003Cp\\u003E"""
        + PROSE
        + """\\u003C/p\\u003E\\u003Cp\\u003E"""
        + MORE
        + MORE * 3
        + """\\u003C/p\\u003E"}};</script></head><body>
        <div class="classify"><table><tr><td class="first">索引号：</td><td><span>11440100007482532C/2023-00012</span></td>
        <td class="second">分类：</td><td>财政、金融、审计</td></tr><tr><td>发布机构：</td><td>市财政局</td><td>成文日期：</td>
        <td>2023-03-02</td></tr><tr><td>名称：</td><td colspan="3">关于印发管理办法的通知</td></tr>
        <tr><td>文号：</td><td>穗财规字〔2023〕2号</td><td>发布日期：</td><td>2023-03-09</td></tr></table></div>
        <h1 class="title">关于印发管理办法的通知</h1><div class="article-content"></div></body></html>""",
        {
            "title": "关于印发管理办法的通知",
            "index_no": "11440100007482532C/2023-00012",
            "doc_no": "穗财规字〔2023〕2号",
            "issuer": "市财政局",
            "date_written": "2023-03-02",
            "date_published": "2023-03-09",
        },
        lacks=("索引号",),
    ),
    Case(
        "vsb header line with script counter and guarded files",
        f"""<html><head><title>学校召开科研工作会-新闻网</title></head><body><div class="top"><a href="/">首页</a></div>
        <form name="_newscontent_fromname"><div class="content-title"><h3>学校召开科研工作会</h3>
        <i>发布时间：2022年3月5日　作者：王晓明　来源：科研处　点击：[<span id="dynclicks_wbnews_1"></span>]</i></div>
        <div id="vsb_content" class="content-con"><div class="v_news_content"><p>{PROSE}</p><p>{MORE}</p></div></div>
        <ul><li>附件【<a href="/system/_content/download.jsp?urltype=news.DownloadAttachUrl&amp;owner=1&amp;wbfileid=77">名单.xlsx</a>】已下载<span id="nattach77">0</span>次</li></ul>
        <p>上一条：<a href="1.htm">关于放假的通知</a></p><p>下一条：<a href="2.htm">关于开学的通知</a></p></form>
        <div class="foot">版权所有 某大学 地址：某路1号</div></body></html>""",
        {
            "title": "学校召开科研工作会",
            "date_published": "2022-03-05",
            "author": "王晓明",
            "source": "科研处",
        },
        lacks=("点击", "上一条", "放假", "已下载"),
        files=(
            "http://www.example.gov.cn/system/_content/download.jsp?urltype=news.DownloadAttachUrl&owner=1&wbfileid=77",
        ),
    ),
    Case(
        "everything in layout tables and fonts, the site's name as title",
        f"""<html><head><title>某县人民政府门户网站</title></head><body><table><tr><td>
        <table><tr><td><a href="/">首页</a></td><td><a href="/z/">政务公开</a></td><td><a href="/b/">办事服务</a></td></tr></table>
        </td></tr><tr><td><table><tr><td align="center"><font size="5"><b>某县人民政府关于表彰先进的决定</b></font></td></tr>
        <tr><td align="center">某政发〔2011〕15号</td></tr>
        <tr><td align="center">发布时间：2011-5-6 10:20　　来源：县政府办　　【字体：大 中 小】　浏览：233次</td></tr>
        <tr><td>　　{PROSE}<br>　　{MORE}<br><br>　　　　某县人民政府<br>　　　　二○一一年五月三日</td></tr></table></td></tr>
        <tr><td>主办：某县人民政府办公室　备案号：某ICP备05000000号</td></tr></table></body></html>""",
        {
            "title": "某县人民政府关于表彰先进的决定",
            "doc_no": "某政发〔2011〕15号",
            "date_published": "2011-05-06",
            "date_signed": "2011-05-03",
            "source": "县政府办",
            "issuer": None,
        },
        lacks=("发布时间", "主办", "首页"),
    ),
    Case(
        "metadata as a definition list without colons",
        f"""<html><head><title>通知</title></head><body><div class="meta"><dl><dt>索引号</dt><dd>014349/2020-00001</dd>
        <dt>发文字号</dt><dd>某科发[2020]1号</dd><dt>发文机关</dt><dd>某省科学技术厅</dd><dt>成文日期</dt><dd>2020年1月2日</dd>
        <dt>有效性</dt><dd>有效</dd></dl></div><h1>某省科学技术厅关于做好年报工作的通知</h1>
        <div class="con"><p>{PROSE}</p><p>{MORE}</p></div></body></html>""",
        {
            "title": "某省科学技术厅关于做好年报工作的通知",
            "index_no": "014349/2020-00001",
            "doc_no": "某科发〔2020〕1号",
            "issuer": "某省科学技术厅",
            "date_written": "2020-01-02",
            "date_published": None,
            "validity": "有效",
        },
        lacks=("索引号", "有效性"),
    ),
    Case(
        "metadata as list items of two inline nodes without colons",
        f"""<html><head><title>某市关于加强管理的意见 - 某市政府网</title></head><body><ul class="info">
        <li><em>索引号</em><span>X0001/2021-00007</span></li><li><em>主题分类</em><span>科技、教育</span></li>
        <li><em>发布机构</em><span>市科技局</span></li><li><em>生成日期</em><span>2021-02-03</span></li>
        <li><em>文号</em><span></span></li></ul><h2>某市关于加强管理的意见</h2><div><p>{PROSE}</p><p>{MORE}</p></div>
        </body></html>""",
        {
            "title": "某市关于加强管理的意见",
            "index_no": "X0001/2021-00007",
            "theme": "科技、教育",
            "issuer": "市科技局",
            "date_written": "2021-02-03",
            "doc_no": None,
        },
        lacks=("索引号", "生成日期"),
    ),
    Case(
        "a heading in two lines, cut in the trail",
        f"""<html><head><title>关于印发《某市科技计划…_某市科技局</title></head><body><div class="crumb">当前位置：<a href="/">首页</a> &gt; <a href="/t/">通知公告</a></div>
        <h1>某市科学技术局<br>关于印发《某市科技计划项目管理办法》的通知</h1><div class="info"><span>2023-07-26 10:11</span><span>来源：本站</span></div>
        <div class="txt"><p>{PROSE}</p><p>{MORE}</p></div></body></html>""",
        {
            "title": "某市科学技术局 关于印发《某市科技计划项目管理办法》的通知",
            "date_published": "2023-07-26",
        },
        lacks=("当前位置", "来源"),
    ),
    Case(
        "update time counts only when nothing else is stated",
        f"""<html><head><title>某项工作的说明</title></head><body><h1>某项工作的说明</h1>
        <p class="t">更新时间：2023-08-09 发布时间：2023-08-01</p><div><p>{PROSE}</p><p>{MORE}</p></div></body></html>""",
        {"date_published": "2023-08-01"},
    ),
    Case(
        "a date in the story is no date of publication",
        f"""<html><head><title>某项工作的说明</title></head><body><h1>某项工作的说明</h1>
        <div><p>2020年5月6日，{PROSE}</p><p>{MORE}</p></div></body></html>""",
        {"title": "某项工作的说明", "date_published": None, "date_signed": None},
        has=(PROSE,),
    ),
    Case(
        "no headline anywhere: the site's name is none",
        f"""<html><head><title>某市科学技术局</title></head><body><div class="logo"><h1>某市科学技术局</h1></div>
        <div class="position">当前位置：<a href="/">首页</a> &gt; 工作总结</div><div class="TRS_Editor"><p>{PROSE}</p><p>{MORE}</p></div>
        <div class="footer">主办单位：某市科学技术局 网站标识码5000000000</div></body></html>""",
        {"title": None, "date_published": None},
        lacks=("主办单位", "首页"),
    ),
    Case(
        "a table of other documents is text, not metadata",
        f"""<html><head><title>废止文件目录</title></head><body><h1>关于公布废止文件目录的公告</h1><div class="c"><p>{PROSE}</p>
        <table><tr><td>序号</td><td>文件名称</td><td>发文字号</td><td>发文机关</td></tr>
        <tr><td>1</td><td>某办法</td><td>某科发〔2001〕3号</td><td>市科技局</td></tr>
        <tr><td>2</td><td>某细则</td><td>某科发〔2002〕4号</td><td>市科技局</td></tr></table><p>{MORE}</p></div></body></html>""",
        {"title": "关于公布废止文件目录的公告", "doc_no": None, "issuer": None},
        has=(PROSE, MORE, "某科发〔2001〕3号", "发文字号"),
    ),
    Case(
        "names beside a source, editors apart",
        f"""<html><head><title>我市获奖_新闻</title></head><body><h1>我市科技项目获奖</h1>
        <div class="s">时间：2024/1/5 来源：重庆日报 记者：张 三 李四光 编辑：赵六</div>
        <div class="a"><p>{PROSE}</p><p>{MORE}</p><p>（责任编辑：赵六）</p></div></body></html>""",
        {"author": "张三、李四光", "source": "重庆日报", "date_published": "2024-01-05"},
        lacks=("赵六",),
    ),
    Case(
        "only files: no text, but a document",
        """<html><head><title>关于公布名单的通知</title></head><body><div class="box"><h1>关于公布名单的通知</h1>
        <p class="t">发布时间：2022-01-02</p><div class="TRS_Editor"><p><a href="./P020220102400000000001.pdf">名单.pdf</a></p></div></div>
        </body></html>""",
        {"title": "关于公布名单的通知", "date_published": "2022-01-02"},
        has=("名单.pdf",),
        files=("http://www.example.gov.cn/a/b/P020220102400000000001.pdf",),
    ),
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name.replace(" ", "-"))
def test_page_gives_what_it_states_and_nothing_else(case: Case) -> None:
    reading = read(Job(case.url, case.html.encode()))
    assert reading.extraction is not None, reading.reason
    extraction = reading.extraction
    got = {name: extraction.fields[name] for name in case.expect}
    assert got == case.expect
    for words in case.has:
        assert words in extraction.text
    for words in case.lacks:
        assert words not in extraction.text
    assert {each.url for each in extraction.attachments} == set(case.files)
