"""Rows against each other: numbers without gaps, times that fit, nothing left over.

The chain vouches for versions and attachments only. An observation or a lifecycle is not chained:
what is checked here is that it fits the capture, the run and the version beside it.
"""

from __future__ import annotations

from collections.abc import Iterator
from operator import itemgetter
from typing import Any

from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.orm import Session, aliased

from archive.clock import SECOND
from archive.models import Capture, Derivation, Document, Observation, Resource, Run, Version
from archive.records import Observation as Outcome
from archive.verify.findings import Finding

BEFORE = 60 * SECOND
"""How much a clock may be set back between a fetch and what was made of it."""

AFTER = 86_400 * SECOND
"""How long a fetched page may wait for what is made of it."""

NOT_MODIFIED = 304

Rule = Select[*tuple[Any, ...]]
"""Selects what breaks a rule: its name, and its URL if it has one."""


def check_rows(session: Session) -> Iterator[Finding]:
    """Everything about rows that no single row can say."""
    yield from _numbers(session)
    for kind, detail, query in _RULES:
        # In an order of our own: a server has none, and sorts text as its locale says.
        for subject, url in sorted(session.execute(query), key=itemgetter(0)):
            version = subject if kind.startswith("version_") else None
            yield Finding(kind, subject, detail, url=url, version=version)


def _numbers(session: Session) -> Iterator[Finding]:
    """Versions are numbered from 1 without gaps, as many as their resource says."""
    count = func.count(Version.key)
    first, last = func.min(Version.number), func.max(Version.number)
    made = Resource.version_count
    counted = (
        select(Resource.url, made, count.label("held"), first.label("first"), last.label("last"))
        .outerjoin(Version, Version.resource_key == Resource.key)
        .group_by(Resource.key)
        .order_by(Resource.key)
        .having(or_(count != made, and_(count > 0, or_(first != 1, last != made))))
    )
    for row in session.execute(counted):
        numbered = f" numbered {row.first} to {row.last}" if row.held else ""
        detail = f"{row.held} versions{numbered}, but {row.version_count} were made"
        yield Finding("versions_missing", row.url, detail, url=row.url)


def _misdated() -> Rule:
    """Observations that do not fit the capture they rest on."""
    return (
        select(Capture.public_id, Capture.url)
        .join(Observation, Observation.capture_key == Capture.key)
        .where(
            or_(
                Observation.observed_at < Capture.fetched_at - BEFORE,
                Observation.observed_at > Capture.fetched_at + AFTER,
                # Where the last answer was a 304, the capture is of the hop before it.
                and_(
                    Observation.status != NOT_MODIFIED,
                    Observation.status != Capture.status,
                ),
            )
        )
    )


def _too_early() -> Rule:
    """Observations from before the run that made them."""
    return (
        select(Resource.url, Resource.url)
        .select_from(Observation)
        .join(Run, Run.id == Observation.run_id)
        .join(Resource, Resource.key == Observation.resource_key)
        .where(Observation.observed_at < Run.started_at - BEFORE)
    )


def _strange_version() -> Rule:
    """Observations that confirm a version of another page."""
    return (
        select(Resource.url, Resource.url)
        .select_from(Observation)
        .join(Version, Version.key == Observation.version_key)
        .join(Resource, Resource.key == Observation.resource_key)
        .where(Version.resource_key != Observation.resource_key)
    )


def _strange_derivation() -> Rule:
    """Versions whose text was read from another capture than theirs."""
    return (
        select(Version.public_id, Resource.url)
        .join(Derivation, Derivation.key == Version.derivation_key)
        .join(Resource, Resource.key == Version.resource_key)
        .where(Derivation.capture_key != Version.capture_key)
    )


def _unobserved() -> Rule:
    """Versions that no check ever concluded."""
    made = select(Observation.version_key).where(
        Observation.observation.in_((Outcome.NEW, Outcome.CHANGED)),
        Observation.version_key.is_not(None),
    )
    return (
        select(Version.public_id, Resource.url)
        .join(Resource, Resource.key == Version.resource_key)
        .where(Version.key.not_in(made))
    )


def _idle_captures() -> Rule:
    """Captures of pages that the run concluded nothing about; a failed attempt may have a next."""
    used = select(Observation.capture_key).where(Observation.capture_key.is_not(None))
    concluded = select(Observation.key).where(
        Observation.resource_key == Capture.resource_key,
        Observation.run_id.is_not_distinct_from(Capture.run_id),
    )
    return select(Capture.public_id, Capture.url).where(
        Capture.led_to.is_(None), Capture.key.not_in(used), ~concluded.exists()
    )


def _doubled_captures() -> Rule:
    """Captures that say they lie where another one lies."""
    place = (Capture.warc_file_key, Capture.warc_offset)
    last = select(func.max(Capture.key)).group_by(*place)
    return select(Capture.public_id, Capture.url).where(Capture.key.not_in(last))


def _false_revisits() -> Rule:
    """Revisits of a record that does not hold their bytes."""
    original = aliased(Capture)
    return (
        select(Capture.public_id, Capture.url)
        .outerjoin(original, original.key == Capture.refers_to)
        .where(
            Capture.record_type == "revisit",
            or_(
                original.key.is_(None),
                original.record_type != "response",
                original.payload_digest != Capture.payload_digest,
            ),
        )
    )


def _ungrouped() -> Rule:
    """Pages with versions that belong to no document."""
    return select(Resource.url, Resource.url).where(
        Resource.version_count > 0, Resource.document_key.is_(None)
    )


def _empty_documents() -> Rule:
    """Documents that no page carries, and that were not merged into another."""
    carried = select(Resource.document_key).where(Resource.document_key.is_not(None))
    return select(Document.public_id, Document.merged_into).where(
        Document.merged_into.is_(None), Document.key.not_in(carried)
    )


_RULES: tuple[tuple[str, str, Rule], ...] = (
    (
        "observation_changed",
        "an observation does not fit this capture's time or status",
        _misdated(),
    ),
    ("observation_changed", "it is older than the run that made it", _too_early()),
    ("observation_changed", "it confirms a version of another page", _strange_version()),
    ("version_changed", "its text comes from another capture than its own", _strange_derivation()),
    ("version_unobserved", "no observation tells of this version", _unobserved()),
    ("capture_unobserved", "no observation tells of this capture", _idle_captures()),
    ("capture_changed", "it lies where another capture lies", _doubled_captures()),
    ("capture_changed", "the record it refers to does not hold its bytes", _false_revisits()),
    ("document_missing", "the page has versions but no document", _ungrouped()),
    ("document_empty", "no page carries this document", _empty_documents()),
)
