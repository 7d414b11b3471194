"""How one thing that the doctor looked at is."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any


class State(StrEnum):
    """How one thing is."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True, slots=True)
class Sign:
    """One thing looked at; ``next_step`` says what to do when it is not ok."""

    name: str
    state: State
    detail: str
    next_step: str | None = None

    def as_row(self) -> dict[str, Any]:
        """The sign as a row."""
        return asdict(self)
