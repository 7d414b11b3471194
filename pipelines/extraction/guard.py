"""Is this a real page? Challenges, error pages served as 200, and stubs are told apart here.

A challenge is an outcome of the fetch, never content: kept as a version it would look as if the
site had replaced its document. Signs count only on a page with almost no text of its own, so an
article about 404 pages or firewalls passes.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache

from archive.records import PageKind
from pipelines.extraction.folding import fold, han, squeeze
from pipelines.extraction.glance import (
    ENOUGH,
    FEW_LINKS,
    LONG_SOURCE,
    Look,
    has_prose,
    is_notice,
    is_published,
    look_at,
    only_waits,
    phrase_of,
    says_something,
)
from pipelines.extraction.vocabulary import vocabulary, words

Judgement = tuple[PageKind, str]

_BLANK = 60
"""Visible characters up to which a page shows nothing of its own."""
_SHORT = 500
"""Visible characters up to which a phrase may be all that a page says."""
_REFUSED = frozenset({403, 405, 406, 412, 418, 429, 451, 521, 567})
_OWN_NUMBERS = range(452, 500)
"""Statuses that no standard knows: products use them for what they block."""
_MISSING = frozenset({404, 410})
_TO_LOGIN = frozenset({401, 407})

_EMBEDDED = re.compile(r"<(?:iframe|frame|embed|object|img|video)\b", re.IGNORECASE)
_SETS_COOKIE = re.compile(r"document\.cookie\s{0,4}=")
_MOVES = re.compile(
    r"location\.(?:reload|replace|assign)\s?\(|(?:location|location\.href|location\.pathname)\s{0,4}=[^=]"
)
_SUBMITS = re.compile(r"\.submit\s?\(")
_PASSWORD = re.compile(r"<input\b[^>]{0,200}?type\s?=\s?[\"']?password", re.IGNORECASE)
_REFRESH = re.compile(
    r"<meta\b[^>]{0,80}?http-equiv\s?=\s?[\"']?refresh\b[^>]{0,200}?url\s?=\s?[\"']?([^\"'>\s]{1,500})",
    re.IGNORECASE,
)
_THING = (
    r"(?:页面|网页|文件|内容|信息|文章|资源|栏目|链接|地址|文档|稿件|新闻|东西|主题|帖子|记录|数据)"
)
_VISIT = r"(?:访问|查看|请求|浏览|查找|寻找|找|打开|阅读|进入)"
_GONE_SENTENCE = re.compile(
    r"[^\u4e00-\u9fff]{0,12}(?:您好)?[^\u4e00-\u9fff]{0,3}"
    r"(?:非常|很|十分)?(?:抱歉|对不起|遗憾|不好意思|糟糕|哎呀|(?:参数|系统)?错误)?[^\u4e00-\u9fff]{0,5}(?:"
    rf"[您你]?(?:当前|现在)?(?:正在|想要|要|所|想)?{_VISIT}?的?(?:这个|该|此|当前|指定的?|相[关应]的?)?{_THING}(?:内容|信息)?"
    r"(?:可能|暂时)?(?:不存在|丢失了?|走丢了?|不见了|飞走了|(?:未|没|没有|无法|不能|没有办法)找到|找不到"
    r"|(?:已经?被?|被)(?:发布者|作者|管理员)?(?:删除|移除|移动|下线|撤销)|(?<=链接)已?失效)"
    rf"|(?:没有找到|未找到|找不到|无法找到|没找到)(?:[您你](?:要|所|想)?{_VISIT}?的?|该|此|相[关应]|指定)?的?{_THING}"
    r").{0,60}",
    re.IGNORECASE,
)

_WALL = re.compile(
    r"(?=.*(?:权限|查看|访问|浏览|阅读))"
    r"[^\u4e00-\u9fff]{0,6}(?:抱歉|对不起|提示)?[^\u4e00-\u9fff]{0,3}(?:[您你]|当前用户)"
    r"(?:目前|当前)?[还尚]?(?:没有|未|无|不具备)(?:权限?|登[录陆]|.{0,4}权限).{0,40}"
)
_ADDRESSED = re.compile("抱歉|对不起|遗憾|[您你]|访问")


def judge(
    status: int, headers: Sequence[tuple[str, str]], source: str, url: str | None
) -> Judgement | None:
    """What stands in the page's place and how it was recognised; None for a real page.

    ``source`` is the decoded page. ``challenge`` is an anti-bot or block page, ``soft_404`` an
    error page whatever its status, ``other`` an empty shell, login, maintenance page or stub.
    """
    look = look_at(status, headers, source)
    for rule in (_challenge, _refused, _missing, _stub):
        judgement = rule(look)
        if judgement:
            return judgement
    return None


def redirect_target(source: str) -> str | None:
    """Where a meta refresh leads to, as written; None when the page has none."""
    found = _REFRESH.search(source[:LONG_SOURCE])
    return found.group(1) if found else None


def _challenge(look: Look) -> Judgement | None:
    if look.shown > _SHORT:
        return None
    for product, cookies in _products("challenge_cookies"):
        if look.status in _REFUSED and any(name in look.cookies for name in cookies):
            return PageKind.CHALLENGE, f"{product}: cookie with status {look.status}"
    if look.links <= FEW_LINKS and not has_prose(look):
        named = _script_sign(look)
        if named:
            return PageKind.CHALLENGE, f"{named}: script"
        phrase = phrase_of(look, "challenge_phrases")
        if phrase and not is_notice(look):
            return PageKind.CHALLENGE, f"block page: {phrase}"
    if look.shown <= _BLANK and _SETS_COOKIE.search(look.source) and _MOVES.search(look.source):
        return PageKind.CHALLENGE, "script sets a cookie and loads the page again"
    return None


def _missing(look: Look) -> Judgement | None:
    if look.status in _MISSING:
        return PageKind.SOFT_404, f"status {look.status}"
    if look.shown >= ENOUGH or has_prose(look):
        return None
    title = re.split(r"\s*[-_|–—]\s*(?!\d)", look.title)[0]
    if (
        squeeze(title).lower() in _missing_titles()
        or squeeze(look.title).lower() in _missing_titles()
    ):
        return PageKind.SOFT_404, f"title: {look.title}"
    if is_notice(look) or is_published(look):
        return None  # a reply may tell its reader that what they look for does not exist
    sentence = _gone_sentence(look)
    return (PageKind.SOFT_404, f"text: {sentence[:60]}") if sentence else None


def _gone_sentence(look: Look) -> str | None:
    """What tells the reader that the page is missing; among many links it must address them."""
    few = look.links <= FEW_LINKS
    for block in map(fold, look.blocks):
        if _GONE_SENTENCE.fullmatch(block) and (few or _ADDRESSED.search(block)):
            return block
    found = _GONE_SENTENCE.match(fold("".join(look.blocks))) if few else None
    return found.group() if found and look.shown <= _SHORT else None


def _stub(look: Look) -> Judgement | None:
    """Pages without a document: to be submitted, logged in to, waited for, or left at once."""
    if look.shown > _SHORT or has_prose(look) or is_notice(look):
        return None
    wall = next((block for block in look.blocks if _WALL.fullmatch(fold(block))), None)
    if wall:
        return PageKind.OTHER, f"login: {wall[:60]}"
    if look.links > FEW_LINKS:
        return None
    if _PASSWORD.search(look.source) and not says_something(look):
        return PageKind.OTHER, "login form"
    phrase = phrase_of(look, "maintenance_phrases")
    if phrase and not (is_published(look) or says_something(look)):
        return PageKind.OTHER, f"maintenance: {phrase}"
    phrase = phrase_of(look, "restricted_phrases")
    if phrase and not (is_published(look) or says_something(look)):
        return PageKind.OTHER, f"restricted: {phrase}"
    return _blank(look) if look.shown <= _BLANK else None


def _blank(look: Look) -> Judgement | None:
    """A page that shows nothing; pictures, frames or data inside a script make it a real one.

    One that silently leads elsewhere passes, because a newspaper's front door looks like that.
    """
    if _EMBEDDED.search(look.source) or han(look.source[:LONG_SOURCE]) > 2 * _BLANK:
        return None
    if "<form" in look.source.lower() and _SUBMITS.search(look.source):
        return PageKind.OTHER, "stub: a form that submits itself"
    leads_on = redirect_target(look.source) or _MOVES.search(look.source)
    if leads_on and phrase_of(look, "waiting_phrases"):
        return PageKind.OTHER, "stub: asks to wait and leads elsewhere"
    if look.shown and only_waits(look):
        return PageKind.OTHER, "empty shell: only asks to wait"
    return None if look.shown or leads_on else (PageKind.OTHER, "empty shell")


def _refused(look: Look) -> Judgement | None:
    if look.status in _REFUSED or look.status in _OWN_NUMBERS:
        return PageKind.CHALLENGE, f"refused with status {look.status}"
    if look.status in _TO_LOGIN:
        return PageKind.OTHER, f"login: status {look.status}"
    return (PageKind.OTHER, f"server error {look.status}") if look.status >= 500 else None


def _script_sign(look: Look) -> str | None:
    if len(look.source) > LONG_SOURCE:
        return None
    for product, signs in _products("challenge_scripts"):
        if any(sign in look.source for sign in signs):
            return product
    return None


@cache
def _missing_titles() -> frozenset[str]:
    return frozenset(squeeze(title).lower() for title in words("guard", "missing_titles"))


def _products(name: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
    products: Mapping[str, Sequence[str]] = vocabulary()["guard"][name]
    return tuple((product, tuple(signs)) for product, signs in products.items())
