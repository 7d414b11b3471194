"""Rows for every table, made from the models alone, and one hash over all that a database holds."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Connection,
    Float,
    Integer,
    MetaData,
    String,
    Table,
    insert,
    select,
)

from archive.models import Base
from archive.models.base import BigInt

LARGEST = 2**63 - 1
LONGEST = "公文\u3000𠮷〔2023〕18号\n\"'\\%" * 8_000
"""Some 130,000 characters, of which one lies outside the basic plane."""
Row = Mapping[str, Any]
OLDEST: Mapping[str, Row | None] = {
    "assertions": {"field": "title", "value": "值"},
    "relations": {"doc_no": "〔2023〕1号"},
    "derivations": dict.fromkeys(
        ("markdown", "images", "contacts", "rights", "format", "attachments")
    ),
    "corrections": None,
}
"""What the oldest tables can hold, too: their indexes took no long text; None: no such table."""


def fill(
    connection: Connection, per_table: int, overrides: Mapping[str, Row | None] | None = None
) -> int:
    """Put rows with Chinese, NULL and the largest values into every table; how many in all.

    ``overrides`` are values of a table's columns, by its name; a table with None stays empty.
    """
    made = 0
    given = overrides or {}
    for table in Base.metadata.sorted_tables:
        own = given.get(table.name, {})
        if own is None:
            continue
        count = per_table if table.name != "meta" else 3
        rows = [_row(table, number, count) | own for number in range(1, count + 1)]
        connection.execute(insert(table), rows)
        made += len(rows)
    return made


def row_hash(connection: Connection) -> dict[str, tuple[int, str]]:
    """How many rows each table of the database holds, and a hash of all their values."""
    tables = MetaData()
    tables.reflect(connection)
    return {
        name: _table_hash(connection, table)
        for name, table in sorted(tables.tables.items())
        if name != "alembic_version"
    }


def _table_hash(connection: Connection, table: Table) -> tuple[int, str]:
    columns = sorted(table.columns, key=lambda column: column.name)
    digest, count = hashlib.sha256(), 0
    for row in connection.execute(select(*columns).order_by(*table.primary_key.columns)):
        values = dict(zip((column.name for column in columns), row, strict=True))
        digest.update(json.dumps(values, sort_keys=True, default=str).encode())
        count += 1
    return count, digest.hexdigest()


def _row(table: Table, number: int, count: int) -> dict[str, Any]:
    return {column.name: _value(column, number, count) for column in table.columns}


def _value(column: Column[Any], number: int, count: int) -> Any:
    if column.primary_key and isinstance(column.type, (type(BigInt), Integer)):
        return number
    if column.foreign_keys:
        # The row of the same number: it is there already, or comes in the same transaction.
        return None if column.nullable and number % 3 == 0 else number
    if column.nullable and number % 3 == 1:
        return None
    if column.server_default is not None:
        return 0
    return _filled(column, number, longest=number == count)


def _filled(column: Column[Any], number: int, *, longest: bool) -> Any:
    kind = column.type
    if isinstance(kind, String):
        if kind.length:
            return f"公{number:0{kind.length - 1}d}"
        return (
            f"{number} {LONGEST}" if longest and not _indexed(column) else f"第{number}号〔通知〕"
        )
    if isinstance(kind, JSON):
        return {"字段": [number, None, "值"]}
    if isinstance(kind, Boolean):
        return number % 2 == 0
    if isinstance(kind, Float):
        return number / 7
    if isinstance(kind, type(BigInt)):
        return LARGEST - number
    return number


def _indexed(column: Column[Any]) -> bool:
    """Whether an index holds it: PostgreSQL's take no value of more than 2,700 bytes."""
    assert column.table is not None
    indexed = {each.name for index in column.table.indexes for each in index.columns}
    unique = {
        each.name
        for constraint in column.table.constraints
        for each in getattr(constraint, "columns", ())
    }
    return column.name in indexed | unique
