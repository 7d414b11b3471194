"""The whole move: nobody writes meanwhile, one moment is read, one transaction is written."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass

from sqlalchemy import Connection, ForeignKeyConstraint, Table, select, text
from sqlalchemy.exc import DBAPIError

from archive.connecting import explain, read_url
from archive.copying.tables import TableCopy, continue_keys, copy_table, count_and_hash
from archive.copying.targets import Target, prepare
from archive.database import Database
from archive.models import Base, Run
from archive.owners import is_dead
from archive.problems import Problem
from archive.records import RunState
from archive.warc.slots import SLOTS, is_live


@dataclass(frozen=True, slots=True)
class Copied:
    """What was copied. ``source`` and ``target`` are addresses without their passwords."""

    source: str
    target: str
    tables: tuple[TableCopy, ...]


def copy_database(
    source: Database, url: str, told: Callable[[TableCopy], None] = lambda _: None
) -> Copied:
    """Copy all rows of an archive's database into an empty one at ``url``.

    Tables, counts and hashes are read back from the target and compared before anything is
    committed; on any difference, or error, the target stays as it was. The WARC files and the
    head of the chain stay in the archive's folder, which both databases then describe. ``told``
    is given each table that was compared. Raises Problem for a target that cannot be used, and
    while a crawl runs.
    """
    addresses = [_shown(one) for one in (source.url, url)]
    if read_url(source.url) == read_url(url):
        raise _unfit(addresses[1], "it is the archive's own database", "Name another database")
    with _in_words(), source.lock(), closing(Target(source.folder, url)) as target:
        _refuse_in_use(source)
        with target.new_rows() as into, source.read() as session:
            made = tuple(_copy(session.connection(), into, told))
    return Copied(addresses[0], addresses[1], made)


def _copy(
    source: Connection, target: Connection, told: Callable[[TableCopy], None]
) -> Iterator[TableCopy]:
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


def _refuse_in_use(source: Database) -> None:
    """A run that goes on would write what the copy does not have into the same WARC files."""
    held = [slot for slot in range(SLOTS) if is_live(source.folder, slot)]
    with source.read() as session:
        owners = session.scalars(select(Run.owner).where(Run.state == RunState.RUNNING)).all()
    alive = [owner for owner in owners if owner is not None and is_dead(owner) is not True]
    if held or alive:
        why = f"a crawl holds its writer slot {held[0]}" if held else "a run is under way"
        raise Problem(
            "The archive is in use",
            f"{why}, and what it writes next would be missing from the copy",
            "Stop the crawls (see gongwen runs), then run the same command again",
        )


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


def _shown(url: str) -> str:
    """An address as people write it, without its password."""
    address = read_url(url)
    return address.set(drivername=address.get_backend_name()).render_as_string()


def _unfit(address: str, why: str, next_step: str) -> Problem:
    return Problem(f"{address} cannot be copied to", why, next_step, exit_code=2)
