"""What makes resources due: a walk's start, its end, and whoever asks for them by name."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from archive.adoption import adopt_listed
from archive.frontier.resources import ensure_resource
from archive.models import ListRow, Resource, Run
from archive.records import ResourceKind, RunState

AT_ONCE = 0
"""A ``next_check_at`` that lies before every horizon."""


def start_lists(session: Session, seed_key: int, urls: Sequence[str], at: int) -> None:
    """Register a seed's list pages and make them due, but not again in a walk taken up.

    Pages that the seed's lists show and no live seed looks after become its own.
    """
    adopt_listed(session, seed_key)
    running = select(Run.horizon_at).where(Run.seed_key == seed_key, Run.state == RunState.RUNNING)
    horizon = session.scalars(running).first() or at
    for url in urls:
        resource = ensure_resource(session, seed_key, url, ResourceKind.LIST, at)
        resource.kind, resource.led_to_at = ResourceKind.LIST, at
        is_new = take_list(resource, seed_key) or resource.last_checked_at is None
        if is_new or (resource.last_checked_at or 0) <= horizon:
            resource.next_check_at = AT_ONCE
    session.flush()


def take_list(resource: Resource, seed_key: int) -> bool:
    """Give a list page to the seed that walks it; True when it was another's.

    It is then read afresh, so that what it shows is noted for its new seed, too.
    """
    if resource.seed_key == seed_key:
        return False
    resource.seed_key = seed_key
    resource.etag = resource.last_modified = resource.payload_digest = None
    return True


def make_due(session: Session, resource_keys: Collection[int], at: int) -> None:
    """Let resources be asked for at ``at``, whatever their schedule says."""
    session.execute(
        update(Resource).where(Resource.key.in_(resource_keys)).values(next_check_at=at)
    )


def make_unlisted_due(session: Session, seed_key: int, horizon: int) -> int:
    """Make due what a walk, now at its end, has missed: articles no list showed, and lists.

    Asking for the articles in the same run tells a withdrawn page from one that only left its
    list. A list that was not led to this time is asked for itself, once, when pages were last
    seen on it: a pager that is missing for a day takes nothing off the lists behind it.
    Returns how many there are; call it when no list is due any more.
    """
    unseen = (
        select(Resource.key)
        .join(ListRow, ListRow.resource_key == Resource.key)
        .where(
            ListRow.seed_key == seed_key,
            ListRow.gone_at.is_(None),
            ListRow.last_seen_at <= horizon,
            Resource.seed_key == seed_key,
            Resource.moved_to.is_(None),
            or_(Resource.last_checked_at.is_(None), Resource.last_checked_at <= horizon),
        )
    )
    keys = list(session.scalars(unseen))
    if keys:
        session.execute(update(Resource), [{"key": key, "next_check_at": AT_ONCE} for key in keys])
    return len(keys) + _make_lost_lists_due(session, seed_key, horizon)


def _make_lost_lists_due(session: Session, seed_key: int, horizon: int) -> int:
    shows_unseen = select(ListRow.list_key).where(
        ListRow.seed_key == seed_key, ListRow.gone_at.is_(None), ListRow.last_seen_at <= horizon
    )
    lost = select(Resource.key).where(
        Resource.seed_key == seed_key,
        Resource.kind == ResourceKind.LIST,
        Resource.led_to_at <= horizon,
        or_(Resource.last_checked_at.is_(None), Resource.last_checked_at <= horizon),
        Resource.key.in_(shows_unseen),
    )
    keys = list(session.scalars(lost))
    if keys:
        values = {"next_check_at": AT_ONCE, "led_to_at": None}
        session.execute(update(Resource), [{"key": key, **values} for key in keys])
    return len(keys)
