"""The mark in a database that was copied to another one: the archive goes on there, not here.

Both describe the same WARC files. Whoever wrote here again would cut them back to what this
database knows of, and write over what was committed to the copy.
"""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Connection, delete, select
from sqlalchemy.orm import Session

from archive import chain
from archive.connecting import read_url, shown_url
from archive.database import Database
from archive.in_use import refuse_runs
from archive.models import Meta, WarcFile
from archive.problems import Problem
from archive.warc.reading import warc_folder

_MARK = "moved_to"


def refuse_moved(database: Database) -> None:
    """Problem for a database that was copied to another one and must not be written to."""
    with database.read() as session:
        place = moved_to(session)
    if place is None:
        return
    raise Problem(
        "This database is not written to any more",
        f"it was copied to {place}, and the archive goes on there",
        "Set GONGWEN_DATABASE_URL to the copy. To come back to this one, run there: gongwen db "
        f"copy --to {plain_address(database.url)}. If the copy is lost or was never used, run "
        "here: gongwen db reclaim",
    )


def moved_to(session: Session | Connection) -> str | None:
    """The address of the copy, without its password; None where there is none."""
    return session.scalar(select(Meta.value).where(Meta.name == _MARK))


def plain_address(url: str) -> str:
    """An address as people write it, without its password."""
    address = read_url(url)
    return shown_url(address.set(drivername=address.get_backend_name()))


def mark_moved(database: Database, place: str) -> None:
    """Let nobody write to this database any more."""
    with database.write() as session:
        session.add(Meta(name=_MARK, value=place))


def unmark(session: Session) -> None:
    """Let this database be written to again."""
    session.execute(delete(Meta).where(Meta.name == _MARK))


def reclaim(database: Database, *, set_aside: bool = False) -> str | None:
    """Go on in a database that was copied to another one; where to, None if it never was.

    Raises Problem when something was fetched into the copy since, unless ``set_aside`` is given:
    the next crawl then moves it to ``.quarantine``. Nothing of it is known here.
    """
    with database.lock():
        refuse_runs(database, "and would lose its files")
        with database.read() as session:
            place = moved_to(session)
            newer = list(_newer(session, database)) if place else []
        if newer and not set_aside:
            raise Problem(
                "This database is behind",
                f"{newer[0]}: it was fetched into the copy {place}",
                "Copy that one back with gongwen db copy; to lose what was fetched since: "
                "gongwen db reclaim --set-aside",
            )
        with database.write() as session:
            unmark(session)
    return place


def _newer(session: Session, database: Database) -> Iterator[str]:
    """What the archive's folder holds that this database does not know of."""
    ends = {row.name: row.committed_end for row in session.scalars(select(WarcFile))}
    for path in sorted(warc_folder(database.folder).glob("*.warc.gz")):
        if path.stat().st_size > ends.get(path.name, 0):
            yield f"{path.name} holds more than this database knows"
    kept = chain.last_kept(database.folder)
    if kept is not None and not chain.is_link(session, kept):
        yield f"{chain.HEAD_NAME} knows link {kept.number}"
