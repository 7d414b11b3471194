"""A write outside of a run: one transaction, its links chained, the head kept."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.orm import Session

from archive import chain
from archive.chain import Link
from archive.database import Database
from archive.moved import refuse_moved
from archive.space import MIN_FREE, check_space, disk_problem, is_full
from archive.store.attempts import not_durable


@contextmanager
def chained_write(
    database: Database, at: int, *, min_free: int = MIN_FREE
) -> Iterator[tuple[Session, list[Link]]]:
    """A session that writes, and the list that takes what its changes add to the chain.

    Raises Problem when the disk is (nearly) full, for an archive that was copied away from, and
    when the head cannot be written; what was committed by then is durable, and the next start of
    a crawl writes the head.
    """
    check_space(database.folder, min_free)
    refuse_moved(database)
    links: list[Link] = []
    # The lock is kept until the head is out, so that heads are in order.
    with database.lock():
        with database.write() as session:
            yield session, links
            head = chain.append(session, links, at)
        if head is not None and database.has_lock():
            _keep(database, head)
            return
    if head is not None:
        # A server took the lock away: somebody may have put out a head that is further on.
        chain.catch_up(database, at)


def _keep(database: Database, head: chain.Head) -> None:
    try:
        chain.keep_head(database.folder, head)
    except OSError as error:
        problem = disk_problem(error) if is_full(error) else None
        raise problem or not_durable("The head of the chain", error) from error
