"""Zip archives: the names inside, and the text of each file that can be read, one level deep."""

from __future__ import annotations

import time
import zipfile
from collections.abc import Iterator

from archive.records import FileText, Outcome
from pipelines.extraction.files.formats import Format
from pipelines.extraction.files.limits import SECONDS, Unread
from pipelines.extraction.files.packages import name_of, open_package, read_member
from pipelines.extraction.files.reading import read_file

_DEEPER = frozenset({"zip", "rar", "7z", "gzip"})
_TOLD = 3


def read(body: bytes, found: Format, until: float) -> Iterator[str]:
    """Each member's name, then its text. Unread tells which members have none, and why."""
    unread: list[str] = []
    with open_package(body) as package:
        members = [member for member in package.infolist() if not member.is_dir()]
        for member in members:
            if time.monotonic() > until:
                raise Unread(f"stopped after {SECONDS:g} s, at {name_of(member)}")
            yield name_of(member)
            file = _inside(package, member, until)
            yield from file.text.splitlines()
            if file.outcome is not Outcome.OK:
                unread.append(f"{name_of(member)}: {file.reason}")
    if unread:
        more = "; …" if len(unread) > _TOLD else ""
        told = "; ".join(unread[:_TOLD])
        raise Unread(f"{len(unread)} of {len(members)} files inside not wholly read: {told}{more}")


def _inside(package: zipfile.ZipFile, member: zipfile.ZipInfo, until: float) -> FileText:
    if name_of(member).lower().rpartition(".")[2] in _DEEPER:
        return FileText("zip", "its name", Outcome.ERROR, reason="an archive inside an archive")
    try:
        body = read_member(package, member)
    except Unread as error:
        return FileText("unknown", "its entry", error.outcome, reason=error.reason)
    if body.startswith(b"PK\x03\x04") and not _is_document(body):
        return FileText("zip", "its bytes", Outcome.ERROR, reason="an archive inside an archive")
    return read_file(body, name_of(member), until=until)


def _is_document(body: bytes) -> bool:
    from pipelines.extraction.files.formats import recognise

    return recognise(body).name != "zip"
