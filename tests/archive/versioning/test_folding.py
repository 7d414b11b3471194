"""Laws of the text that versions are compared by."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.versioning import normalise

patient = settings(deadline=None)

AWKWARD = st.text(
    st.one_of(
        st.characters(),
        st.sampled_from(
            "中文,，.。 \u3000\xa0\u200b\xad\ufeff１2Ａb①²½㎡ﬁ…\u0301\u2800豈\ufe0fｶﾞ´¨\uf967⒈⼈"
        ),
    )
)


@patient
@given(AWKWARD)
def test_normalising_twice_changes_nothing(text: str) -> None:
    once = normalise(text)
    assert normalise(once) == once


@patient
@given(AWKWARD)
def test_result_is_one_line_of_visible_characters(text: str) -> None:
    result = normalise(text)
    assert not any(c.isspace() and c != " " for c in result)
    assert not any(unicodedata.category(c) in ("Cc", "Cf") for c in result)


@patient
@given(
    st.text("一二三，。甲乙丙丁"),
    st.sampled_from(["\u200b", "\u3000", "\n", " ", "\xad", "\ufeff"]),
)
def test_blanks_between_ideographs_do_not_count(text: str, blank: str) -> None:
    assert normalise(blank.join(text)) == normalise(text)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("（２０２３）", "(2023)"),
        ("渝科局函 〔2023〕 278 号", "渝科局函〔2023〕278号"),
        ("第\n二条", "第二条"),
        ("５０％", "50%"),
        ("㎡", "m2"),
        ("Ⅲ级", "III级"),
        ("a\u0301", "á"),
        ("2020―2025", "2020—2025"),
    ],
)
def test_same_to_the_eye(one: str, other: str) -> None:
    assert normalise(one) == normalise(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("10²", "102"),
        ("①", "1"),
        ("3½", "31/2"),
        ("12 3", "1 23"),
        ("12 3", "123"),
        ("now here", "nowhere"),
        ("完毕，", "完毕。"),
        ("“甲”", "甲"),
        ("\ue000", ""),
        ("国", "國"),
        ("\ufffd", ""),
    ],
)
def test_different_to_the_eye(one: str, other: str) -> None:
    assert normalise(one) != normalise(other)
