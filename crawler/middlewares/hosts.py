"""How the hosts of one run are treated: pauses they asked for, and rest for the whole run."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

LONGEST_PAUSE = 120.0
"""Seconds a run waits for a host; a longer Retry-After ends the host for this run."""

FAILURES = 5
"""Pages that may fail in a row before the host is left alone for this run."""


@dataclass(frozen=True, slots=True)
class Rest:
    """Why a host is left alone. ``seconds`` is how long it asked for, beyond this run.

    ``blocked`` marks a host that sent a challenge: the more often, the longer it is left alone.
    """

    reason: str
    blocked: bool = False
    seconds: float = 0.0


class Hosts:
    """State per host name, whatever scheme and port. ``clock`` counts seconds, monotonically."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._until: dict[str, float] = {}
        self._rests: dict[str, Rest] = {}
        self._failures: defaultdict[str, int] = defaultdict(int)
        self.fine: set[str] = set()

    def pause(self, host: str, seconds: float) -> None:
        """Send nothing to a host for a while; the later of two pauses holds."""
        until = self._clock() + seconds
        self._until[host] = max(until, self._until.get(host, 0.0))

    def wait(self, host: str) -> float:
        """Seconds until the host may be asked again."""
        return max(0.0, self._until.get(host, 0.0) - self._clock())

    def back_off(
        self, host: str, reason: str, *, blocked: bool = False, seconds: float = 0.0
    ) -> None:
        """Leave a host alone for the rest of the run; the first reason is kept."""
        self._rests.setdefault(host, Rest(reason, blocked, seconds))

    def rest_reason(self, host: str) -> str | None:
        """Why a host is left alone, None when it is not."""
        rest = self._rests.get(host)
        return rest.reason if rest else None

    def failed(self, host: str, reason: str) -> None:
        """Count a page that failed; a row of them means that the host is in trouble."""
        self._failures[host] += 1
        if self._failures[host] >= FAILURES:
            self.back_off(host, f"{FAILURES} pages in a row failed, the last with: {reason}")

    def succeeded(self, host: str) -> None:
        """A page came through: the row of failures ends."""
        self._failures.pop(host, None)
        self.fine.add(host)

    @property
    def rests(self) -> dict[str, Rest]:
        """Every host left alone in this run."""
        return dict(self._rests)


def retry_after(value: str | None, at: datetime) -> float | None:
    """Seconds a Retry-After header asks for, at least 0; None when absent or unreadable."""
    if value is None:
        return None
    text = value.strip()
    if text.isascii() and text.isdigit():
        return float(text[:12])
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max(0.0, (moment - at).total_seconds())
