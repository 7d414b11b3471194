"""How much the markup presents a line as the headline: heading level, names, emphasis, hooks."""

from __future__ import annotations

import re
from collections.abc import Sequence

from pipelines.extraction.folding import squeeze
from pipelines.extraction.headline import Headline, is_emphasised, may_stack
from pipelines.extraction.organs import organs
from pipelines.extraction.text import HEADINGS, Line

_NAMED = re.compile(
    r"(?:^|[-_.#\s])(?:arti(?:cle)?|news|content|detail|info|doc|txt|main|wz|xl|zw|contt|page)?[-_]?"
    r"(?:h1|title|tit|biaoti|bt|headline|heading)\d*(?:$|[-_.#\s])|Title\b|ucaptitle",
    re.IGNORECASE,
)
_BESIDE = re.compile(
    r"sub[-_]?tit|subhead|futi|fbt|fu-?title|title2|intro|kicker|yinti|eyebrow|jianti|pre-?tit",
    re.IGNORECASE,
)
OFFICIAL_END = re.compile(
    r"(?:决议|决定|命令|公报|公告|通告|意见|通知|通报|报告|请示|批复|议案|函|纪要|条例|规定|"
    r"办法|细则|方案|规划|公示)(?:[（(].{1,12}[）)])?$"
)
_LEVELS = {"h1": 30.0, "h2": 25.0, "h3": 18.0, "h4": 10.0}


def look_of(each: Headline, printed: Sequence[Line], marked: Sequence[Line]) -> float:
    """How much the markup presents a line as the headline."""
    line = printed[each.first]
    if _is_marked(line, marked):
        return 50.0
    score = _LEVELS.get(each.locator[:2], 0.0)
    if _NAMED.search(each.locator):
        score += 18
    if _BESIDE.search(each.locator):
        score -= 15
    return score + (6 if is_emphasised(line.element) else 0)


def _is_marked(line: Line, marked: Sequence[Line]) -> bool:
    """Whether a line is one that a title hook selects, or the block around such an inline node."""
    return any(
        line.element is each.element or line.element in each.element.iterancestors()
        for each in marked
        if each.text in line.text
    )


def untidiness(each: Headline, printed: Sequence[Line]) -> float:
    """How little a cut of lines follows the markup, when no statement backs it.

    A heading, or a block of two or three lines, is one headline, whole, but for numbers and
    dates below it; lines of several blocks seldom are.
    """
    if _names_issuers(each, printed):
        return -10.0
    element = printed[each.first].element
    if printed[each.last - 1].element is not element:
        return 5.0 if element.tag in HEADINGS else 25.0
    held = [at for at in _near(each, printed) if printed[at].element is element]
    parts = [at for at in held if may_stack(printed[at])]
    if len(parts) == each.last - each.first:
        return 0.0
    return 20.0 if element.tag in HEADINGS or len(held) <= 3 else 0.0


def _names_issuers(each: Headline, printed: Sequence[Line]) -> bool:
    """Whether lines are an official title set in two: who issues it, then what it is about."""
    below = squeeze(printed[each.last - 1].text)
    above = printed[each.first : each.last - 1]
    return (
        bool(above)
        and below.startswith("关于")
        and OFFICIAL_END.search(below) is not None
        and all(organs(line.text) for line in above)
    )


def _near(each: Headline, printed: Sequence[Line]) -> range:
    return range(max(0, each.first - 4), min(len(printed), each.last + 4))
