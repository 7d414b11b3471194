"""Is this a real page? Challenges, error pages served as 200, and stubs are told apart here.

A challenge is an outcome of the fetch, never content: kept as a version it would look as if the
site had replaced its document. Signs count only on a page with almost no text of its own, so an
article about 404 pages or firewalls passes.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from archive.records import PageKind
from pipelines.extraction.folding import fold, han, squeeze
from pipelines.extraction.visible import title_of, visible_blocks
from pipelines.extraction.vocabulary import vocabulary, words

Judgement = tuple[PageKind, str]

_ENOUGH = 4000
_BLANK = 60
"""Visible characters up to which a page shows nothing of its own."""
_SHORT = 500
"""Visible characters up to which a phrase may be all that a page says."""
_FEW_LINKS = 8
_LONG_SOURCE = 400_000
_REFUSED = frozenset({403, 405, 406, 412, 418, 429, 451, 521, 567})
_OWN_NUMBERS = range(452, 500)
"""Statuses that no standard knows: products use them for what they block."""
_MISSING = frozenset({404, 410})
_TO_LOGIN = frozenset({401, 407})

_LINK = re.compile(r"<a\s", re.IGNORECASE)
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
_PROSE = re.compile(r"[^。]{40}。|\S{120}")
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

_DECLARED = re.compile(
    r"<meta\b[^>]{0,80}?name\s?=\s?[\"']?(?:ArticleTitle|PubDate)\b", re.IGNORECASE
)
_DATED = re.compile(r"(?:发布|发文|成文|公开)?(?:时间|日期)\s?:?\s?(?:19|20)\d\d\s?[-年/.]")
_DAY = re.compile(r"(?<!\d)(?:19|20)\d\d\s?[-年/.]\s?\d{1,2}\s?[-月/.]\s?\d{1,2}")
_SENTENCE = re.compile(r"[^。]{15}。")
_OF_LOGIN = re.compile("抱歉|对不起|敬请|登录|登陆|密码|账号|帐号|验证码|浏览器|版权")
_NAMED = re.compile(
    r"(?:通知|公告|通告|公示|通报|启事|方案|办法|规定|意见|决定|批复|答复|函|说明|公报|简报)"
    r"(?:[(（].{1,12}[)）])?\Z"
)
"""How the title of a document ends, and that of a block page never does."""
_SHORTEST_NAME = 6
_PUT_UP = re.compile(r"(?:发布|发文|成文|公开|发表)(?:时间|日期)\s?:?\s?(?:19|20)\d\d")
_WALL = re.compile(
    r"(?=.*(?:权限|查看|访问|浏览|阅读))"
    r"[^\u4e00-\u9fff]{0,6}(?:抱歉|对不起|提示)?[^\u4e00-\u9fff]{0,3}(?:[您你]|当前用户)"
    r"(?:目前|当前)?[还尚]?(?:没有|未|无|不具备)(?:权限?|登[录陆]|.{0,4}权限).{0,40}"
)
_ADDRESSED = re.compile("抱歉|对不起|遗憾|[您你]|访问")


@dataclass(frozen=True, slots=True)
class _Look:
    """What the rules look at: the source and what a reader would see of it."""

    status: int
    cookies: str
    source: str
    title: str
    blocks: tuple[str, ...]
    links: int

    @property
    def shown(self) -> int:
        return sum(map(len, self.blocks))

    @property
    def text(self) -> str:
        return " ".join((self.title, *self.blocks))


def judge(
    status: int, headers: Sequence[tuple[str, str]], source: str, url: str | None
) -> Judgement | None:
    """What stands in the page's place and how it was recognised; None for a real page.

    ``source`` is the decoded page. ``challenge`` is an anti-bot or block page, ``soft_404`` an
    error page whatever its status, ``other`` an empty shell, login, maintenance page or stub.
    """
    look = _look(status, headers, source)
    for rule in (_challenge, _refused, _missing, _stub):
        judgement = rule(look)
        if judgement:
            return judgement
    return None


def redirect_target(source: str) -> str | None:
    """Where a meta refresh leads to, as written; None when the page has none."""
    found = _REFRESH.search(source[:_LONG_SOURCE])
    return found.group(1) if found else None


def _look(status: int, headers: Sequence[tuple[str, str]], source: str) -> _Look:
    cookies = " ".join(value for name, value in headers if name.lower() == "set-cookie")
    blocks = visible_blocks(source, _ENOUGH)
    short = sum(map(len, blocks)) < _ENOUGH
    links = len(_LINK.findall(source)) if short else _FEW_LINKS + 1
    return _Look(status, cookies, source, title_of(source), blocks, links)


def _challenge(look: _Look) -> Judgement | None:
    if look.shown > _SHORT:
        return None
    for product, cookies in _products("challenge_cookies"):
        if look.status in _REFUSED and any(name in look.cookies for name in cookies):
            return PageKind.CHALLENGE, f"{product}: cookie with status {look.status}"
    if look.links <= _FEW_LINKS and not _prose(look):
        named = _script_sign(look)
        if named:
            return PageKind.CHALLENGE, f"{named}: script"
        phrase = _phrase(look, "challenge_phrases")
        if phrase and not _is_notice(look):
            return PageKind.CHALLENGE, f"block page: {phrase}"
    if look.shown <= _BLANK and _SETS_COOKIE.search(look.source) and _MOVES.search(look.source):
        return PageKind.CHALLENGE, "script sets a cookie and loads the page again"
    return None


def _missing(look: _Look) -> Judgement | None:
    if look.status in _MISSING:
        return PageKind.SOFT_404, f"status {look.status}"
    if look.shown >= _ENOUGH or _prose(look):
        return None
    title = re.split(r"\s*[-_|–—]\s*(?!\d)", look.title)[0]
    if (
        squeeze(title).lower() in _missing_titles()
        or squeeze(look.title).lower() in _missing_titles()
    ):
        return PageKind.SOFT_404, f"title: {look.title}"
    sentence = _gone_sentence(look)
    return (PageKind.SOFT_404, f"text: {sentence[:60]}") if sentence else None


def _gone_sentence(look: _Look) -> str | None:
    """What tells the reader that the page is missing; among many links it must address them."""
    few = look.links <= _FEW_LINKS
    for block in map(fold, look.blocks):
        if _GONE_SENTENCE.fullmatch(block) and (few or _ADDRESSED.search(block)):
            return block
    found = _GONE_SENTENCE.match(fold("".join(look.blocks))) if few else None
    return found.group() if found and look.shown <= _SHORT else None


def _stub(look: _Look) -> Judgement | None:
    """Pages without a document: to be submitted, logged in to, waited for, or left at once."""
    if look.shown > _SHORT or _prose(look) or _is_notice(look):
        return None
    wall = next((block for block in look.blocks if _WALL.fullmatch(fold(block))), None)
    if wall:
        return PageKind.OTHER, f"login: {wall[:60]}"
    if look.links > _FEW_LINKS:
        return None
    if _PASSWORD.search(look.source) and not _says_something(look):
        return PageKind.OTHER, "login form"
    phrase = _phrase(look, "maintenance_phrases")
    if phrase and not (_published(look) or _says_something(look)):
        return PageKind.OTHER, f"maintenance: {phrase}"
    phrase = _phrase(look, "restricted_phrases")
    if phrase and not (_published(look) or _says_something(look)):
        return PageKind.OTHER, f"restricted: {phrase}"
    return _blank(look) if look.shown <= _BLANK else None


def _says_something(look: _Look) -> bool:
    """Whether a page that looks like a stub has a dated text of its own."""
    dated = any(_DAY.search(fold(block)) for block in look.blocks)
    sentences = (block for block in look.blocks if _SENTENCE.search(block))
    return dated and any(not _OF_LOGIN.search(block) for block in sentences)


def _published(look: _Look) -> bool:
    """A short notice about maintenance is a document: it says when it was published."""
    if _DECLARED.search(look.source[:_LONG_SOURCE]):
        return True
    return any(_DATED.search(fold(block)) for block in look.blocks)


def _is_notice(look: _Look) -> bool:
    """A short notice about walls or upkeep: put up on a stated day, or named and dated as such."""
    if _DECLARED.search(look.source[:_LONG_SOURCE]):
        return True
    blocks = [fold(block) for block in look.blocks]
    if any(_PUT_UP.search(block) for block in blocks):
        return True
    heads = (re.split(r"\s*[-_|–—]\s*", look.title)[0], *look.blocks)
    named = any(len(head) >= _SHORTEST_NAME and _NAMED.search(head) for head in heads)
    return named and any(_DAY.search(block) for block in blocks)


def _blank(look: _Look) -> Judgement | None:
    """A page that shows nothing; pictures, frames or data inside a script make it a real one.

    One that silently leads elsewhere passes, because a newspaper's front door looks like that.
    """
    if _EMBEDDED.search(look.source) or han(look.source[:_LONG_SOURCE]) > 2 * _BLANK:
        return None
    if "<form" in look.source.lower() and _SUBMITS.search(look.source):
        return PageKind.OTHER, "stub: a form that submits itself"
    leads_on = redirect_target(look.source) or _MOVES.search(look.source)
    if leads_on and _phrase(look, "waiting_phrases"):
        return PageKind.OTHER, "stub: asks to wait and leads elsewhere"
    if look.shown and _only_waits(look):
        return PageKind.OTHER, "empty shell: only asks to wait"
    return None if look.shown or leads_on else (PageKind.OTHER, "empty shell")


def _only_waits(look: _Look) -> bool:
    """Whether all that a page shows is that it is being loaded."""
    text = fold("".join(look.blocks)).lower()
    for phrase in words("guard", "waiting_phrases"):
        text = text.replace(phrase.lower(), "")
    return not re.search(r"\w", text)


def _refused(look: _Look) -> Judgement | None:
    if look.status in _REFUSED or look.status in _OWN_NUMBERS:
        return PageKind.CHALLENGE, f"refused with status {look.status}"
    if look.status in _TO_LOGIN:
        return PageKind.OTHER, f"login: status {look.status}"
    return (PageKind.OTHER, f"server error {look.status}") if look.status >= 500 else None


def _prose(look: _Look) -> bool:
    return any(_PROSE.search(block) for block in look.blocks)


def _script_sign(look: _Look) -> str | None:
    if len(look.source) > _LONG_SOURCE:
        return None
    for product, signs in _products("challenge_scripts"):
        if any(sign in look.source for sign in signs):
            return product
    return None


def _phrase(look: _Look, name: str) -> str | None:
    text = fold(look.text).lower()
    return next((phrase for phrase in words("guard", name) if phrase.lower() in text), None)


@cache
def _missing_titles() -> frozenset[str]:
    return frozenset(squeeze(title).lower() for title in words("guard", "missing_titles"))


def _products(name: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
    products: Mapping[str, Sequence[str]] = vocabulary()["guard"][name]
    return tuple((product, tuple(signs)) for product, signs in products.items())
