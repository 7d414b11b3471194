"""Check characters against published codes, valid and spoilt."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.extraction.checkdigits import is_organisation_code, is_uscc

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"


@pytest.mark.parametrize(
    ("code", "valid"),
    [
        ("11500000MB15895317", True),
        ("11320000MB151840XJ", True),
        ("91350100M000100Y43", True),
        ("91350100M000100Y4Z", False),
        ("91370200163562681G", True),
        ("91370200163562681", False),
        ("9135O100M000100Y43", False),
    ],
)
def test_uscc_check_character(code: str, valid: bool) -> None:
    assert is_uscc(code) is valid


@pytest.mark.parametrize(
    ("code", "valid"),
    [
        ("000014349", True),
        ("MB1589531", True),
        ("01527918X", True),
        ("163562681", True),
        ("000014348", False),
        ("00001434", False),
        ("机构0014349", False),
    ],
)
def test_organisation_code_check_character(code: str, valid: bool) -> None:
    assert is_organisation_code(code) is valid


@given(st.text(alphabet=ALPHABET, min_size=17, max_size=17))
def test_exactly_one_check_character_fits_a_uscc(body: str) -> None:
    assert sum(is_uscc(body + check) for check in ALPHABET) == 1


@given(st.text(alphabet="0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", min_size=8, max_size=8))
def test_exactly_one_check_character_fits_an_organisation_code(body: str) -> None:
    assert sum(is_organisation_code(body + check) for check in "0123456789X") == 1
