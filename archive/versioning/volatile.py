"""Lines that count or tell the time: visit counters, clocks, tools and neighbours of a page.

They slip into text on pages without good markup. Only whole short lines are taken out, never
words inside a sentence: 放大 and 浏览 also occur in real prose.
"""

from __future__ import annotations

import re

from archive.versioning.folding import normalise

LONGEST_LINE = 60
_LONGEST_NEIGHBOUR = 100
_LONGEST_RAW = 400

_HINT = re.compile(
    "浏览|点击|阅读|访问|访客|人气|查看|今天是|今日是|时间|星期|下载|扫一扫|打印|关闭|返回顶部|分享"
    "|字[体号]|[上下]一|放大|点赞|收藏|评论"
)

_COUNT = r"[\[(]?\d[\d,.]*万?\+?[\])]?"
_COUNTER_LABEL = r"(?:浏览|点击|阅读|访问|查看|人气)(?:次数|人数|人次|量|数|率|值)?"
_COUNTER = re.compile(
    rf"{_COUNTER_LABEL}:(?:{_COUNT})?(?:人次|次|人)?|{_COUNTER_LABEL}{_COUNT}(?:人次|次)"
)
_PRINT_LABEL = (
    r"(?:发布者|发布人|发布单位|发布机构|发布部门|发布时间|发布日期|发表时间|更新时间|录入时间"
    r"|信息来源|文章来源|稿件来源|来源|作者|撰稿|供稿|编辑|责任编辑|责编|审核|时间|日期|字[体号])"
)
_DATE = r"\d{4}[-./年]\d{1,2}[-./月]\d{1,2}日?(?: ?\d{1,2}:\d{2}(?::\d{2})?)?"
_BEFORE_COUNTER = re.compile(rf"[\[(【|]*(?:(?:{_PRINT_LABEL}:|{_DATE}).*)?")
_TOOL = (
    r"(?>打印本页|打印此页|打印|关闭窗口|关闭本页|关闭|返回顶部|收藏本页|收藏|分享到.{0,20}|分享"
    r"|【?字[体号]:?[\[(【]?(?:特大|大)?中?小?[\])】]?】?|[|\[\]()【】])"
)
_AFTER_COUNTER = re.compile(rf"[\])】|]*(?:(?:{_PRINT_LABEL}:|{_DATE}).*|{_TOOL}*)")

_WEEKDAY = r"(?:星期|周)[一二三四五六日天]"
_TIME = r"(?:上午|下午|晚上|凌晨|中午)?\d{1,2}(?:[:时]\d{1,2})(?:[:分]\d{1,2})?[分秒]?"
_DAY = r"(?:\d{2,4}[-./年])?\d{1,2}[-./月]\d{1,2}[日号]?"
_LUNAR = (
    r"\(?(?:农历|阴历)?"
    r"[甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳午未申酉戌亥年闰正一二三四五六七八九十冬腊月初廿]{2,}+\)?"
)
# Atomic, so that a hostile line cannot make the match take exponential time.
_MOMENT = rf"(?>{_DAY}|{_WEEKDAY}|{_TIME}|{_LUNAR}|[ ,\[\]()])++"
_NEXT = r"[上下]一[篇版条页期]"

_WHOLE = tuple(
    re.compile(pattern)
    for pattern in (
        rf"{_COUNTER_LABEL}{_COUNT}",
        rf"(?:已有|共有|有)?{_COUNT}(?:人|次|人次)(?:浏览|点击|阅读|访问|查看)(?:过?本[文页])?",
        rf"(?:本[文页])?(?:已被|已|被|共)(?:浏览|点击|阅读|访问|查看){_COUNT}(?:人次|次|人)",
        r"您是第\d*位访[问客]者?",
        rf"(?:今天是|今日是|现在是|当前时间|现在时间|系统时间|服务器时间|北京时间):?(?:{_MOMENT})?(?:欢迎.{{0,20}})?",
        rf"{_DAY} ?{_WEEKDAY} ?\d{{1,2}}:\d{{2}}:\d{{2}}",
        r"\(?(?:已下载|下载次数:)\d*次?\)?",
        r".{0,6}扫一扫在手机(?:打开|上查看)当前页面?.{0,6}",
        rf"{_TOOL}+",
        rf"[34 |]*{_NEXT}(?:[34 |]|{_NEXT})*",
        r".{0,25}放大缩小(?:默认)?",
        rf"(?:点赞|收藏|评论|转发|分享|赞)(?:次数|数|量)?:?{_COUNT}(?:次|条|人)?",
    )
)
_NEIGHBOUR = re.compile(r"[<《|]*[上下]一[篇条]:.+")
_FILE_NAME = re.compile(
    r"附件|\.(?:docx?|wps|xlsx?|et|pptx?|pdf|ofd|zip|rar|7z|txt|jpe?g|png)", re.I
)
_DOWNLOADS = re.compile(
    r"\s*[(\[（【]?\s*(?:已下载\s*\d*\s*次|下载次数\s*[:：]\s*\d*\s*次?)\s*[)\]）】]?\s*$"
)


def steady_lines(text: str) -> list[str]:
    """The text's lines without those that move by themselves; other lines stay as they are."""
    kept = (_steady(line) for line in text.splitlines())
    return [line for line in kept if line is not None]


def is_volatile(line: str) -> bool:
    """Whether a whole line is a counter, a clock, a page tool or a link to its neighbours."""
    folded = normalise(line)
    if not folded:
        return False
    if len(folded) <= LONGEST_LINE and _is_short_volatile(folded):
        return True
    return len(folded) <= _LONGEST_NEIGHBOUR and _NEIGHBOUR.fullmatch(folded) is not None


def _steady(line: str) -> str | None:
    if len(line) > _LONGEST_RAW or _HINT.search(line) is None:
        return line
    if is_volatile(line):
        return None
    # A file list prints its own counter after each name; the name is content, the count is not.
    return _DOWNLOADS.sub("", line) if _FILE_NAME.search(line) else line


def _is_short_volatile(folded: str) -> bool:
    if any(pattern.fullmatch(folded) for pattern in _WHOLE):
        return True
    counter = _COUNTER.search(folded)
    if counter is None:
        return False
    before, after = folded[: counter.start()], folded[counter.end() :]
    return bool(_BEFORE_COUNTER.fullmatch(before) and _AFTER_COUNTER.fullmatch(after))
