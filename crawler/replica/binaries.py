"""Small real files, byte for byte the same each time: PDF with a text layer, DOCX, XLSX, text."""

from __future__ import annotations

import io
import zipfile
from functools import lru_cache
from xml.sax.saxutils import escape

from crawler.replica.prose import Prose
from crawler.replica.randomness import stream

CONTENT_TYPES = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "txt": "text/plain",
}
_OFFICE = "application/vnd.openxmlformats-officedocument"
_SCHEMA = "http://schemas.openxmlformats.org"
_EPOCH = (2020, 1, 1, 0, 0, 0)


@lru_cache(maxsize=512)
def content(name: str, extension: str, *identity: object) -> bytes:
    """The bytes of a file; ``identity`` names world, document, position and revision."""
    prose = Prose(stream("file", name, *identity), 2024)
    lines = (name, *(prose.sentences(1, 2) for _ in range(3)))
    makers = {"pdf": _pdf, "docx": _docx, "xlsx": _xlsx, "txt": _txt}
    return makers[extension](lines)


def _txt(lines: tuple[str, ...]) -> bytes:
    return "\r\n".join(lines).encode("gb18030")


def _pdf(lines: tuple[str, ...]) -> bytes:
    """One page in a predefined Chinese font, so that nothing need be embedded."""
    drawn = "".join(f"<{line[:40].encode('utf-16-be').hex()}> Tj T*\n" for line in lines)
    stream_ = f"BT /F1 12 Tf 16 TL 60 760 Td\n{drawn}ET".encode()
    objects = (
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R"
        b" /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%b\nendstream" % (len(stream_), stream_),
        b"<< /Type /Font /Subtype /Type0 /BaseFont /STSong-Light /Encoding /UniGB-UCS2-H"
        b" /DescendantFonts [6 0 R] >>",
        b"<< /Type /Font /Subtype /CIDFontType0 /BaseFont /STSong-Light /DW 1000"
        b" /CIDSystemInfo << /Registry (Adobe) /Ordering (GB1) /Supplement 4 >>"
        b" /FontDescriptor 7 0 R >>",
        b"<< /Type /FontDescriptor /FontName /STSong-Light /Flags 6 /FontBBox [-25 -254 1000 880]"
        b" /ItalicAngle 0 /Ascent 880 /Descent -120 /CapHeight 880 /StemV 93 >>",
    )
    return _numbered(objects)


def _numbered(objects: tuple[bytes, ...]) -> bytes:
    out, offsets = bytearray(b"%PDF-1.4\n"), []
    for number, body in enumerate(objects, 1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%b\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    start, count = len(out), len(objects) + 1
    out += b"xref\n0 %d\n0000000000 65535 f \n%b" % (count, table)
    out += b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (count, start)
    return bytes(out)


def _docx(lines: tuple[str, ...]) -> bytes:
    paragraphs = "".join(f"<w:p><w:r><w:t>{escape(line)}</w:t></w:r></w:p>" for line in lines)
    document = (
        f'<w:document xmlns:w="{_SCHEMA}/wordprocessingml/2006/main">'
        f"<w:body>{paragraphs}</w:body></w:document>"
    )
    return _package("word/document.xml", f"{_OFFICE}.wordprocessingml.document.main+xml", document)


def _xlsx(lines: tuple[str, ...]) -> bytes:
    rows = "".join(
        f'<row r="{at}"><c r="A{at}" t="inlineStr"><is><t>{escape(line)}</t></is></c></row>'
        for at, line in enumerate(lines, 1)
    )
    main = f"{_SCHEMA}/spreadsheetml/2006/main"
    sheet = f'<worksheet xmlns="{main}"><sheetData>{rows}</sheetData></worksheet>'
    book = (
        f'<workbook xmlns="{main}" xmlns:r="{_SCHEMA}/officeDocument/2006/relationships">'
        '<sheets><sheet name="Sheet1" sheetId="1" r:id="rId1"/></sheets></workbook>'
    )
    extra = {
        "xl/worksheets/sheet1.xml": (f"{_OFFICE}.spreadsheetml.worksheet+xml", sheet),
        "xl/_rels/workbook.xml.rels": (None, _relations("worksheet", "worksheets/sheet1.xml")),
    }
    return _package("xl/workbook.xml", f"{_OFFICE}.spreadsheetml.sheet.main+xml", book, extra)


def _relations(kind: str, target: str) -> str:
    return (
        f'<Relationships xmlns="{_SCHEMA}/package/2006/relationships"><Relationship Id="rId1"'
        f' Type="{_SCHEMA}/officeDocument/2006/relationships/{kind}" Target="{target}"/>'
        "</Relationships>"
    )


def _package(
    main: str, content_type: str, body: str, extra: dict[str, tuple[str | None, str]] | None = None
) -> bytes:
    parts = {main: (content_type, body)} | (extra or {})
    overrides = "".join(
        f'<Override PartName="/{name}" ContentType="{kind}"/>'
        for name, (kind, _) in parts.items()
        if kind
    )
    types = (
        f'<Types xmlns="{_SCHEMA}/package/2006/content-types"><Default Extension="rels"'
        ' ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f"{overrides}</Types>"
    )
    members = {"[Content_Types].xml": types, "_rels/.rels": _relations("officeDocument", main)}
    return _zip(members | {name: body for name, (_, body) in parts.items()})


def _zip(members: dict[str, str]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for name, body in members.items():
            declared = f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n{body}'
            archive.writestr(zipfile.ZipInfo(name, _EPOCH), declared.encode())
    return buffer.getvalue()
