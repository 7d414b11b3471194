"""Every migration forth and back over filled tables, on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, text

from archive import schema
from archive.database import Database, connect, open_database
from archive.migrating import downgrade_database, upgrade_database
from archive.models import Base
from archive.problems import Problem
from tests.faults.rows import OLDEST, fill, row_hash

PER_TABLE = 40


@pytest.fixture
def database(url: str, tmp_path: Path) -> Iterator[Database]:
    with closing(open_database(tmp_path / "archive", url)) as opened:
        yield opened


def held(database: Database) -> dict[str, tuple[int, str]]:
    with database.snapshots.connect() as connection:
        return row_hash(connection)


def test_c4_there_is_one_line_of_revisions_and_one_head() -> None:
    config = Config()
    config.set_main_option("script_location", str(schema.MIGRATIONS))
    script = ScriptDirectory.from_config(config)
    assert script.get_heads() == [schema.HEAD]
    line = [revision.revision for revision in script.walk_revisions()]
    assert line[::-1] == schema.revisions()


def test_c4_models_and_migrations_describe_the_same_tables(database: Database) -> None:
    with database.engine.connect() as connection:
        options = {"compare_type": True, "compare_server_default": True}
        context = MigrationContext.configure(connection, opts=options)
        assert compare_metadata(context, Base.metadata) == []


def test_c4_each_revision_goes_down_and_up_again_without_rows(url: str, tmp_path: Path) -> None:
    with closing(connect(tmp_path / "archive", url)) as database:
        steps = ["base", *schema.revisions()]
        with database.engine.begin() as connection:
            schema.upgrade(connection)
            tables = set(inspect(connection).get_table_names())
            for target in reversed(steps[:-1]):
                schema.downgrade(connection, target)
                assert schema.revision(connection) == (None if target == "base" else target)
        with database.engine.begin() as connection:
            assert inspect(connection).get_table_names() == ["alembic_version"]
            schema.upgrade(connection)
            assert set(inspect(connection).get_table_names()) == tables


def round_trip(database: Database, per_table: int) -> int:
    """Take filled tables down to each revision and up again; how many rows they hold."""
    with database.engine.begin() as connection:
        connection.execute(text("DELETE FROM meta"))
        made = fill(connection, per_table, OLDEST)
    before = held(database)
    assert sum(count for count, _ in before.values()) == made
    for revision in schema.revisions()[-2::-1]:
        down = downgrade_database(database.folder, database.url, revision)
        assert (down.before, down.after) == (schema.HEAD, revision)
        with database.snapshots.connect() as connection:
            assert schema.revision(connection) == revision
        up = upgrade_database(database.folder, database.url)
        assert (up.before, up.after) == (revision, schema.HEAD)
        assert (up.copy is not None) == database.is_sqlite
        # The archive's name is made where it is missing; these tables have none.
        with database.engine.begin() as connection:
            connection.execute(text("DELETE FROM meta WHERE name IN ('archive_id', 'created_at')"))
        assert held(database) == before
    return made


def test_c4_filled_tables_are_the_same_after_every_migration_back_and_forth(
    database: Database,
) -> None:
    assert round_trip(database, PER_TABLE) > 600


@pytest.mark.nightly
def test_c4_ten_thousand_rows_are_the_same_after_every_migration(database: Database) -> None:
    assert round_trip(database, 600) >= 10_000


def test_c4_a_downgrade_that_would_lose_data_is_refused(database: Database) -> None:
    with database.engine.begin() as connection:
        fill(connection, 4, {**OLDEST, "hosts": {"trips": 3}})
    before = held(database)
    with pytest.raises(Problem, match="lose what is known of 4 hosts"):
        downgrade_database(database.folder, database.url, "0001")
    with database.engine.begin() as connection:
        connection.execute(text("UPDATE hosts SET trips = 0"))
    with (
        pytest.raises(Problem, match="lose what is known of 4 rows of chain"),
        database.engine.begin() as connection,
    ):
        schema.downgrade(connection, "base")
    with database.engine.begin() as connection:
        connection.execute(text("UPDATE hosts SET trips = 3"))
    assert held(database) == before
    with database.snapshots.connect() as connection:
        assert schema.revision(connection) == schema.HEAD


def test_c4_text_that_an_older_index_cannot_hold_stops_a_downgrade(
    tmp_path: Path, postgresql_url: str
) -> None:
    with closing(open_database(tmp_path / "archive", postgresql_url)) as database:
        with database.engine.begin() as connection:
            fill(connection, 4, {name: OLDEST[name] for name in ("derivations", "corrections")})
        before = held(database)
        with pytest.raises(Problem, match="too long for the older index"):
            downgrade_database(database.folder, database.url, "0001")
        assert held(database) == before


def test_c4_a_downgrade_to_nowhere_is_wrong_use(database: Database) -> None:
    for revision in ("base", "9999", "-1"):
        with pytest.raises(Problem, match="There is no revision") as raised:
            downgrade_database(database.folder, database.url, revision)
        assert raised.value.exit_code == 2
