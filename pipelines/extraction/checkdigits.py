"""Check characters of the codes that open an index number: GB 32100-2015 and GB 11714."""

from __future__ import annotations

_USCC_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_USCC_LENGTH = 18
_ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)


def is_uscc(code: str) -> bool:
    """Whether an 18-character 统一社会信用代码 has the right check character (GB 32100-2015)."""
    if len(code) != _USCC_LENGTH or any(character not in _USCC_ALPHABET for character in code):
        return False
    values = [_USCC_ALPHABET.index(character) for character in code[:-1]]
    total = sum(value * pow(3, place, 31) for place, value in enumerate(values))
    return code[-1] == _USCC_ALPHABET[(31 - total % 31) % 31]


def is_organisation_code(code: str) -> bool:
    """Whether a nine-character 组织机构代码, hyphen left out, has the right check (GB 11714)."""
    if len(code) != 1 + len(_ORGANISATION_WEIGHTS) or not (code.isascii() and code.isalnum()):
        return False
    values = [int(character, 36) for character in code[:-1].upper()]
    total = sum(value * weight for value, weight in zip(values, _ORGANISATION_WEIGHTS, strict=True))
    check = 11 - total % 11
    return code[-1] == {10: "X", 11: "0"}.get(check, str(check))
