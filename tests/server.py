"""A PostgreSQL server for tests, and the databases that they get on it.

Its databases sort text as no archive may rely on (by a Chinese dictionary, numbers by value), so
that an order which depends on the server shows. An archive's database is copied from one that was
migrated once, and is emptied and used again rather than dropped.
"""

from __future__ import annotations

import secrets
import tempfile
from pathlib import Path

import psycopg
from psycopg import sql
from sqlalchemy import make_url

from archive.database import open_database
from archive.models import Base
from archive.models.base import public_id

_NEW = (
    "CREATE DATABASE {} TEMPLATE template0 LOCALE_PROVIDER icu ICU_LOCALE 'zh-u-kn' ENCODING UTF8"
)
_COPY = "CREATE DATABASE {} TEMPLATE {}"
_DROP = "DROP DATABASE IF EXISTS {} WITH (FORCE)"
_END_OTHERS = (
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
    "WHERE datname = current_database() AND pid <> pg_backend_pid()"
)
_RESTART = (
    "SELECT setval(format('%I.%I', schemaname, sequencename)::regclass, 1, false) "
    "FROM pg_sequences WHERE last_value IS NOT NULL"
)
_SHAPE = (
    "SELECT string_agg(concat_ws(' ', relname, attname, atttypid, attnotnull), ',' "
    'ORDER BY relname COLLATE "C", attnum) FROM pg_attribute JOIN pg_class ON attrelid = '
    "pg_class.oid WHERE relnamespace = 'public'::regnamespace AND attnum > 0"
)
_FACTS = "DELETE FROM meta WHERE name NOT IN ('archive_id', 'created_at')"
_NAME = "UPDATE meta SET value = %s WHERE name = 'archive_id'"


class Server:
    """A PostgreSQL server whose user may do everything, and the databases made on it."""

    def __init__(self, named: str) -> None:
        self._url = make_url(named).set(drivername="postgresql")
        self._admin = psycopg.connect(named, autocommit=True)
        self._template: str | None = None
        self._shape = ""
        self._made: set[str] = set()
        self._idle: list[str] = []

    def empty(self) -> str:
        """The URL of a new database without tables."""
        return self._address(self._create(_NEW))

    def archive(self) -> str:
        """The URL of a database with an archive's tables, and no rows but its name."""
        if self._idle:
            return self._address(self._idle.pop())
        if self._template is None:
            self._template = self._create(_NEW)
            with tempfile.TemporaryDirectory() as folder:
                open_database(Path(folder), self._address(self._template)).close()
            with psycopg.connect(self._address(self._template)) as connection:
                self._shape = _one(connection, _SHAPE)
        return self._address(self._create(_COPY, self._template))

    def take_back(self, url: str) -> None:
        """Empty a database for the next test; drop one whose tables are not what they were."""
        name = str(make_url(url).database)
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(_END_OTHERS)
            if self._template is not None and _one(connection, _SHAPE) == self._shape:
                _forget_rows(connection)
                self._idle.append(name)
                return
        self._drop(name)

    def close(self) -> None:
        for name in [*self._made]:
            self._drop(name)
        self._admin.close()

    def _create(self, statement: str, *names: str) -> str:
        name = f"gongwen_{secrets.token_hex(6)}"
        words = map(sql.Identifier, (name, *names))
        self._admin.execute(sql.SQL(statement).format(*words))
        self._made.add(name)
        return name

    def _drop(self, name: str) -> None:
        self._admin.execute(sql.SQL(_DROP).format(sql.Identifier(name)))
        self._made.discard(name)

    def _address(self, name: str) -> str:
        return self._url.set(database=name).render_as_string(hide_password=False)


def _forget_rows(connection: psycopg.Connection) -> None:
    # As a replica: without the foreign keys, whose order would be another one for every test.
    tables = [name for name in Base.metadata.tables if name != "meta"]
    deletions = [sql.SQL("DELETE FROM {}").format(sql.Identifier(name)) for name in tables]
    connection.execute("SET session_replication_role = replica")
    connection.execute(sql.SQL("; ").join([*deletions, sql.SQL(_FACTS)]))
    connection.execute(_RESTART)
    connection.execute(_NAME, (public_id("a"),))


def _one(connection: psycopg.Connection, query: str) -> str:
    row = connection.execute(query).fetchone()
    assert row is not None
    return str(row[0])
