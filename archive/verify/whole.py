"""All checks over one snapshot of an archive."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from archive import chain
from archive.database import Database
from archive.garbled import unreadable
from archive.models import Capture, ChainEntry, Observation, Version, WarcFile
from archive.problems import Problem
from archive.verify.added import changed_file_texts
from archive.verify.files import Files, look
from archive.verify.findings import Finding, Report
from archive.verify.heads import check_heads
from archive.verify.links import check_chain
from archive.verify.payloads import check_payloads
from archive.verify.rows import check_rows

_COUNTED = (
    ("files", WarcFile),
    ("captures", Capture),
    ("versions", Version),
    ("observations", Observation),
    ("links", ChainEntry),
)


def verify(database: Database) -> Report:
    """Check a whole archive, which may be in use meanwhile.

    The files are looked at first and the snapshot taken then, so that whatever a writer has
    finished in between is known to the snapshot.
    """
    seen = look(database)
    heads = chain.kept_heads(database.folder)
    with database.read() as session:
        files = Files(session, database.folder, seen)
        findings = [
            *_told("database", _check_database(session, database)),
            *_told("files", files.check()),
            *_told("payloads", check_payloads(session, files.intact)),
            *_told("chain", check_chain(session)),
            *_told("texts", changed_file_texts(session)),
            *_told("rows", check_rows(session)),
            *_told("heads", check_heads(session, heads)),
        ]
        checked = {**_counts(session), "records": files.records}
        return Report(checked, tuple(findings), tuple(files.notes()))


def _told(check: str, findings: Iterable[Finding]) -> Iterator[Finding]:
    """What one check finds; a stored value that it cannot read is a finding, and ends it.

    What the machine does to a check (a lock, a full disk, a lost server) is no finding.
    """
    try:
        yield from findings
    except (DBAPIError, Problem) as error:
        problem = unreadable(error)
        if problem is None:
            raise
        yield Finding("database_damaged", check, problem.why)
    except (ValueError, TypeError, LookupError, OverflowError) as error:
        reason = f"a stored value cannot be read ({type(error).__name__}: {str(error)[:200]})"
        yield Finding("database_damaged", check, reason)


def _counts(session: Session) -> dict[str, int]:
    """How many rows there were to check."""
    return {
        name: session.scalar(select(func.count()).select_from(model)) or 0
        for name, model in _COUNTED
    }


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
