"""What travels through the item pipelines: a fetched resource, read, then stored."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from archive.records import (
    Check,
    Due,
    Exchange,
    FileText,
    Observation,
    PageKind,
    ResourceKind,
    Verdict,
)
from pipelines.extraction.files import recognise
from pipelines.reading import Job, Reading

GONE = frozenset({404, 410})
MARKUP_FILES = frozenset(
    {"html", "htm", "shtml", "xhtml", "jsp", "jspx", "aspx", "php", "xml"}
    | {"doc", "xls", "wps", "et"}
)
_PAGES = ("html", "xml")


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
    is_article = fetched.due.kind is ResourceKind.ARTICLE
    return Check(
        url=fetched.due.url,
        kind=fetched.due.kind,
        seed=seed,
        run=run,
        checked_at=fetched.checked_at,
        exchanges=fetched.exchanges,
        observation=observation,
        reason=reason,
        extraction=reading.extraction if reading and is_article else None,
        listing=reading.listing if reading else None,
        file=file_of(fetched, reading),
        refetch=refetch,
    )


def conclude(fetched: Fetched, reading: Reading | None) -> tuple[Observation | None, str | None]:
    """What fetch and reading decide without looking at history; None: the store decides.

    The store itself judges status, extraction and listing; here stands only what it cannot see.
    """
    if fetched.observation is not None:
        return fetched.observation, fetched.reason
    if reading is None:
        return None, fetched.reason
    if reading.kind is PageKind.CHALLENGE:
        return Observation.BLOCKED, reading.reason or "challenge page"
    if reading.kind is PageKind.SOFT_404:
        return Observation.SOFT_404, reading.reason or "error page with status 200"
    file = file_of(fetched, reading)
    if file is not None and file.format in _PAGES and not may_be_markup(fetched.due.url):
        return Observation.ERROR, "a web page came instead of the file"
    return None, reading.reason


def file_of(fetched: Fetched, reading: Reading | None) -> FileText | None:
    """What was read of an attached file; one that failed its worker keeps the reason.

    Its bytes are there all the same: they are captured and bound whatever became of their text.
    """
    if fetched.due.kind is not ResourceKind.ATTACHMENT or reading is None:
        return None
    failed = reading.extraction
    if reading.file is not None or failed is None or fetched.job is None:
        return reading.file
    found = recognise(fetched.job.body, fetched.due.url)
    return FileText(found.name, found.evidence, failed.outcome, reason=failed.reason)


def may_be_markup(url: str) -> bool:
    """Whether a file of this name may be HTML: a page, no extension, or Word's own kind of it."""
    name = urlsplit(url).path.rpartition("/")[2].lower()
    return name.rpartition(".")[2] in MARKUP_FILES or "." not in name
