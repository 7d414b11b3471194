"""Names without a label in a header line: its medium, its people, its unit."""

from __future__ import annotations

import re

from archive.records import Assertion, Source
from pipelines.extraction.dates import parse_date
from pipelines.extraction.furniture import is_furniture
from pipelines.extraction.organs import organs
from pipelines.extraction.people import find_bylines, is_person, split_people
from pipelines.extraction.text import SEAM, tidy

_MEDIA = re.compile(
    r"(?:报|网|社|新闻|电视台|客户端|周刊|杂志|之声|在线|热线|图片社|频道|发布|广播|融媒体?中心|传媒|公众号)\Z"
)
_WORDS = re.compile(r"[\s|\u3000\u00a0\u2060丨]+")
_NOISE = re.compile(
    r"^(?:原创|转载|首发|独家|正文|时间|日期|作者|来源|编辑|浏览|点击|阅读|字体|字号|星期.?|周.|放大|缩小|默认|本网讯?|听全文|第.{1,5}版.*|\d+|"
    r"(?:校园|综合|图片|学院|学校|部门|单位|时政|国内|国际|社会|媒体|工作|焦点|本地|基层|视频|通知|公告)"
    r"(?:新闻|频道|发布)|[^\u3400-\u9fff]+)$"
)
ROLE_FIRST = re.compile(r"\s*[\u3400-\u9fff]{0,10}?(?:记者|通讯员|评论员|撰稿人?)[\s\u00a0\u3000]")
_NUMBER = re.compile(r"\d*\Z")
_FROM = re.compile(r"(?:文章|信息|本文|消息)?(?:来源于?|來源|来自|转自|摘自)")
_WRITTEN_BY = re.compile(r"\s*(?:文|图文|文图|文字|撰文|采写)\s?[/／|丨]")


def reporters(rest: str) -> list[Assertion]:
    """People whom a header line names behind their role: ``本报记者 张 三``."""
    line = rest.partition(SEAM)[0]
    parsed = parse_date(line)
    line = line[: parsed.start] if parsed else line
    people = split_people(line) if ROLE_FIRST.match(line) else ()
    if not people and _WRITTEN_BY.match(line):
        people = tuple(name for name, _ in find_bylines((line,)))
    who = "、".join(people)
    return [Assertion("author", who, tidy(line), Source.HEADER, "byline")] if who else []


def named_beside(rest: str, dated: bool) -> list[Assertion]:
    """Unlabelled names in a header line: ``石佳/中国青年报``, ``南方都市报``, ``王帆``."""
    found: list[Assertion] = []
    credit = re.fullmatch(
        r"\s*(?P<who>[^/／\s]{2,12})\s*[/／]\s*(?P<medium>[^/／\s]{3,20})\s*", rest
    )
    if credit and _MEDIA.search(credit["medium"]) and split_people(credit["who"], labelled=False):
        who = "、".join(split_people(credit["who"], labelled=False))
        found.append(Assertion("author", who, credit["who"], Source.HEADER, "date line"))
        found.append(
            Assertion("source", credit["medium"], credit["medium"], Source.HEADER, "date line")
        )
        return found
    if not dated:
        return found
    named = False
    for word in filter(None, _WORDS.split(rest)):
        word = tidy(word).strip("[]【】()（）《》·")
        if named and word and not is_furniture(word):
            found.append(Assertion("source", word, word, Source.HEADER, "date line"))
        named = bool(_FROM.fullmatch(word))
        if named or (found and found[-1].value == word):
            continue
        if not word or _NOISE.match(word) or is_furniture(word):
            continue
        if is_person(word):
            found.append(Assertion("author", word, word, Source.HEADER, "date line"))
        elif _MEDIA.search(word) and 3 <= len(word) <= 20:
            found.append(Assertion("source", word, word, Source.HEADER, "date line"))
    return found or _unit(rest)


def _unit(rest: str) -> list[Assertion]:
    """The one unit that stands beside a date: 教务处　2019-3-11. Any stated source goes before."""
    said = [tidy(word).strip("[]【】()（）") for word in _WORDS.split(rest)]
    said = [word for word in said if word and not is_furniture(word) and not _NUMBER.match(word)]
    if len(said) != 1 or not 3 <= len(said[0]) <= 20 or not organs(said[0]):
        return []
    return [Assertion("source", said[0], said[0], Source.HEADER, "unit beside the date")]
