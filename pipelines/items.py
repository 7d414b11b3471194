"""What travels through the item pipelines: a fetched resource, read, then stored."""

from __future__ import annotations

from dataclasses import dataclass

from archive.records import Check, Due, Exchange, Observation, PageKind, Verdict
from pipelines.reading import Job, Reading

GONE = frozenset({404, 410})


@dataclass(frozen=True, slots=True)
class Fetched:
    """One resource asked for once. ``job`` is None when nothing is to be read.

    ``observation`` and ``reason`` are set where the fetch alone decides.
    """

    due: Due
    checked_at: int
    exchanges: tuple[Exchange, ...] = ()
    job: Job | None = None
    observation: Observation | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Read:
    """A fetched resource with what the worker made of it, None when it was not read."""

    fetched: Fetched
    reading: Reading | None


@dataclass(frozen=True, slots=True)
class Stored:
    """A check and the verdict the store gave once it was durable."""

    due: Due
    check: Check
    verdict: Verdict


def to_check(read: Read, *, seed: str, run: int, refetch: bool) -> Check:
    """Join fetch and reading into the one record the store takes in."""
    fetched, reading = read.fetched, read.reading
    observation, reason = conclude(fetched, reading)
    return Check(
        url=fetched.due.url,
        kind=fetched.due.kind,
        seed=seed,
        run=run,
        checked_at=fetched.checked_at,
        exchanges=fetched.exchanges,
        observation=observation,
        reason=reason,
        extraction=reading.extraction if reading else None,
        listing=reading.listing if reading else None,
        refetch=refetch,
    )


def conclude(fetched: Fetched, reading: Reading | None) -> tuple[Observation | None, str | None]:
    """The observation a fetch and its reading already decide, and why; None: the store decides."""
    if fetched.observation is not None:
        return fetched.observation, fetched.reason
    if reading is None:
        return None, fetched.reason
    if reading.kind is PageKind.CHALLENGE:
        return Observation.BLOCKED, reading.reason or "challenge page"
    status = fetched.exchanges[-1].status if fetched.exchanges else 200
    if status >= 400:
        return Observation.ERROR, f"HTTP {status}"
    if reading.kind is PageKind.SOFT_404:
        return Observation.SOFT_404, reading.reason or "error page with status 200"
    return _judge_content(fetched, reading)


def _judge_content(fetched: Fetched, reading: Reading) -> tuple[Observation | None, str | None]:
    """A page that could not be read, or holds no document, never becomes a version."""
    job = fetched.job
    if job is not None and job.kind == "list":
        if reading.listing is None:
            return Observation.ERROR, reading.reason or "not a list page"
        return None, reading.reason
    if job is not None and job.kind == "attachment":
        return None, reading.reason
    if reading.extraction is None or reading.extraction.outcome in ("timeout", "oom", "error"):
        return Observation.ERROR, reading.reason or "no document on the page"
    if reading.kind is PageKind.OTHER:
        return Observation.ERROR, reading.reason or "no document on the page"
    return None, reading.reason
