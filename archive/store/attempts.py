"""One commit as far as it came, and whether it is durable although its answer was lost.

When the line to a server breaks, the server may have committed all the same. A batch with records
moved the end of a WARC file; any other is known by the number of its transaction.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field

from sqlalchemy import func, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from archive.connecting import explain
from archive.database import LOCK_PATIENCE, Database
from archive.problems import Problem
from archive.records import Verdict

POLL = 0.05


@dataclass(slots=True)
class Attempt:
    """What a transaction was to bring; ``number`` is how a server knows it."""

    number: int | None = None
    verdicts: list[Verdict] = field(default_factory=list)


def number_of(session: Session) -> int | None:
    """The number of the transaction under way; None on SQLite, whose commits always answer."""
    if session.get_bind().dialect.name == "sqlite":
        return None
    return session.scalar(select(func.txid_current()))


def was_committed(database: Database, number: int) -> bool:
    """Whether a server committed a transaction; waits while it is still at work on it."""
    deadline = time.monotonic() + LOCK_PATIENCE
    while time.monotonic() < deadline:
        with database.read() as session:
            status = session.scalar(select(func.txid_status(number)))
        if status != "in progress":
            return bool(status == "committed")
        time.sleep(POLL)
    raise Problem(
        "The database server does not come to an end",
        f"it has been at work on one commit for {LOCK_PATIENCE:.0f} s",
        "Look at the server, then run the same command again",
    )


def not_durable(what: str, error: BaseException) -> Problem:
    """Nobody knows what of a file is on the disk."""
    return Problem(
        f"{what} could not be made durable",
        str(error),
        "Check the disk, then: gongwen verify",
    )


def not_undone(error: BaseException) -> Problem:
    """After a failure nobody can tell, or change, what of a commit is left."""
    if isinstance(error, Problem):
        return error
    if isinstance(error, DBAPIError):
        return explain(error) or not_durable("The database", error.orig or error)
    return not_durable("A WARC file", error)
