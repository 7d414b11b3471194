"""All checks over one snapshot of an archive."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from archive import chain
from archive.database import Database
from archive.models import Capture, Version, WarcFile
from archive.verify.findings import Finding, Report
from archive.verify.links import check_chain, check_head, check_numbers
from archive.verify.warcs import check_files, look, notes


def verify(database: Database) -> Report:
    """Check a whole archive, which may be in use meanwhile.

    The files are looked at first and the snapshot taken then, so that whatever a writer has
    finished in between is known to the snapshot.
    """
    seen = look(database.folder)
    heads = chain.kept_heads(database.folder)
    with database.read() as session:
        findings = [
            *_check_database(session, database),
            *check_files(session, database.folder, seen),
            *check_chain(session),
            *check_numbers(session),
            *check_head(session, heads),
        ]
        checked = {
            name: session.scalar(select(func.count()).select_from(model)) or 0
            for name, model in (("files", WarcFile), ("captures", Capture), ("versions", Version))
        }
        return Report(checked, tuple(findings), tuple(notes(session, database.folder)))


def _check_database(session: Session, database: Database) -> Iterator[Finding]:
    """What SQLite says of itself; a server database looks after itself."""
    if not database.is_sqlite:
        return
    for (message,) in session.execute(text("PRAGMA integrity_check")):
        if message != "ok":
            yield Finding("database_damaged", "database", str(message))
    for table, row, parent, _ in session.execute(text("PRAGMA foreign_key_check")):
        detail = f"row {row} of {table} refers to a row of {parent} that is not there"
        yield Finding("reference_broken", str(table), detail)
