"""The text of each format: in order, rows as pages print them, characters as they are."""

from __future__ import annotations

import base64

import pytest

from archive.records import Outcome
from pipelines.extraction.files import limits, read_file
from tests.made_files import (
    ENCRYPTED,
    SHEET,
    cells,
    compound,
    docx,
    ofd,
    paragraph,
    pdf,
    pptx,
    xlsx,
    zipped,
)

DRAWING = b"0 0 m 100 100 l S"
TABLE = (
    "<w:tbl><w:tr><w:tc>{0}</w:tc><w:tc>{1}</w:tc><w:tc><w:p/></w:tc></w:tr>"
    "<w:sdt><w:sdtContent><w:tr><w:tc>{2}{3}</w:tc><w:tc>{1}</w:tc></w:tr></w:sdtContent></w:sdt>"
    "</w:tbl>"
).format(*map(paragraph, ("指标", "亿元", "研发", "投入")))
INLINE = (
    "<w:p><w:pPr><w:tabs><w:tab/></w:tabs></w:pPr><w:r><w:t>甲</w:t><w:tab/><w:t>乙</w:t></w:r>"
    "<w:ins><w:r><w:t>增</w:t></w:r></w:ins><w:del><w:r><w:delText>删</w:delText></w:r></w:del>"
    "<w:hyperlink><w:r><w:t>链</w:t></w:r></w:hyperlink><w:r><w:instrText>PAGE</w:instrText></w:r>"
    "<w:r><w:br/><w:t>下行</w:t></w:r></w:p>"
)
CONTROL = f"<w:sdt><w:sdtContent>{paragraph('控件')}</w:sdtContent></w:sdt>"
FRAME = f"<w:tbl><w:tr><w:tc>{paragraph('首段')}{paragraph('次段')}</w:tc></w:tr></w:tbl>"
BOX = (
    "<w:p><w:r><w:t>段</w:t></w:r><w:r><w:pict><w:txbxContent>"
    f"{paragraph('框')}</w:txbxContent></w:pict></w:r></w:p>"
)
STYLES = (
    f'<styleSheet xmlns="{SHEET}"><numFmts><numFmt numFmtId="170" formatCode="0.0%"/></numFmts>'
    "<fonts><font/></fonts><fills><fill><patternFill/></fill></fills><borders><border/></borders>"
    "<cellStyleXfs><xf/></cellStyleXfs>"
    '<cellXfs><xf/><xf numFmtId="170"/><xf numFmtId="14"/></cellXfs></styleSheet>'
)
VALUES = (
    '<row r="1"><c r="A1"><v>0.30000000000000004</v></c><c r="B1"/><c r="C1" s="1"><v>0.153</v></c>'
    '<c r="D1" s="2"><v>45108</v></c><c r="E1" t="b"><v>1</v></c><c r="F1"><f>A1*2</f><v>6</v></c>'
    '<c r="G1" t="s"><v>0</v></c></row>'
)
SHARED = f'<sst xmlns="{SHEET}"><si><t>共</t></si></sst>'
RTF = (
    rb"{\rtf1\ansi\ansicpg936\deff0{\fonttbl{\f0\fnil\fcharset134 \'cb\'ce\'cc\'e5;}}\f0 "
    rb"\'b9\'d8\'d3\'da\u-10179?\u-8704?\par\trowd A\cell B\cell\row "
    rb'{\field{\*\fldinst{HYPERLINK "http://x.cn"}}{\fldrslt link}}\par '
    rb"{\pict\pngblip " + b"89504e47" * 200 + b"}end}"
)
SAVED = (
    b"MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=x\r\n\r\n--x\r\n"
    b"Content-Type: text/html; charset=gb2312\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    + base64.b64encode("<p>另存的通知</p>".encode("gb18030"))
    + b"\r\n--x--\r\n"
)
HTML = (
    "<html><head><meta charset=gbk><title>题</title></head><body><p>办法</p>"
    "<table><tr><td>甲</td><td>1</td></tr></table>"
)

SOUND = [
    (pdf(["第一行\n第二行𠮷", "下一页"]), "第一行\n第二行𠮷\n下一页"),
    (docx(paragraph("一") + TABLE + paragraph("二")), "一\n指标 | 亿元\n研发 投入 | 亿元\n二"),
    (docx(INLINE), "甲\t乙增链\n下行"),
    (docx(CONTROL + FRAME + BOX), "控件\n首段\n次段\n段\n框"),
    (xlsx({"Sheet1": cells("甲", "", "乙")}), "甲 | 乙"),
    (xlsx({"一": cells("甲"), "二": "", "三": cells("乙")}), "一\n甲\n三\n乙"),
    (
        xlsx({"一": VALUES}, shared=SHARED, styles=STYLES),
        "0.3 | 15.3% | 2023-07-01 | TRUE | 6 | 共",
    ),
    (pptx("甲\n乙", "丙"), "甲\n乙\n丙"),
    (ofd(["第一行\n第二行", "下一页"]), "第一行\n第二行\n下一页"),
    (RTF, "关于😀\nA | B\nlink\nend"),
    ("通知：\r\n㈠全角，１２３".encode("gb18030"), "通知：\n㈠全角，１２３"),
    ('名称,说明\n甲,"有,逗号"\n'.encode(), "名称 | 说明\n甲 | 有,逗号"),
    (HTML.encode("gb18030"), "办法\n甲 | 1"),
    (SAVED, "另存的通知"),
    (b"<?xml version='1.0'?><a><b>x</b> y </a>", "x\ny"),
    (zipped({"a.txt": "正文"}), "a.txt\n正文"),
]


@pytest.mark.parametrize(("body", "text"), SOUND)
def test_the_text_of_a_sound_file_is_whole(body: bytes, text: str) -> None:
    file = read_file(body)
    assert (file.text, file.outcome, file.reason) == (text, Outcome.OK, None)


IN_PART = [
    (pdf([DRAWING, DRAWING]), "", "needs_ocr: no text layer"),
    (pdf([DRAWING, "有字的页"]), "有字的页", "needs_ocr: 1 of 2 pages have no text layer"),
    (pdf(["\ue001\ue002" * 15] * 3), None, "needs_ocr: its text layer cannot be read"),
    (ofd([""]), "", "needs_ocr: no text layer"),
    (b"\x89PNG\r\n\x1a\n", "", "needs_ocr: a picture"),
    (docx(""), "", "it holds no text"),
    (
        xlsx({"一": VALUES}, shared=SHARED, styles=STYLES.replace("<patternFill/>", "")),
        "0.3 | 0.153 | 45108 | TRUE | 6 | 共",
        "its styles are broken: dates and percentages are as stored",
    ),
    (
        zipped({"a.txt": "正文", "b.rar": "x", "c.docx": docx(paragraph("内"))}),
        "a.txt\n正文\nb.rar\nc.docx\n内",
        "1 of 3 files inside not wholly read: b.rar: an archive inside an archive",
    ),
]


@pytest.mark.parametrize(("body", "text", "reason"), IN_PART)
def test_what_a_sound_file_does_not_tell_is_named(
    body: bytes, text: str | None, reason: str
) -> None:
    file = read_file(body)
    assert file.outcome is Outcome.PARTIAL
    assert (file.reason or "").startswith(reason)
    assert text is None or file.text == text


UNREADABLE = [
    (pdf(["密"], ENCRYPTED), "encrypted"),
    (compound("EncryptedPackage"), "encrypted"),
    (compound("Contents"), "no reader for this format (ole)"),
    (b"Rar!\x1a\x07\x01\0", "no reader for this format (rar)"),
    (zipped({"word/document.xml": "x"}), "broken"),
    (zipped({"xl/workbook.xml": "x"}), "broken"),
    (zipped({"OFD.xml": "x"}), "broken"),
    (b"From: a\r\nMIME-Version: 1.0\r\n\r\nno page", "broken"),
    (b"", "no reader for this format (unknown)"),
]


@pytest.mark.parametrize(("body", "reason"), UNREADABLE)
def test_what_cannot_be_read_says_why(body: bytes, reason: str) -> None:
    file = read_file(body)
    assert (file.text, file.outcome) == ("", Outcome.ERROR)
    assert (file.reason or "").startswith(reason)


def test_names_in_an_archive_are_read_as_their_maker_wrote_them() -> None:
    raw = "关于通知.txt".encode("gb18030")
    placed = "n" * (len(raw) - 4) + ".txt"
    body = zipped({placed: "正文"}).replace(placed.encode(), raw)
    assert read_file(body).text == "关于通知.txt\n正文"


def test_text_is_cut_at_the_limit_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MOST_CHARACTERS", 5)
    file = read_file("一二\n三四五六\n七".encode())
    assert (file.text, file.outcome) == ("一二\n三四", Outcome.PARTIAL)
    assert file.reason == "cut after 5 characters"


def test_reading_ends_in_time_and_keeps_what_it_has() -> None:
    file = read_file(xlsx({"一": cells("甲") + cells("乙", row=2)}), until=0.0)
    assert file.outcome in (Outcome.PARTIAL, Outcome.ERROR)
    assert (file.reason or "").startswith("stopped after 12 s")


def test_what_no_database_holds_is_not_in_a_text() -> None:
    file = read_file(rb"{\rtf1\uc0 \u-10179 x\'00y}")
    assert "\0" not in file.text
    file.text.encode()
