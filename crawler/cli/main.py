"""The entry of `gongwen`: imports nothing at first, so that it starts and stops at once."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from crawler.cli.interrupts import STOPPED_EARLY, quiet_interrupts

if TYPE_CHECKING:
    from archive.problems import Problem


def main() -> None:
    """Run the command line; a Problem becomes three lines and its exit code."""
    try:
        with quiet_interrupts():
            from crawler.cli.commands import app
        app()
    except KeyboardInterrupt:
        sys.exit(STOPPED_EARLY)
    except Exception as error:
        problem = problem_of(error)
        if problem is None:
            raise
        from crawler.cli.output import print_problem

        print_problem(problem)
        sys.exit(problem.exit_code)


def problem_of(error: Exception) -> Problem | None:
    """What an error means to a person; None for a mistake of ours, which keeps its traceback."""
    from archive.problems import Problem

    if isinstance(error, Problem):
        return error
    if isinstance(error, OSError):
        from archive.space import disk_problem, is_full

        return disk_problem(error) if is_full(error) else None
    # Only a command that loaded the database can have had trouble with it.
    if "sqlalchemy.exc" not in sys.modules:
        return None
    from sqlalchemy.exc import DBAPIError

    from archive.connecting import explain
    from archive.garbled import garbled

    return (explain(error) if isinstance(error, DBAPIError) else None) or garbled(error)
