"""A copy of a text for matching: both character widths alike, every offset kept.

Patterns run on the copy; values are cut from the original by the same offsets. Raw text is never
normalised itself, because NFKC would turn ① into 1 and ㎡ into m2.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from pipelines.extraction.remembered import LONGEST, remembered

_KEPT = ("<circle>", "<super>", "<sub>", "<font>", "<fraction>", "<square>")
_INVISIBLE = frozenset("\u200b\u200c\u200d\u200e\u200f\u2060\ufeff\u00ad")
_TRADITIONAL = "來發佈時間編輯責審記瀏覽點擊號題標機關類單訊資閱讀數錄對檔執稱狀態鍵詞實體"
_SIMPLIFIED = "来发布时间编辑责审记浏览点击号题标机关类单讯资阅读数录对档执称状态键词实体"
_LINE_ENDS = frozenset("\n\r\v\f\x1c\x1d\x1e\x85\u2028\u2029")


class _FoldTable(dict[int, str]):
    """The folded form of each code point, worked out when first met."""

    def __missing__(self, code: int) -> str:
        folded = self[code] = _fold_character(chr(code))
        return folded


_TABLE = _FoldTable()
_SIMPLE = dict(zip(map(ord, _TRADITIONAL), _SIMPLIFIED, strict=True)) | {
    code: chr(code + 32) for code in range(ord("A"), ord("Z") + 1)
}


@remembered
def fold(text: str) -> str:
    r"""``text`` with full-width and half-width forms made alike; same length, same offsets.

    Every blank becomes a space, an invisible character too; line ends become ``\n``.
    """
    return _fold_long(text) if len(text) > LONGEST else text.translate(_TABLE)


@lru_cache(maxsize=4)
def _fold_long(text: str) -> str:
    # Several readers look at a whole text one after another.
    return text.translate(_TABLE)


@remembered
def plain(text: str) -> str:
    """The folded text as labels are compared: 發佈時間 as 发布时间, Latin letters in lower case.

    Same length, same offsets; only the characters that labels are made of are converted.
    """
    return fold(text).translate(_SIMPLE)


@remembered
def squeeze(text: str) -> str:
    """The folded text without any white space: what labels and numbers are compared by."""
    return "".join(fold(text).split())


def collapse(text: str) -> str:
    """The folded text with every run of white space as one space."""
    return " ".join(fold(text).split())


def han(text: str) -> int:
    """How many Chinese characters the text has."""
    return len(_HAN.findall(text))


@remembered
def words_of(text: str) -> int:
    """How much a text says: Chinese characters, and words in Latin letters as one each."""
    return han(text) + len(_LATIN.findall(text))


_LATIN = re.compile(r"[A-Za-z]{2,}")
_HAN = re.compile(r"[\u3007\u3400-\u9fff\uf900-\ufaff]")


def _fold_character(character: str) -> str:
    if character in _LINE_ENDS:
        return "\n"
    if character in _INVISIBLE or character.isspace():
        return " "
    if unicodedata.decomposition(character).startswith(_KEPT):
        return character
    folded = unicodedata.normalize("NFKC", character)
    return folded if len(folded) == 1 else character
