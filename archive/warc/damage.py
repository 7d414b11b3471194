"""What is done about a file that holds less than was committed to it."""

from __future__ import annotations

import logging

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from archive import clock
from archive.database import Database
from archive.models import Capture, Resource, WarcFile

log = logging.getLogger(__name__)


def mark_damaged(database: Database, row: WarcFile, size: int) -> None:
    """Never write again to a file that ends at ``size``, and have what it lost served again."""
    damage = f"holds {size} of {row.committed_end} committed bytes"
    log.error("%s %s; a new file is started", row.name, damage)
    with database.write() as session:
        found = session.get_one(WarcFile, row.key)
        found.damage, found.sealed_at = damage, clock.now()
        _ask_again(session, row.key, size)


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
