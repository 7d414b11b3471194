"""How much the markup presents a line as the headline: heading level, names, emphasis, hooks."""

from __future__ import annotations

import re
from collections.abc import Sequence

from pipelines.extraction.headline import Headline, is_emphasised
from pipelines.extraction.text import Line

_NAMED = re.compile(
    r"(?:^|[-_.#\s])(?:arti(?:cle)?|news|content|detail|info|doc|txt|main|wz|xl|zw|contt|page)?[-_]?"
    r"(?:h1|title|tit|biaoti|bt|headline|heading)\d*(?:$|[-_.#\s])|Title\b|ucaptitle",
    re.IGNORECASE,
)
_BESIDE = re.compile(
    r"sub[-_]?tit|subhead|futi|fbt|fu-?title|title2|intro|kicker|yinti|eyebrow|jianti|pre-?tit",
    re.IGNORECASE,
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
