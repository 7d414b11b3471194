"""The proposal that a reply answers: a deputy's 建议 or a political adviser's 提案.

Its number means nothing without the level, the term (届) and the session (次).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from pipelines.extraction.folding import fold
from pipelines.extraction.numerals import NUMERAL, number

_GAP = r"\s{0,3}"
_TERM = rf"第?{_GAP}(?P<term>{NUMERAL}{{1,4}}){_GAP}届{_GAP}"
_LEVEL = r"(?P<level>全国|自治区|自治州|[省市区县州盟旗])"
_BODY = (
    r"(?P<body>人民代表大会|人大|政治协商会议|政协)"
    r"(?:常务委员会|常委会|委员会)?"
)
_SESSION = rf"{_GAP}第?{_GAP}(?P<session>{NUMERAL}{{1,3}}){_GAP}次{_GAP}(?:全体)?会议"
_NUMBER = (
    rf"[\s“\"]{{0,4}}第?{_GAP}(?P<number>[A-Za-z]{{0,2}}\d{{1,8}}){_GAP}号?{_GAP}"
    r"(?:\([^()]{0,30}\))?[\s”\"]{0,4}"
    r"(?:代表|委员|党派|集体|人大|政协|重点|会办|协办){0,2}(?P<kind>建议|提案|议案)"
)
_FORMS = tuple(
    re.compile(form + _SESSION + _NUMBER)
    for form in (
        rf"{_LEVEL}{_GAP}{_TERM}{_BODY}",  # 市六届人大一次会议
        rf"{_TERM}{_LEVEL}{_GAP}{_BODY}",  # 十届全国人大四次会议
        rf"{_LEVEL}{_GAP}{_BODY}{_GAP}{_TERM}",  # 市政协五届三次会议
        rf"{_BODY}{_GAP}{_TERM}{_LEVEL}(?:委员会)?",  # 政协第十三届全国委员会第三次会议
        # 政治协商会议重庆市第六届委员会第一次会议
        rf"{_BODY}{_GAP}[\u4e00-\u9fff]{{0,8}}{_LEVEL}{_GAP}{_TERM}(?:委员会)?",
        rf"{_TERM}{_BODY}",  # 六届人大一次会议
        rf"{_BODY}{_GAP}{_TERM}",  # 政协十届三次会议
    )
)
_OPENING = 2000
_BODIES = {"人民代表大会": "人大", "政治协商会议": "政协"}


@dataclass(frozen=True, slots=True)
class Proposal:
    """A numbered proposal. ``level`` is 全国, 省, 市, 区, 县 … or empty when it is not said.

    ``number`` keeps its leading zeros; ``kind`` is 建议, 提案 or 议案; ``raw`` is as printed.
    """

    level: str
    body: str
    term: int
    session: int
    number: str
    kind: str
    raw: str

    @property
    def name(self) -> str:
        """The proposal as one line, the same however it was printed."""
        return (
            f"{self.level}{self.term}届{self.body}{self.session}次会议第{self.number}号{self.kind}"
        )


def find_proposal(title: str | None, text: str) -> Proposal | None:
    """The proposal named in a title, else the first one in the opening of the text."""
    for place in ((title or "")[:_OPENING], text[:_OPENING]):
        found = _first(place)
        if found:
            return found
    return None


def _first(text: str) -> Proposal | None:
    folded = fold(text)
    matches = [match for form in _FORMS for match in form.finditer(folded)]
    if not matches:
        return None
    # The fuller forms come first, so that of two at one place the one with its level stays.
    return _proposal(min(matches, key=lambda match: match.end()), text)


def _proposal(match: re.Match[str], text: str) -> Proposal | None:
    parts = match.groupdict()
    term, session = number(parts["term"]), number(parts["session"])
    if term is None or session is None:
        return None
    return Proposal(
        level=parts.get("level") or "",
        body=_BODIES.get(parts["body"], parts["body"]),
        term=term,
        session=session,
        number=parts["number"],
        kind=parts["kind"],
        raw=text[match.start() : match.end()],
    )
