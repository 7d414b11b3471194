"""The one error type a user sees: what happened, why, and the next command."""

from __future__ import annotations

DAMAGED = "The archive's database is damaged"
"""What is told of a stored value that nobody can have written."""


class Problem(Exception):
    """A failure to be told to a person. ``exit_code`` follows the CLI's table (1, 2, 3 or 11)."""

    def __init__(self, what: str, why: str, next_step: str, *, exit_code: int = 1) -> None:
        super().__init__(f"{what}: {why}. {next_step}")
        self.what = what
        self.why = why
        self.next_step = next_step
        self.exit_code = exit_code
