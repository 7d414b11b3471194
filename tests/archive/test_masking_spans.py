"""Masked texts: as long as before, nothing else touched, Markdown and evidence alike."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.masking import MARK, mask, mask_markdown, mask_row, mask_values
from archive.records import Contact, ContactKind

TEXT = "联系人：张三，电话：67512345。张三说，67512345元。"
PERSON = Contact(ContactKind.PERSON, 4, 6)
PHONE = Contact(ContactKind.PHONE, 10, 18)
BOTH = (PERSON, PHONE)


def test_only_the_spans_are_masked_and_offsets_hold() -> None:
    masked = mask(TEXT, BOTH)
    assert masked == f"联系人：{MARK * 2}，电话：{MARK * 8}。张三说，67512345元。"
    assert len(masked) == len(TEXT)


def test_kinds_choose_what_is_masked() -> None:
    assert mask(TEXT, BOTH, {ContactKind.PHONE}) == TEXT[:10] + MARK * 8 + TEXT[18:]
    assert mask(TEXT, BOTH, ()) == TEXT


@pytest.mark.parametrize(
    ("markdown", "expected"),
    [
        (
            "**联系人**：张三，电话：67512345。\n\n张三说，67512345元。",
            "**联系人**：＊＊，电话：＊＊＊＊＊＊＊＊。\n\n张三说，67512345元。",
        ),
        # A name that the Markdown repeats more often is masked everywhere.
        ("张三 张三 张三", "＊＊ ＊＊ ＊＊"),
        ("张**三** 说", "＊＊＊＊** 说"),
        ("", ""),
    ],
)
def test_markdown_is_masked_where_the_text_is(markdown: str, expected: str) -> None:
    assert mask_markdown(markdown, TEXT, BOTH) == expected


def test_an_escaped_address_is_masked_in_markdown() -> None:
    text = "邮箱：a_b@c.cn"
    mail = Contact(ContactKind.EMAIL, 3, len(text))
    assert mask_markdown(r"邮箱：a\_b@c.cn", text, (mail,)) == "邮箱：" + MARK * 9


def test_evidence_loses_numbers_and_keeps_names() -> None:
    assert mask_values("张三 67512345", TEXT, BOTH) == "张三 " + MARK * 8


def test_a_row_is_masked_in_every_part() -> None:
    contacts = [{"kind": each.kind.value, "start": each.start, "end": each.end} for each in BOTH]
    row = {
        "title": "通知67512345",
        "text": TEXT,
        "markdown": TEXT,
        "contacts": contacts,
        "assertions": [{"field": "title", "value": "通知67512345", "raw": "67512345"}],
    }
    masked = mask_row(row)
    assert masked["text"] == masked["markdown"] == mask(TEXT, BOTH)
    assert masked["title"] == masked["assertions"][0]["value"] == "通知" + MARK * 8
    assert masked["assertions"][0]["raw"] == MARK * 8
    assert masked["contacts"] == contacts
    assert row["text"] == TEXT


@given(st.text(max_size=40), st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40))))
def test_masking_keeps_the_length_and_is_done_once(text: str, spans: list[tuple[int, int]]) -> None:
    contacts = [Contact(ContactKind.PHONE, min(span), max(span)) for span in spans]
    once = mask(text, contacts)
    assert len(once) == len(text)
    assert mask(once, contacts) == once
