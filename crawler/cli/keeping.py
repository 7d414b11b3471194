"""Keeping an archive: verify, head, doctor, db upgrade and downgrade."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from crawler.cli.output import JsonOption, console, print_json, print_record, print_rows

if TYPE_CHECKING:
    from archive.database import Database
    from archive.migrating import Migrated

_FINDING_COLUMNS = ("kind", "subject", "detail", "version", "fields", "url")
_SIGN_COLUMNS = ("name", "state", "detail", "next_step")


def verify(as_json: JsonOption = False) -> None:
    """Check every stored byte and row; exit 1 when anything is wrong."""
    from archive.verify import verify as check

    with _archive() as database:
        report = check(database)
    rows = [finding.as_row() for finding in report.findings]
    if as_json:
        summary = {"checked": dict(report.checked), "notes": list(report.notes)}
        print_json({"clean": report.is_clean, **summary, "findings": rows})
    else:
        if rows:
            print_rows(rows, _FINDING_COLUMNS, as_json=False)
        for note in report.notes:
            console.print(f"Note: {note}", markup=False, soft_wrap=True)
        counts = ", ".join(f"{count} {name}" for name, count in report.checked.items())
        found = f"{len(rows)} finding{'s' if len(rows) > 1 else ''}"
        outcome = found if rows else "everything is as it was written"
        console.print(f"{counts}: {outcome}", markup=False, soft_wrap=True)
    if rows:
        raise typer.Exit(1)


def head(as_json: JsonOption = False) -> None:
    """Print the head of the hash chain, to be kept elsewhere."""
    from archive.chain import GENESIS, current
    from archive.clock import show

    with _archive() as database, database.read() as session:
        found = current(session)
    row = {
        "number": found.number if found else 0,
        "hash": found.hash if found else GENESIS,
        "at": show(found.at) if found else None,
    }
    print_record(row, as_json=as_json)


def doctor(as_json: JsonOption = False) -> None:
    """Look for what could go wrong with this machine and archive; exit 1 when something does."""
    from archive.doctor import State, examine
    from crawler.cli.signs import settings_signs
    from crawler.environment import Environment

    environment = Environment()
    place = (environment.data, environment.database_url)
    signs = examine(*place, min_free=environment.min_free) + settings_signs(environment)
    print_rows([sign.as_row() for sign in signs], _SIGN_COLUMNS, as_json=as_json)
    if any(sign.state is State.FAIL for sign in signs):
        raise typer.Exit(1)


def db_upgrade(as_json: JsonOption = False) -> None:
    """Bring the database's tables up to this program; an SQLite database is copied first."""
    from archive.migrating import upgrade_database
    from crawler.environment import Environment

    environment = Environment()
    done = upgrade_database(environment.data, environment.database_url)
    _print_migrated(done, as_json=as_json)


def db_downgrade(
    revision: Annotated[str, typer.Argument(help="The revision an older gongwen asks for.")],
    as_json: JsonOption = False,
) -> None:
    """Take the database's tables back for an older gongwen; refused where that would lose data."""
    from archive.migrating import downgrade_database
    from crawler.environment import Environment

    environment = Environment()
    done = downgrade_database(environment.data, environment.database_url, revision)
    _print_migrated(done, as_json=as_json)


def _print_migrated(done: Migrated, *, as_json: bool) -> None:
    row = {
        "from": done.before,
        "to": done.after,
        "backup": str(done.copy) if done.copy else None,
    }
    print_record(row, as_json=as_json)


@contextmanager
def _archive() -> Iterator[Database]:
    """The archive that exists; a check of nothing must not make an empty one."""
    from crawler.environment import Environment

    database = Environment().open_existing()
    try:
        yield database
    finally:
        database.close()
