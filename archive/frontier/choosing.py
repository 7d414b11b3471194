"""The next resources to ask for, with what is known to ask well."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, Select, case, or_, select
from sqlalchemy.orm import Session

from archive.failing import TRIES, given_up
from archive.images import is_image
from archive.models import Derivation, Host, ListRow, Resource, Version
from archive.records import RULE_VERSION, Due, ListItem, ResourceKind

_ORDER = {ResourceKind.LIST: 0, ResourceKind.ARTICLE: 1}


@dataclass(frozen=True, slots=True)
class Places:
    """How many more resources each host may get; those that may get none are ``full``."""

    free: Callable[[str], int]
    full: frozenset[str] = frozenset()


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
    chosen = _due_keys(seed_key, horizon, exclude).limit(limit)
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
    failing = [row.Resource.key for row in rows if row.Resource.failures >= TRIES]
    unreadable = given_up(session, failing)
    return [
        _due(row, aliases, unreadable)
        for row in sorted(rows, key=lambda row: place[row.Resource.key])
    ]


def _due_keys(seed_key: int, horizon: int, exclude: Collection[int]) -> Select[int, str]:
    chosen = (
        select(Resource.key, Host.name)
        .join(Host, Host.key == Resource.host_key)
        .where(Resource.seed_key == seed_key, Resource.next_check_at <= horizon)
        .order_by(
            case(_ORDER, value=Resource.kind, else_=2),
            Resource.last_checked_at.is_(None),
            Resource.key,
        )
    )
    return chosen.where(Resource.key.not_in(exclude)) if exclude else chosen


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


def _due_columns() -> Select[*tuple[Any, ...]]:
    return (
        select(
            Resource,
            Host.day_first,
            ListRow,
            Derivation.region_digest,
            Derivation.text,
            is_image().label("image"),
        )
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
            (Derivation.capture_key == Version.capture_key)
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


def _due(
    row: Row[*tuple[Any, ...]], aliases: dict[int, ListRow], unreadable: dict[int, str]
) -> Due:
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
        unreadable=unreadable.get(resource.key),
        image=row.image,
    )


def _list_item(url: str, row: ListRow) -> ListItem:
    return ListItem(url=url, title=row.title, date=row.date, fields=dict(row.fields))
