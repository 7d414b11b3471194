"""What a check of the archive can say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong: ``kind`` for programs, ``subject`` where, ``detail`` what.

    ``file`` and ``offset`` locate a WARC record, ``version`` and ``fields`` a changed version.
    """

    kind: str
    subject: str
    detail: str
    file: str | None = None
    offset: int | None = None
    record_id: str | None = None
    url: str | None = None
    version: str | None = None
    fields: tuple[str, ...] = ()

    def as_row(self) -> dict[str, Any]:
        """The finding without what does not apply."""
        row = {name: getattr(self, name) for name in self.__slots__}
        return {name: value for name, value in row.items() if value not in (None, ())}


@dataclass(frozen=True, slots=True)
class Report:
    """What was looked at, and what was found. ``notes`` are worth knowing, but not wrong."""

    checked: Mapping[str, int]
    findings: tuple[Finding, ...]
    notes: tuple[str, ...] = ()

    @property
    def is_clean(self) -> bool:
        """Whether nothing is wrong."""
        return not self.findings
