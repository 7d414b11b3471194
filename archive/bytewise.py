"""Text compared by its bytes, whatever a server's locale says: the same order on both databases."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, String
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import InstrumentedAttribute
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

Text = ColumnElement[Any] | InstrumentedAttribute[str]


class bytewise(FunctionElement[str]):  # noqa: N801 - it stands in queries like func.lower
    """``bytewise(column)``: sorts and compares by bytes, and folds the case of ASCII only.

    That is how SQLite always compares; on PostgreSQL it has to be asked for.
    """

    type = String()
    inherit_cache = True


def contains(column: Text, part: str) -> ColumnElement[bool]:
    """Whether a text contains a part, without regard to the case of ASCII letters."""
    return like(column, f"%{_literal(part)}%")


def begins(column: Text, part: str) -> ColumnElement[bool]:
    """Whether a text begins with a part, without regard to the case of ASCII letters."""
    return like(column, f"{_literal(part)}%")


def matches(column: Text, wanted: str) -> ColumnElement[bool]:
    """Whether a text is as ``wanted`` says, in which ``*`` stands for anything."""
    return like(column, _literal(wanted).replace("*", "%"))


def like(column: Text, pattern: str) -> ColumnElement[bool]:
    """LIKE with ``/`` as its escape character."""
    return bytewise(column).ilike(pattern, escape="/")


def _literal(part: str) -> str:
    for special in "/%_":
        part = part.replace(special, f"/{special}")
    return part


@compiles(bytewise)
def _plain(element: bytewise, compiler: SQLCompiler, **options: Any) -> str:
    return f"({compiler.process(element.clauses, **options)})"


@compiles(bytewise, "postgresql")
def _on_server(element: bytewise, compiler: SQLCompiler, **options: Any) -> str:
    return f'({compiler.process(element.clauses, **options)}) COLLATE "C"'
