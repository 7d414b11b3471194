"""How the hosts of one run are treated: pauses they asked for, and rest for the whole run."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

LONGEST_PAUSE = 120.0
"""Seconds a run waits for a host unless its seed says otherwise (``crawl.patience``); a host that
asks for more is left alone for this run."""

FAILURES = 5
"""Pages that may fail in a row before the host's circuit opens: it is left alone for this run."""

RETRIES = 4
"""Requests repeated on one host between two pages that came through, whatever page they are for."""

MOST_IN_A_STORM = FAILURES + RETRIES
"""Requests for pages that a host gets in one run while it answers with nothing but failures."""

FIRST_PAUSE = 0.5
"""Seconds before the first repetition, at least; each further one doubles it."""


@dataclass(frozen=True, slots=True)
class Rest:
    """Why a host is left alone. ``seconds`` is how long it asked for, beyond this run.

    ``blocked`` marks a host that sent a challenge, ``tripped`` one whose circuit opened: the more
    often in a row, the longer it is left alone.
    """

    reason: str
    blocked: bool = False
    tripped: bool = False
    seconds: float = 0.0


class Hosts:
    """State per host name, whatever scheme and port. ``clock`` counts seconds, monotonically.

    The circuit of a host is closed at first, open after FAILURES pages in a row, and half-open in
    the run after one in which it opened: then the first failure opens it again.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._until: dict[str, float] = {}
        self._asked: dict[str, float] = {}
        self._rests: dict[str, Rest] = {}
        self._failures: defaultdict[str, int] = defaultdict(int)
        self._retries: defaultdict[str, int] = defaultdict(int)
        self._half_open: set[str] = set()
        self.fine: set[str] = set()

    def pause(self, host: str, seconds: float, *, asked: bool = False) -> None:
        """Send nothing to a host for a while; the later of two pauses holds.

        What the host itself ``asked`` for holds beyond this run.
        """
        until = self._clock() + seconds
        self._until[host] = max(until, self._until.get(host, 0.0))
        if asked:
            self._asked[host] = max(until, self._asked.get(host, 0.0))

    def wait(self, host: str) -> float:
        """Seconds until the host may be asked again."""
        return max(0.0, self._until.get(host, 0.0) - self._clock())

    def back_off(
        self,
        host: str,
        reason: str,
        *,
        blocked: bool = False,
        tripped: bool = False,
        seconds: float = 0.0,
    ) -> None:
        """Leave a host alone for the rest of the run; the first reason is kept."""
        self._rests.setdefault(host, Rest(reason, blocked, tripped, seconds))

    def rest_reason(self, host: str) -> str | None:
        """Why a host is left alone, None when it is not."""
        rest = self._rests.get(host)
        return rest.reason if rest else None

    def probe(self, host: str) -> None:
        """Begin with a half-open circuit: one page tells whether the host is back."""
        self._half_open.add(host)

    def failed(self, host: str, reason: str) -> None:
        """Count a page that failed; a row of them opens the host's circuit."""
        self._failures[host] += 1
        if host in self._half_open:
            self.back_off(host, f"it still fails: {reason}", tripped=True)
        elif self._failures[host] >= FAILURES:
            why = f"{FAILURES} pages in a row failed, the last with: {reason}"
            self.back_off(host, why, tripped=True)

    def succeeded(self, host: str) -> None:
        """A page came through: the row of failures ends and the circuit closes."""
        self._failures.pop(host, None)
        self._retries.pop(host, None)
        self._half_open.discard(host)
        self.fine.add(host)

    def may_retry(self, host: str) -> bool:
        """Take one of the repetitions that a host gets before its next page comes through."""
        if host in self._half_open or host in self._rests:
            return False
        self._retries[host] += 1
        return self._retries[host] <= RETRIES

    def answers(self, host: str) -> bool:
        """True once a page of the host came through, until one fails."""
        return host in self.fine and not self._failures.get(host)

    @property
    def pausing(self) -> dict[str, float]:
        """Seconds that are left of the pauses which hosts asked for."""
        left = {host: until - self._clock() for host, until in self._asked.items()}
        return {host: seconds for host, seconds in left.items() if seconds > 0}

    @property
    def rests(self) -> dict[str, Rest]:
        """Every host left alone in this run."""
        return dict(self._rests)


def growing_pause(repetition: int, delay: float, longest: float) -> float:
    """Seconds before a page is asked for again, ``repetition`` counting from 0.

    It starts at the pace of the host (``delay``), doubles, and beyond that never exceeds
    ``longest``: who has no patience for what a host asks is not impolite for it.
    """
    first = max(delay, FIRST_PAUSE)
    return float(min(first * 2 ** min(repetition, 16), max(longest, first)))


def retry_after(value: str | None, at: datetime) -> float | None:
    """Seconds a Retry-After header asks for, at least 0; None when absent or unreadable."""
    if value is None:
        return None
    text = value.strip()
    if text.isascii() and text.isdigit():
        return float(text[:12])
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max(0.0, (moment - at).total_seconds())
