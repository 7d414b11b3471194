"""The rows of one table: read in order, written in batches, and hashed alike on every database."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, Integer, Table, func, insert, select, text

from archive.bytewise import bytewise

BATCH = 200
BATCH_CHARACTERS = 4_000_000

Row = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class TableCopy:
    """How many rows a table has, and ``sha256:<hex>`` over all their values in key order."""

    table: str
    rows: int
    digest: str


@dataclass
class Tally:
    """Counts and hashes rows that pass by."""

    rows: int = 0
    _hash: Any = field(default_factory=hashlib.sha256)

    def add(self, line: bytes) -> None:
        """Count one row, given in its canonical form."""
        self.rows += 1
        self._hash.update(line)

    def of(self, table: Table) -> TableCopy:
        """The sum so far, as the table's."""
        return TableCopy(table.name, self.rows, f"sha256:{self._hash.hexdigest()}")


def count_and_hash(connection: Connection, table: Table) -> TableCopy:
    """Read a whole table; memory does not grow with it."""
    tally = Tally()
    for row in _rows(connection, table):
        tally.add(_line(row))
    return tally.of(table)


def copy_table(source: Connection, target: Connection, table: Table) -> TableCopy:
    """Write the rows of one database into another; what was read is counted and hashed."""
    tally = Tally()
    names = [column.name for column in table.columns]
    batch: list[dict[str, Any]] = []
    size = 0
    for row in _rows(source, table):
        line = _line(row)
        tally.add(line)
        batch.append(dict(zip(names, row, strict=True)))
        size += len(line)
        if len(batch) == BATCH or size > BATCH_CHARACTERS:
            target.execute(insert(table), batch)
            batch, size = [], 0
    if batch:
        target.execute(insert(table), batch)
    return tally.of(table)


def continue_keys(target: Connection, table: Table) -> None:
    """Let a server hand out the keys after the last one; SQLite does so by itself."""
    (key,) = table.primary_key.columns
    if target.dialect.name != "postgresql" or not isinstance(key.type, Integer):
        return
    last = target.scalar(select(func.max(key)))
    if last is not None:
        statement = text("SELECT setval(pg_get_serial_sequence(:table, :column), :last)")
        values = {"table": table.name, "column": key.name, "last": last}
        target.execute(statement, values)


def _rows(connection: Connection, table: Table) -> Iterator[Row]:
    (key,) = table.primary_key.columns
    order = key if isinstance(key.type, Integer) else bytewise(key)
    chosen = select(table).order_by(order).execution_options(yield_per=BATCH)
    for row in connection.execute(chosen):
        yield tuple(row)


def _line(row: Row) -> bytes:
    return json.dumps(row, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
