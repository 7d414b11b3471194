"""Which codec a page is read with: labels, lying labels, marks, and no label at all."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.extraction.decoding import decode

BODY = "重庆市科学技术局关于市六届人大一次会议第0159号建议办理情况的答复函，现将有关情况答复如下。"
TRADITIONAL = (
    "臺北市政府關於辦理本市國民教育經費補助事項的公告，並請各機關學校轉知所屬人員查照辦理。"
)


def page(label: str | None, body: str = BODY) -> str:
    meta = f'<meta http-equiv="Content-Type" content="text/html; charset={label}">' if label else ""
    return f"<html><head>{meta}<title>标题</title></head><body>{body}</body></html>"


def header(label: str | None) -> str:
    return f"text/html; charset={label}" if label else "text/html"


# header label, meta label, codec of the bytes, codec found, evidence
MATRIX = [
    (None, "utf-8", "utf-8", "utf-8", "meta"),
    (None, "UTF8", "utf-8", "utf-8", "meta"),
    (None, "gb2312", "gb18030", "gb18030", "meta"),
    (None, "gbk", "gb18030", "gb18030", "meta"),
    (None, "GB_2312-80", "gb18030", "gb18030", "meta"),
    (None, "x-gbk", "gb18030", "gb18030", "meta"),
    (None, "gb18030", "gb18030", "gb18030", "meta"),
    (None, None, "utf-8", "utf-8", "bytes"),
    (None, None, "gb18030", "gb18030", "bytes"),
    (None, None, "utf-16-le", "utf-16-le", "bytes"),
    (None, "nonsense", "gb18030", "gb18030", "bytes"),
    (None, "base64", "utf-8", "utf-8", "bytes"),
    ("utf-8", None, "utf-8", "utf-8", "header"),
    ("GBK", None, "gb18030", "gb18030", "header"),
    ('"gb2312"', None, "gb18030", "gb18030", "header"),
    ("gbk", "gb2312", "gb18030", "gb18030", "header"),
    ("nonsense", "gbk", "gb18030", "gb18030", "meta"),
    ("utf-8", "gb2312", "utf-8", "utf-8", "header"),
    ("utf-8", "gb2312", "gb18030", "gb18030", "override"),
    ("utf-8", None, "gb18030", "gb18030", "override"),
    ("gbk", "utf-8", "utf-8", "utf-8", "override"),
    (None, "gb2312", "utf-8", "utf-8", "override"),
    (None, "utf-8", "gb18030", "gb18030", "override"),
    ("iso-8859-1", "gb2312", "gb18030", "gb18030", "override"),
    ("iso-8859-1", None, "utf-8", "utf-8", "override"),
    ("ISO-8859-1", None, "gb18030", "gb18030", "override"),
    ("us-ascii", None, "utf-8", "utf-8", "override"),
    ("utf-16", None, "utf-8", "utf-8", "bytes"),
    (None, "utf-16", "utf-8", "utf-8", "meta"),
    ("utf-16", None, "utf-16-le", "utf-16-le", "header"),
    ("gbk", "gbk", "utf-8-sig", "utf-8", "bom"),
    (None, "gb2312", "utf-16", "utf-16-le", "bom"),
    ("utf-8", None, "utf-16", "utf-16-le", "bom"),
]


@pytest.mark.parametrize(("in_header", "in_meta", "codec", "name", "evidence"), MATRIX)
def test_codec_follows_the_labels_unless_the_bytes_contradict(
    in_header: str | None, in_meta: str | None, codec: str, name: str, evidence: str
) -> None:
    source = page(in_meta)
    text, encoding = decode(source.encode(codec), header(in_header))
    assert (encoding.name, encoding.evidence) == (name, evidence)
    assert text == source


def test_the_matrix_is_wide_enough() -> None:
    assert len(MATRIX) >= 24


@pytest.mark.parametrize("label", ["big5", None, "utf-8"])
def test_traditional_pages_are_read_as_big5(label: str | None) -> None:
    source = page(label, TRADITIONAL).replace("标题", "標題")
    text, encoding = decode(source.encode("big5"), None)
    assert encoding.name == "big5hkscs"
    assert text == source


def test_characters_beyond_gb2312_are_read_under_its_label() -> None:
    source = page("gb2312", "喆、㐂、𠮷、€")
    assert decode(source.encode("gb18030"), None)[0] == source


def test_a_few_broken_bytes_do_not_unseat_utf8() -> None:
    body = page("utf-8", BODY * 20).encode()
    broken = body[:500] + b"\xff\xc3" + body[500:-2]
    text, encoding = decode(broken, None)
    assert encoding.name == "utf-8"
    assert text.count("\ufffd") <= 4
    assert BODY in text


def test_utf8_with_a_broken_byte_is_seen_through_a_wrong_label() -> None:
    body = page("gb2312", BODY * 20).encode()
    text, encoding = decode(body[:500] + b"\xff" + body[500:], None)
    assert (encoding.name, encoding.evidence) == ("utf-8", "override")
    assert BODY in text


def test_a_short_gbk_word_that_is_valid_utf8_keeps_its_label() -> None:
    text, encoding = decode("联通".encode("gbk"), "text/html; charset=gbk")
    assert (text, encoding.name) == ("联通", "gb18030")


def test_saved_replacement_characters_are_no_sign_of_a_wrong_codec() -> None:
    source = page("utf-8", "\ufffd" * 40 + "数据")
    text, encoding = decode(source.encode(), None)
    assert (encoding.name, encoding.evidence) == ("utf-8", "meta")
    assert text == source


def test_a_label_inside_a_comment_is_no_label() -> None:
    source = '<!-- <meta charset="gbk"> --><meta charset="utf-8">' + BODY
    assert decode(source.encode(), None)[1].evidence == "meta"


def test_a_label_beyond_the_first_four_kilobytes_is_not_looked_for() -> None:
    source = "<html>" + " " * 5000 + '<meta charset="gbk">' + BODY
    assert decode(source.encode("gbk"), None)[1].evidence == "bytes"


def test_ascii_with_any_label_is_read_alike() -> None:
    for label in ("gbk", "utf-8", "iso-8859-1", None):
        assert decode(b"<p>plain</p>", header(label))[0] == "<p>plain</p>"


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (b"", ""),
        (b"\xef\xbb\xbf", ""),
        (b"\xef\xbb\xbfabc", "abc"),
        (b"a\0b", "ab"),
        (b"\xff\xfe", ""),
    ],
)
def test_marks_and_nul_characters_are_gone(body: bytes, text: str) -> None:
    assert decode(body, None)[0] == text


@given(st.binary(max_size=300), st.none() | st.text(max_size=40))
def test_decoding_never_raises(body: bytes, content_type: str | None) -> None:
    text, encoding = decode(body, content_type)
    assert "\0" not in text
    assert encoding.evidence in ("bom", "header", "meta", "bytes", "override")


HAN = st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5), min_size=8, max_size=60)


@given(HAN, st.sampled_from(["utf-8", "gb18030"]), st.sampled_from(["utf-8", "gbk", None]))
def test_han_text_survives_any_of_the_usual_labels(
    text: str, codec: str, label: str | None
) -> None:
    source = BODY + text
    assert decode(source.encode(codec), header(label))[0] == source
