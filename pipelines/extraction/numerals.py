"""Chinese numerals as dates, orders and sessions use them: 二〇二三, 五十九, 廿一, 元."""

from __future__ import annotations

ZEROS = "〇○◯零OoОΟ0"
"""Every character seen for zero in a printed year; U+3007 is outside the Han block."""

DIGITS = dict.fromkeys(ZEROS, 0) | {
    **{str(value): value for value in range(10)},
    **{character: value for value, character in enumerate("一二三四五六七八九", 1)},
    "元": 1,
    "正": 1,
    "两": 2,
    "壹": 1,
    "贰": 2,
    "叁": 3,
    "肆": 4,
    "伍": 5,
    "陆": 6,
    "柒": 7,
    "捌": 8,
    "玖": 9,
}
_UNITS = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1000, "仟": 1000}
_TENS = {"廿": "二十", "卅": "三十"}

NUMERAL = "[" + "".join(DIGITS) + "".join(_UNITS) + "".join(_TENS) + "]"
"""A pattern for one character of a number written in either script."""


def number(text: str) -> int | None:
    """The number that ``text`` writes, digit by digit or with units; None when it writes none."""
    for sign, spelled in _TENS.items():
        text = text.replace(sign, spelled)
    if text and all(character in DIGITS for character in text):
        return int("".join(str(DIGITS[character]) for character in text))
    return _with_units(text)


def _with_units(text: str) -> int | None:
    total, pending, seen = 0, 0, False
    for character in text:
        if character in DIGITS:
            pending, seen = pending * 10 + DIGITS[character], True
        elif character in _UNITS:
            total += (pending or 1) * _UNITS[character]
            pending, seen = 0, True
        else:
            return None
    return total + pending if seen else None
