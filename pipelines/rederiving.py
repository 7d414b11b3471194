"""Reading archived pages again by the present rules, offline: derivations are added, nothing else.

A page is read as its crawl read it: the bytes, status and headers of its capture, what the list
said of it then, and what is known of its site.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session

from archive import clock
from archive.database import Database
from archive.models import Assertion, Attachment, Derivation
from archive.problems import Problem
from archive.queries.rules import derivation_of
from archive.records import (
    AttachmentState,
    Content,
    Extraction,
    ListItem,
    PageKind,
    Source,
)
from archive.space import MIN_FREE
from archive.store.concluding import extraction_failed, is_shorter_part
from archive.store.rederiving import Chosen, Stale, add_derivations, stale_versions
from archive.versioning.deciding import changed_fields
from archive.warc.reading import read_record_in
from pipelines.reading import Job, Reading
from pipelines.workers import Workers

CHUNK = 32
"""Pages that are read, and committed, together; a run that is stopped loses no more."""

_SPENT = ("content-encoding", "content-length", "transfer-encoding")


@dataclass(frozen=True, slots=True)
class Again:
    """One version read again: what differs from the reading before, which ``before`` rules made.

    ``reason`` says why there is no new reading; the one before then stays in use.
    """

    version: str
    url: str
    before: str
    fields: tuple[str, ...] = ()
    reason: str | None = None


@dataclass
class Report:
    """What came of reading again. ``fields`` counts how often each differs."""

    read: int = 0
    changed: int = 0
    failed: int = 0
    stored: int = 0
    before: Counter[str] = field(default_factory=Counter)
    fields: Counter[str] = field(default_factory=Counter)
    stopped: bool = False

    def count(self, again: Again) -> None:
        """Add one version."""
        self.before[again.before] += 1
        self.failed += again.reason is not None
        self.read += again.reason is None
        self.changed += bool(again.fields)
        self.fields.update(again.fields)


@dataclass(frozen=True, slots=True)
class _Page:
    """A version to read again, its reading before, and the job or why there is none."""

    stale: Stale
    before: Content
    rules: str
    job: Job | None
    reason: str | None


def rederive(
    database: Database,
    workers: Workers,
    chosen: Chosen | None = None,
    *,
    families: Mapping[str, str | None] | None = None,
    dry_run: bool = False,
    min_free: int = MIN_FREE,
    stopping: Callable[[], bool] = lambda: False,
    told: Callable[[Again], None] = lambda _: None,
) -> Report:
    """Read every version that the present rules have not read, and keep what they make of it.

    Pages go by in chunks, each stored in one transaction, so that the same call goes on where one
    was stopped. ``families`` names those that seeds lay down, by seed id; ``told`` is given every
    version. A dry run stores nothing.
    """
    report, after = Report(), 0
    while not report.stopped:
        with database.read() as session:
            stale = stale_versions(session, chosen, after=after, limit=CHUNK)
            pages = [_page(session, database, one, families or {}) for one in stale]
        if not pages:
            break
        after = stale[-1].capture.key
        made = _read(pages, workers)
        report.stopped = stopping()
        if report.stopped:
            # A signal reaches the workers as well: what they failed to read is due again.
            made = [(page, extraction, why) for page, extraction, why in made if extraction]
        new = [(page.stale.capture.key, one) for page, one, _ in made if one is not None]
        if new and not dry_run:
            report.stored += add_derivations(database, new, clock.now(), min_free=min_free)
        for again in (_compared(*each) for each in made):
            report.count(again)
            told(again)
    return report


Made = tuple[_Page, Extraction | None, str | None]


def _read(pages: Sequence[_Page], workers: Workers) -> list[Made]:
    asked: list[tuple[_Page, Future[Reading] | None]] = [
        (page, workers.submit(page.job) if page.job else None) for page in pages
    ]
    return [
        (page, *(_usable(answer.result(), page.before.text) if answer else (None, page.reason)))
        for page, answer in asked
    ]


def _usable(reading: Reading, before: str) -> tuple[Extraction | None, str | None]:
    """A reading that can stand for the version, or why it cannot.

    It is judged as a crawl judges one: nothing came out, or in part only and less than ``before``.
    """
    extraction = reading.extraction
    if extraction is None or reading.kind is not PageKind.DOCUMENT:
        return None, reading.reason or f"the present rules take it for {reading.kind}"
    if extraction_failed(extraction):
        return None, extraction.reason or f"extraction {extraction.outcome}"
    if is_shorter_part(extraction, before):
        return None, f"{extraction.reason or 'read in part'}; less text came out than before"
    return extraction, None


def _compared(page: _Page, extraction: Extraction | None, reason: str | None) -> Again:
    version, url = page.stale.version.public_id, page.stale.url
    if extraction is None:
        return Again(version, url, page.rules, reason=reason)
    links = tuple(AttachmentState(each.name, each.url) for each in extraction.attachments)
    after = Content(extraction.text, extraction.fields, links)
    return Again(version, url, page.rules, changed_fields(page.before, after))


def _page(
    session: Session, database: Database, stale: Stale, families: Mapping[str, str | None]
) -> _Page:
    derivation = derivation_of(session, stale.version)
    before = Content(derivation.text, derivation.fields, _links(session, stale, derivation))
    try:
        record = read_record_in(session, database.folder, stale.capture)
        body = record.body()
    except Problem as problem:
        return _Page(stale, before, derivation.rule_version, None, problem.why)
    headers = tuple(pair for pair in record.headers if pair[0].lower() not in _SPENT)
    job = Job(
        url=stale.capture.url,
        body=body,
        status=stale.capture.status,
        headers=headers,
        family=families.get(stale.seed),
        day_first=stale.day_first,
        list_item=_listed(session, stale),
    )
    return _Page(stale, before, derivation.rule_version, job, None)


def _links(session: Session, stale: Stale, derivation: Derivation) -> tuple[AttachmentState, ...]:
    """The files that the reading before found; older ones stand in their versions only."""
    if derivation.attachments is not None:
        return tuple(AttachmentState(one["name"], one["url"]) for one in derivation.attachments)
    rows = session.execute(
        select(Attachment.name, Attachment.url)
        .where(Attachment.version_key == stale.version.key)
        .order_by(Attachment.position)
    )
    return tuple(AttachmentState(name, url) for name, url in rows)


def _listed(session: Session, stale: Stale) -> ListItem | None:
    """What the list said of the page when it was read, from the evidence kept with its version."""
    rows = session.execute(
        select(Assertion.field, Assertion.raw)
        .where(
            Assertion.derivation_key == stale.version.derivation_key,
            Assertion.source == Source.LIST,
        )
        .order_by(Assertion.position)
    )
    said: dict[str, str] = {}
    for name, raw in rows:
        said.setdefault(name, raw)
    if not said:
        return None
    title, date = said.pop("title", None), said.pop("date_published", None)
    return ListItem(stale.url, title, date, said)
