"""A CDXJ index of the captures, by which pywb and others replay the WARC files where they lie."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sqlalchemy import Row, Select, select
from sqlalchemy.orm import Session

from archive.export.sorting import sorted_lines
from archive.export.surt import surt_key
from archive.models import Capture, Version, WarcFile
from archive.warc.reading import warc_folder
from archive.warc.records import warc_date

REVISIT = "warc/revisit"
UNKNOWN = "unk"
AT_A_TIME = 1000
_END_OF_TYPE = re.compile("[; ]")

_Captured = Row[*tuple[Any, ...]]


class CdxjIndex:
    """The lines of one snapshot; may be taken while a crawl is writing.

    ``written`` counts the captures that got a line. ``lost`` counts those that lie in bytes which
    their file no longer has, ``hidden`` those whose content was withheld or purged: neither can
    be replayed.
    """

    def __init__(self, session: Session, folder: Path) -> None:
        self.written = self.lost = self.hidden = 0
        self._session = session
        self._sizes = {
            path.name: path.stat().st_size for path in warc_folder(folder).glob("*.warc.gz")
        }

    def lines(self) -> Iterator[bytes]:
        """Every line with its line feed, sorted bytewise."""
        return sorted_lines(self._unsorted())

    def _unsorted(self) -> Iterator[bytes]:
        hidden = set(self._session.scalars(_hidden()))
        for row in self._session.execute(_captures(), execution_options={"yield_per": AT_A_TIME}):
            if row.payload_digest in hidden:
                self.hidden += 1
            elif row.warc_offset + row.warc_length > self._sizes.get(row.name, 0):
                self.lost += 1
            else:
                self.written += 1
                yield _line(row)


def cdxj_index(session: Session, folder: Path) -> CdxjIndex:
    """The index of the archive in ``folder`` as ``session`` sees it."""
    return CdxjIndex(session, folder)


def _captures() -> Select[*tuple[Any, ...]]:
    """Only what was committed has a row, and its bytes were durable before."""
    return select(
        Capture.url,
        Capture.fetched_at,
        Capture.record_type,
        Capture.content_type,
        Capture.status,
        Capture.payload_digest,
        Capture.warc_length,
        Capture.warc_offset,
        WarcFile.name,
    ).join(WarcFile, WarcFile.key == Capture.warc_file_key)


def _hidden() -> Select[str]:
    """The digests of contents that must not be shown, wherever they were served."""
    return (
        select(Capture.payload_digest)
        .join(Version, Version.capture_key == Capture.key)
        .where((Version.withheld_at.is_not(None)) | (Version.purged_at.is_not(None)))
    )


def _line(row: _Captured) -> bytes:
    # Fourteen digits to the second, as in the record's own date.
    moment = "".join(filter(str.isdigit, warc_date(row.fetched_at)))[:14]
    fields = {
        "url": row.url,
        "mime": REVISIT if row.record_type == "revisit" else _mime(row.content_type),
        "status": str(row.status),
        "digest": row.payload_digest,
        "length": str(row.warc_length),
        "offset": str(row.warc_offset),
        "filename": row.name,
    }
    return f"{surt_key(row.url)} {moment} {json.dumps(fields)}\n".encode("ascii")


def _mime(content_type: str | None) -> str:
    """The media type alone, as declared."""
    return _END_OF_TYPE.split((content_type or "").strip(), maxsplit=1)[0] or UNKNOWN
