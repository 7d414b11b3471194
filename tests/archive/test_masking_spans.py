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


def spans(text: str, *phones: str) -> list[dict[str, object]]:
    """Contact rows of the last occurrence of each number."""
    starts = {each: text.rindex(each) for each in phones}
    return [{"kind": "phone", "start": at, "end": at + len(each)} for each, at in starts.items()]


def masked_row(text: str, *phones: str, **more: object) -> dict[str, object]:
    row = {"text": text, "contacts": spans(text, *phones), "assertions": []}
    return mask_row(row | more)


def test_numbers_of_documents_and_dates_are_never_masked() -> None:
    named = {
        "doc_no": "渝府发〔2023〕119号",
        "index_no": "67890000/2023-12345",
        "date_published": "2023-01-19",
    }
    said = [{"field": name, "value": value, "raw": None} for name, value in named.items()]
    ways = [{"fields": ["index_no", "title"], "values": ["67890000"], "reason": "differ"}]
    text = "火警电话：119，政务热线：12345，电话：67890000"
    masked = masked_row(
        text,
        "119",
        "12345",
        "67890000",
        assertions=said,
        conflicts=ways,
        title="119号通知",
        **named,
    )
    assert {name: masked[name] for name in named} == named
    assert (masked["assertions"], masked["conflicts"]) == (said, ways)
    assert masked["title"] == "119号通知"
    assert masked["text"] == f"火警电话：{MARK * 3}，政务热线：{MARK * 5}，电话：{MARK * 8}"


def test_a_piece_of_a_longer_number_is_not_masked() -> None:
    assert mask_values("编号1675123456", TEXT, BOTH) == "编号1675123456"
    markdown = "[文](/f/167512345.pdf)电话：67512345"
    text = "文电话：67512345"
    phone = Contact(ContactKind.PHONE, 4, 12)
    assert mask_markdown(markdown, text, (phone,)) == markdown[:-8] + MARK * 8


def test_a_short_number_in_markdown_is_masked_behind_its_word() -> None:
    text = "某府发〔2023〕119号\n火警电话：119"
    markdown = "![119](/119.png)\n\n某府发〔2023〕119号\n\n**火警电话**：119"
    phone = Contact(ContactKind.PHONE, text.rindex("119"), len(text))
    assert mask_markdown(markdown, text, (phone,)) == markdown[:-3] + MARK * 3


def test_every_printed_part_of_a_row_is_masked() -> None:
    phone, hidden = "023-63890123", MARK * 12
    line = f"咨询{phone}"
    parts = {
        "attachments": [{"name": line, "url": f"http://a.example/{phone}"}],
        "images": [{"name": line, "url": None}],
        "unlisted": [{"name": line, "url": None}],
        "relations": [{"kind": "cites", "doc_no": None, "title": line, "url": None}],
        "corrections": [
            {"field": "title", "value": line, "replaced": None, "reads": line, "why": line},
            {"field": "doc_no", "value": phone, "replaced": phone, "reads": None, "why": line},
        ],
        "conflicts": [{"fields": ["title"], "values": [line], "reason": line}],
        "rights": {"rights": "press", "evidence": f"未经授权不得转载 {phone}", "basis": "document"},
        "assertions": [{"field": "doc_no", "value": "1", "raw": "1", "locator": line}],
    }
    masked = masked_row(f"电话：{phone}", phone, **parts)
    left = str({name: masked[name] for name in parts})
    assert left.count(phone) == 3  # an address, and the two values of a document's number
    assert masked["attachments"] == [{"name": f"咨询{hidden}", "url": f"http://a.example/{phone}"}]
    assert masked["conflicts"] == [
        {"fields": ["title"], "values": [f"咨询{hidden}"], "reason": f"咨询{hidden}"}
    ]


def test_evidence_from_outside_of_the_text_is_masked_by_its_form() -> None:
    line = "未经授权不得转载 电话023-63890123 a@b.cn 渝ICP备05000000号"
    shown = f"未经授权不得转载 电话{MARK * 12} {MARK * 6} 渝ICP备05000000号"
    rights = {"rights": "press", "evidence": line, "locator": "copyright"}
    assert masked_row("无", rights=rights)["rights"] == rights | {"evidence": shown}


@given(st.text(max_size=40), st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40))))
def test_masking_keeps_the_length_and_is_done_once(text: str, spans: list[tuple[int, int]]) -> None:
    contacts = [Contact(ContactKind.PHONE, min(span), max(span)) for span in spans]
    once = mask(text, contacts)
    assert len(once) == len(text)
    assert mask(once, contacts) == once
