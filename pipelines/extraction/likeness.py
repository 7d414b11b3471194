"""How much a decoded text looks like one that people wrote: what tells a right codec from a wrong.

A wrong codec seldom fails outright. Big5 read as GBK, or UTF-8 as GBK, gives Han characters all
along, but hardly ever those that texts are made of.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from itertools import islice

_LOOKED_AT = 200_000
_SAMPLE = 4000
_FOREIGN = re.compile(r"[^\x00-\x7f]")
_WESTERN = re.compile(
    r"(?<=[A-Za-z])[\u00c0-\u024f]|[\u00c0-\u024f](?=[A-Za-z])"
    r"|(?<![^\x00-\x7f])[\u00a0\u00a9\u00ab\u00ae\u00b0\u00b7\u00bb\u2013-\u2026](?![^\x00-\x7f])"
)
_CYRILLIC = re.compile(r"[\u0430-\u045f]|[\u0401-\u042f](?=[\u0430-\u045f])")
_WIDE = re.compile(r"[\u0800-\ud7ff\uf900-\ufffc\U00010000-\U0010ffff]")
_OF_HAN = ("gb", "big5", "hz", "utf-16", "utf-32", "cp9", "euc")
_BROKEN = "\ufffd"
_MARKS = "，。、：；？！（）《》〈〉“”‘’—…·〔〕【】「」『』％～　①②③④⑤℃×"
_FREQUENT = (
    ("gb2312", range(0xB0, 0xD8), range(0xA1, 0xFF)),
    ("big5", range(0xA4, 0xC7), (*range(0x40, 0x7F), *range(0xA1, 0xFF))),
)
"""Where the first levels of GB 2312 and of Big5 stand: their 3755 and 5401 frequent characters."""


def likeness(text: str, codec: str) -> float:
    """The share of a text's non-ASCII characters, 0 to 1, that its codec's texts are made of.

    1.0 for ASCII. Two broken bytes of UTF-8 count as one character, as they were one elsewhere.
    """
    text = text[:_LOOKED_AT]
    if codec.startswith(_OF_HAN):
        return _likeness_of_han(text)
    foreign = len(_FOREIGN.findall(text))
    if not foreign:
        return 1.0
    if codec == "utf-8":
        right = len(_WIDE.findall(text)) + len(_WESTERN.findall(text))
        return right / max(foreign - text.count(_BROKEN) / 2, 1)
    if codec in ("cp1251", "koi8-r", "koi8-u", "iso8859-5"):
        return len(_CYRILLIC.findall(text)) / foreign
    return len(_WESTERN.findall(text)) / foreign


def _likeness_of_han(text: str) -> float:
    sample = [found.group() for found in islice(_FOREIGN.finditer(text), _SAMPLE)]
    common = _common()
    return sum(each in common for each in sample) / len(sample) if sample else 1.0


@cache
def _common() -> frozenset[str]:
    """The frequent characters of the two Chinese standards, simplified and traditional."""
    return frozenset((*_MARKS, *_characters()))


def _characters() -> Iterator[str]:
    for codec, leads, trails in _FREQUENT:
        for lead in leads:
            for trail in trails:
                yield from bytes((lead, trail)).decode(codec, "ignore")
