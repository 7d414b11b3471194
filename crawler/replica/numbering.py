"""Official numbers with valid check digits, and dates in Chinese numerals."""

from __future__ import annotations

from datetime import date
from functools import cache

# GB 32100-2015 and GB 11714-1997.
CREDIT_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
ORGAN_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
DIGITS = "〇一二三四五六七八九"


def organ_code(body: str) -> str:
    """An eight-character 组织机构代码 with its GB 11714 check character."""
    rest = (
        11
        - sum(int(char, 36) * weight for char, weight in zip(body, ORGAN_WEIGHTS, strict=True)) % 11
    )
    return body + {10: "X", 11: "0"}.get(rest, str(rest))


@cache
def credit_code(region: str, organ: str) -> str:
    """A 统一社会信用代码 of a state organ (登记部门 1, 类别 1) with its GB 32100 check."""
    body = f"11{region}{organ_code(organ)}"
    total = sum(CREDIT_ALPHABET.index(char) * pow(3, place, 31) for place, char in enumerate(body))
    return body + CREDIT_ALPHABET[-total % 31]


def index_no(region: str, organ: str, year: int, serial: int) -> str:
    """A 索引号: credit code, year, five-digit serial."""
    return f"{credit_code(region, organ)}/{year}-{serial:05d}"


def arabic_date(day: date) -> str:
    """``2024年3月5日``."""
    return f"{day.year}年{day.month}月{day.day}日"


def chinese_date(day: date) -> str:
    """``二〇二四年三月五日``."""
    year = "".join(DIGITS[int(char)] for char in str(day.year))
    return f"{year}年{_numeral(day.month)}月{_numeral(day.day)}日"


def _numeral(value: int) -> str:
    tens, ones = divmod(value, 10)
    head = "" if tens == 0 else ("十" if tens == 1 else DIGITS[tens] + "十")
    return head + (DIGITS[ones] if ones else "")
