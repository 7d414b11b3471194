"""Which resources carry one document: twins of one page, and pages that moved."""

from __future__ import annotations

from typing import Any

from archive.frontier import AT_ONCE
from archive.models import Document, IdentityEntry, Resource
from archive.models.base import public_id
from archive.records import Check, EventKind, Lifecycle, ResourceKind
from archive.store.adopting import adopt_one
from archive.store.batch import Batch
from archive.store.outcomes import tell


def ensure_document(batch: Batch, resource: Resource) -> None:
    """Give a resource its document: its twin's, or a new one."""
    if resource.document_key is not None:
        return
    twin = batch.twin(resource)
    if twin is not None and twin.document_key is not None:
        _join(batch, resource, twin.document_key, {"twin": twin.url})
        return
    key = batch.keys.take(Document)
    batch.add_document(Document(key=key, public_id=public_id("d"), created_at=batch.at))
    resource.document_key = key


def follow_move(batch: Batch, check: Check, resource: Resource, target_url: str) -> Resource:
    """Let a permanent redirect join two addresses; returns the resource that is meant now.

    The old address keeps its versions and is not asked for again. A redirect that only changes
    what a key ignores (the scheme) changes the address asked for, nothing else.
    """
    if batch.key_of(target_url) == resource.url_key:
        resource.url = target_url
        return resource
    target, _ = batch.ensure(target_url, ResourceKind.ARTICLE, resource.seed_key, resource.key)
    adopt_one(batch, target, resource.seed_key)
    if target.kind != ResourceKind.ARTICLE:
        return resource
    _share_document(batch, resource, target)
    already = resource.moved_to == target.key
    if target.lifecycle == Lifecycle.MOVED:
        stay(check, target)
    for earlier in batch.moved_here(resource):
        if earlier is not target:
            earlier.moved_to = target.key
    resource.moved_to = target.key
    if resource.lifecycle != Lifecycle.MOVED:
        resource.lifecycle, resource.lifecycle_at = Lifecycle.MOVED, check.checked_at
    if resource.version_count and not already:
        tell(
            batch,
            resource,
            EventKind.MOVED,
            run=check.run,
            at=check.checked_at,
            detail={"from": resource.url, "to": target.url},
        )
    return target


def stay(check: Check, resource: Resource) -> None:
    """An address that had moved serves its page itself again."""
    resource.moved_to = None
    resource.lifecycle, resource.lifecycle_at = Lifecycle.LIVE, check.checked_at


def ask_soon(batch: Batch, check: Check, target: Resource) -> None:
    """Make a page due unless this run has asked for it already."""
    asked = target.last_checked_at is not None and target.last_checked_at > batch.horizon(check.run)
    if not asked:
        target.next_check_at = AT_ONCE


def _share_document(batch: Batch, resource: Resource, target: Resource) -> None:
    evidence = {"redirect": [resource.url, target.url]}
    if resource.document_key is None and target.document_key is None:
        ensure_document(batch, target)
    if resource.document_key is None:
        assert target.document_key is not None
        _join(batch, resource, target.document_key, evidence)
    elif target.document_key is None:
        _join(batch, target, resource.document_key, evidence)
    elif target.document_key != resource.document_key:
        _merge(batch, resource.document_key, target.document_key, evidence)


def _join(batch: Batch, resource: Resource, document_key: int, evidence: dict[str, Any]) -> None:
    resource.document_key = document_key
    batch.add(
        IdentityEntry,
        at=batch.at,
        action="joined",
        resource_key=resource.key,
        document_key=document_key,
        other_document_key=None,
        evidence=evidence,
        undoes=None,
    )


def _merge(batch: Batch, first: int, second: int, evidence: dict[str, Any]) -> None:
    """Put two documents into the older one; the entry names what an undo has to move back."""
    kept, lost = sorted((first, second))
    witnesses = batch.same_document(lost)
    for witness in witnesses:
        witness.document_key = kept
    merged = batch.document(lost)
    assert merged is not None
    merged.merged_into = kept
    batch.add(
        IdentityEntry,
        at=batch.at,
        action="merged",
        resource_key=None,
        document_key=kept,
        other_document_key=lost,
        evidence={**evidence, "resources": [witness.key for witness in witnesses]},
        undoes=None,
    )
