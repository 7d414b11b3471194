"""The whole move: nobody writes meanwhile, one moment is read, one transaction is written."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass

from sqlalchemy import Connection, ForeignKeyConstraint, Table, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from archive.connecting import explain, read_url
from archive.copying.tables import TableCopy, continue_keys, copy_table, count_and_hash
from archive.copying.targets import Target, clear_superseded, prepare
from archive.database import Database
from archive.in_use import refuse_runs
from archive.models import Base
from archive.moved import mark_moved, plain_address, refuse_moved
from archive.problems import Problem


@dataclass(frozen=True, slots=True)
class Copied:
    """What was copied. ``source`` and ``target`` are addresses without their passwords."""

    source: str
    target: str
    tables: tuple[TableCopy, ...]


def copy_database(
    source: Database, url: str, told: Callable[[TableCopy], None] = lambda _: None
) -> Copied:
    """Copy all rows of an archive's database into another one at ``url``, which goes on from there.

    The other one is empty, or an older one of this archive that was copied away from. The source
    is marked, so that nobody writes to it any more.

    Tables, counts and hashes are read back from the target and compared before anything is
    committed; on any difference, or error, the target stays as it was. The WARC files and the
    head of the chain stay in the archive's folder, which both databases then describe. ``told``
    is given each table that was compared. Raises Problem for a target that cannot be used, and
    while a crawl runs.
    """
    addresses = [plain_address(one) for one in (source.url, url)]
    if read_url(source.url) == read_url(url):
        raise _unfit(addresses[1], "it is the archive's own database", "Name another database")
    with _in_words(), source.lock(), closing(Target(source.folder, url)) as target:
        refuse_runs(source, "and what it writes next would be missing from the copy")
        refuse_moved(source)
        with target.new_rows() as into:
            with source.read() as session:
                made = tuple(_copy(session, into, told))
            # Before the copy counts: two databases that are written to would cut and fill the
            # same WARC files. Whatever fails from here on leaves one that says how to go on.
            mark_moved(source, addresses[1])
    return Copied(addresses[0], addresses[1], made)


def _copy(
    session: Session, target: Connection, told: Callable[[TableCopy], None]
) -> Iterator[TableCopy]:
    source = session.connection()
    clear_superseded(session, target)
    prepare(target)
    tables = Base.metadata.sorted_tables
    with _later_references(target, tables):
        read = [copy_table(source, target, table) for table in tables]
    for table, expected in zip(tables, read, strict=True):
        continue_keys(target, table)
        written = count_and_hash(target, table)
        if written != expected:
            raise _differs(expected, written)
        told(written)
        yield written


@contextmanager
def _later_references(target: Connection, tables: Sequence[Table]) -> Iterator[None]:
    """Check at the end what rows may point to that come after them."""
    if target.dialect.name == "sqlite":
        target.execute(text("PRAGMA defer_foreign_keys=ON"))
        yield
        return
    own = [(table, rule) for table in tables for rule in _to_itself(table)]
    for table, rule in own:
        _alter(target, table, rule, "DEFERRABLE INITIALLY DEFERRED")
    yield
    target.execute(text("SET CONSTRAINTS ALL IMMEDIATE"))
    for table, rule in own:
        _alter(target, table, rule, "NOT DEFERRABLE")


def _to_itself(table: Table) -> list[ForeignKeyConstraint]:
    rules = table.foreign_key_constraints
    return [rule for rule in rules if rule.referred_table is table and not rule.deferrable]


def _alter(target: Connection, table: Table, rule: ForeignKeyConstraint, how: str) -> None:
    names = target.dialect.identifier_preparer
    constraint = names.format_constraint(rule)
    statement = f"ALTER TABLE {names.format_table(table)} ALTER CONSTRAINT {constraint} {how}"
    target.execute(text(statement))


@contextmanager
def _in_words() -> Iterator[None]:
    try:
        yield
    except DBAPIError as error:
        problem = explain(error)
        if problem is None:
            raise
        raise problem from error


def _differs(read: TableCopy, written: TableCopy) -> Problem:
    return Problem(
        f"The copy of the table {read.table} differs",
        f"{read.rows} rows with {read.digest} were read, and {written.rows} rows with "
        f"{written.digest} came back",
        "Nothing was kept in the target; run gongwen verify on the archive, then try again",
    )


def _unfit(address: str, why: str, next_step: str) -> Problem:
    return Problem(f"{address} cannot be copied to", why, next_step, exit_code=2)
