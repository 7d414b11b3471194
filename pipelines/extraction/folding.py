"""A copy of a text for matching: both character widths alike, every offset kept.

Patterns run on the copy; values are cut from the original by the same offsets. Raw text is never
normalised itself, because NFKC would turn ① into 1 and ㎡ into m2.
"""

from __future__ import annotations

import re
import unicodedata

_KEPT = ("<circle>", "<super>", "<sub>", "<font>", "<fraction>", "<square>")
_INVISIBLE = frozenset("\u200b\u200c\u200d\u200e\u200f\u2060\ufeff\u00ad")
_LINE_ENDS = frozenset("\n\r\v\f\x1c\x1d\x1e\x85\u2028\u2029")


class _FoldTable(dict[int, str]):
    """The folded form of each code point, worked out when first met."""

    def __missing__(self, code: int) -> str:
        folded = self[code] = _fold_character(chr(code))
        return folded


_TABLE = _FoldTable()


def fold(text: str) -> str:
    r"""``text`` with full-width and half-width forms made alike; same length, same offsets.

    Every blank becomes a space, an invisible character too; line ends become ``\n``.
    """
    return text.translate(_TABLE)


def squeeze(text: str) -> str:
    """The folded text without any white space: what labels and numbers are compared by."""
    return "".join(fold(text).split())


def collapse(text: str) -> str:
    """The folded text with every run of white space as one space."""
    return " ".join(fold(text).split())


def han(text: str) -> int:
    """How many Chinese characters the text has."""
    return len(_HAN.findall(text))


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
