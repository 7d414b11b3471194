"""Small files of many formats, sound and hostile ones, made byte by byte in the tests."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

OFFICE = "http://schemas.openxmlformats.org"
WORD = f"{OFFICE}/wordprocessingml/2006/main"
SHEET = f"{OFFICE}/spreadsheetml/2006/main"
DRAWING = f"{OFFICE}/drawingml/2006/main"
OFD = "http://www.ofdspec.org/2016"
_TYPES = "application/vnd.openxmlformats-officedocument"
_FONT = (
    b"<< /Type /Font /Subtype /Type0 /BaseFont /STSong-Light /Encoding /%b"
    b" /DescendantFonts [<< /Type /Font /Subtype /CIDFontType0 /BaseFont /STSong-Light /DW 1000"
    b" /CIDSystemInfo << /Registry (Adobe) /Ordering (GB1) /Supplement 4 >> >>] >>"
)


# --- PDF


@dataclass(frozen=True)
class Deflated:
    """A piece of content repeated so often, deflated without ever being made whole."""

    piece: bytes
    times: int

    @property
    def packed(self) -> bytes:
        packer = zlib.compressobj(9)
        first = packer.compress(self.piece) + packer.flush(zlib.Z_FULL_FLUSH)
        block = packer.compress(self.piece) + packer.flush(zlib.Z_FULL_FLUSH)
        return first + block * (self.times - 1) + packer.flush()


def pdf(pages: Sequence[str | bytes | Deflated], extra: bytes = b"") -> bytes:
    """A page for each text (drawn line by line) or for each piece of content, given as bytes."""
    objects = [b"", b"", _FONT % b"UniGB-UTF16-H"]
    kids = []
    for page in pages:
        how = b""
        if isinstance(page, Deflated):
            content, how = page.packed, b" /Filter /FlateDecode"
        else:
            content = page if isinstance(page, bytes) else _drawn(page)
        number = len(objects) + 1
        kids.append(b"%d 0 R" % number)
        objects.append(
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents %d 0 R"
            b" /Resources << /Font << /F1 3 0 R >> >> >>" % (number + 1)
        )
        objects.append(b"<< /Length %d%b >>\nstream\n%b\nendstream" % (len(content), how, content))
    objects[0] = b"<< /Type /Catalog /Pages 2 0 R >>"
    objects[1] = b"<< /Type /Pages /Kids [%b] /Count %d >>" % (b" ".join(kids), len(pages))
    return numbered(objects, extra)


def _drawn(text: str) -> bytes:
    lines = "".join(f"<{line.encode('utf-16-be').hex()}> Tj T*\n" for line in text.split("\n"))
    return f"BT /F1 12 Tf 16 TL 60 760 Td\n{lines}ET".encode()


def numbered(objects: Sequence[bytes], extra: bytes = b"") -> bytes:
    """Objects as a PDF with its table; ``extra`` stands in the trailer."""
    out, offsets = bytearray(b"%PDF-1.7\n"), []
    for number, body in enumerate(objects, 1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%b\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    start, count = len(out), len(objects) + 1
    out += b"xref\n0 %d\n0000000000 65535 f \n%b" % (count, table)
    out += b"trailer\n<< /Size %d /Root 1 0 R %b >>\nstartxref\n%d\n%%%%EOF\n" % (
        count,
        extra,
        start,
    )
    return bytes(out)


ENCRYPTED = (
    b"/Encrypt << /Filter /Standard /V 1 /R 2 /O <" + b"41" * 32 + b"> /U <" + b"42" * 32 + b">"
    b" /P -44 >> /ID [<" + b"00" * 16 + b"> <" + b"00" * 16 + b">]"
)
"""What in a trailer says that the file needs a password, which nobody knows."""


# --- packages


def zipped(members: Mapping[str, str | bytes], how: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A zip of the given members in their order."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", how) as package:
        for name, body in members.items():
            package.writestr(name, body)
    return buffer.getvalue()


def locked(body: bytes) -> bytes:
    """The same zip with all its members marked as encrypted."""
    changed = bytearray(body)
    for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = changed.find(mark)
        while at >= 0:
            changed[at + place] |= 1
            at = changed.find(mark, at + 4)
    return bytes(changed)


def inflated(body: bytes, name: str, size: int) -> bytes:
    """The same zip, one of its members said to have so many bytes: what a bomb's directory says."""
    changed = bytearray(body)
    at = changed.find(name.encode(), changed.find(b"PK\x01\x02"))
    changed[at - 22 : at - 18] = size.to_bytes(4, "little")
    return bytes(changed)


def relations(kind: str, target: str, more: str = "") -> str:
    return (
        f'<Relationships xmlns="{OFFICE}/package/2006/relationships"><Relationship Id="rId1"'
        f' Type="{OFFICE}/officeDocument/2006/relationships/{kind}" Target="{target}"/>{more}'
        "</Relationships>"
    )


def _types(overrides: Mapping[str, str]) -> str:
    told = "".join(
        f'<Override PartName="/{name}" ContentType="{_TYPES}.{kind}+xml"/>'
        for name, kind in overrides.items()
    )
    return (
        f'<Types xmlns="{OFFICE}/package/2006/content-types"><Default Extension="rels"'
        ' ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f"{told}</Types>"
    )


def docx(
    body: str,
    *,
    prolog: str = "",
    codec: str = "utf-8",
    more: Mapping[str, str | bytes] | None = None,
) -> bytes:
    """A document whose ``w:body`` holds the given markup; ``prolog`` stands before its root."""
    document = f'{prolog}<w:document xmlns:w="{WORD}"><w:body>{body}</w:body></w:document>'
    parts = _types({"word/document.xml": "wordprocessingml.document.main"})
    return zipped(
        {
            "[Content_Types].xml": parts,
            "_rels/.rels": relations("officeDocument", "word/document.xml"),
            "word/document.xml": document.encode(codec),
            **(more or {}),
        }
    )


def paragraph(text: str) -> str:
    return f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>"


def xlsx(
    sheets: Mapping[str, str], *, shared: str | None = None, prolog: str = "", styles: str = ""
) -> bytes:
    """A workbook: the markup inside ``sheetData`` (or of a whole sheet) by name of the sheet."""
    names = list(sheets)
    listed = "".join(
        f'<sheet name="{name}" sheetId="{at}" r:id="rId{at}"/>' for at, name in enumerate(names, 1)
    )
    relation = f"{OFFICE}/officeDocument/2006/relationships"
    kinds = {"xl/workbook.xml": "spreadsheetml.sheet.main"}
    rows = "".join(
        f'<Relationship Id="rId{at}" Type="{relation}/worksheet" Target="worksheets/s{at}.xml"/>'
        for at in range(1, len(names) + 1)
    )
    members: dict[str, str] = {}
    for at, markup in enumerate(sheets.values(), 1):
        data = markup if "sheetData" in markup else f"<sheetData>{markup}</sheetData>"
        members[f"xl/worksheets/s{at}.xml"] = f'<worksheet xmlns="{SHEET}">{data}</worksheet>'
        kinds[f"xl/worksheets/s{at}.xml"] = "spreadsheetml.worksheet"
    for name, markup in (("sharedStrings", shared), ("styles", styles)):
        if markup:
            members[f"xl/{name}.xml"] = markup
            kinds[f"xl/{name}.xml"] = f"spreadsheetml.{name}"
            rows += f'<Relationship Id="r{name}" Type="{relation}/{name}" Target="{name}.xml"/>'
    book = f'<workbook xmlns="{SHEET}" xmlns:r="{relation}"><sheets>{listed}</sheets></workbook>'
    linked = f'<Relationships xmlns="{OFFICE}/package/2006/relationships">{rows}</Relationships>'
    return zipped(
        {
            "[Content_Types].xml": _types(kinds),
            "_rels/.rels": relations("officeDocument", "xl/workbook.xml"),
            "xl/workbook.xml": prolog + book,
            "xl/_rels/workbook.xml.rels": linked,
            **members,
        }
    )


def cells(*values: str, row: int = 1) -> str:
    told = "".join(f'<c t="inlineStr"><is><t>{value}</t></is></c>' for value in values)
    return f'<row r="{row}">{told}</row>'


def pptx(*slides: str) -> bytes:
    """A presentation: each slide of the given lines."""
    kinds = {"ppt/presentation.xml": "presentationml.presentation.main"}
    members = {}
    for at, text in enumerate(slides, 1):
        lines = "".join(f"<a:p><a:r><a:t>{line}</a:t></a:r></a:p>" for line in text.split("\n"))
        members[f"ppt/slides/slide{at}.xml"] = f'<p xmlns:a="{DRAWING}">{lines}</p>'
    head = {"[Content_Types].xml": _types(kinds), "ppt/presentation.xml": "<p/>"}
    return zipped(head | dict(reversed(members.items())))


def ofd(pages: Sequence[str], prolog: str = "") -> bytes:
    """An OFD with a text object for each line of each page."""
    listed = "".join(
        f'<ofd:Page ID="{at}" BaseLoc="Pages/P{at}/Content.xml"/>'
        for at in range(1, len(pages) + 1)
    )
    members: dict[str, str] = {
        "OFD.xml": f'<ofd:OFD xmlns:ofd="{OFD}" Version="1.0" DocType="OFD"><ofd:DocBody>'
        "<ofd:DocInfo/><ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot></ofd:DocBody></ofd:OFD>",
        "Doc_0/Document.xml": f'<ofd:Document xmlns:ofd="{OFD}"><ofd:CommonData><ofd:PageArea>'
        "<ofd:PhysicalBox>0 0 210 297</ofd:PhysicalBox></ofd:PageArea></ofd:CommonData>"
        f"<ofd:Pages>{listed}</ofd:Pages></ofd:Document>",
    }
    for at, text in enumerate(pages, 1):
        objects = "".join(
            _text_object(y, line) for y, line in enumerate(text.split("\n"), 1) if line
        )
        members[f"Doc_0/Pages/P{at}/Content.xml"] = (
            f'{prolog}<ofd:Page xmlns:ofd="{OFD}"><ofd:Content><ofd:Layer>{objects}</ofd:Layer>'
            "</ofd:Content></ofd:Page>"
        )
    return zipped(members)


def _text_object(line: int, text: str) -> str:
    return (
        f'<ofd:TextObject Boundary="20 {line * 10} 170 8" Size="5"><ofd:TextCode X="0" Y="5"'
        f' DeltaX="{"5 " * (len(text) - 1)}">{text}</ofd:TextCode></ofd:TextObject>'
    )


# --- compound files of old offices


def compound(*streams: str) -> bytes:
    """The signature and directory of an OLE2 file with streams of these names."""
    entries = b""
    for name in ("Root Entry", *streams):
        raw = name.encode("utf-16-le")
        entries += raw.ljust(64, b"\0") + bytes([len(raw) + 2, 0, 2, 1]) + bytes(60)
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504) + entries
