"""Telling papers, agencies, broadcasters and news portals by their names."""

from __future__ import annotations

import re
from functools import cache

from pipelines.extraction.folding import fold, squeeze
from pipelines.extraction.vocabulary import words

_LONGEST_SOURCE = 40
_APART = re.compile(r"[^\u3400-\u9fffA-Za-z]+")
_TAKEN_FROM = r"(?:据|综合|转自|摘自|来源)?"
_STORY = r"\s*(?:据|来源[:])?\s?(?P<who>{names})(?:记者)?[^,。;:]{{0,14}}?"
# 据某报消息 begins as well what an organ tells in its own words; with a day it is a dispatch.
_SENT = r"(?:(?:\d{1,2}月\d{1,2}日)?[电讯]|\d{1,2}月\d{1,2}日消息)(?=[\s(,:]|$)"


def is_press(name: str) -> bool:
    """Whether a source is of the press: a paper, an agency, a broadcaster or a news portal.

    One of the names that a source joins is enough; each counts as a whole, so that 求是学院 and
    某局统计快报 are what their ends and their owners say.
    """
    bare = squeeze(name)
    if len(bare) > _LONGEST_SOURCE:
        return False
    parts = (_APART.sub("", bare), *_APART.split(fold(name)), *_APART.split(bare))
    return any(map(_is_named, parts)) or agency().match(fold(name)) is not None


@cache
def agency() -> re.Pattern[str]:
    """How the first line of a dispatch begins: the name of who sent it, its place and day, 电."""
    names = "|".join(
        [*map(re.escape, words("rights", "agencies")), r"[\u3400-\u9fff]{2,6}[日晚]报"]
    )
    return re.compile(_STORY.format(names=names) + _SENT)


@cache
def press_owner() -> re.Pattern[str]:
    """A line, squeezed, in which a paper or an agency says that what it prints is its own."""
    name = rf"(?:{_any('press')}|[\u3400-\u9fff]{{2,8}}(?:{_any('press_endings')}))"
    suffix = f"(?:{_any('press_suffixes')}){{0,2}}"
    begin = r"(?<![\u3400-\u9fff])"
    owned = rf"{begin}{name}{suffix}版权所有|版权(?:所有)?:?(?:归|属于?)?(?!未|不得){name}"
    return re.compile(rf"本[报刊]|{owned}")


def _is_named(part: str) -> bool:
    return _name().fullmatch(part) is not None and _organs_own().search(part) is None


@cache
def _name() -> re.Pattern[str]:
    named = rf"(?:{_any('press')})|.*?(?:{_any('press_endings')})"
    behind = (
        rf"(?:{_any('press_suffixes')}){{0,2}}(?:(?:记者|评论员|通讯员)[\u3400-\u9fff]{{0,12}})?"
        r"|[\u3400-\u9fff]{2,4}(?:频道|分社)"
    )
    return re.compile(rf"{_TAKEN_FROM}(?:{named})(?:{behind})|.*[省市区县旗州]融媒体?中心")


@cache
def _organs_own() -> re.Pattern[str]:
    """A paper behind its organ, 某局统计快报; 西部 and its like are where a paper is from."""
    papers = "|".join(each for each in words("rights", "press_endings") if each.endswith("报"))
    owners = _any("state_endings")
    return re.compile(rf"(?:{owners})(?<![东西南北中内外]部)[\u3400-\u9fff]{{0,4}}(?:{papers})")


def _any(name: str) -> str:
    return "|".join(map(re.escape, words("rights", name)))
