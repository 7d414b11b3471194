"""What must hold of an archive after any crash, looked at from outside as well as by ``verify``.

Every rule gives one line per breach; an archive that holds up gives none.
"""

from __future__ import annotations

import gzip
import hashlib
import sqlite3
import subprocess
import sys
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from io import BytesIO
from pathlib import Path
from typing import Any

from fastwarc.warc import ArchiveIterator
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from warcio.archiveiterator import ArchiveIterator as WarcioIterator

from archive import queries
from archive.database import Database, open_database
from archive.models import Capture, Derivation, Observation, Resource, Run, Version, WarcFile
from archive.verify import verify
from tests.commandline import CommandLine
from tests.e2e.agreement import disagreements


def breaches(line: CommandLine, truth: Sequence[Mapping[str, Any]] | None = None) -> list[str]:
    """Everything wrong with the archive of a command line; ``truth`` are rows of the replica."""
    return breaches_in(line.folder, line.environment.get("GONGWEN_DATABASE_URL"), truth)


def breaches_in(
    folder: Path, url: str | None, truth: Sequence[Mapping[str, Any]] | None = None
) -> list[str]:
    """As :func:`breaches`, for a folder and the address of its database."""
    with closing(open_database(folder, url, create=False)) as database:
        report = verify(database)
        with database.read() as session:
            return [
                *(f"verify: {finding.as_row()}" for finding in report.findings),
                *_of_sqlite(database),
                *_of_files(session, folder / "warc"),
                *_of_records(session, folder / "warc"),
                *_doubled(session),
                *_left_running(session),
                *(() if truth is None else disagreements(truth, _documents(session))),
            ]


def _of_sqlite(database: Database) -> Iterator[str]:
    """Asked over a connection of its own, past all of our code."""
    if database.file is None:
        return
    with closing(sqlite3.connect(database.file)) as connection:
        for (told,) in connection.execute("PRAGMA integrity_check"):
            if told != "ok":
                yield f"integrity_check: {told}"
        for row in connection.execute("PRAGMA foreign_key_check"):
            yield f"foreign_key_check: {row}"


def _of_files(session: Session, folder: Path) -> Iterator[str]:
    """Every file known, as long as committed, and read whole by three readers."""
    rows = {row.name: row for row in session.scalars(select(WarcFile))}
    found = {path.name: path for path in sorted(folder.glob("*.warc.gz"))}
    yield from (f"{name}: in no row" for name in found.keys() - rows.keys())
    for name, row in rows.items():
        if name not in found:
            if row.committed_end:
                yield f"{name}: missing with {row.committed_end} committed bytes"
            continue
        size = found[name].stat().st_size
        if size != row.committed_end:
            yield f"{name}: {size} bytes, of which {row.committed_end} are committed"
        yield from _unread(found[name], row.records)


def _unread(path: Path, records: int) -> Iterator[str]:
    if not path.stat().st_size:
        return
    try:
        counts = (by_fastwarc(path), by_warcio(path))
        if counts != (records, records):
            yield f"{path.name}: {records} records, fastwarc and warcio read {counts}"
        with gzip.open(path) as stream:
            while stream.read(1 << 20):
                pass
    except (OSError, EOFError, ValueError, zlib.error) as error:
        yield f"{path.name}: {error!r}"
    checker = [str(Path(sys.executable).parent / "warcio"), "check", str(path)]
    if subprocess.run(checker, capture_output=True, check=False).returncode:
        yield f"{path.name}: warcio check finds a wrong digest"


def by_fastwarc(path: Path) -> int:
    """How many records fastwarc reads, checking their digests."""
    count = 0
    with path.open("rb") as stream:
        for record in ArchiveIterator(stream, verify_digests=True):
            record.reader.consume()
            count += 1
    return count


def by_warcio(path: Path) -> int:
    """How many records warcio reads to their ends."""
    count = 0
    with path.open("rb") as stream:
        for record in WarcioIterator(stream):
            while record.raw_stream.read(1 << 16):
                pass
            count += 1
    return count


def _of_records(session: Session, folder: Path) -> Iterator[str]:
    """Every capture finds its record where its row says, with the payload its row promises."""
    rows = session.execute(
        select(Capture, WarcFile.name)
        .join(WarcFile, WarcFile.key == Capture.warc_file_key)
        .order_by(WarcFile.name, Capture.warc_offset)
    )
    digests: dict[int, str] = {}
    revisits: list[Capture] = []
    for capture, name in rows:
        with (folder / name).open("rb") as file:
            file.seek(capture.warc_offset)
            packed = file.read(capture.warc_length)
        try:
            records = ArchiveIterator(BytesIO(zlib.decompress(packed, 31)), parse_http=True)
            record = next(iter(records))
            payload = record.reader.read()
        except (ValueError, StopIteration, zlib.error) as error:
            yield f"{capture.public_id}: no record at {capture.warc_offset} of {name}: {error}"
            continue
        if (record.record_id or "").strip("<>") != capture.record_id:
            yield f"{capture.public_id}: another record stands at {capture.warc_offset} of {name}"
        if capture.refers_to is not None:
            revisits.append(capture)
            continue
        digests[capture.key] = "sha256:" + hashlib.sha256(payload).hexdigest()
        if digests[capture.key] != capture.payload_digest:
            yield f"{capture.public_id}: its payload has another digest"
    for capture in revisits:
        if digests.get(capture.refers_to or 0) != capture.payload_digest:
            yield f"{capture.public_id}: the record it refers to holds other bytes"


def _doubled(session: Session) -> Iterator[str]:
    """No bytes of a page became a version twice, none of its bytes are kept twice as new."""
    count = func.count(Version.key)
    versions = (
        select(Resource.url, Capture.payload_digest, count)
        .join(Version, Version.resource_key == Resource.key)
        .join(Capture, Capture.key == Version.capture_key)
        .join(Derivation, Derivation.key == Version.derivation_key)
        .group_by(Resource.url, Capture.payload_digest, Version.content_hash, Version.change_class)
        .having(count > 1)
    )
    for url, digest, times in session.execute(versions):
        yield f"{url}: {digest} is a version {times} times"
    records = func.count(Capture.key)
    kept = (
        select(Capture.url, Capture.payload_digest, records)
        .where(
            Capture.record_type == "response",
            Capture.truncated.is_(None),
            Capture.payload_length > 0,
        )
        .group_by(Capture.url, Capture.payload_digest)
        .having(records > 1)
    )
    for url, digest, times in session.execute(kept):
        yield f"{url}: {digest} is kept {times} times"
    yield from _told_twice(session)


def _told_twice(session: Session) -> Iterator[str]:
    """One check leaves one observation of a page, and one capture of each exchange."""
    by_kind = {
        "observed": (Observation.resource_key, Observation.run_id, Observation.observed_at),
        "captured": (Capture.url, Capture.run_id, Capture.fetched_at),
    }
    for what, columns in by_kind.items():
        count = func.count()
        for *key, times in session.execute(
            select(*columns, count).group_by(*columns).having(count > 1)
        ):
            yield f"{key} is {what} {times} times"


def _left_running(session: Session) -> Iterator[str]:
    for run in session.scalars(select(Run).where(Run.state == "running")):
        yield f"run {run.id} is left running"


def _documents(session: Session) -> dict[str, dict[str, Any]]:
    found = {}
    for row in queries.documents(session):
        record = queries.document(session, row["id"])
        record["log"] = queries.log(session, row["id"])
        found[row["url"]] = record
    return found


def refetched(asked: Mapping[str, int], pages: Iterable[str]) -> dict[str, int]:
    """How often each page was asked for beyond the once that was needed."""
    return {url: asked[url] - 1 for url in pages if asked.get(url, 0) > 1}
