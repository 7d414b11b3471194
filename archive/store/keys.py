"""Keys handed out before rows are written, so that rows of one batch can refer to each other."""

from __future__ import annotations

from collections import deque

from sqlalchemy import func, inspect, select, text
from sqlalchemy.orm import Session

from archive.models import Base

BLOCK = 64


class Keys:
    """Hands out integer keys inside one write transaction."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._sqlite = session.get_bind().dialect.name == "sqlite"
        self._free: dict[type[Base], deque[int]] = {}
        self._last: dict[type[Base], int] = {}

    def take(self, model: type[Base]) -> int:
        """The next key of a table; nobody else can get it."""
        free = self._free.setdefault(model, deque())
        if not free:
            free.extend(self._block(model))
        return free.popleft()

    def _block(self, model: type[Base]) -> list[int]:
        if not self._sqlite:
            return self._from_sequence(model)
        # SQLite has one writer, and this transaction is it: nothing can come in between.
        column = inspect(model).primary_key[0]
        last = self._last.get(model)
        if last is None:
            last = self._session.scalar(select(func.max(column))) or 0
        self._last[model] = last + BLOCK
        return list(range(last + 1, last + 1 + BLOCK))

    def _from_sequence(self, model: type[Base]) -> list[int]:
        column = inspect(model).primary_key[0]
        query = text(
            "SELECT nextval(pg_get_serial_sequence(:table, :column)) "
            "FROM generate_series(1, :block)"
        )
        values = {"table": model.__tablename__, "column": column.name, "block": BLOCK}
        return list(self._session.scalars(query, values))
