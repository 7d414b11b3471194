"""Looking again now: what a recrawl fetches, and what it concluded."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import ada_url
from sqlalchemy import select
from sqlalchemy.orm import Session

from archive import adoption, clock, frontier, ledger
from archive.addresses import host_name, without_credentials
from archive.models import Document, Observation, Resource, Version
from archive.models import Seed as SeedRow
from archive.problems import Problem
from archive.records import ResourceKind
from crawler.seeds import ADHOC, Seed, Seeds
from crawler.seeds.registry import register


@dataclass(frozen=True, slots=True)
class Plan:
    """What to run: the seed, the request of its run, and the one resource asked for, if one."""

    seed: Seed
    request: Mapping[str, Any]
    resource: int | None = None


def plan(session: Session, seeds: Seeds, target: str, *, refetch: bool, at: int) -> Plan:
    """Make a URL, a document (or version, capture) id, or a whole seed due now.

    A URL that no seed's section holds goes to the seed ``adhoc``, and so does a page whose seed
    was taken away, unless another lists it. Problem when the target is none of these, and when a
    page's host is to be left alone.
    """
    keys = register(session, seeds, at)
    if target in keys:
        return _whole_seed(session, seeds, target, keys[target], refetch=refetch, at=at)
    resource = frontier.find_resource(session, target)
    if resource is None:
        resource = _new_resource(session, seeds, target, keys, at)
    seed = seeds.find(_keeper(session, seeds, resource, keys))
    if problem := _resting(session, resource, at):
        raise problem
    frontier.make_due(session, [resource.key], at)
    return Plan(seed, {"resources": [resource.key], "refetch": refetch}, resource.key)


def _resting(session: Session, resource: Resource, at: int) -> Problem | None:
    """Why a page must not be asked for now, though somebody wants it."""
    host = host_name(resource.url)
    rests = (one for one in ledger.resting_hosts(session, at) if one.name == host)
    rest = next(rests, None)
    if rest is None:
        return None
    what = f"{resource.url} was not fetched"
    why = f"{host} is left alone until {clock.show(rest.until)}: {rest.reason}"
    return Problem(what, why, f"Ask again after that: gongwen recrawl {resource.url}")


def _keeper(session: Session, seeds: Seeds, resource: Resource, keys: Mapping[str, int]) -> str:
    """The id of the seed that asks for a page; a stray one is handed to whoever lists it."""
    owner = session.get_one(SeedRow, resource.seed_key)
    if owner.retired_at is None and owner.id != ADHOC:
        return owner.id
    live = adoption.live_seed(session, resource)
    keeper = live.id if live and live.id in keys else seeds.covering(resource.url).id
    if keeper != owner.id:
        adoption.hand_over(session, resource, keys[keeper])
    return keeper


def results(session: Session, run_id: int) -> list[dict[str, Any]]:
    """What a run concluded of every page: the last observation of each, robots.txt left out."""
    query = (
        select(Observation, Resource, Document.public_id, Version.number)
        .join(Resource, Resource.key == Observation.resource_key)
        .outerjoin(Document, Document.key == Resource.document_key)
        .outerjoin(Version, Version.key == Observation.version_key)
        .where(Observation.run_id == run_id, Resource.kind != ResourceKind.ROBOTS)
        .order_by(Observation.key)
    )
    rows = {
        resource.key: _row(observation, resource, document, number)
        for observation, resource, document, number in session.execute(query)
    }
    return list(rows.values())


def _row(
    observation: Observation, resource: Resource, document: str | None, number: int | None
) -> dict[str, Any]:
    return {
        "url": resource.url,
        "observation": observation.observation,
        "change_class": observation.change_class,
        "document": document,
        "version": number or resource.version_count or None,
        "fields": observation.fields,
        "reason": observation.reason,
    }


def _whole_seed(
    session: Session, seeds: Seeds, seed_id: str, key: int, *, refetch: bool, at: int
) -> Plan:
    known = select(Resource.key).where(
        Resource.seed_key == key,
        Resource.moved_to.is_(None),
        Resource.kind.in_([ResourceKind.ARTICLE, ResourceKind.ATTACHMENT]),
    )
    resources = list(session.scalars(known))
    request = {"refetch": refetch}
    # A recrawl cut short is taken up where it stopped, not begun again.
    if seed_id == ADHOC or ledger.resumable(session, key, at, request=request) is None:
        frontier.make_due(session, resources, at)
    if seed_id != ADHOC:
        return Plan(seeds.find(seed_id), request)
    return Plan(seeds.find(ADHOC), {"resources": resources, "refetch": refetch})


def _new_resource(
    session: Session, seeds: Seeds, target: str, keys: Mapping[str, int], at: int
) -> Resource:
    if not _is_address(target):
        why = "it is neither a seed, nor an id in the archive, nor an http or https address"
        next_step = "List what there is: gongwen docs, or gongwen seeds list"
        raise Problem(f"Cannot recrawl {target}", why, next_step)
    if without_credentials(target) != target:
        why = "it carries a user name or password, and gongwen sends none"
        next_step = f"Leave them out: gongwen recrawl {without_credentials(target)}"
        raise Problem("The address was not crawled", why, next_step, exit_code=2)
    seed = seeds.covering(target)
    kind = ResourceKind.LIST if target in seed.discover.urls else ResourceKind.ARTICLE
    return frontier.ensure_resource(session, keys[seed.id], target, kind, at)


def _is_address(target: str) -> bool:
    try:
        return ada_url.URL(target).protocol in ("http:", "https:")
    except ValueError:
        return False
