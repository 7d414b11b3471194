"""The forms of telephone numbers and e-mail addresses, matched on folded text.

Numbers are cut so that no digit touches them: a piece of a longer number is none.
"""

from __future__ import annotations

import re

_DASH = r"[-—–‐−]{1,2}"
_JOIN = rf"\s?(?:{_DASH})?\s?"
_BEGIN = r"(?<![0-9A-Za-z._/])(?<![0-9][-—–])"
_END = r"(?![0-9A-Za-z%])"
_CHINA = rf"(?:\(?(?:\+|00)?86\)?{_JOIN})"
_AREA = r"(?:10|2\d|[3-9]\d{2})"
_EXTENSION = rf"(?:\s?(?:转|{_DASH}|ext\.?|分机号?:?)\s?\d{{1,6}}(?![0-9]))?"

MOBILE = rf"{_CHINA}?1[3-9]\d(?:{_JOIN}\d{{4}}){{2}}"
LANDLINE = (
    rf"{_CHINA}?(?:\(0{_AREA}\){_JOIN}|0{_AREA}\s?{_DASH}\s?)\d{{3,4}}[\s-]?\d{{4}}{_EXTENSION}"
    rf"|{_CHINA}{_AREA}{_JOIN}\d{{7,8}}{_EXTENSION}"
)
SERVICE = r"[48]00(?:[-—–\s]\d{3,4}[-—–\s]\d{3,4}|[-—–]\d{7})"
# Two years, or a year and a running number: 2023-2025, 2023-0012.
_YEAR = r"(?!(?:19|20)\d{2}[-\s])"
_LOCAL = rf"{_YEAR}[2-9]\d{{2,3}}[-\s]?\d{{4}}{_EXTENSION}"
# Behind a label: also without the dash, and with a digit too many, which is still somebody's.
_RUN_ON = rf"0{_AREA}\s?(?:{_DASH})?\s?\d{{7,9}}{_EXTENSION}|[48]00\d{{7}}"
_SHORT = r"1\d{2,4}|9\d{4}"
_NO_AMOUNT = r"(?!\s?(?:[元万亿人户件个吨次名家份天年月日%]|号(?![码线])|平方|公里|千克))"
# Of a form that is sure 人 and 日 may be the next word's: 13800138000人工服务.
_NOT_COUNTED = r"(?!\s?(?:[元户年]|号(?![码线])))"

CLEAR = re.compile(rf"(?=[(+\d]){_BEGIN}(?:{MOBILE}|{LANDLINE}|{SERVICE}){_END}{_NOT_COUNTED}")
"""What is a telephone number by its form: mobile, with area code and dash, or 400 and 800."""

LABELLED = re.compile(
    rf"(?<![0-9A-Za-z])(?:{MOBILE}|{LANDLINE}|{SERVICE}|{_RUN_ON}|{_LOCAL}){_END}{_NO_AMOUNT}"
)
"""What is one when a label says so: local numbers too."""

SHORT = re.compile(rf"(?<![0-9A-Za-z])(?:{_SHORT})(?![0-9A-Za-z%.-]){_NO_AMOUNT}")
"""Numbers of public services such as 12345; only right behind a label."""

_DOMAIN = r"(?:[A-Za-z0-9-]{1,63}\.){1,4}[A-Za-z]{2,10}(?![A-Za-z0-9@-])"
EMAIL = re.compile(rf"(?<![A-Za-z0-9._%+@/-])[A-Za-z0-9][A-Za-z0-9._%+-]{{0,63}}@{_DOMAIN}")

HIDDEN_EMAIL = re.compile(
    rf"(?<![A-Za-z0-9._%+@/-])[A-Za-z0-9][A-Za-z0-9._%+-]{{0,63}}"
    rf"(?:\s?[(\[{{]\s?(?:at|AT|@|#|艾特)\s?[)\]}}]\s?|#|\s(?:at|AT)\s){_DOMAIN}"
)
"""An address written so that machines do not read it; sure only behind a label."""
