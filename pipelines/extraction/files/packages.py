"""Zip packages from strangers: looked through before any library reads them.

``zipfile`` gives no more bytes of a member than its entry declares, so the declared sizes bound
what can come out.
"""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Iterator

from pipelines.extraction.files.declarations import declares, from_markup, looks_like_xml
from pipelines.extraction.files.limits import (
    MOST_MEMBERS,
    MOST_PARSED,
    MOST_UNPACKED,
    Unread,
    megabytes,
)

ENCRYPTED = "encrypted: it needs a password"
_END, _ENTRY = b"PK\x05\x06", b"PK\x01\x02"
_END_REACH = 65_557
_ENTRY_SIZE = 46
_UTF8_FLAG, _ENCRYPTED_FLAG = 0x800, 0x1
_CHUNK = 1 << 20
_OVERLAP = 64
_NEVER_PARSED = (".svg", ".html", ".htm", ".mht")
_FAULTS = (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, ValueError)


def names_in(body: bytes, most: int = MOST_MEMBERS) -> list[str]:
    """The names in a zip's directory, without opening it: enough to tell what it is."""
    end = body.rfind(_END, max(len(body) - _END_REACH, 0))
    if end < 0 or end + 20 > len(body):
        return []
    size, start = struct.unpack_from("<II", body, end + 12)
    # Where the place is not told (zip64, something before the zip), the first entry's mark is.
    at = start if body[start : start + 4] == _ENTRY else body.find(_ENTRY, max(end - size, 0))
    names: list[str] = []
    while 0 <= at <= end - _ENTRY_SIZE and body[at : at + 4] == _ENTRY and len(names) < most:
        flags = struct.unpack_from("<H", body, at + 8)[0]
        name, extra, comment = struct.unpack_from("<HHH", body, at + 28)
        raw = body[at + _ENTRY_SIZE : at + _ENTRY_SIZE + name]
        names.append(_decoded(raw, flags))
        at += _ENTRY_SIZE + name + extra + comment
    return names


def open_package(body: bytes) -> zipfile.ZipFile:
    """A zip whose members are within the limits; Unread says what is wrong with it."""
    try:
        package = zipfile.ZipFile(io.BytesIO(body))
    except _FAULTS as error:
        raise Unread(f"broken: {error}") from error
    members = package.infolist()
    if len(members) > MOST_MEMBERS:
        raise Unread(f"it has {len(members):,} members, more than {MOST_MEMBERS:,}")
    if any(member.flag_bits & _ENCRYPTED_FLAG for member in members):
        raise Unread(ENCRYPTED)
    total = sum(member.file_size for member in members)
    if total > MOST_UNPACKED:
        most = megabytes(MOST_UNPACKED)
        raise Unread(f"it unpacks to {megabytes(total)}, more than {most}")
    return package


def open_document(body: bytes, parsed: tuple[str, ...]) -> zipfile.ZipFile:
    """A package whose XML declares no entities and is small enough to be parsed.

    ``parsed`` are the beginnings of names of members that become trees. No format read here needs
    a document type, and without one there is nothing to expand, to fetch or to include.
    """
    package = open_package(body)
    for member in package.infolist():
        if member.filename.startswith(parsed) and member.file_size > MOST_PARSED:
            most = megabytes(MOST_PARSED)
            size = megabytes(member.file_size)
            raise Unread(f"{member.filename} has {size}, more than {most} of XML")
        if not member.filename.lower().endswith(_NEVER_PARSED):
            _refuse_declarations(package, member)
    return package


def read_member(package: zipfile.ZipFile, member: zipfile.ZipInfo | str) -> bytes:
    """The bytes of a member; Unread when they cannot be had."""
    try:
        return package.read(member)
    except KeyError as error:
        raise Unread(f"broken: {member} is missing") from error
    except _FAULTS as error:
        raise Unread(f"broken: {error}") from error


def without_member(body: bytes, name: str) -> bytes:
    """A package that was opened within the limits, without one of its members."""
    out = io.BytesIO()
    with open_package(body) as package, zipfile.ZipFile(out, "w") as rest:
        for member in package.infolist():
            if member.filename != name:
                rest.writestr(member, read_member(package, member))
    return out.getvalue()


def name_of(member: zipfile.ZipInfo) -> str:
    """A member's name as its maker most likely wrote it: UTF-8, else GB18030."""
    if member.flag_bits & _UTF8_FLAG:
        return member.filename
    try:
        return _decoded(member.orig_filename.encode("cp437"), member.flag_bits)
    except UnicodeEncodeError:
        return member.filename


def _decoded(raw: bytes, flags: int) -> str:
    codecs = ("utf-8",) if flags & _UTF8_FLAG else ("utf-8", "gb18030")
    for codec in codecs:
        try:
            return raw.decode(codec)
        except UnicodeDecodeError:
            continue
    return raw.decode("cp437")


def _refuse_declarations(package: zipfile.ZipFile, member: zipfile.ZipInfo) -> None:
    """Raise Unread for XML with a document type, or one that a codec could hide."""
    before = b""
    for chunk in from_markup(_chunks(package, member)):
        if not before and not looks_like_xml(chunk):
            return
        if declares(before + chunk):
            raise Unread(f"refused: {member.filename} declares a document type or entities")
        before = chunk[-_OVERLAP:]


def _chunks(package: zipfile.ZipFile, member: zipfile.ZipInfo) -> Iterator[bytes]:
    try:
        with package.open(member) as stream:
            while chunk := stream.read(_CHUNK):
                yield chunk
    except _FAULTS as error:
        raise Unread(f"broken: {error}") from error
