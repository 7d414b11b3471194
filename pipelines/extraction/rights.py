"""What a document itself says of who may pass it on; its site's own class holds otherwise.

Official texts are nobody's property (Copyright Law, article 5), wherever they are printed; what a
paper or an agency wrote stays theirs, also on the site of an organ that copied it.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence

from archive.records import Assertion, Rights, RightsClass, Source
from pipelines.extraction.folding import fold, squeeze
from pipelines.extraction.press import agency, is_press, press_owner
from pipelines.extraction.vocabulary import words

_NUMBERED_AT = (Source.TABLE, Source.MASTHEAD, Source.SCRIPT, Source.COMMENT)
_ISSUED_AT = (Source.TABLE, Source.SIGNATURE, Source.SCRIPT, Source.COMMENT)
_RESERVED = re.compile(
    r"未经.{0,16}?(?:授权|许可|同意|允许|书面).{0,12}?(?:不得|禁止|严禁|请勿|谢绝).{0,12}?"
    r"(?:转载|复制|镜像|摘编|使用|转贴|传播)|(?:不得|禁止|严禁|谢绝|请勿)(?:擅自|非法|任意)?(?:转载|复制)|"
    r"本[网报]授权"
)
_OWN_DISPATCH = re.compile(r"\s*(?:本报|本台)[^,。;]{0,16}?[讯电](?=[\s(,]|$)")
_FROM = re.compile(
    r"(?:来\s{0,2}源(?:于|自)?|稿\s{0,2}源|转自|摘自|来自|出处|媒体)[^\u3400-\u9fff]{0,6}$"
)
_ARTICLE_ONE = re.compile(r"^\s*第一条[\s\u3400-\u9fff]", re.MULTILINE)
_ARTICLE_TWO = re.compile(r"^\s*第二条[\s\u3400-\u9fff]", re.MULTILINE)
_NOT_THE_TEXT = re.compile(
    r"解读|问答|答记者问|图解|征求意见|草案|说明|新闻发布会|起草|学习|投稿|征稿|评分"
)
_BRACKET_AT_END = re.compile(r"[(][^()]{1,20}[)]$")
_LONGEST_LINE = 240
_OPENING = 3
_FOOT = 15
# Where a law holds or who made it, at the head of its title; 城市 and 小区 are no such place.
_PLACE = re.compile(
    r"中华人民共和国|[\u3400-\u9fff]{0,12}?(?:国务院|总局|人民政府|最高人民法院|最高人民检察院|人民代表大会)|"
    r"(?!城市|超市|股市|门市)[\u3400-\u9fff]{1,6}?(?:省|自治[区州县]|(?<!校)市(?![场政容民])|县(?!域)|"
    r"(?<![校社小园学景片辖宅灾库牧林功分])区(?![域块间])|(?<![国])旗|(?<![联加])盟|州)"
)
# A school is named with its place as well, and makes rules for itself alone.
_SCHOOL = re.compile(
    r"(?:大学|学院)(?![生城校])|第[一二三四五六七八九十\d]{1,3}(?:[中小]学|医院|幼儿园)"
)
_INSTITUTION = re.compile(r"大学|学院|学校|[中小]学|医院|幼儿园|研究[院所]")


def find_rights(
    fields: Mapping[str, str | None],
    assertions: Iterable[Assertion],
    printed: Sequence[str],
    text: str,
    names: Collection[str] = (),
) -> Rights | None:
    """The class that a page states for its document, with the line that says so, or None.

    ``printed`` are all lines of the page, its foot too, ``names`` those of its site, squeezed. A
    copyright line counts on pages of the press alone: an organ's 版权所有 protects no document.
    """
    stated = tuple(assertions)
    return (
        _official(fields, stated, text)
        or _reprinted(fields, stated, printed)
        or _dispatched(text)
        or _reserved(fields, printed, text, names)
        or _own_dispatch(text)
    )


def _official(
    fields: Mapping[str, str | None], stated: Sequence[Assertion], text: str
) -> Rights | None:
    """A document with a number of its own and its issuer, or the text of a law."""
    number = _said(fields, stated, "doc_no", _NUMBERED_AT)
    if number is not None and _said(fields, stated, "issuer", _ISSUED_AT) is not None:
        return Rights(RightsClass.OFFICIAL, number.raw.strip(), "document")
    title = fields.get("title") or ""
    if _is_law(title, text) and _of_state(title, fields):
        return Rights(RightsClass.OFFICIAL, title, "document")
    return None


def _is_law(title: str, text: str) -> bool:
    bare = _BRACKET_AT_END.sub("", squeeze(title))
    if not bare.endswith(words("rights", "legal_endings")) or _NOT_THE_TEXT.search(bare):
        return False
    first = _ARTICLE_ONE.search(text)
    return first is not None and _ARTICLE_TWO.search(text, first.end()) is not None


def _of_state(title: str, fields: Mapping[str, str | None]) -> bool:
    """Whether an organ of state made a law, by its title, its issuer or its source.

    The rules of a company, a society or a contest look the same, also where an organ prints them.
    """
    bare = squeeze(title)
    private = any(each in bare for each in words("rights", "private_bodies"))
    if private or _SCHOOL.search(bare):
        return _is_state(fields.get("issuer"))
    return _PLACE.match(bare.lstrip("《")) is not None or any(
        _is_state(fields.get(name)) for name in ("issuer", "source")
    )


def _is_state(name: str | None) -> bool:
    bare = squeeze(name or "")
    private = any(each in bare for each in words("rights", "private_bodies"))
    private = private or _INSTITUTION.search(bare) is not None
    return bare.endswith(words("rights", "state_endings")) and not private


def _said(
    fields: Mapping[str, str | None],
    stated: Iterable[Assertion],
    field: str,
    places: Collection[Source],
) -> Assertion | None:
    """Who says a field's chosen value, when it is one of the given places."""
    value = fields.get(field)
    return next(
        (
            e
            for e in stated
            if value and (e.field, e.value) == (field, value) and e.source in places
        ),
        None,
    )


def _reprinted(
    fields: Mapping[str, str | None], stated: Sequence[Assertion], printed: Sequence[str]
) -> Rights | None:
    """A source of the press, on whatever site."""
    source = fields.get("source")
    if not source or not is_press(source):
        return None
    raw = next((e.raw for e in stated if (e.field, e.value) == ("source", source)), source)
    return Rights(RightsClass.PRESS, _line_of(raw, source, printed), "reprint")


def _line_of(raw: str, source: str, printed: Sequence[str]) -> str:
    """The printed line that names the source as one, else the words that were read."""
    lines = [line for line in printed if len(line) <= _LONGEST_LINE and source in line]
    labelled = [line for line in lines if _FROM.search(fold(line.partition(source)[0]))]
    return min(labelled, key=len, default=raw.strip() or source)


def _dispatched(text: str) -> Rights | None:
    """An agency's dispatch: its name and 电 before the first words."""
    for line in _opening(text):
        if agency().match(fold(line)):
            return Rights(RightsClass.PRESS, line[:_LONGEST_LINE], "reprint")
    return None


def _own_dispatch(text: str) -> Rights | None:
    """本报讯: a paper's own report, printed there or copied from there."""
    for line in _opening(text):
        if _OWN_DISPATCH.match(fold(line)):
            return Rights(RightsClass.PRESS, line[:_LONGEST_LINE], "reprint")
    return None


def _reserved(
    fields: Mapping[str, str | None],
    printed: Sequence[str],
    text: str,
    names: Collection[str],
) -> Rights | None:
    """A line that forbids copies, in the foot of a page of the press or below its story.

    Elsewhere it must be the press that says it, of itself: an organ's page may print a picture or
    a film of which another one forbids copies.
    """
    paper = bool(fields.get("page_no")) or any(is_press(name) for name in names)
    paper = paper or _own_dispatch(text) is not None
    lines = text.split("\n")
    inside = frozenset(lines[:-_OPENING])
    for line in (*printed[-_FOOT:], *lines[-_OPENING:]):
        flat = squeeze(line) if len(line) <= _LONGEST_LINE and line not in inside else ""
        if _RESERVED.search(flat) and (paper or press_owner().search(flat)):
            return Rights(RightsClass.PRESS, line, "copyright")
    return None


def _opening(text: str) -> list[str]:
    return text.split("\n", _OPENING)[:_OPENING]
