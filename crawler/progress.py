"""What a run has done so far: counts, and the JSON lines its parent reads."""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TextIO

from archive.records import Check, Observation, ResourceKind, Verdict

INTERVAL = 0.25
"""Seconds between two progress lines, at least."""

FAILED = frozenset({Observation.ERROR, Observation.BLOCKED, Observation.GONE, Observation.SOFT_404})


@dataclass
class Tally:
    """The figures of one run. ``put_back`` pages were not asked; ``trouble`` says why the first.

    Of pages and files, ``failed`` could not be had or were blocked (``failure`` is the first of
    them), ``answered`` are all others; lists count apart.
    """

    observations: Counter[str] = field(default_factory=Counter)
    pages: int = 0
    requests: int = 0
    items: int = 0
    versions: int = 0
    put_back: int = 0
    trouble: str | None = None
    answered: int = 0
    failed: int = 0
    failure: str | None = None

    def add(self, check: Check, verdict: Verdict) -> None:
        """Count one stored check. robots.txt is no page; ``pages`` are those that were fetched."""
        self.requests += len(check.exchanges)
        if check.kind is ResourceKind.ROBOTS:
            return
        self.pages += bool(check.exchanges)
        self.observations[str(verdict.observation)] += 1
        self.versions += verdict.version is not None and verdict.observation in ("new", "changed")
        if check.kind is not ResourceKind.LIST:
            self._judge(verdict)
        if check.listing is not None and verdict.observation not in FAILED:
            self.items += len(check.listing.items)

    def _judge(self, verdict: Verdict) -> None:
        if verdict.observation not in (Observation.ERROR, Observation.BLOCKED):
            self.answered += 1
            return
        self.failed += 1
        self.failure = self.failure or f"{verdict.url}: {verdict.reason or verdict.observation}"

    def set_aside(self, url: str, reason: str, pages: int = 1) -> None:
        """Pages were not asked and stay due, ``url`` among them; the first reason is told."""
        self.put_back += pages
        self.trouble = self.trouble or f"{url}: {reason}"

    def counts(self) -> dict[str, int]:
        """One flat record: every observation, then pages, requests, items and versions."""
        seen = {str(name): self.observations[str(name)] for name in Observation}
        return seen | {
            "pages": self.pages,
            "requests": self.requests,
            "items": self.items,
            "versions": self.versions,
        }


class Progress:
    """Writes JSON lines, progress at most four times a second."""

    def __init__(self, stream: TextIO, clock: Callable[[], float] = time.monotonic) -> None:
        self._stream = stream
        self._clock = clock
        self._last = float("-inf")

    def page(self, tally: Tally, url: str) -> None:
        """Tell how far the run is, unless that was told just now."""
        moment = self._clock()
        if moment - self._last >= INTERVAL:
            self._last = moment
            self.emit("progress", counts=tally.counts(), pages=tally.pages, url=url)

    def emit(self, event: str, **values: Any) -> None:
        """Write one event. A parent that went away does not end the run here."""
        try:
            self._stream.write(json.dumps({"event": event, **values}, ensure_ascii=False) + "\n")
            self._stream.flush()
        except (BrokenPipeError, ValueError):
            return
