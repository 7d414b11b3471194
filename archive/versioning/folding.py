"""Text folded to what a reader sees: width, white space and invisible characters do not count.

Full NFKC would go too far: it turns ``10²`` into ``102`` and ``①`` into ``1``, so a real edit
between the two would be lost. Superscripts, subscripts, circled numbers and fractions stay.
"""

from __future__ import annotations

import re
import unicodedata

_VISIBLE_FORMS = frozenset({"<super>", "<sub>", "<circle>", "<fraction>"})

# Letters by function, blanks by look: they print nothing although Unicode calls them otherwise.
_BLANK = {"\u2800": " ", "\u115f": "", "\u1160": "", "\u3164": "", "\uffa0": "", "\u034f": ""}

# One GB18030 code read by two decoders: the same printed mark with two code points.
_SAME_MARK = {"\u2015": "—", "\u301c": "~", "\u22ef": "..."}

_SPACED = r"0-9A-Za-z\u00c0-\u024f\u0370-\u03ff\u0400-\u052f"
_BLANKS = re.compile(r" +")
_IDLE_BLANK = re.compile(rf"(?<![{_SPACED}]) | (?![{_SPACED}])")


class _Folds(dict[int, str]):
    """A translation table that works out each character once."""

    def __missing__(self, code: int) -> str:
        folded = _fold_character(chr(code))
        self[code] = folded
        return folded


def normalise(text: str) -> str:
    """The text as compared: one line, half width, no invisible characters. Idempotent.

    A space is kept only between two letters or digits of scripts that are written with spaces,
    where dropping it would join two numbers or words into a third.
    """
    folded = unicodedata.normalize("NFC", text.translate(_FOLDS))
    return unicodedata.normalize("NFC", _IDLE_BLANK.sub("", _BLANKS.sub(" ", folded)))


def _fold_character(character: str) -> str:
    if character in _BLANK:
        return _BLANK[character]
    if character in _SAME_MARK:
        return _SAME_MARK[character]
    if character.isspace():
        return " "
    if _is_invisible(character):
        return ""
    return _fold_form(character)


def _is_invisible(character: str) -> bool:
    category = unicodedata.category(character)
    code = ord(character)
    selector = 0xFE00 <= code <= 0xFE0F or 0xE0100 <= code <= 0xE01EF
    return category in ("Cf", "Cc") or selector


def _fold_form(character: str) -> str:
    mapping = unicodedata.decomposition(character)
    if not mapping.startswith("<") or mapping.split(" ", 1)[0] in _VISIBLE_FORMS:
        return character
    folded = unicodedata.normalize("NFKC", character)
    # Spacing accents decompose to a blank and a combining mark, which would move to the left.
    return character if any(part.isspace() for part in folded) else folded


_FOLDS = _Folds()
