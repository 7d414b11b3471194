"""The database schema's version: reading it, creating it, bringing it up to date."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from sqlalchemy import Connection, inspect, text

from archive import clock
from archive.models.base import public_id
from archive.problems import Problem

HEAD = "0003"
"""The newest revision in ``archive/migrations/versions``."""

MIGRATIONS = Path(__file__).parent / "migrations"
# Any number will do, as long as every program takes the same.
_MIGRATION_LOCK = 0x676F6D69


def revision(connection: Connection) -> str | None:
    """The schema's revision, or None for a database without our tables."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    found = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    return None if found is None else str(found)


def is_known(found: str) -> bool:
    """Whether a revision is one of ours, hence not newer than this program."""
    return found in revisions()


def revisions() -> list[str]:
    """All revisions, the oldest first."""
    files = (MIGRATIONS / "versions").glob("[0-9]*_*.py")
    return sorted(path.name.partition("_")[0] for path in files)


def upgrade(connection: Connection, step: Callable[[str], None] = lambda _: None) -> None:
    """Run all missing migrations inside the caller's transaction; names a new archive.

    ``step`` is told ``migration_step`` after each of them.
    """
    _run("upgrade", connection, "head", step)
    _name(connection)


def downgrade(
    connection: Connection, target: str, step: Callable[[str], None] = lambda _: None
) -> None:
    """Undo migrations down to a revision (or ``base``) inside the caller's transaction.

    Raises Problem instead of losing data.
    """
    _run("downgrade", connection, target, step)


def _run(
    command_name: str, connection: Connection, target: str, step: Callable[[str], None]
) -> None:
    # Alembic takes long to import, and almost every start needs no migration.
    from alembic import command
    from alembic.config import Config

    if connection.dialect.name == "postgresql":
        # Who comes second finds the work done; SQLite's writers wait for the archive's lock.
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _MIGRATION_LOCK})
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    config.attributes["step"] = step
    getattr(command, command_name)(config, target)


def mismatch(found: str) -> Problem:
    """The error for a schema that is not this program's."""
    if is_known(found):
        return Problem(
            "The archive has an older format",
            f"its tables are at revision {found}, this program needs {HEAD}",
            "Upgrade it with: gongwen db upgrade",
        )
    return Problem(
        "The archive has a newer format",
        f"its tables are at revision {found}, this program knows {HEAD}",
        "Install a newer gongwen",
    )


def _name(connection: Connection) -> None:
    known = connection.execute(text("SELECT count(*) FROM meta WHERE name = 'archive_id'"))
    if not known.scalar():
        facts = [
            {"name": "archive_id", "value": public_id("a")},
            {"name": "created_at", "value": str(clock.now())},
        ]
        connection.execute(text("INSERT INTO meta (name, value) VALUES (:name, :value)"), facts)
