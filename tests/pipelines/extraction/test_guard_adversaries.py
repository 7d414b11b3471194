"""D14: block pages of many products, error pages of many systems, and documents that resemble them.

All pages are retyped in short from what such products send; names are invented.
"""

from __future__ import annotations

import pytest

from archive.records import Outcome, PageKind
from crawler.families.reader import read
from pipelines.extraction.guard import judge
from pipelines.reading import Job

NAV = "".join(
    f"<li><a href='/{name}/'>{name}</a></li>"
    for name in ("首页", "政务公开", "新闻动态", "办事服务", "互动交流", "数据开放", "走进我市")
)
FOOT = (
    "<div class='footer'><p>主办：某市人民政府办公室　承办：某市大数据局</p>"
    "<p>网站标识码：5000000000　某ICP备00000000号　某公网安备 00000000000000号</p></div>"
)
STORY = (
    "<p>近日，某市召开全市网络安全工作会议，传达学习上级有关精神，总结去年工作，研究部署下一阶段重点任务。"
    "会议指出，各级各部门要切实提高认识，压实责任，把各项措施落到实处。</p>"
)


def page(title: str, body: str, head: str = "") -> str:
    return (
        f"<!DOCTYPE html><html><head><title>{title}</title>{head}</head><body>{body}</body></html>"
    )


def framed(title: str, body: str) -> str:
    """A page inside its site's own frame."""
    return page(title, f"<ul class='nav'>{NAV}</ul><div class='main'>{body}</div>{FOOT}")


def notice(title: str, date: str, *lines: str) -> str:
    """A document as small as they come, in its site's own frame."""
    text = "".join(f"<p>{line}</p>" for line in lines)
    return framed(
        f"{title}-某市水务局",
        (
            f"<h1>{title}</h1><div>发布时间：{date} 来源：某市水务局"
            f"</div><div class='con'>{text}</div>"
        ),
    )


def script(code: str, text: str = "") -> str:
    return page("", f"<script>{code}</script>{text}")


Pages = dict[str, tuple[int, str]]
CHALLENGES: Pages = {
    "jsl_second": (
        521,
        (
            "<script>function go(){};go({'bts':['1','2'],'tn':'__jsl_clearance_s','vt':'3600'})"
            "</script>"
        ),
    ),
    "jsl_200": (200, script("document.cookie=('_')+('_')+('j')+('s')+('l')+('_clearance_s=1')")),
    "botgate_meta": (
        202,
        "<html><head><meta id='9DhefwqGPrzGxEp9hPaoag' content='aB3' r='m'/>"
        "<script>$_ts=window['$_ts'];if(!$_ts)$_ts={};$_ts.cd='q'</script>"
        "<script src='/4QbVtADbnLVIc/c.FxJzG50F.js' r='m'></script></head><body></body></html>",
    ),
    "aliyun_acw": (
        200,
        "<html><script>var arg1='0BDC';var _0x4818=['csKH'];function setCookie(n,v){}"
        "reload(x);document.cookie='acw_sc__v2='+x;document.location.reload();</script></html>",
    ),
    "aliyun_405": (
        405,
        page(
            "405",
            "<div data-spm='a3c0e'><p>很抱歉，由于您访问的URL有可能对网站造成安全威胁，"
            "您的访问被阻断。</p><p>您的请求ID是: 7b1</p></div>",
        ),
    ),
    "aliyun_405_as_200": (
        200,
        page(
            "405",
            "<div><p>很抱歉，由于您访问的URL有可能对网站造成安全威胁，您的访问被阻断。</p>"
            "<p>您的请求ID是: <strong id='traceid'>7b1</strong></p></div>",
        ),
    ),
    "aliyun_slider": (
        200,
        page(
            "验证码拦截",
            "<div id='nocaptcha'></div><p>别离开，为了更好的访问体验，请滑动滑块进行验证，"
            "通过后即可继续访问网页</p><script src='https://g.alicdn.com/frontend-lib/x.js'></script>",
        ),
    ),
    "edgeone_cookie": (
        200,
        script("var a=1;document.cookie='EO_Bot_Ssid='+a+';';location.href=location.href"),
    ),
    "edgeone_captcha": (
        200,
        page(
            "Security Verification",
            "<p>Verifying that you are not a robot...</p>"
            "<script src='https://turing.captcha.qcloud.com/TCaptcha.js'></script>"
            "<script>new TencentCaptcha('1',f)</script>",
        ),
    ),
    "tencent_waf": (
        200,
        page(
            "T-Sec 网站管家(WAF)",
            "<p>很抱歉，您提交的请求可能对网站造成威胁，请求已被管理员设置的策略阻断</p>"
            "<p>您的请求UUID为：1-2-3</p>",
        ),
    ),
    "safedog": (
        403,
        page(
            "网站防火墙",
            "<p>您的请求带有不合法参数，已被网站管理员设置拦截！</p>"
            "<p>如何解决：1）检查提交内容；2）如网站托管，请联系空间提供商；</p>",
        ),
    ),
    "safedog_as_200": (
        200,
        page(
            "网站访问报错",
            "<p>网站安全狗提示：您访问的页面或提交的参数中包含恶意内容，已拦截。</p>",
        ),
    ),
    "yunsuo": (
        200,
        script(
            "function YunSuoAutoJump(){self.location='/?security_verify_data=313932'}"
            "setTimeout('YunSuoAutoJump()',50)"
        ),
    ),
    "bt_panel": (
        200,
        page(
            "宝塔防火墙",
            "<p>您的请求带有不合法参数，已被网站管理员设置拦截！</p><p>可能原因：您提交的内容"
            "包含危险的攻击请求</p>",
        ),
    ),
    "bt_slider": (
        200,
        page(
            "人机识别检测",
            "<div class='slider'>人机识别检测 请拖动滑块完成验证</div>"
            "<script>var url='/a20be899_96a6_40b2_88ba_32f1f75f1552_yanzheng_huadong.php'"
            "</script>",
        ),
    ),
    "d_shield": (
        200,
        page(
            "D盾_拦截提示",
            "<p>【D盾_拦截提示】</p><p>当前访问疑似黑客攻击，已被网站管理员设置为拦截并记录！</p>",
        ),
    ),
    "wzws_360": (
        200,
        script("eval(function(p,a,c,k,e,d){}('wzwschallenge=1;wzwstemplate=2'))"),
    ),
    "wangzhan_360": (
        493,
        page("360网站卫士", "<p>当前访问疑似黑客攻击，已被网站管理员设置为拦截</p>"),
    ),
    "knownsec": (
        200,
        page(
            "创宇盾", "<p>当前访问因触发安全规则被拦截</p><p>事件ID：1</p><p>客户端IP：1.2.3.4</p>"
        ),
    ),
    "safeline_wait": (
        468,
        page(
            "安全检测中",
            "<div id='slg-bg'></div><p>正在确认你是不是机器人</p>"
            "<script src='/.safeline/static/challenge.js'></script>",
        ),
    ),
    "safeline_block": (
        403,
        page(
            "访问已被拦截",
            "<p>您的访问请求可能对网站造成安全威胁，请求已被 长亭雷池 WAF 拦截。</p>",
        ),
    ),
    "cloudflare_managed": (
        403,
        page(
            "Just a moment...",
            "<div id='challenge-error-text'>Enable JavaScript and cookies to continue</div>"
            "<script>window._cf_chl_opt={cvId:'3'}</script>",
        ),
    ),
    "cloudflare_200": (
        200,
        page(
            "Attention Required! | Cloudflare",
            "<h1>Sorry, you have been blocked</h1><h2>You are unable to access x.example</h2>",
        ),
    ),
    "huawei": (
        418,
        page("访问被拦截！", "<p>您的请求疑似攻击行为！</p><p>事件ID: 0a</p>"),
    ),
    "huawei_as_200": (
        200,
        page("访问被拦截！", "<p>您的请求疑似攻击行为！</p><p>事件ID: 0a</p>"),
    ),
    "qianxin": (
        200,
        page("安域", "<p>您当前的访问行为存在异常，请稍后重试</p><p>奇安信网站卫士</p>"),
    ),
    "nsfocus": (
        200,
        page("访问禁止", "<p>您的访问请求被Web应用防护系统阻断，事件编号：1</p>"),
    ),
    "sangfor": (
        200,
        page(
            "访问提示",
            "<p>您所提交的请求包含可能的攻击行为，已被系统拦截</p><p>深信服下一代防火墙</p>",
        ),
    ),
    "topsec": (200, page("", "<p>天融信Web应用安全防护系统：您的访问存在风险，已被阻止！</p>")),
    "chaitin_slide": (
        200,
        page(
            "请完成验证",
            "<div>请完成下方验证后继续访问</div><div class='slide-verify'>向右滑动完成验证</div>",
        ),
    ),
    "geetest": (
        200,
        page(
            "验证",
            "<div id='captcha'></div><script src='//static.geetest.com/v4/gt4.js'></script>"
            "<script>initGeetest4({captchaId:'1'})</script>",
        ),
    ),
    "digits": (
        200,
        page(
            "请输入验证码",
            "<form><p>您的访问过于频繁，请输入验证码</p><img src='/code.jsp'>"
            "<input name='code'><button>提交</button></form>",
        ),
    ),
    "ip_black": (200, page("", "<h2>您的IP（1.2.3.4）已被列入黑名单，禁止访问本站</h2>")),
    "abroad": (200, page("提示", "<p>抱歉，本网站暂不支持境外IP访问。</p>")),
    "own_cookie": (
        200,
        script(
            "var d=new Date();document.cookie='k='+d.getTime();window.location.href=location.href"
        ),
    ),
    "script_off": (
        200,
        page(
            "",
            "<noscript>x</noscript><p>请开启JavaScript并刷新该页.</p><script src='/a.js'></script>",
        ),
    ),
    "fortinet": (
        200,
        page("Web Page Blocked", "<h2>Web Page Blocked!</h2><p>Attack ID: 20000051</p>"),
    ),
    "f5": (
        200,
        page(
            "Request Rejected",
            "The requested URL was rejected. Please consult with your administrator."
            "<br>Your support ID is: 1",
        ),
    ),
    "in_frame": (
        200,
        framed(
            "安全验证",
            "<p>系统检测到您的访问存在异常，请完成安全验证后继续访问。</p><div id='captcha'></div>",
        ),
    ),
}

MISSING: Pages = {
    "nginx": (200, page("404 Not Found", "<center><h1>404 Not Found</h1></center><hr>nginx")),
    "iis": (
        200,
        page(
            "404 - 找不到文件或目录。",
            "<h1>服务器错误</h1><h2>404 - 找不到文件或目录。</h2>"
            "<h3>您要查找的资源可能已被删除，已更改名称或者暂时不可用。</h3>",
        ),
    ),
    "iis_old": (
        200,
        page(
            "无法找到该页",
            "<h1>无法找到该页</h1>您正在搜索的页面可能已经删除、更名或暂时不可用。<hr>"
            "<p>请尝试以下操作：</p><ul><li>确保浏览器的地址栏中显示的网站地址的拼写和格式正确无误。</li></ul>",
        ),
    ),
    "tomcat": (
        200,
        page(
            "HTTP Status 404 – Not Found",
            "<h1>HTTP Status 404 – Not Found</h1><p><b>Type</b> Status Report</p>"
            "<p><b>Description</b> The origin server did not find a current representation</p>",
        ),
    ),
    "trs": (200, page("页面没有找到", "<p>您访问的页面没有找到！</p><p>5秒后自动跳转到首页</p>")),
    "hanweb": (
        200,
        page(
            "提示信息",
            "<div>您访问的信息不存在或已被删除！</div><a href='javascript:history.back()'>返回</a>",
        ),
    ),
    "vsb": (200, page("", "<script>alert('该信息不存在')</script><p>文章不存在或已被删除</p>")),
    "sudy": (200, page("404", "<p>抱歉，您访问的页面出错了！</p><a href='/'>返回首页</a>")),
    "dede": (
        200,
        page(
            "提示信息",
            "<div>DedeCMS 提示信息！</div><div>对不起，文档不存在！</div>"
            "<a href='javascript:history.go(-1);'>如果你的浏览器没反应，请点击这里...</a>",
        ),
    ),
    "phpcms": (200, page("提示信息", "<div>提示信息</div><div>您所访问的信息不存在!</div>")),
    "empire": (200, page("信息提示", "<b>信息提示</b><p>此信息不存在或者还未审核</p>")),
    "discuz": (
        200,
        page(
            "提示信息 - 某论坛",
            (
                "<p>抱歉，指定的主题不存在或已被删除或正在被审核</p>"
                "<a href='/'>[ 点击这里返回上一页 ]</a>"
            ),
        ),
    ),
    "public_service": (
        200,
        page(
            "404",
            (
                "<p>该页面暂时找不到啦！</p>"
                "<script src='//qzonestyle.gtimg.cn/404/search_children.js'></script>"
            ),
        ),
    ),
    "in_frame": (
        200,
        framed("某市人民政府", "<p>对不起，您访问的页面不存在或已删除！</p>"),
    ),
    "in_frame_code": (200, framed("页面不存在_某市人民政府", "<h2>404</h2><p>页面走丢了</p>")),
    "withdrawn": (200, framed("某市水务局", "<p>该文章已下线</p>")),
    "wrong_id": (200, page("错误", "<p>参数错误，没有找到相应的记录</p>")),
    "english": (200, page("Page Not Found", "<h1>Oops! That page can’t be found.</h1>")),
}

OTHERS: Pages = {
    "cas": (
        200,
        page(
            "统一身份认证平台",
            "<form><input name='username'><input type='password' name='password'>"
            "<button>登录</button></form><p>忘记密码？</p>",
        ),
    ),
    "oa": (
        200,
        page(
            "协同办公系统",
            "<p>用户名：</p><input><p>密码：</p><input TYPE=password><p>记住我</p>"
            "<p>推荐使用谷歌浏览器，分辨率1920*1080</p>",
        ),
    ),
    "qr_login": (200, page("登录", "<p>请使用手机客户端扫码登录</p><img src='/qr.png'>")),
    "login_first": (
        200,
        page("提示", "<p>您还没有登录，请先登录后再访问！</p><a href='/login'>登录</a>"),
    ),
    "members": (200, framed("某大学", "<p>您没有权限查看此内容，请登录后查看。</p>")),
    "campus": (200, page("某大学", "<p>该信息仅限校内访问，校外用户请通过VPN访问。</p>")),
    "upkeep": (200, page("系统维护", "<h1>系统维护中</h1><p>给您带来不便，敬请谅解！</p>")),
    "upkeep_english": (
        200,
        page(
            "Site maintenance",
            "<h1>We’ll be back soon!</h1><p>Sorry, we are performing scheduled maintenance.</p>",
        ),
    ),
    "moving": (200, page("", "<p>网站正在升级改版，暂停访问，敬请期待！</p>")),
    "merged": (
        200,
        page(
            "",
            "<p>本网站已关停，请访问<a href='http://www.example.gov.cn'>某市政府门户网站</a></p>",
        ),
    ),
    "unregistered": (200, page("", "<p>该网站未备案或已被注销备案，暂时无法访问</p>")),
    "busy": (200, page("", "<p>系统繁忙，请稍后再试</p>")),
    "exception": (
        200,
        page(
            "",
            (
                "<h1>HTTP Status 500 – Internal Server Error"
                "</h1><pre>java.lang.NullPointerException</pre>"
            ),
        ),
    ),
    "asp": (
        200,
        page(
            "运行时错误",
            (
                "<h1>“/”应用程序中的服务器错误。</h1><h2>运行时错误"
                "</h2><p>说明: 服务器上出现应用程序错误。</p>"
            ),
        ),
    ),
    "database": (
        200,
        page(
            "",
            "Warning: mysqli_connect(): (HY000/2002): Connection refused in /www/a.php on line 3",
        ),
    ),
    "vue": (
        200,
        page(
            "某市政务服务网",
            "<noscript><strong>We're sorry but portal doesn't work properly without JavaScript "
            "enabled. Please enable it to continue.</strong></noscript><div id=app></div>"
            "<script src=/js/chunk-vendors.js></script>",
        ),
    ),
    "react": (
        200,
        page(
            "",
            "<noscript>You need to enable JavaScript to run this app."
            "</noscript><div id='root'></div>"
            "<script src='/static/js/main.js'></script>",
        ),
    ),
    "loading": (
        200,
        page(
            "",
            "<div id='app'><div class='loading'>加载中...</div></div><script src='/a.js'></script>",
        ),
    ),
    "old_browser": (
        200,
        page("提示", "<p>您的浏览器版本过低，请使用IE10以上或Chrome浏览器访问</p>"),
    ),
    "blank": (200, "<html><head></head><body></body></html>"),
}

REAL: Pages = {
    "two_lines": (
        200,
        notice("停水通知", "2023-07-26", "因管道抢修，7月27日8时至18时城东片区停水。"),
    ),
    "one_line": (200, notice("放假通知", "2023-09-28", "国庆节放假7天。")),
    "greeting": (200, notice("开学通知", "2023-08-28", "各班：", "9月1日开学。", "教务处")),
    "upkeep": (
        200,
        notice(
            "关于系统维护的通知",
            "2023-07-26",
            "为提升服务质量，平台将于7月28日22时进行系统维护，期间暂停服务。",
        ),
    ),
    "upkeep_bare": (
        200,
        page(
            "关于网站升级改版暂停访问的公告",
            "<h1>关于网站升级改版暂停访问的公告</h1><p>因网站升级改版，"
            "本网站将于2023年8月1日至8月3日暂停访问，给您带来不便，敬请谅解。</p><p>某市水务局</p><p>2023年7月28日</p>",
        ),
    ),
    "captcha_news": (
        200,
        notice(
            "关于启用登录验证码的通知",
            "2023-07-26",
            "即日起，办公系统登录启用安全验证，请输入验证码继续登录。",
        ),
    ),
    "slider_story": (
        200,
        framed(
            "滑动验证为何越来越难？",
            f"<h1>滑动验证为何越来越难？</h1>{STORY}<p>拖动滑块完成验证。</p>",
        ),
    ),
    "firewall_story": (
        200,
        framed(
            "某市部署网站防火墙", f"<h1>某市部署网站防火墙</h1>{STORY}<p>恶意访问已被拦截。</p>"
        ),
    ),
    "missing_story": (
        200,
        framed("“404”背后的故事", f"<h1>“404”背后的故事</h1>{STORY}<p>您访问的页面不存在。</p>"),
    ),
    "waf_tender": (
        200,
        notice(
            "Web应用防火墙（WAF）采购公告",
            "2023-05-04",
            "采购内容：Web应用防火墙（WAF）2台。",
            "预算：20万元。",
        ),
    ),
    "route_404": (
        200,
        notice("404路公交线路调整通知", "2023-05-04", "404路公交车自5月5日起调整线路。"),
    ),
    "gone_notice": (
        200,
        notice("关于某某办法失效的公告", "2023-05-04", "《某市供水办法》已失效。"),
    ),
    "deleted": (
        200,
        notice("关于删除部分信息的说明", "2023-05-04", "该信息涉及个人隐私，已删除，特此说明。"),
    ),
    "access": (
        200,
        notice("关于禁止访问保护区的通告", "2023-05-04", "保护区核心区禁止访问，违者依法处理。"),
    ),
    "visits": (
        200,
        notice("关于规范恶意访问处置的通知", "2023-05-04", "对恶意访问、非法访问行为依法处置。"),
    ),
    "password": (
        200,
        page(
            "关于修改密码的通知",
            "<form><input type=password></form>"
            "<h1>关于修改密码的通知</h1><p>发布时间：2023-05-04</p>"
            "<p>请各单位于5月10日前修改密码。</p>",
        ),
    ),
    "pdf_only": (
        200,
        framed(
            "年度报告",
            "<h1>2022年度部门决算公开</h1><p><a href='/d/1.pdf'>2022年度部门决算公开.pdf</a></p>",
        ),
    ),
    "pdf_frame": (
        200,
        page(
            "年度报告", "<h1>年度报告</h1><iframe src='/pdfjs/viewer.html?file=/d/1.pdf'></iframe>"
        ),
    ),
    "image_only": (
        200,
        framed("一图读懂", "<h1>一图读懂《某市供水办法》</h1><img src='/a.jpg'><img src='/b.jpg'>"),
    ),
    "video": (200, page("视频新闻", "<h1>视频新闻</h1><video src='/a.mp4'></video>")),
    "dates_only": (200, notice("值班表", "2023-05-04", "5月5日：张某", "5月6日：李某")),
    "with_hidden_login": (
        200,
        page(
            "通知",
            "<div style='display:none'><input type=password></div><h1>通知</h1><p>2023年5月4日</p>"
            "<p>请各科室领取办公用品，逾期不候。</p>",
        ),
    ),
    "with_counter_cookie": (
        200,
        page(
            "通知",
            (
                f"<script>document.cookie='visited=1';function go(){{location.href='/m/'}}"
                f"</script>{STORY}"
            ),
        ),
    ),
    "safeline_research": (
        200,
        framed("雷池防护系统发布", f"<h1>雷池防护系统发布</h1>{STORY}<p>长亭雷池 safeline。</p>"),
    ),
    "error_title": (
        200,
        framed("Error 分析方法研究进展", f"<h1>Error 分析方法研究进展</h1>{STORY}"),
    ),
    "security_check": (
        200,
        notice(
            "关于开展校园安全检查的通知", "2023-05-04", "各系部：", "定于5月6日开展校园安全检查。"
        ),
    ),
    "under_construction": (
        200,
        notice("关于道路建设中封闭施工的通告", "2023-05-04", "解放路建设中，5月封闭。"),
    ),
    "server_tender": (
        200,
        notice(
            "服务器错误修复项目结果公告", "2023-05-04", "中标单位：某公司。", "中标金额：3万元。"
        ),
    ),
    "busy_lines": (
        200,
        notice("关于热线系统繁忙的说明", "2023-05-04", "近日来电较多，系统繁忙，请市民错峰拨打。"),
    ),
}


def kind(status: int, source: str) -> PageKind | None:
    judged = judge(status, (), source, "http://x.cn/a/1.html")
    return judged[0] if judged else None


@pytest.mark.parametrize("name", CHALLENGES)
def test_d14_a_block_page_is_a_challenge(name: str) -> None:
    assert kind(*CHALLENGES[name]) is PageKind.CHALLENGE


@pytest.mark.parametrize("name", MISSING)
def test_d14_an_error_page_sent_as_a_page_is_known(name: str) -> None:
    assert kind(*MISSING[name]) is PageKind.SOFT_404


@pytest.mark.parametrize("name", OTHERS)
def test_d14_a_stub_is_no_document(name: str) -> None:
    assert kind(*OTHERS[name]) is PageKind.OTHER


@pytest.mark.parametrize("name", REAL)
def test_d14_a_document_that_resembles_them_passes(name: str) -> None:
    status, source = REAL[name]
    assert judge(status, (), source, "http://x.cn/a/1.html") is None
    reading = read(Job("http://x.cn/a/1.html", source.encode(), status=status))
    assert reading.kind is PageKind.DOCUMENT
    assert reading.extraction is not None
    assert reading.extraction.outcome is Outcome.OK


def test_d14_the_table_is_wide_enough() -> None:
    assert sum(map(len, (CHALLENGES, MISSING, OTHERS, REAL))) >= 100


@pytest.mark.parametrize(
    "reply",
    [
        "您好，您要查找的信息不存在，请到档案馆查询。",
        "您好，该链接已失效，现已更新，请重新打开。",
    ],
)
def test_published_reply_about_something_missing_is_a_document(reply: str) -> None:
    headline = "<h1>关于查询档案的答复</h1>"
    body = f"{headline}<p>发布时间：2024-03-05 来源：某局</p><div><p>{reply}</p></div>"
    assert judge(200, (), framed("关于查询档案的答复", body), None) is None
    assert judge(404, (), framed("关于查询档案的答复", body), None) is not None
    assert judge(200, (), page("提示", f"<p>{reply}</p>"), None) is not None
