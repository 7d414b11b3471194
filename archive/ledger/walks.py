"""What a walk has come to so far, whichever of its runs did the work."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from archive.images import is_image
from archive.models import Host, Resource
from archive.models import Observation as ObservationRow
from archive.records import Observation, ResourceKind

VERSIONED = (Observation.NEW, Observation.CHANGED)


@dataclass(frozen=True, slots=True)
class WalkedList:
    """A list page asked for since its walk began: how its last check ended, what it shows."""

    url: str
    observation: Observation
    reason: str | None
    items: int


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many pages of a host are due and were not asked for, and the ``first`` of them."""

    host: str
    pages: int
    first: str


def walked_lists(session: Session, seed_key: int, horizon: int) -> list[WalkedList]:
    """The lists of a seed that were asked for after ``horizon``, each with its last check.

    Judged by the moment and not by run: a run that takes up a lost walk does not ask again for
    the lists that an earlier run of it read, or that somebody looked at by hand meanwhile.
    """
    last = (
        select(func.max(ObservationRow.key))
        .where(ObservationRow.resource_key == Resource.key)
        .correlate(Resource)
        .scalar_subquery()
    )
    rows = session.execute(
        select(Resource, ObservationRow)
        .join(ObservationRow, ObservationRow.key == last)
        .where(
            Resource.seed_key == seed_key,
            Resource.kind == ResourceKind.LIST,
            Resource.last_checked_at > horizon,
            Resource.led_to_at > horizon,
        )
        .order_by(Resource.key)
    )
    return [
        WalkedList(resource.url, Observation(seen.observation), seen.reason, len(resource.items))
        for resource, seen in rows
    ]


def waiting(
    session: Session,
    seed_key: int,
    horizon: int,
    hosts: Collection[str],
    *,
    exclude: Collection[int] = (),
    only: Collection[int] | None = None,
    files: bool = True,
    images: bool = True,
) -> list[Waiting]:
    """What the pages of some hosts, due in a walk, come to.

    ``files`` counts attachments, too, and ``images`` inline images.
    """
    due = (Resource.seed_key == seed_key, Resource.next_check_at <= horizon)
    found = (
        select(Host.name, func.count(), func.min(Resource.key))
        .join(Resource, Resource.host_key == Host.key)
        .where(*due, Host.name.in_(hosts), Resource.key.not_in(exclude))
        .group_by(Host.name)
        .order_by(func.min(Resource.key))
    )
    if only is not None:
        found = found.where(Resource.key.in_(only))
    if not files:
        found = found.where(or_(Resource.kind != ResourceKind.ATTACHMENT, is_image()))
    if not images:
        found = found.where(~is_image())
    return [
        Waiting(name, pages, session.get_one(Resource, first).url)
        for name, pages, first in session.execute(found).all()
    ]


def recount(session: Session, run_id: int) -> Mapping[str, int]:
    """The figures of a run from what it stored, for one that could not write them itself.

    Every observation by name, then ``pages`` (those that were fetched) and ``versions``;
    robots.txt is no page.
    """
    stored = session.execute(
        select(
            ObservationRow.observation,
            func.count(),
            func.count(ObservationRow.status),
            func.count(ObservationRow.version_key),
        )
        .join(Resource, Resource.key == ObservationRow.resource_key)
        .where(ObservationRow.run_id == run_id, Resource.kind != ResourceKind.ROBOTS)
        .group_by(ObservationRow.observation)
    )
    found = {Observation(name): figures for name, *figures in stored}
    counts = {str(name): found.get(name, (0, 0, 0))[0] for name in Observation}
    versions = sum(made for name, (_, _, made) in found.items() if name in VERSIONED)
    pages = sum(fetched for _, fetched, _ in found.values())
    return counts | {"pages": pages, "versions": versions}
