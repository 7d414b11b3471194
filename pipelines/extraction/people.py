"""Names of people in bylines: who wrote it, told from units, roles and photo credits."""

from __future__ import annotations

import re
from functools import cache

from pipelines.extraction.folding import fold, squeeze
from pipelines.extraction.remembered import remembered
from pipelines.extraction.vocabulary import words

_SPLIT = re.compile(r"[、,，;；/|&]|\s+(?:和|与)\s*|[ \t\u00a0\u3000\u2002\u2003□]+")
_NAME = re.compile(r"[\u3400-\u9fff]{2,4}\Z")
_FOREIGN = re.compile(
    r"[\u3400-\u9fff]{1,8}[·•・][\u3400-\u9fff·•・]{1,10}\Z|[A-Z][a-z]+(?: [A-Z][a-z.]+)+\Z"
)
_LATIN = re.compile(r"[A-Z][a-z]+(?: [A-Z][a-z.]*){1,3}")
_ROLE = (
    r"(?:(?:本报|本网|本台|本刊|首席|见习|实习|特约|特派|驻站|全媒体|融媒体|新媒体|记者站|新华社|人民网)*"
    r"(?:记者|通讯员|实习生|撰稿人|撰稿|评论员|作者|撰文|采写|文字|文/图|图/文|文图|图文|供稿|报道员))"
)
_ROLES = re.compile(_ROLE)
# A unit right before a role (南都见习记者) belongs to the role.
_UNIT_ROLE = re.compile(rf"(?:^|(?<=[、,;\s:]))[\u3400-\u9fff]{{2,12}}?{_ROLE}")
_TAIL = re.compile(r"(?:摄|摄影|报道|文|图|文/图|/文|/图|文并图)\Z")
_GAP = "[:： \u3000\u00a0]*"
_BYLINES = (
    # （记者 张三 李四）, (特约通讯员：王五), 本报讯（首席记者 赵六 通讯员 钱七）
    re.compile(
        r"[(（\[【][^()（）\[\]【】。]{0,12}?"
        rf"(?P<who>{_ROLE}{_GAP}[^()（）\[\]【】。，]{{2,60}})[)）\]】]"
    ),
    # 采写：南都见习记者 林子沛    文/张三    撰文：李四
    re.compile(
        r"(?:^|[\s(（])(?:采写|撰文|撰稿|作者|文字|记者|通讯员|采访|文|文/图|图/文|图文|文图)"
        r"[ \u3000\u00a0]*[:：/／丨|｜][ \u3000\u00a0]*(?:图(?=[ \u3000:：]))?"
        r"(?P<who>[^。，！？]{2,40}?)(?:\s*(?:编辑|责编|来源|摄影|图片?|校对|审核)[:：/／].*)?[)）]?$"
    ),
    # 记者梁爽报道
    re.compile(
        r"^(?:.{2,24}?[讯电])?[ \u3000\u00a0]*"
        r"(?P<who>(?:本报|本网|见习|首席)?记者[ \u3000\u00a0]*[\u3400-\u9fff]{2,4}"
        r"(?:[、 \u3000][\u3400-\u9fff]{2,4}){0,3})[ \u3000\u00a0]*(?:报道|文)"
    ),
)
_BEHIND_UNIT = re.compile(
    r".{1,20}(?:学院|大学|日报|晚报|通讯社|电视台|中心|研究院|研究所|委员会|办公室|宣传部|记者站|新闻网)"
    r"(?P<name>[\u3400-\u9fff]{2,4})\Z"
)
_LONGEST_LINE = 60
_LONGEST_UNIT = 12
_SAID = re.compile(r"[,。;!?]")
_REMARK = re.compile(r"(?<=[\u3400-\u9fff])\([^()]*\)")
_PHOTOGRAPHED = re.compile(r"摄(?:影)?[)）]?\Z")
_WRITES = re.compile(r"记者|通讯员|评论员|撰稿人?|作者|实习生")
_CREDIT = re.compile(
    r"(记者|通讯员|评论员|撰稿人?|作者|实习生|"
    r"责任编辑|编辑|责编|校对|审核|摄影|图片?|视频|监制)[ :]*"
)


@remembered
def is_person(text: str) -> bool:
    """Whether a text reads as one person's name: a known family name and no unit's ending.

    Places that read like a name (林芝, 左权) are none here: nothing says that a person is meant.
    """
    return squeeze(text) not in _seldom_names() and is_labelled_person(text)


@remembered
def is_labelled_person(text: str) -> bool:
    """Whether a text is one person's name where a label says that a person is named."""
    name = squeeze(text)
    if _FOREIGN.match(name) or _FOREIGN.match(text.strip()):
        return True
    if not _NAME.match(name) or name.startswith("关于") or name in _never_names():
        return False
    compound = name[:2] in _compound_surnames() and len(name) > 2
    if not compound and (name[0] not in _surnames() or len(name) > 4):
        return False
    if len(name) == 4 and not compound and name[1] not in _surnames():
        return False
    return not name.endswith(words("people", "unit_endings"))


def split_people(text: str, *, labelled: bool = True) -> tuple[str, ...]:
    """The people a byline names, in order; roles, units and photo credits are left out.

    ``labelled``: a label or role says that people are named, so that 林芝 is one of them.
    A name of two characters printed with a blank inside (刘 佳) becomes one again.
    """
    if _LATIN.fullmatch(text.strip()):
        return (text.strip(),)
    bare = _REMARK.sub("", fold(text)).strip(" :()[]【】")
    named = _ROLES.sub(" ", _UNIT_ROLE.sub(" ", bare))
    parts = [part for part in _SPLIT.split(named) if part]
    people: list[str] = []
    for part in _rejoin(parts):
        name = _TAIL.sub("", part.strip(" :：()（）[]【】"))
        told = is_labelled_person(name) if labelled else is_person(name)
        name = name if told else _last_name(part)
        if name and name not in people:
            people.append(name)
    return tuple(people)


def find_bylines(lines: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    """People named as writers inside a text, each with the words that name them.

    Looks where papers put them: in the first two and the last four lines.
    """
    edge = range(len(lines))
    found: list[tuple[str, str]] = []
    for at in (*edge[:2], *(at for at in edge[-4:] if at > 1)):
        found += [(name, lines[at].strip()) for name in credited(lines[at])]
        for pattern in _BYLINES:
            for match in pattern.finditer(_where(lines[at], at, len(lines))):
                who = match["who"].strip()
                if not _PHOTOGRAPHED.search(who):
                    found += [(name, who) for name in split_people(who)]
    first = dict(reversed(found))
    return tuple((name, first[name]) for name in dict.fromkeys(name for name, _ in found))


@remembered
def credited(line: str) -> tuple[str, ...]:
    """Who a line of nothing but roles and names says has written: ``□本报记者 王平 编辑 李力``.

    Empty when it says anything else, or when a photographer is all it names.
    """
    bare = _REMARK.sub("", fold(line)).strip(" □■◆●▲*·()[]【】")
    if not 4 <= len(bare) <= _LONGEST_LINE or _PHOTOGRAPHED.search(bare) or _SAID.search(bare):
        return ()
    unit, *rest = _CREDIT.split(bare)
    if not rest or len(unit) > _LONGEST_UNIT or not _WRITES.fullmatch(rest[0]):
        return ()
    writers: list[str] = []
    for role, named in zip(rest[::2], rest[1::2], strict=True):
        people = split_people(named)
        if not people and role != "通讯员":
            return ()
        if "".join(_SPLIT.sub("", named).split()) != "".join(people) and role != "通讯员":
            return ()
        writers += people if _WRITES.fullmatch(role) else ()
    return tuple(dict.fromkeys(writers))


def _where(line: str, at: int, total: int) -> str:
    """The part of a line a byline can stand in: its beginning, at the end also its last words."""
    if len(line) <= 2 * _LONGEST_LINE:
        return line
    return line[:_LONGEST_LINE] if at < total - 4 else line[-_LONGEST_LINE:]


def _rejoin(parts: list[str]) -> list[str]:
    joined: list[str] = []
    for part in parts:
        if len(part) == 1 and joined and len(joined[-1]) == 1:
            joined[-1] += part
        else:
            joined.append(part)
    return joined


def _last_name(part: str) -> str:
    """The name behind the unit a person works for (历史学院郭伦), or before it in brackets."""
    bare = re.sub(r"[(（].*?[)）]", "", part)
    if bare != part and is_person(bare):
        return bare
    behind = _BEHIND_UNIT.match(bare)
    return behind["name"] if behind and is_person(behind["name"]) else ""


@cache
def _surnames() -> frozenset[str]:
    return frozenset("".join(words("people", "surnames")))


@cache
def _never_names() -> frozenset[str]:
    """Words that begin like a name: 文化, 时政."""
    return frozenset(words("people", "never_names"))


@cache
def _seldom_names() -> frozenset[str]:
    """Places and words that people are called by too: 林芝, 温州."""
    return frozenset(words("people", "seldom_names"))


@cache
def _compound_surnames() -> frozenset[str]:
    return frozenset(words("people", "compound_surnames"))
