"""From one check to its effects, by the kind of resource it looked at."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from archive.addresses import twin_keys
from archive.models import Resource
from archive.records import Check, Decision, Observation, ResourceKind, Verdict
from archive.store.articles import check_article, plain
from archive.store.attachments import check_attachment
from archive.store.batch import Batch
from archive.store.captures import add_captures
from archive.store.concluding import FINE, conclude, moved_target
from archive.store.lists import confirm_list, read_list
from archive.store.outcomes import observe, reschedule, verdict
from archive.warc.records import Written


def addresses(check: Check, batch: Batch) -> Iterator[str]:
    """Every URL that a check may touch, so that all are fetched at once."""
    yield check.url
    if key := batch.key_of(check.url):
        yield from twin_keys(key)
    if target := moved_target(check):
        yield target
    if check.listing is not None:
        yield from (item.url for item in check.listing.items)
        yield from check.listing.pages
        if check.listing.next_page:
            yield check.listing.next_page
    if check.extraction is not None:
        files = (*check.extraction.attachments, *check.extraction.images)
        yield from (link.url for link in files if link.url)


def apply(batch: Batch, check: Check, written: Sequence[Written]) -> Verdict:
    """Apply one check; the URL becomes a resource of the check's seed when it was unknown."""
    resource, _ = batch.ensure(check.url, check.kind, batch.seed(check.seed).key)
    if check.kind is ResourceKind.ARTICLE:
        return check_article(batch, check, resource, written)
    if check.kind is ResourceKind.ATTACHMENT:
        return check_attachment(batch, check, resource, written)
    if check.kind is ResourceKind.LIST:
        return _check_list(batch, check, resource, written)
    return _check_robots(batch, check, resource, written)


def _check_list(
    batch: Batch, check: Check, resource: Resource, written: Sequence[Written]
) -> Verdict:
    concluded = conclude(check)
    if concluded is not None:
        if concluded[0] in FINE:
            confirm_list(batch, check, resource)
        return plain(batch, check, resource, written, *concluded)
    decision, discovered = read_list(batch, check, resource)
    capture = add_captures(batch, check, written, resource, resource)[-1]
    observe(batch, check, resource, decision, capture)
    reschedule(batch, check, resource, decision.observation, capture)
    return verdict(batch, resource, decision, url=check.url, discovered=discovered)


def _check_robots(
    batch: Batch, check: Check, resource: Resource, written: Sequence[Written]
) -> Verdict:
    concluded = conclude(check)
    if concluded is not None:
        return plain(batch, check, resource, written, *concluded)
    before = resource.payload_digest
    captures = add_captures(batch, check, written, resource, resource)
    digest = captures[-1]["payload_digest"]
    if before is None:
        observation = Observation.NEW
    else:
        observation = Observation.UNCHANGED if before == digest else Observation.CHANGED
    decision = Decision(observation, None)
    observe(batch, check, resource, decision, captures[-1])
    reschedule(batch, check, resource, observation, captures[-1])
    return verdict(batch, resource, decision, url=check.url)
