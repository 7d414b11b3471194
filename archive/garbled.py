"""Rows that cannot be read as what they are: a damaged database told from a mistake of ours."""

from __future__ import annotations

import sqlite3
from types import TracebackType

from sqlalchemy.exc import DBAPIError

from archive.connecting import explain
from archive.problems import DAMAGED, Problem

_DECODERS = ("sqlalchemy", "archive.connecting")
"""Where values come out of the database: no call of ours can make their decoding fail."""


def unreadable(error: Exception) -> Problem | None:
    """What any error means that only damage to the database explains; None for any other."""
    if isinstance(error, Problem):
        return error if error.what == DAMAGED else None
    found = explain(error) if isinstance(error, DBAPIError) else None
    return found if found is not None and found.what == DAMAGED else garbled(error)


def garbled(error: Exception) -> Problem | None:
    """What an error in decoding stored values means to a person; None for any other error."""
    if isinstance(error, ValueError | sqlite3.Error) and _passed(error.__traceback__):
        return damaged(error)
    return None


def damaged(error: Exception) -> Problem:
    """The problem of an archive that holds what nobody wrote."""
    return Problem(
        DAMAGED,
        f"a stored value cannot be read ({type(error).__name__}: {str(error)[:200]})",
        "See what is damaged with: gongwen verify",
    )


def _passed(trace: TracebackType | None) -> bool:
    """Whether the innermost of our own calls was one into the database's layer."""
    last = ""
    while trace is not None:
        name = str(trace.tb_frame.f_globals.get("__name__"))
        if name.startswith(("archive", "crawler", "pipelines", "sqlalchemy")):
            last = name
        trace = trace.tb_next
    return last.startswith(_DECODERS)
