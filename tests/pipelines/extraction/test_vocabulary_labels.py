"""Labels by meaning; the folded copy by offset."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.extraction.folding import collapse, fold, han, squeeze
from pipelines.extraction.vocabulary import fields_of_label, vocabulary


@pytest.mark.parametrize(
    ("label", "fields"),
    [
        ("索引号", ("index_no",)),
        ("[ 索引号 ]", ("index_no",)),
        ("索　引　号：", ("index_no",)),
        ("【发文字号】", ("doc_no",)),
        ("文\u2003号", ("doc_no",)),
        ("成文日期:", ("date_written",)),
        ("发布日期", ("date_published",)),
        ("施行日期", ("date_effective",)),
        ("失效日期", ("date_expiry",)),
        ("信息来源", ("issuer", "source")),
        ("撰稿", ("publisher_person_or_unit", "author")),
        ("统一编号", ("normative_unified_no",)),
        ("浏览次数", ("views",)),
        ("公开方式/不公开理由", ("disclosure_mode",)),
        ("责任部门（处室）", ("responsible_dept",)),
        ("索引号2023", ()),
        ("丁强强代表", ()),
        ("", ()),
        ("：", ()),
    ],
)
def test_label_names_its_fields_whatever_its_dress(label: str, fields: tuple[str, ...]) -> None:
    assert fields_of_label(label) == fields


def test_every_packaged_label_is_found_again() -> None:
    for field, variants in vocabulary()["labels"]["fields"].items():
        for variant in variants:
            assert field in fields_of_label(variant)


def test_packaged_data_names_its_origin() -> None:
    assert all(data["origin"] for data in vocabulary().values())


@given(st.text())
def test_folding_keeps_every_offset(text: str) -> None:
    assert len(fold(text)) == len(text)
    assert fold(fold(text)) == fold(text)


@given(st.text())
def test_squeezed_text_has_no_blank(text: str) -> None:
    assert not any(character.isspace() for character in squeeze(text))
    assert squeeze(collapse(text)) == squeeze(text)


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("２０２３年（一）：，", "2023年(一):,"),
        ("﹝2020﹞", "〔2020〕"),
        ("a\u00a0b\u3000c\u200bd", "a b c d"),
        ("①㎡…〇", "①㎡…〇"),
        ("x²", "x²"),
        ("\u2f08\r\n", "人\n\n"),
    ],
)
def test_widths_are_made_alike_and_nothing_else(text: str, folded: str) -> None:
    assert fold(text) == folded


def test_the_zero_of_dates_counts_as_han() -> None:
    assert han("二〇二三 abc 号") == 5
