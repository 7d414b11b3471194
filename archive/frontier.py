"""The frontier: which known URLs are to be asked for, and what is known to ask well.

A resource is due when its ``next_check_at`` is not after a run's horizon. Lists are due only when
a walk has reached them: the seed's own at the start, the others when a list leads to them.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, Select, case, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from archive.addresses import host_name, url_key
from archive.adoption import adopt_listed
from archive.models import (
    Capture,
    Derivation,
    Document,
    Host,
    ListRow,
    Resource,
    Run,
    Version,
)
from archive.records import RULE_VERSION, Due, Lifecycle, ListItem, ResourceKind, RunState

AT_ONCE = 0
"""A ``next_check_at`` that lies before every horizon."""


@dataclass(frozen=True, slots=True)
class Places:
    """How many more resources each host may get; those that may get none are ``full``."""

    free: Callable[[str], int]
    full: frozenset[str] = frozenset()


_ORDER = {ResourceKind.LIST: 0, ResourceKind.ARTICLE: 1}
_PUBLIC = re.compile(r"[dvcr][0-9a-z]{16}")


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


def due(
    session: Session,
    seed_key: int,
    horizon: int,
    *,
    limit: int,
    exclude: Collection[int] = (),
    only: Collection[int] | None = None,
    hosts: Places | None = None,
) -> list[Due]:
    """The next resources of a seed to ask for, at most ``limit``, and of each host what it may get.

    Lists come first, then articles, then attachments; among articles those known before come
    first, so that a moved page is met at its old address. ``only`` restricts to some resources
    and the files that were found on them.
    """
    chosen = (
        select(Resource.key, Host.name)
        .join(Host, Host.key == Resource.host_key)
        .where(Resource.seed_key == seed_key, Resource.next_check_at <= horizon)
        .order_by(
            case(_ORDER, value=Resource.kind, else_=2),
            Resource.last_checked_at.is_(None),
            Resource.key,
        )
        .limit(limit)
    )
    if exclude:
        chosen = chosen.where(Resource.key.not_in(exclude))
    if hosts is not None and hosts.full:
        chosen = chosen.where(Host.name.not_in(hosts.full))
    if only is not None:
        is_file = Resource.kind == ResourceKind.ATTACHMENT
        chosen = chosen.where(
            or_(Resource.key.in_(only), is_file & Resource.discovered_from.in_(only))
        )
    # Texts are fetched for the chosen few only: sorting would carry those of all that are due.
    keys = _with_room(session.execute(chosen).all(), hosts)
    place = {key: index for index, key in enumerate(keys)}
    rows = session.execute(_due_columns().where(Resource.key.in_(place))).all()
    aliases = _alias_items(session, [row.Resource.key for row in rows if row.ListRow is None])
    return [_due(row, aliases) for row in sorted(rows, key=lambda row: place[row.Resource.key])]


def _with_room(found: Sequence[tuple[int, str]], hosts: Places | None) -> list[int]:
    """The keys of found resources, of each host no more than it has room for."""
    if hosts is None:
        return [key for key, _ in found]
    taken: Counter[str] = Counter()
    kept = []
    for key, host in found:
        taken[host] += 1
        if taken[host] <= hosts.free(host):
            kept.append(key)
    return kept


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


def find_resource(session: Session, url_or_public_id: str) -> Resource | None:
    """The resource of a URL, or of a document, version, capture or derivation id.

    A document with several witnesses gives the live one that was checked last.
    """
    if _PUBLIC.fullmatch(url_or_public_id):
        return session.scalars(_by_public_id(url_or_public_id).limit(1)).one_or_none()
    if "://" not in url_or_public_id:
        return None
    key = url_key(url_or_public_id)
    return session.scalars(select(Resource).where(Resource.url_key == key)).first()


def ensure_resource(
    session: Session, seed_key: int, url: str, kind: ResourceKind, at: int
) -> Resource:
    """The resource of a URL, created (not yet due) when it was unknown."""
    known = find_resource(session, url)
    if known is not None:
        return known
    resource = Resource(
        seed_key=seed_key,
        host_key=ensure_host(session, host_name(url)),
        kind=kind,
        url=url,
        url_key=url_key(url),
        discovered_at=at,
    )
    session.add(resource)
    session.flush()
    return resource


def ensure_host(session: Session, name: str) -> int:
    """The key of a host, whose row is created when it was unknown."""
    known = session.scalar(select(Host.key).where(Host.name == name))
    if known is not None:
        return known
    insert = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    session.execute(insert(Host).values(name=name).on_conflict_do_nothing(index_elements=["name"]))
    return session.scalars(select(Host.key).where(Host.name == name)).one()


def _due_columns() -> Select[*tuple[Any, ...]]:
    return (
        select(Resource, Host.day_first, ListRow, Derivation.region_digest, Derivation.text)
        .join(Host, Host.key == Resource.host_key)
        .outerjoin(
            ListRow,
            (ListRow.resource_key == Resource.key) & (ListRow.seed_key == Resource.seed_key),
        )
        .outerjoin(
            Version,
            (Version.resource_key == Resource.key) & (Version.number == Resource.version_count),
        )
        .outerjoin(
            Derivation,
            (Derivation.key == Version.derivation_key)
            & (Derivation.rule_version == RULE_VERSION)
            & Derivation.region_digest.is_not(None),
        )
    )


def _alias_items(session: Session, keys: Sequence[int]) -> dict[int, ListRow]:
    """List rows under which moved resources are still listed, by the key they moved to."""
    if not keys:
        return {}
    rows = session.execute(
        select(Resource.moved_to, ListRow)
        .join(ListRow, ListRow.resource_key == Resource.key)
        .where(Resource.moved_to.in_(keys), ListRow.gone_at.is_(None))
    )
    return {target: row for target, row in rows if target is not None}


def _due(row: Row[*tuple[Any, ...]], aliases: dict[int, ListRow]) -> Due:
    resource: Resource = row.Resource
    listed = row.ListRow or aliases.get(resource.key)
    return Due(
        resource=resource.key,
        url=resource.url,
        kind=ResourceKind(resource.kind),
        etag=resource.etag,
        last_modified=resource.last_modified,
        payload_digest=resource.payload_digest,
        day_first=row.day_first,
        list_item=_list_item(resource.url, listed) if listed else None,
        known_region=row.region_digest,
        known_text=row.text,
    )


def _list_item(url: str, row: ListRow) -> ListItem:
    return ListItem(url=url, title=row.title, date=row.date, fields=dict(row.fields))


def _by_public_id(public: str) -> Select[Resource]:
    wanted = select(Resource)
    if public[0] == "v":
        wanted = wanted.join(Version, Version.resource_key == Resource.key)
        return wanted.where(Version.public_id == public)
    if public[0] == "c":
        wanted = wanted.join(Capture, Capture.resource_key == Resource.key)
        return wanted.where(Capture.public_id == public)
    if public[0] == "r":
        wanted = wanted.join(Capture, Capture.resource_key == Resource.key)
        wanted = wanted.join(Derivation, Derivation.capture_key == Capture.key)
        return wanted.where(Derivation.public_id == public)
    merged = select(Document.merged_into).where(Document.public_id == public).scalar_subquery()
    wanted = wanted.join(Document, Document.key == Resource.document_key)
    return wanted.where(or_(Document.public_id == public, Document.key == merged)).order_by(
        Resource.lifecycle != Lifecycle.LIVE,
        Resource.last_checked_at.desc().nulls_last(),
        Resource.key,
    )
