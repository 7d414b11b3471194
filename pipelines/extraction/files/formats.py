"""What a file is, told by its bytes: names and headers of sites are wrong too often."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from pipelines.extraction.decoding import decode
from pipelines.extraction.files.packages import names_in
from pipelines.extraction.files.rows import delimiter
from pipelines.extraction.foreign import OLE, SIGNS, ZIP, foreign_content


@dataclass(frozen=True, slots=True)
class Format:
    """A format's name (``pdf docx txt …``, ``unknown``) and by what it was told."""

    name: str
    evidence: str


_SIGNS = (
    *((sign, name) for sign, name, _ in SIGNS),
    (b"BM", "bmp"),
    (b"II*\0", "tiff"),
    (b"MM\0*", "tiff"),
)
"""Those of files only: a page may begin with the letters of the last three."""

_ZIP = (ZIP, b"PK\x05\x06")
_PACKAGES = (
    ("word/document", "docx"),
    ("xl/workbook.bin", "xlsb"),
    ("xl/workbook", "xlsx"),
    ("ppt/presentation", "pptx"),
    ("ofd.xml", "ofd"),
)
_STREAMS = (
    ("EncryptedPackage", "ooxml"),
    ("WordDocument", "doc"),
    ("Workbook", "xls"),
    ("Book", "xls"),
    ("PowerPoint Document", "ppt"),
)
"""Streams of a compound file; the encrypted one stands first, for it holds no other."""

_OPEN_DOCUMENT = re.compile(
    rb"application/vnd\.oasis\.opendocument\.(text|spreadsheet|presentation)"
)
_OPEN_NAMES = {b"text": "odt", b"spreadsheet": "ods", b"presentation": "odp"}
_START = 4096
_WINDOW = 65_536
_PDF_REACH = 1024
_MARKUP = re.compile(
    rb"(?:\xef\xbb\xbf)?[\s\0]*<(?:!doctype|html|head|body|script|meta|table|!--|\?xml)", re.I
)
_HTML = re.compile(rb"<(?:!doctype\s+html|html|head|body|table|meta)\b", re.IGNORECASE)
_OFFICE_XML = re.compile(
    rb"<\?mso-application\s+progid=\"(Word|Excel)\.|<(w:wordDocument|Workbook)\b"
)
_MHTML = re.compile(rb"\A(?:[\w-]+:[^\n]*\n(?:[ \t][^\n]*\n)*)*?mime-version:", re.IGNORECASE)
_NAMED_ONLY = frozenset({"ceb", "cebx", "wps", "et", "dps", "caj", "gd", "sep"})
"""Formats without a signature known here; nobody reads them, but their names tell."""


def recognise(body: bytes, url: str | None = None) -> Format:
    """The format of a file. Cheap and safe on any bytes; the name counts only at the very end."""
    return (
        by_sign(body)
        or _by_markup(body)
        or _by_characters(body)
        or _by_name(url)
        or Format("unknown", "no known signature")
    )


def by_sign(body: bytes) -> Format | None:
    """The format of a file that begins as no page does: PDF, office documents, pictures."""
    if body.startswith(_ZIP):
        return _zip(body)
    if body.startswith(OLE):
        return _compound(body)
    at = body[:_PDF_REACH].find(b"%PDF-")
    if at >= 0:
        return Format("pdf", f"%PDF- at byte {at}")
    if body.startswith(b"RIFF") and body[8:12] == b"WEBP":
        return Format("webp", "starts with RIFF, WEBP")
    for sign, name in _SIGNS:
        # Two letters are no sign of a picture where a text begins with them.
        if body.startswith(sign) and (name != "bmp" or b"\0" in body[:16]):
            return Format(name, f"starts with {sign!r}"[:60])
    return None


def is_markup(body: bytes) -> bool:
    """Whether a file is HTML or XML: a page, or an office document saved as one."""
    return _MARKUP.match(body[:_START]) is not None


def _zip(body: bytes) -> Format:
    names = [name.lower().replace("\\", "/").lstrip("/") for name in names_in(body)]
    for start, name in _PACKAGES:
        found = next((each for each in names if each.startswith(start)), None)
        if found is not None:
            return Format(name, f"zip with {found}")
    kind = _OPEN_DOCUMENT.search(body[:256])
    if kind:
        return Format(_OPEN_NAMES[kind[1]], "zip with an OpenDocument mimetype")
    return Format("zip", "starts with PK")


def _compound(body: bytes) -> Format:
    for stream, name in _STREAMS:
        # Names of streams stand in directory entries of 64 bytes, in UTF-16, with their length.
        entry = stream.encode("utf-16-le").ljust(64, b"\0") + bytes([2 * len(stream) + 2, 0])
        if entry in body:
            return Format(name, f"compound file with a stream {stream}")
    return Format("ole", "compound file of another kind")


def _by_markup(body: bytes) -> Format | None:
    start = body[:_START]
    office = _OFFICE_XML.search(start)
    if office:
        word = (office[1] or office[2]) in (b"Word", b"w:wordDocument")
        return Format("wordxml" if word else "excelxml", "office markup")
    if _MHTML.match(start):
        return Format("mhtml", "a mail header with MIME-Version")
    wide = start.replace(b"\0", b"")
    if _MARKUP.match(wide) or _HTML.search(wide[:1024]):
        is_xml = wide.lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n").startswith(b"<?xml")
        html = _HTML.search(wide) is not None or not is_xml
        return Format("html" if html else "xml", "markup at its start")
    return None


def _by_characters(body: bytes) -> Format | None:
    text, encoding = decode(body[:_WINDOW], None)
    if not text.strip() or foreign_content(body, encoding.name) is not None:
        return None
    if delimiter(text, whole=len(body) <= _WINDOW):
        return Format("csv", f"rows of equally many cells, in {encoding.name}")
    return Format("txt", f"nothing but characters of {encoding.name}")


def _by_name(url: str | None) -> Format | None:
    name = unquote(urlsplit(url or "").path).rpartition("/")[2].lower()
    ending = name.rpartition(".")[2]
    return Format(ending, f"the name ends in .{ending}") if ending in _NAMED_ONLY else None
