"""Challenges, error pages and stubs are recognised; real pages somewhat like them pass."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.records import PageKind
from pipelines.extraction.guard import judge, redirect_target
from pipelines.extraction.visible import title_of, visible_blocks

PROSE = (
    "近日，某市召开会议，传达学习上级精神，研究部署下一阶段重点工作，"
    "并就有关事项提出了明确的要求和安排。"
)
SCRIPT = "<html><head><script>{}</script></head><body></body></html>"


def page(title: str, body: str) -> str:
    return f"<html><head><title>{title}</title></head><body>{body}</body></html>"


CHALLENGES = [
    (521, SCRIPT.format("document.cookie='__jsl_clearance=1|0|a';location.href=location.pathname")),
    (521, "<script>document.cookie=('_')+('_')+('j')+('s')+('l');location.href='/'</script>"),
    (412, SCRIPT.format("$_ts=window['$_ts'];if(!$_ts)$_ts={};$_ts.nsd=1")),
    (200, SCRIPT.format("$_ts=window['$_ts'];if(!$_ts)$_ts={};$_ts.nsd=1")),
    (200, SCRIPT.format("eval(function(p){})('wzwschallenge')")),
    (200, SCRIPT.format("function YunSuoAutoJump(){self.location='/?security_verify_data=1'}")),
    (200, SCRIPT.format("var arg1='A';setCookie('acw_sc__v2',x);document.location.reload()")),
    (200, SCRIPT.format("document.cookie='C3VK=ab12; max-age=300';window.location.reload()")),
    (200, SCRIPT.format("document.cookie='__tst_status=1';document.location.reload()")),
    (200, SCRIPT.format("document.cookie='own=1; path=/'; window.location.reload(true)")),
    (403, "<html><body>reason:GeoBL</body></html>"),
    (403, page("网站防火墙", "<p>您的请求带有不合法参数，已被网站管理员设置拦截！</p>")),
    (200, page("网站防火墙", "<h1 align='center'> 网站waf防火墙已拦截 </h1>")),
    (200, page("", "<h1>网站防火墙</h1><p>系统已拦截本次请求</p><p>请在60秒后访问</p>")),
    (521, "<script>;go({'tn':'__jsl_clearance_s','vt':'3600'})</script>"),
    (200, page("访问拦截", "<p>您的访问过于频繁，请稍后再试</p>")),
    (200, page("安全验证", "<div>请完成人机验证后继续访问</div>")),
    (200, page("Just a moment...", "<div>Checking your browser before accessing</div>")),
    (403, page("Forbidden", "<h1>Forbidden</h1>")),
    (412, ""),
    (429, page("", "slow down")),
]

MISSING = [
    (200, page("404 文件不存在", "<p>非常抱歉，您访问的页面不存在，或者已经被移除！</p>")),
    (200, page("某市民政局", "<p>您访问的页面不存在</p><a href='/'>返回首页</a>")),
    (200, page("", "<div>抱歉，该信息已被删除！</div>")),
    (200, page("404-某市人民政府", "<ul>" + "<li><a href='/a'>栏目</a></li>" * 40 + "</ul>")),
    (
        200,
        page(
            "某市人民政府门户网站",
            "<ul>"
            + "<li><a href='/a'>栏目</a></li>" * 40
            + "</ul><p>对不起，您要查看的文章不存在</p>",
        ),
    ),
    (404, page("某市人民政府", f"<p>{PROSE}</p>" * 30)),
    (410, ""),
]

OTHERS = [
    (200, ""),
    (
        200,
        "<html><body><div id='app'></div><script src='/app.js'></script></body></html>",
    ),
    (
        200,
        page(
            "Index", "<form action='/login' method='post'/><script>$('form')[0].submit()</script>"
        ),
    ),
    (200, page("用户登录", "<form><input name=u><input type='password' name=p></form>")),
    (200, page("", "<p>系统维护中，请稍后访问</p>")),
    (200, page("", "<p>页面跳转中，请稍候…</p><script>location.href='/index.html'</script>")),
    (503, page("", "<h1>Service Temporarily Unavailable</h1>")),
    (502, ""),
    (401, page("", "needs a name")),
]

REAL = [
    (
        200,
        page(
            "404页面为何频频出现？",
            f"<p>{PROSE}</p><p>您访问的页面不存在，是许多人遇到的提示。</p>",
        ),
    ),
    (200, page("网信办：恶意访问将被拦截", f"<p>{PROSE}</p><p>网站防火墙拦截了非法请求。</p>")),
    (200, page("关于系统维护的公告", f"<p>{PROSE}</p><p>系统维护期间暂停服务。</p>")),
    (
        200,
        page("通知", "<p>发布时间：2023-07-26</p><p>因系统升级维护，平台将于7月28日暂停服务。</p>"),
    ),
    (200, page("通知", "<meta name='PubDate' content='2023-07-26'><p>因系统维护暂停服务。</p>")),
    (200, page("通知", "<p>附件：名单</p><p><a href='a.pdf'>名单.pdf</a></p>")),
    (200, page("图解", "<img src='1.png'>")),
    (200, page("版面", "<iframe src='/a.pdf'></iframe>")),
    (200, page("列表", "<li><a href='/t1.html'>通知</a></li><li>文件已失效</li>" * 20)),
    (200, page("列表", "<li><a href='/t1.html'>通知</a></li><li>该文件已被删除</li>" * 20)),
    (200, page("列表", "<ul>" + "<li><a href='/t1.html'>关于某事的通知</a></li>" * 20 + "</ul>")),
    (200, SCRIPT.format("var data=" + repr(PROSE * 3))),
    (200, f"<script>$_ts={{}};document.cookie='a=1';location.reload</script><p>{PROSE}</p>"),
    (200, page("通知", f"<form><input type=password></form><p>{PROSE}</p>")),
    (200, '{"articles": [{"title": "关于印发某办法的通知", "url": "https://example.org/1"}]}'),
]


SAYINGS = [
    "您访问的页面不存在",
    "抱歉，您访问的页面不存在或已被移除",
    ":(很抱歉，您访问的页面不存在！",
    "404 抱歉,您访问的页面不存在",
    "非常抱歉，您要查看的页面没有办法找到",
    "您要查看的页面可能已经被删除、名称被更改，或者暂时不可用",
    "抱歉,您要查看的页面丢失了",
    "您好，您访问的页面不存在，请返回",
    "对不起，该文章已被删除",
    "页面未找到",
    "没有找到您要访问的页面",
    "此信息已删除！",
    "您访问的链接已失效",
]


@pytest.mark.parametrize("saying", SAYINGS)
def test_missing_page_is_known_by_what_it_says(saying: str) -> None:
    judged = judge(200, (), page("某市", f"<div>{saying}</div><a href='/'>返回首页</a>"), None)
    assert judged is not None
    assert judged[0] is PageKind.SOFT_404


@pytest.mark.parametrize(
    "line", ["附件：页面说明", "文件不得删除", "信息公开", "内容不全", "链接：相关文件", "查看文件"]
)
def test_ordinary_short_lines_are_no_error_page(line: str) -> None:
    assert judge(200, (), page("某市", f"<p>{line}</p><img src='a.png'>"), None) is None


@pytest.mark.parametrize(("status", "source"), CHALLENGES)
def test_challenge_is_recognised(status: int, source: str) -> None:
    judged = judge(status, (), source, None)
    assert judged is not None
    assert judged[0] is PageKind.CHALLENGE
    assert judged[1]


@pytest.mark.parametrize(("status", "source"), MISSING)
def test_error_page_is_recognised_whatever_its_status(status: int, source: str) -> None:
    judged = judge(status, (), source, None)
    assert judged is not None
    assert judged[0] is PageKind.SOFT_404


@pytest.mark.parametrize(("status", "source"), OTHERS)
def test_stub_is_recognised(status: int, source: str) -> None:
    judged = judge(status, (), source, None)
    assert judged is not None
    assert judged[0] is PageKind.OTHER


@pytest.mark.parametrize(("status", "source"), REAL)
def test_real_page_passes(status: int, source: str) -> None:
    assert judge(status, (), source, None) is None


def test_product_is_known_by_its_cookie_when_the_page_is_refused() -> None:
    headers = (("Set-Cookie", "__jsluid_s=abc; path=/"), ("Server", "x"))
    judged = judge(521, headers, "", None)
    assert judged is not None
    assert "加速乐" in judged[1]
    assert judge(200, headers, page("通知", f"<p>{PROSE}</p>"), None) is None


@pytest.mark.parametrize(
    "source",
    [
        '<meta http-equiv="refresh" content="0; URL=html/2023-02/24/node_2.htm">',
        "<META HTTP-EQUIV='Refresh' CONTENT='0;url=html/2023-02/24/node_2.htm'>",
        '<meta http-equiv=refresh content="0;url=\'html/2023-02/24/node_2.htm">',
    ],
)
def test_front_door_passes_and_says_where_it_leads(source: str) -> None:
    assert redirect_target(source) == "html/2023-02/24/node_2.htm"
    assert judge(200, (), source, None) is None


def test_visible_text_leaves_out_scripts_comments_and_titles() -> None:
    source = (
        "<html><head><title>题 &amp; 目</title><style>p{}</style></head><body><!-- <p>注 -->"
        "<script>if (a<b) {}</script><p>第一<b>段</b>&nbsp;文</p><div>第二段</div></body>"
    )
    assert visible_blocks(source, 1000) == ("第一段 文", "第二段")
    assert title_of(source) == "题 & 目"
    assert visible_blocks("甲" * 50 + "<p>乙", 10) == ("甲" * 50,)


@given(st.integers(100, 599), st.text(alphabet="<>/!-abspt= \"'页面不存在404", max_size=200))
def test_judging_never_raises(status: int, source: str) -> None:
    judge(status, (("Set-Cookie", source),), source, None)


@pytest.mark.parametrize(
    "unit", ["<", "<script", "<!--", "<p>", "<a ", "a", "<meta http-equiv=refresh ", "<title>", "&"]
)
def test_a_megabyte_of_one_sign_is_judged_within_a_second(unit: str) -> None:
    source = unit * (1_000_000 // len(unit))
    started = time.process_time()
    judge(200, (), source, None)
    assert time.process_time() - started < 1


@pytest.mark.parametrize(
    ("kind", "title", "body"),
    [
        (PageKind.SOFT_404, "提示信息", "<p>抱歉，指定的文章不存在或已被删除</p>"),
        (PageKind.SOFT_404, "", "<h2>该内容已被发布者删除</h2>"),
        (PageKind.CHALLENGE, "访问验证", "<p>请按住滑块，拖动到最右边完成验证</p>"),
        (PageKind.OTHER, "某大学", "<p>当前IP不在允许访问范围内，请使用校园网或VPN访问。</p>"),
        (PageKind.OTHER, "提示", "<p>您的浏览器版本过低，请升级浏览器后访问。</p>"),
    ],
)
def test_other_words_of_the_same_refusals_are_known(kind: PageKind, title: str, body: str) -> None:
    judged = judge(200, (), page(title, body), None)
    assert judged is not None
    assert judged[0] is kind


@pytest.mark.parametrize(
    "body",
    [
        "<form><input type=password></form><h1>停机通知</h1><p>2019-12-20</p>"
        "<p>因机房系统升级维护，校园网将于12月21日0时至6时暂停服务，请相互转告。</p>",
        "<h1>关于校园网的通知</h1><p>2022-03-04</p><p>为提升服务质量，请使用校园网的用户更换设备。</p>",
    ],
)
def test_dated_notice_is_a_document_whatever_stands_around_it(body: str) -> None:
    assert judge(200, (), page("通知", body), None) is None
