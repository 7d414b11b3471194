"""Derivations by the present rules for versions that older ones read: added, nothing else."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session, aliased

from archive.chain import DERIVATION, Link
from archive.database import Database
from archive.models import Capture, Derivation, Host, Resource, Seed, Version
from archive.records import RULE_VERSION, Extraction
from archive.space import MIN_FREE
from archive.store.batch import Batch
from archive.store.chaining import chained_write
from archive.store.cleaning import storable_extraction
from archive.store.derivations import add_derivation
from archive.store.facts import capture_facts
from archive.store.linking import link_attachments, link_images


@dataclass(frozen=True, slots=True)
class Stale:
    """A version whose capture the present rules have not read, with what its crawl knew of it.

    ``day_first`` is what is known of the host's date order now.
    """

    version: Version
    capture: Capture
    url: str
    seed: str
    day_first: bool | None


@dataclass(frozen=True, slots=True)
class Chosen:
    """Whose versions are meant: all pages of some seeds, and some pages, by their keys."""

    seeds: frozenset[int] = frozenset()
    pages: frozenset[int] = frozenset()


def stale_versions(
    session: Session, chosen: Chosen | None = None, *, after: int = 0, limit: int
) -> list[Stale]:
    """The next versions to read again, in the order of their captures, each capture once.

    Without a choice all are meant; ``after`` is the last capture key there was. Purged versions
    have no bytes to read.
    """
    found = (
        select(Version, Capture, Resource.url, Seed.id, Host.day_first)
        .join(Capture, Capture.key == Version.capture_key)
        .join(Resource, Resource.key == Version.resource_key)
        .join(Seed, Seed.key == Resource.seed_key)
        .join(Host, Host.key == Resource.host_key)
        .where(Version.capture_key > after, *_first_unread())
        .order_by(Version.capture_key)
        .limit(limit)
    )
    if chosen is not None:
        of_seeds = Resource.seed_key.in_(chosen.seeds)
        found = found.where(or_(of_seeds, Resource.key.in_(chosen.pages)))
    return [Stale(*row) for row in session.execute(found)]


def stale_count(session: Session) -> int:
    """How many captures of versions the present rules have not read."""
    return session.scalar(select(func.count(Version.key)).where(*_first_unread())) or 0


def add_derivations(
    database: Database,
    made: Sequence[tuple[int, Extraction]],
    at: int,
    *,
    min_free: int = MIN_FREE,
) -> int:
    """Store what the present rules made of some captures, by their keys; how many were new.

    One write transaction, chained. A capture that was read again meanwhile is left alone. Files
    that only the present rules find on a page's latest version are due at once.
    """
    with chained_write(database, at, min_free=min_free) as (session, links):
        batch = Batch(session, at, None, 0)
        done = _read(session, [key for key, _ in made])
        new = {key: extraction for key, extraction in made if key not in done}
        captures = _captures(session, list(new))
        for key, extraction in new.items():
            clean = storable_extraction(extraction)
            derivation, facts = add_derivation(batch, clean, key, at)
            row = batch.queued(Derivation, derivation)
            assert row is not None
            vouched = derivation_link_facts(captures[key], facts)
            batch.links.append(Link(DERIVATION, row["public_id"], vouched))
        _make_files_due(batch, new)
        batch.flush()
        links += batch.links
    return len(new)


def _make_files_due(batch: Batch, new: Mapping[int, Extraction]) -> None:
    """Make the files and images of pages due that no rules found before, by capture key."""
    pages = (
        select(Version.capture_key, Resource)
        .join(Resource, Resource.key == Version.resource_key)
        .where(
            Version.capture_key.in_(new),
            Version.number == Resource.version_count,
            Resource.moved_to.is_(None),
        )
    )
    latest = [(new[key], page) for key, page in batch.session.execute(pages)]
    found = (link for made, _ in latest for link in (*made.attachments, *made.images))
    batch.fetch(link.url for link in found if link.url)
    for extraction, page in latest:
        clean = storable_extraction(extraction)
        link_attachments(batch, clean, page)
        link_images(batch, clean, page)


def derivation_link_facts(
    capture: Capture | Mapping[str, Any], derived: Mapping[str, Any]
) -> dict[str, Any]:
    """What the chain vouches for about a derivation that was added to a version."""
    return {**capture_facts(capture), **derived}


def _first_unread() -> tuple[ColumnElement[bool], ...]:
    """The first version of each capture that the present rules have not read."""
    done, earlier = aliased(Derivation), aliased(Version)
    read = select(done.key).where(
        done.capture_key == Version.capture_key, done.rule_version == RULE_VERSION
    )
    first = select(earlier.key).where(
        earlier.capture_key == Version.capture_key, earlier.key < Version.key
    )
    return Version.purged_at.is_(None), ~read.exists(), ~first.exists()


def _read(session: Session, captures: Collection[int]) -> set[int]:
    found = select(Derivation.capture_key).where(
        Derivation.capture_key.in_(captures), Derivation.rule_version == RULE_VERSION
    )
    return set(session.scalars(found))


def _captures(session: Session, keys: Collection[int]) -> dict[int, Capture]:
    found = session.scalars(select(Capture).where(Capture.key.in_(keys)))
    return {capture.key: capture for capture in found}
