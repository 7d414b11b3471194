"""List checks: what they show becomes list rows and due resources in the same transaction."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import update

from archive.adoption import ADHOC
from archive.frontier import AT_ONCE, take_list
from archive.models import ListRow, Resource
from archive.records import Check, Decision, Listing, ListItem, Observation, ResourceKind
from archive.store.adopting import adopt
from archive.store.batch import Batch
from archive.store.lookups import CHUNK


def read_list(batch: Batch, check: Check, resource: Resource) -> tuple[Decision, int]:
    """Take in a list that was read; returns what it came to and how many articles are new.

    The reason names how many rows were left out, because their addresses cannot be kept.
    """
    listing = check.listing
    assert listing is not None
    seed_key = batch.seed(check.seed).key
    shown = _resources(batch, check, resource, listing)
    discovered = sum(is_new for _, _, is_new in shown)
    changed = _write_rows(batch, check, resource, seed_key, shown)
    items = [article.key for article, _, _ in shown]
    changed = changed or items != list(resource.items) or resource.next_page != listing.next_page
    first = resource.last_checked_at is None or not resource.payload_digest
    resource.items = items
    resource.next_page, resource.pages = listing.next_page, list(listing.pages)
    learn_day_order(batch, resource.url, listing.day_first)
    lead_on(batch, check, resource)
    observation = Observation.CHANGED if changed else Observation.UNCHANGED
    observation = Observation.NEW if first else observation
    return Decision(observation, None, reason=_figures(batch, listing, len(items))), discovered


def _figures(batch: Batch, listing: Listing, kept: int) -> str:
    lost = [item.url for item in listing.items if batch.key_of(item.url) is None]
    return f"{kept} items" + (f", {len(lost)} left out: {lost[0][:80]}" if lost else "")


def confirm_list(batch: Batch, check: Check, resource: Resource) -> None:
    """An unchanged list shows what it showed before, and leads on to the same pages."""
    seed_key = batch.seed(check.seed).key
    keys = list(resource.items)
    for start in range(0, len(keys), CHUNK):
        batch.session.execute(
            update(ListRow)
            .where(
                ListRow.seed_key == seed_key,
                ListRow.resource_key.in_(keys[start : start + CHUNK]),
            )
            .values(last_seen_at=check.checked_at, gone_at=None)
            .execution_options(synchronize_session=False)
        )
    lead_on(batch, check, resource)


def lead_on(batch: Batch, check: Check, resource: Resource) -> None:
    """Make the pages that a list leads to due in this run, each once; they are this seed's now.

    A run of pages asked for by hand leads on, but takes no list from a seed.
    """
    horizon = batch.horizon(check.run)
    seed_key = batch.seed(check.seed).key
    for url in (resource.next_page, *resource.pages):
        if url is None or batch.key_of(url) in (None, resource.url_key):
            continue
        page, _ = batch.ensure(url, ResourceKind.LIST, seed_key, resource.key)
        if page.kind != ResourceKind.LIST and not page.version_count:
            page.kind = ResourceKind.LIST
        if page.kind == ResourceKind.LIST and (check.seed != ADHOC or page.seed_key == seed_key):
            _lead_to(page, resource, check, horizon, seed_key)


def _lead_to(page: Resource, origin: Resource, check: Check, horizon: int, seed_key: int) -> None:
    is_walked = page.last_checked_at is not None and page.last_checked_at > horizon
    if take_list(page, seed_key) or not is_walked:
        page.next_check_at = AT_ONCE
    if origin.led_to_at is not None:
        # What only a lost list leads to is as lost as that list itself.
        page.led_to_at = check.checked_at


def learn_day_order(batch: Batch, url: str, day_first: bool | None) -> None:
    """Keep the first evidence of how a site orders day and month; it is never overwritten."""
    if day_first is not None:
        host = batch.host(url)
        if host.day_first is None:
            host.day_first = day_first


Shown = tuple[Resource, ListItem, bool]


def _resources(batch: Batch, check: Check, resource: Resource, listing: Listing) -> list[Shown]:
    """The article of each row, in order, each once; rows without an address are left out."""
    seed_key = batch.seed(check.seed).key
    batch.fetch(item.url for item in listing.items)
    shown: dict[int, Shown] = {}
    for item in listing.items:
        if batch.key_of(item.url) is None:
            continue
        article, is_new = batch.ensure(item.url, ResourceKind.ARTICLE, seed_key, resource.key)
        if article.kind in (ResourceKind.LIST, ResourceKind.ROBOTS):
            continue
        if article.kind == ResourceKind.ATTACHMENT and article.payload_digest is None:
            # Some page links it like a file, but a list knows better.
            article.kind, is_new = ResourceKind.ARTICLE, True
        if is_new:
            article.next_check_at = AT_ONCE
        shown.setdefault(article.key, (article, item, is_new))
    adopt(batch, [article for article, _, _ in shown.values()], seed_key)
    return list(shown.values())


def _write_rows(
    batch: Batch, check: Check, resource: Resource, seed_key: int, shown: Sequence[Shown]
) -> bool:
    """Write the list rows; True when one is new, came back or reads otherwise."""
    stored = batch.list_rows(seed_key, [article.key for article, _, _ in shown])
    changed = False
    for position, (article, item, _) in enumerate(shown):
        row = stored.get(article.key)
        if row is None:
            row = batch.add_list_row(seed_key, article.key, check.checked_at)
        said: dict[str, Any] = {
            "title": item.title,
            "date": item.date,
            "fields": dict(item.fields),
            "gone_at": None,
        }
        for name, value in said.items():
            if getattr(row, name) != value:
                setattr(row, name, value)
                changed = True
        row.list_key, row.position = resource.key, position
        row.last_seen_at = check.checked_at
    return changed
