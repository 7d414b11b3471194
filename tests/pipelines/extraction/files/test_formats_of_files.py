"""What a file is, told by its bytes: names and headers of sites are wrong too often."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.extraction.files import recognise
from pipelines.extraction.files.formats import is_markup
from pipelines.extraction.files.packages import names_in
from tests.made_files import cells, compound, docx, ofd, paragraph, pdf, pptx, xlsx, zipped

HTML_AS_WORD = b"<html xmlns:o='urn:schemas-microsoft-com:office:office'><body>x</body></html>"
OPEN_TEXT = {"mimetype": "application/vnd.oasis.opendocument.text", "content.xml": "<x/>"}
FORMATS = [
    (pdf(["一"]), "pdf"),
    (b"\r\n\r\n" + pdf(["一"]), "pdf"),
    (docx(paragraph("一")), "docx"),
    (xlsx({"甲": cells("a")}), "xlsx"),
    (pptx("甲"), "pptx"),
    (ofd(["一"]), "ofd"),
    (zipped({"xl/workbook.bin": "x"}), "xlsb"),
    (zipped(OPEN_TEXT, 0), "odt"),
    (zipped({"a.txt": "x"}), "zip"),
    # A document kept inside an archive does not make the archive one.
    (zipped({"附件/a.docx": docx(paragraph("一"))}, 0), "zip"),
    (zipped({}), "zip"),
    (compound("WordDocument"), "doc"),
    (compound("1Table", "Workbook"), "xls"),
    (compound("Book"), "xls"),
    (compound("PowerPoint Document"), "ppt"),
    (compound("EncryptionInfo", "EncryptedPackage"), "ooxml"),
    (compound("Contents"), "ole"),
    (b"{\\rtf1 x}", "rtf"),
    (b"\x89PNG\r\n\x1a\n", "png"),
    (b"\xff\xd8\xff\xe0", "jpeg"),
    (b"GIF89a", "gif"),
    (b"BM\x36\0\0\0", "bmp"),
    (b"II*\0", "tiff"),
    (b"RIFF\0\0\0\0WEBP", "webp"),
    (b"Rar!\x1a\x07\x01\0", "rar"),
    (b"7z\xbc\xaf\x27\x1c", "7z"),
    (b"\x1f\x8b\x08\0", "gzip"),
    (HTML_AS_WORD, "html"),
    ("\ufeff<!DOCTYPE html><html>".encode("utf-16"), "html"),
    (b"<?xml version='1.0'?><html>", "html"),
    (b"<?xml version='1.0'?><rss/>", "xml"),
    (
        b'<?xml version="1.0"?><?mso-application progid="Word.Document"?><w:wordDocument/>',
        "wordxml",
    ),
    (b'<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?><Workbook/>', "excelxml"),
    (b"From: <x>\r\nSubject: =?gb2312?B?x?=\r\nMIME-Version: 1.0\r\n\r\n", "mhtml"),
    ("关于申报的通知".encode("gb18030"), "txt"),
    ("BM是两个字母".encode(), "txt"),
    ("名称,数量\n甲,1\n乙,2\n".encode(), "csv"),
    ("第一段，有逗号,也有半角\n第二段".encode(), "txt"),
    (b"", "unknown"),
    (b"\0" * 100, "unknown"),
    (bytes(range(256)) * 10, "unknown"),
]


@pytest.mark.parametrize(("body", "name"), FORMATS)
def test_the_bytes_say_what_a_file_is_and_its_name_does_not(body: bytes, name: str) -> None:
    for url in (None, "http://x.cn/a.pdf", "http://x.cn/a.doc?x=1"):
        found = recognise(body, url)
        assert found.name == name
        assert found.evidence


@pytest.mark.parametrize("ending", ["ceb", "wps", "caj"])
def test_the_name_counts_only_where_no_sign_is_known(ending: str) -> None:
    url = f"http://x.cn/%E9%99%84.{ending.upper()}?a=b.pdf"
    assert recognise(b"\x01\x02\x03" * 99, url).name == ending
    assert recognise(pdf(["一"]), url).name == "pdf"


@pytest.mark.parametrize(
    ("body", "markup"),
    [
        (b"%PDF-1.7", False),
        (b"PK\x03\x04", False),
        (b"\xef\xbb\xbf\r\n<!DOCTYPE html>", True),
        (b"<html>", True),
        (b"<script>document.cookie='x'</script>", True),
        (b"", False),
    ],
)
def test_markup_is_told_from_files(body: bytes, markup: bool) -> None:
    assert is_markup(body) is markup


def test_names_are_read_from_the_directory_alone() -> None:
    body = zipped({"a/b.txt": "x", "通知.docx": "y"})
    assert names_in(body) == ["a/b.txt", "通知.docx"]
    assert names_in(b"before" + body) == ["a/b.txt", "通知.docx"]
    assert names_in(body[:-10]) == []
    assert names_in(body, most=1) == ["a/b.txt"]


@given(st.binary(max_size=300), st.integers(0, 400), st.integers(0, 255))
def test_no_bytes_break_the_recognition(tail: bytes, at: int, value: int) -> None:
    broken = bytearray(zipped({"word/document.xml": "x"}) + tail)
    broken[at % len(broken)] = value
    assert recognise(bytes(broken)).name
    assert recognise(tail).name
