"""Postal addresses behind their labels, on folded text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from pipelines.extraction.contact_labels import CELL, ends_at, spaced
from pipelines.extraction.vocabulary import words

Span = tuple[int, int]

_LONGEST = 100
_SHORTEST = 4
_CUT = re.compile(
    r"[;。!?]|\s{2,}|\s\(|[,、\s(]{0,3}[\u3400-\u9fff]{2,10}\s?[:]|[,(、\s]{1,3}"
    r"(?:邮\s?编|邮政编码|电\s{0,4}话|联\s?系|传\s?真|手\s?机|邮\s?箱|乘|请|并|以便|附件|逾期|截止|时间)"
)
_NO_ADDRESS = re.compile(
    r"(?:详见?|见|由|请|以|按|同|另|待|自|本|可|如|为|是|及|和|等|、)|.*(?:通知|附件|另行|确定|如下|所示|填写|//|网站)"
)
_PREFIX = re.compile(r"[\u3400-\u9fffA-Za-z]{1,12}\Z")
_TRIM = " ,、;:.-"


def find_addresses(folded: str) -> Iterator[Span]:
    """Addresses that a label introduces; those of web pages, projects and events are none."""
    for match in _label().finditer(folded):
        before = _PREFIX.search(folded, max(0, match.start() - 12), match.start())
        if before and before.group().endswith(words("contacts", "address_prefixes_never")):
            continue
        found = address_in(folded, match.end(), ends_at(folded, match.end(), _LONGEST))
        if found:
            yield found


def find_postcodes(folded: str) -> Iterator[Span]:
    """Six figures behind 邮编."""
    for match in _postcode().finditer(folded):
        yield match.span("code")


def address_in(folded: str, start: int, end: int) -> Span | None:
    """The address that a stretch of text begins with; None when it holds something else."""
    while start < end and folded[start] in _TRIM:
        start += 1
    cut = _CUT.search(folded, start, end)
    end = cut.start() if cut else end
    comma = folded.find(",", start, end)
    if comma >= 0 and is_address(folded[start:comma]):
        end = comma
    end = _balanced(folded, start, end)
    return (start, end) if is_address(folded[start:end]) else None


def is_address(text: str) -> bool:
    """Whether a text reads as where something is, by the words for places in it."""
    if len("".join(text.split())) < _SHORTEST or _NO_ADDRESS.match(text):
        return False
    return any(sign in text for sign in words("contacts", "address_signs"))


def _balanced(folded: str, start: int, end: int) -> int:
    while end > start and (
        folded[end - 1] in _TRIM
        or (
            folded[end - 1] == ")" and folded.count("(", start, end) < folded.count(")", start, end)
        )
    ):
        end -= 1
    depth = folded.rfind("(", start, end)
    return depth if depth > start and ")" not in folded[depth:end] else end


@cache
def _label() -> re.Pattern[str]:
    named = spaced(words("contacts", "address_labels"))
    return re.compile(rf"(?:{named})(?:\s?\([^()\n]{{1,12}}\))?\s{{0,4}}(?::|{CELL})")


@cache
def _postcode() -> re.Pattern[str]:
    named = spaced(words("contacts", "postcode_labels"))
    return re.compile(rf"(?:{named})\s{{0,4}}(?::|{CELL}|(?=\d))\s{{0,3}}(?P<code>\d{{6}})(?!\d)")
