"""D11: pages whose labels lie, contradict each other or are missing, as sites really send them."""

from __future__ import annotations

import codecs
from dataclasses import dataclass

import pytest

from archive.records import Encoding
from crawler.families.reader import read
from pipelines.extraction.decoding import decode
from pipelines.reading import Job

TITLE = "关于做好本年度项目申报工作的通知"
TEXT = (
    "各区县科技局，有关单位：为做好本年度科技计划项目的组织申报工作，现就有关事项通知如下。",
    "一、申报单位应当对材料的真实性负责，并于本月底以前将纸质材料报送至我局办公室。",
    "二、逾期未报送的，视为放弃。联系电话以本通知所附名单为准，请相互转告。",
)
RARE = ("经朱镕基同志批示，请喆、㐂、𠮷、䶮四位同志列席，地点在堃楼。", *TEXT)
PRIVATE = ("造字区的字\ue000与\ue5e5照原样保存，不作猜测。", *TEXT)
HAN = (
    "臺北市政府公告：為辦理本年度國民教育經費補助事項，請各機關學校轉知所屬人員查照辦理。",
    "一、申請單位應對資料之真實性負責，並於本月底前將書面資料送至本局。",
)
HONG_KONG = ("元朗邨及觀塘啟業邨的居民嘅申請，請於下月十日前交回𨋢口辦事處。", *HAN)
SHORT = ("今日放假。",)
FRENCH = ("Le café de l'université fête son dixième été : entrée libre.",) * 3
RUSSIAN = ("Университет приглашает студентов на встречу выпускников.",) * 3


def page(text: tuple[str, ...], head: str = "", title: str = TITLE) -> str:
    """A page with these paragraphs; ``head`` is what states its codec."""
    body = "".join(f"<p>{line}</p>" for line in text)
    return (
        f"<html><head>{head}<title>{title}</title></head>"
        f"<body><h1>{title}</h1><div>{body}</div></body></html>"
    )


def meta(label: str) -> str:
    return f'<meta http-equiv="Content-Type" content="text/html; charset={label}">'


def xhtml(label: str, head: str = "") -> str:
    return f'<?xml version="1.0" encoding="{label}"?>\n' + page(TEXT, head)


@dataclass(frozen=True)
class Case:
    """A page as sent, and how it must be read."""

    header: str | None
    source: str
    codec: str
    found: str
    evidence: str
    text: tuple[str, ...] = TEXT

    @property
    def body(self) -> bytes:
        return self.source.encode(self.codec)


LATIN, GB, U8 = "iso-8859-1", "gb18030", "utf-8"
BIG = page(HAN, meta("big5"), "公告")
BARE_BIG = page(HAN, "", "公告")
CASES = {
    # The server's default label on pages that are not Western
    "latin_header_gbk_bytes": Case(LATIN, page(TEXT), GB, GB, "override"),
    "latin_header_gb2312_meta": Case(LATIN, page(TEXT, meta("gb2312")), GB, GB, "override"),
    "latin_header_utf8_meta": Case(LATIN, page(TEXT, meta("utf-8")), U8, U8, "override"),
    "latin_header_big5_meta": Case(LATIN, BIG, "big5", "big5hkscs", "override", HAN),
    "western_meta_gbk_bytes": Case(None, page(TEXT, meta("windows-1252")), GB, GB, "override"),
    "ascii_header_utf8_bytes": Case("us-ascii", page(TEXT), U8, U8, "override"),
    # Labels of one Chinese codec on bytes of another
    "utf8_meta_gbk_bytes": Case(None, page(TEXT, meta("utf-8")), GB, GB, "override"),
    "utf8_header_gbk_bytes": Case(U8, page(TEXT), GB, GB, "override"),
    "utf8_header_gb2312_meta_gbk_bytes": Case(U8, page(TEXT, meta("gb2312")), GB, GB, "override"),
    "gb2312_meta_utf8_bytes": Case(None, page(TEXT, meta("gb2312")), U8, U8, "override"),
    "gbk_header_utf8_meta_and_bytes": Case("GBK", page(TEXT, meta("utf-8")), U8, U8, "override"),
    "utf8_header_gb2312_meta_utf8_bytes": Case(U8, page(TEXT, meta("gb2312")), U8, U8, "header"),
    "gb2312_meta_big5_bytes": Case(
        None, page(HAN, meta("gb2312"), "公告"), "big5", "big5hkscs", "override", HAN
    ),
    "utf8_meta_big5_bytes": Case(
        None, page(HAN, meta("utf-8"), "公告"), "big5", "big5hkscs", "override", HAN
    ),
    "big5_meta_gbk_bytes": Case(None, page(TEXT, meta("big5")), GB, GB, "override"),
    # Labels that mean more than they say
    "gb2312_meta_rare_characters": Case(None, page(RARE, meta("gb2312")), GB, GB, "meta", RARE),
    "gbk_header_rare_characters": Case("gbk", page(RARE), GB, GB, "header", RARE),
    "gb2312_meta_private_use": Case(None, page(PRIVATE, meta("gb2312")), GB, GB, "meta", PRIVATE),
    "utf8_meta_rare_characters": Case(None, page(RARE, meta("utf-8")), U8, U8, "meta", RARE),
    "csgb2312_header": Case("csgb2312", page(TEXT), GB, GB, "header"),
    "gb_2312_meta": Case(None, page(TEXT, meta("GB_2312")), GB, GB, "meta"),
    "cp936_meta": Case(None, page(TEXT, meta("cp936")), GB, GB, "meta"),
    "utf8mb4_meta": Case(None, page(TEXT, meta("utf8mb4")), U8, U8, "meta"),
    "hz_header": Case("hz-gb-2312", page(TEXT), "hz", "hz", "header"),
    # Big5
    "big5_meta": Case(None, BIG, "big5", "big5hkscs", "meta", HAN),
    "big5_header": Case("Big5", BARE_BIG, "big5", "big5hkscs", "header", HAN),
    "big5_no_label": Case(None, BARE_BIG, "big5", "big5hkscs", "bytes", HAN),
    "big5_of_hong_kong": Case(
        "big5", page(HONG_KONG, "", "公告"), "big5hkscs", "big5hkscs", "header", HONG_KONG
    ),
    # Byte order marks, and codecs of two and four bytes
    "mark_against_header": Case("gbk", page(TEXT, meta("gbk")), "utf-8-sig", U8, "bom"),
    "utf16_mark": Case(None, page(TEXT, meta("gb2312")), "utf-16", "utf-16-le", "bom"),
    "utf16_mark_against_header": Case(U8, page(TEXT), "utf-16", "utf-16-le", "bom"),
    "utf16_no_mark_header": Case("utf-16", page(TEXT), "utf-16-le", "utf-16-le", "header"),
    "utf16_big_endian_header": Case("utf-16be", page(TEXT), "utf-16-be", "utf-16-be", "header"),
    "utf16_no_mark_no_label": Case(None, page(TEXT), "utf-16-le", "utf-16-le", "bytes"),
    "utf16_big_endian_no_label": Case(None, page(TEXT), "utf-16-be", "utf-16-be", "bytes"),
    "utf32_mark": Case(None, page(TEXT), "utf-32", "utf-32-le", "bom"),
    "utf16_label_on_utf8": Case("utf-16", page(TEXT, meta("utf-8")), U8, U8, "meta"),
    # No label, or one that nobody knows
    "utf8_no_label": Case(None, page(TEXT), U8, U8, "bytes"),
    "gbk_no_label": Case(None, page(TEXT), GB, GB, "bytes"),
    "gbk_no_label_short": Case(None, page(SHORT, "", "通知"), GB, GB, "bytes", SHORT),
    "utf8_no_label_short": Case(None, page(SHORT, "", "通知"), U8, U8, "bytes", SHORT),
    "gbk_label_short": Case("gb2312", page(SHORT, "", "通知"), GB, GB, "header", SHORT),
    "unknown_label_gbk": Case("x-user-defined", page(TEXT), GB, GB, "bytes"),
    "script_label_utf8": Case("<%=charset%>", page(TEXT), U8, U8, "bytes"),
    # XML declarations
    "xml_gb2312": Case(None, xhtml("gb2312"), GB, GB, "meta"),
    "xml_utf8_and_meta_gb2312": Case(None, xhtml("utf-8", meta("gb2312")), GB, GB, "override"),
    "xml_gb2312_on_utf8": Case(None, xhtml("gb2312"), U8, U8, "override"),
    # Pages that are Western or Cyrillic indeed
    "french_latin": Case(LATIN, page(FRENCH, "", "Fête"), "cp1252", "cp1252", "header", FRENCH),
    "french_no_label": Case(None, page(FRENCH, "", "Fête"), "cp1252", "cp1252", "bytes", FRENCH),
    "french_gb2312_meta": Case(
        None, page(FRENCH, meta("gb2312"), "Fête"), "cp1252", "cp1252", "override", FRENCH
    ),
    "latin_header_gbk_short": Case(LATIN, page(SHORT, "", "通知"), GB, GB, "override", SHORT),
    "french_utf8": Case(U8, page(FRENCH, "", "Fête"), U8, U8, "header", FRENCH),
    "russian_cp1251": Case(
        "windows-1251", page(RUSSIAN, "", "Встреча"), "cp1251", "cp1251", "header", RUSSIAN
    ),
}


def content_type(label: str | None) -> str:
    return f"text/html; charset={label}" if label else "text/html"


@pytest.mark.parametrize("name", CASES)
def test_d11_the_text_is_right_and_the_decision_says_why(name: str) -> None:
    case = CASES[name]
    text, encoding = decode(case.body, content_type(case.header))
    assert text == case.source
    assert encoding == Encoding(case.found, case.evidence)


@pytest.mark.parametrize("name", CASES)
def test_d11_the_document_carries_text_and_decision(name: str) -> None:
    case = CASES[name]
    headers = (("Content-Type", content_type(case.header)),)
    extraction = read(Job("http://x.cn/a/1.html", case.body, headers=headers)).extraction
    assert extraction is not None
    assert extraction.text.split("\n") == list(case.text)
    assert extraction.encoding == Encoding(case.found, case.evidence)
    assert extraction.fields["title"] == case.source.split("<title>")[1].split("</title>")[0]


def test_d11_the_matrix_is_wide_enough() -> None:
    assert len(CASES) >= 48


WHOLE = page(TEXT * 8, meta("utf-8"))


@pytest.mark.parametrize(
    ("label", "codec"),
    [("utf-8", U8), ("gb2312", GB), ("big5", "big5hkscs"), (None, U8), (None, GB)],
)
def test_d11_a_last_character_cut_in_two_costs_itself_alone(label: str | None, codec: str) -> None:
    text = (HAN if codec == "big5hkscs" else TEXT) * 4
    source = page(text, meta(label) if label else "", "公告").removesuffix(
        "</p></div></body></html>"
    )
    got, encoding = decode(source.encode(codec)[:-1], None)
    assert encoding == Encoding(codec, "meta" if label else "bytes")
    assert got.startswith(source[:-1])
    assert len(got) <= len(source) + 2


@pytest.mark.parametrize(
    ("label", "codec"), [("utf-8", U8), ("gb2312", GB), (None, U8), (None, GB)]
)
@pytest.mark.parametrize("broken", [b"\xff", b"\xff\xfe\xff", b"\x80"])
def test_d11_a_few_broken_bytes_unseat_no_codec(
    label: str | None, codec: str, broken: bytes
) -> None:
    source = page(TEXT * 8, meta(label) if label else "")
    body = source.encode(codec)
    place = body.index("材料".encode(codec))
    got, encoding = decode(body[:place] + broken + body[place:], None)
    assert encoding == Encoding(codec, "meta" if label else "bytes")
    assert got.count("\ufffd") <= 4
    assert sum(line in got for line in TEXT) == 3


@pytest.mark.parametrize("share", [1, 2, 3])
def test_d11_a_block_in_another_codec_does_not_garble_the_rest(share: int) -> None:
    """Server-side includes: the footer is saved in another codec than the page."""
    foot = ("主办单位：某市科学技术局 版权所有 联系我们 网站地图 网站标识码" * share).encode(GB)
    body = page(TEXT, meta("utf-8")).encode().replace(b"</body>", foot + b"</body>")
    text, encoding = decode(body, "text/html")
    assert encoding.name == U8
    assert all(line in text for line in TEXT)


def test_d11_text_that_was_saved_garbled_stays_as_the_site_shows_it() -> None:
    """Twice-encoded UTF-8 is valid UTF-8: every browser shows it garbled, and so it is kept."""
    garbled = tuple(line.encode().decode("latin-1") for line in TEXT)
    source = page(garbled, meta("utf-8"))
    assert decode(source.encode(), "text/html") == (source, Encoding(U8, "meta"))


@pytest.mark.parametrize("label", ["gb2312", "utf-8", "iso-8859-1", None])
def test_d11_text_in_references_needs_no_codec(label: str | None) -> None:
    references = "".join(f"&#{ord(each)};" for each in TEXT[0])
    body = page((references,) * 3, meta(label) if label else "", "&#36890;&#30693;").encode("ascii")
    extraction = read(Job("http://x.cn/a/1.html", body)).extraction
    assert extraction is not None
    assert extraction.text.split("\n") == [TEXT[0]] * 3
    assert extraction.fields["title"] == "通知"


@pytest.mark.parametrize("mark", [codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE, b""])
def test_d11_a_mark_alone_is_an_empty_page(mark: bytes) -> None:
    text, encoding = decode(mark, "text/html; charset=gb2312")
    assert text == ""
    assert encoding.evidence == ("bom" if mark else "header")
