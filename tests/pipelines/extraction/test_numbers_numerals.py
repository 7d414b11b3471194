"""Chinese numerals, digit by digit and with units."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.extraction.numerals import number


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("59", 59),
        ("五十九", 59),
        ("一百二十三", 123),
        ("一百零三", 103),
        ("一六六", 166),
        ("二〇二三", 2023),
        ("二OO八", 2008),
        ("十", 10),
        ("十二", 12),
        ("二十", 20),
        ("廿", 20),
        ("廿一", 21),
        ("卅", 30),
        ("元", 1),
        ("两千", 2000),
        ("", None),
        ("甲", None),
        ("五甲", None),
    ],
)
def test_numeral_is_read(text: str, value: int | None) -> None:
    assert number(text) == value


def spelled(value: int) -> str:
    tens, ones = divmod(value, 10)
    digits = "〇一二三四五六七八九"
    head = "" if tens == 0 else ("十" if tens == 1 else digits[tens] + "十")
    return head + (digits[ones] if ones or not tens else "")


@given(st.integers(0, 99))
def test_spelled_number_is_read_back(value: int) -> None:
    assert number(spelled(value)) == value
