"""What is done about a file that holds less than was committed to it."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from archive import clock
from archive.database import Database
from archive.models import Capture, Resource, WarcFile
from archive.warc.reading import warc_folder
from archive.warc.sealing import file_digest

log = logging.getLogger(__name__)

_HOLDS = "holds"


def mark_lost(database: Database, held: int, is_live: Callable[[Path, int], bool]) -> None:
    """Look at all files but those of the slot ``held``, and mark those that lost committed bytes.

    A slot that is live looks after its own file; one that nobody takes again would never. Files
    that have their bytes again, as after a start without their disk, lose the mark.
    """
    _trust_again(database)
    with database.read() as session:
        rows = session.scalars(
            select(WarcFile).where(
                WarcFile.damage.is_(None),
                or_(WarcFile.slot != held, WarcFile.sealed_at.is_not(None)),
            )
        ).all()
    for row in rows:
        path = warc_folder(database.folder) / row.name
        size = path.stat().st_size if path.exists() else 0
        if size < row.committed_end and (row.sealed_at or not is_live(database.folder, row.slot)):
            mark_damaged(database, row, size)


def mark_damaged(database: Database, row: WarcFile, size: int) -> None:
    """Never write again to a file that ends at ``size``, and have what it lost served again."""
    damage = f"{_HOLDS} {size} of {row.committed_end} committed bytes"
    log.error("%s %s; it is not written to any more", row.name, damage)
    with database.write() as session:
        found = session.get_one(WarcFile, row.key)
        found.damage, found.sealed_at = damage, found.sealed_at or clock.now()
        _ask_again(session, row.key, size)


def _trust_again(database: Database) -> None:
    """Take the mark of lost bytes off files that are as long as they were, and seal them."""
    with database.read() as session:
        marked = select(WarcFile).where(WarcFile.damage.startswith(f"{_HOLDS} "))
        rows = session.scalars(marked).all()
    for row in rows:
        path = warc_folder(database.folder) / row.name
        if not path.exists() or path.stat().st_size != row.committed_end:
            continue
        digest = row.digest or file_digest(path)
        log.warning("%s has its bytes again", row.name)
        with database.write() as session:
            found = session.get_one(WarcFile, row.key)
            found.damage, found.digest = None, digest


def _ask_again(session: Session, file: int, size: int) -> None:
    """Forget the validators of what lay past ``size``, so that no 304 stands in for it.

    The digests stay: the same bytes are no news, they only need a record of their own.
    """
    lost = select(Capture.resource_key).where(
        Capture.warc_file_key == file, Capture.warc_offset + Capture.warc_length > size
    )
    session.execute(
        update(Resource).where(Resource.key.in_(lost)).values(etag=None, last_modified=None),
        execution_options={"synchronize_session": False},
    )
