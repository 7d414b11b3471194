"""What tests of several packages share: a PostgreSQL database of their own."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator

import pytest
from sqlalchemy import create_engine, make_url, text

SERVER = "GONGWEN_TEST_POSTGRESQL"


@pytest.fixture
def postgresql_url() -> Iterator[str]:
    """The URL of an empty database on the server that GONGWEN_TEST_POSTGRESQL names.

    Without a server the test is skipped on a user's machine, and fails in CI.
    """
    named = os.environ.get(SERVER)
    if named is None:
        if os.environ.get("CI"):
            pytest.fail(f"{SERVER} names no server, and CI skips nothing")
        pytest.skip(f"{SERVER} names no server; start one with .ci/postgresql start DIR")
    server = make_url(named).set(drivername="postgresql+psycopg")
    name = f"gongwen_{secrets.token_hex(6)}"
    admin = create_engine(server, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    yield server.set(drivername="postgresql", database=name).render_as_string(hide_password=False)
    with admin.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    admin.dispose()
