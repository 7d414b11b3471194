"""What became of pages on their site, decided with patience once a walk is complete."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import distinct, func, or_, select, update
from sqlalchemy.orm import Session, aliased

from archive.models import Event, ListRow, Resource, Run
from archive.models import Observation as ObservationRow
from archive.records import EventKind, Lifecycle, Observation, ResourceKind
from archive.store.concluding import EMPTY_LIST, FINE, VANISHED

EVENTS = {
    Lifecycle.LIVE: EventKind.RETURNED,
    Lifecycle.DELISTED: EventKind.DELISTED,
    Lifecycle.WITHDRAWN: EventKind.WITHDRAWN,
    Lifecycle.REMOVED: EventKind.REMOVED,
}


@dataclass(frozen=True, slots=True)
class LifecycleChange:
    """One page whose standing on its site changed at the end of a walk."""

    resource: int
    url: str
    before: Lifecycle
    after: Lifecycle
    event: EventKind


def next_lifecycle(
    current: Lifecycle, *, listed: bool, gone: bool, gone_twice: bool
) -> tuple[Lifecycle, EventKind] | None:
    """Where a page stands now, and the event that tells it; None when nothing changed. Pure.

    ``gone_twice`` means gone in an earlier walk, too: a page that is still listed gets a second
    chance before it counts as removed.
    """
    if gone and listed and not gone_twice:
        return None
    if gone:
        after = Lifecycle.REMOVED if listed else Lifecycle.WITHDRAWN
    else:
        after = Lifecycle.LIVE if listed else Lifecycle.DELISTED
    if after == current:
        return None
    came_back = current in (Lifecycle.WITHDRAWN, Lifecycle.REMOVED) and not gone
    return after, EventKind.RETURNED if came_back else EVENTS[after]


def finish_walk(session: Session, run_id: int, at: int) -> list[LifecycleChange]:
    """Settle what became of a seed's pages; call it once, after a run that walked every list.

    Changes nothing when a list of the walk failed or is still due: a failing host makes no
    removals. A list that no page led to any more may be gone. Runs that resume each other are
    one walk.
    """
    run = session.get_one(Run, run_id)
    horizon = run.horizon_at or run.started_at or run.created_at
    if not _is_complete(session, run, horizon):
        return []
    _mark_gone_rows(session, run.seed_key, horizon, at)
    changes = []
    for resource, listed in _standing(session, run.seed_key):
        gone = resource.gone_since is not None
        change = next_lifecycle(
            Lifecycle(resource.lifecycle),
            listed=listed,
            gone=gone,
            gone_twice=gone and _walks_gone(session, resource) > 1,
        )
        if change is not None:
            changes.append(_apply(session, resource, run_id, at, *change))
    session.flush()
    return changes


def _is_complete(session: Session, run: Run, horizon: int) -> bool:
    is_list = (Resource.seed_key == run.seed_key) & (Resource.kind == ResourceKind.LIST)
    left = select(Resource.key).where(is_list, Resource.next_check_at <= horizon).limit(1)
    if session.scalar(left) is not None:
        return False
    outcomes = session.execute(
        select(ObservationRow, Resource.led_to_at)
        .join(Resource, Resource.key == ObservationRow.resource_key)
        .where(is_list, ObservationRow.run_id.in_(_walk(session, run)))
        .order_by(ObservationRow.key)
    )
    last = {check.resource_key: (check, led_to_at) for check, led_to_at in outcomes}
    return bool(last) and all(
        _is_settled(check, led_to_at is not None) for check, led_to_at in last.values()
    )


def _is_settled(check: ObservationRow, led_to: bool) -> bool:
    """Whether a list was read, or is known not to be there any more."""
    observation = Observation(check.observation)
    is_over = observation in VANISHED or check.reason == EMPTY_LIST
    return observation in FINE or (is_over and not led_to)


def _walk(session: Session, run: Run) -> list[int]:
    """The runs that resume each other up to this one."""
    walk = [run.id]
    while run.resumes is not None:
        run = session.get_one(Run, run.resumes)
        walk.append(run.id)
    return walk


def _mark_gone_rows(session: Session, seed_key: int, horizon: int, at: int) -> None:
    session.execute(
        update(ListRow)
        .where(
            ListRow.seed_key == seed_key,
            ListRow.gone_at.is_(None),
            ListRow.last_seen_at <= horizon,
        )
        .values(gone_at=at)
        .execution_options(synchronize_session=False)
    )


def _standing(session: Session, seed_key: int) -> Sequence[tuple[Resource, bool]]:
    """The articles of a seed that may have changed standing, and whether a list shows them still.

    Only what was read once can be missed. A page that moved is listed while its old address is.
    """
    old = aliased(Resource)
    shown_as = select(func.coalesce(old.moved_to, old.key)).join(
        ListRow, ListRow.resource_key == old.key
    )
    listed = Resource.key.in_(shown_as.where(ListRow.gone_at.is_(None)))
    known = Resource.key.in_(shown_as.where(ListRow.seed_key == seed_key))
    found = session.execute(
        select(Resource, listed.label("listed")).where(
            Resource.kind == ResourceKind.ARTICLE,
            Resource.lifecycle != Lifecycle.MOVED,
            Resource.version_count > 0,
            known,
            or_(Resource.lifecycle != Lifecycle.LIVE, Resource.gone_since.is_not(None), ~listed),
        )
    )
    return [(resource, bool(is_listed)) for resource, is_listed in found]


def _walks_gone(session: Session, resource: Resource) -> int:
    """In how many walks the page was found gone since it was last fine."""
    walk = func.coalesce(Run.horizon_at, Run.id)
    count = session.scalar(
        select(func.count(distinct(walk)))
        .select_from(ObservationRow)
        .join(Run, Run.id == ObservationRow.run_id)
        .where(
            ObservationRow.resource_key == resource.key,
            ObservationRow.observation.in_(VANISHED),
            ObservationRow.observed_at >= resource.gone_since,
        )
    )
    return count or 0


def _apply(
    session: Session,
    resource: Resource,
    run_id: int,
    at: int,
    after: Lifecycle,
    event: EventKind,
) -> LifecycleChange:
    before = Lifecycle(resource.lifecycle)
    resource.lifecycle, resource.lifecycle_at = after, at
    session.add(
        Event(
            seed_key=resource.seed_key,
            resource_key=resource.key,
            document_key=resource.document_key,
            run_id=run_id,
            at=at,
            kind=event,
            fields=[],
            detail={"before": before},
        )
    )
    return LifecycleChange(resource.key, resource.url, before, after, event)
