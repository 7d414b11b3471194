"""The database that is copied to: it must be empty, and stays so when the copy fails."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, delete, inspect, select
from sqlalchemy.orm import Session

from archive import chain, schema
from archive.connecting import database_file, make_engine, read_url, shown_url
from archive.models import Base, Meta
from archive.moved import moved_to
from archive.problems import Problem
from archive.warc.sealing import sync_folder

_NEXT = "Name an empty database, such as one just made with: createdb NAME"


class Target:
    """A database beside the archive's own. ``folder`` is the archive's."""

    def __init__(self, folder: Path, url: str) -> None:
        address = read_url(url)
        self._file = database_file(address)
        self._was_there = self._file is not None and self._file.exists()
        if self._file is not None and not self._file.parent.is_dir():
            raise Problem(
                f"{shown_url(address)} cannot be copied to",
                f"the folder {self._file.parent} does not exist",
                f"Make it, or name a file in {folder}",
                exit_code=2,
            )
        self._engine = make_engine(address, writes=True)

    @contextmanager
    def new_rows(self) -> Iterator[Connection]:
        """One transaction; without its end nothing is left behind, not even a new file."""
        done = False
        try:
            with self._engine.begin() as connection:
                yield connection
            if self._file is not None:
                sync_folder(self._file.parent)
            done = True
        finally:
            if not done:
                self._leave_nothing()

    def close(self) -> None:
        """Close every connection; SQLite then folds its log into the file."""
        self._engine.dispose()

    def _leave_nothing(self) -> None:
        self._engine.dispose()
        if self._file is None or self._was_there:
            return
        for ending in ("", "-wal", "-shm"):
            Path(f"{self._file}{ending}").unlink(missing_ok=True)


def prepare(connection: Connection) -> None:
    """Give an empty database our tables, and take the facts of a new archive out of them.

    Raises Problem when there are rows, tables of another format, or tables of another program.
    """
    found = schema.revision(connection)
    if found is None:
        _refuse_strangers(connection)
        schema.upgrade(connection)
    elif found != schema.HEAD:
        raise schema.mismatch(found)
    else:
        _refuse_rows(connection)
    connection.execute(delete(Meta))


def clear_superseded(source: Session, target: Connection) -> None:
    """Empty an older database of the same archive that was copied away from, to copy back to it.

    Nothing is taken that the source does not have: the older one's chain is part of its chain.
    """
    if schema.revision(target) != schema.HEAD or moved_to(target) is None:
        return
    with Session(target) as older:
        names = [session.get_one(Meta, "archive_id").value for session in (source, older)]
        head = chain.current(older)
    if names[0] == names[1] and (head is None or chain.is_link(source, head)):
        for table in reversed(Base.metadata.sorted_tables):
            target.execute(delete(table))


def _refuse_strangers(connection: Connection) -> None:
    taken = sorted(set(inspect(connection).get_table_names()) & set(Base.metadata.tables))
    if taken:
        why = f"it has a table {taken[0]} that is not ours"
        raise Problem("The target is not empty", why, _NEXT)


def _refuse_rows(connection: Connection) -> None:
    for table in Base.metadata.sorted_tables:
        kept = select(table).limit(1)
        if table.name != Meta.__tablename__ and connection.execute(kept).first() is not None:
            why = f"it holds an archive already: its table {table.name} has rows"
            raise Problem("The target is not empty", why, _NEXT)
