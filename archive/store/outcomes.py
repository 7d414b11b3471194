"""What every check leaves behind: an observation, an event perhaps, and when to look again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from archive.models import Event, Observation, Resource
from archive.records import (
    ChangeClass,
    Check,
    Decision,
    EventKind,
    ResourceKind,
    Verdict,
)
from archive.records import Observation as Outcome
from archive.store.batch import Batch
from archive.store.concluding import FAILED, FINE, VANISHED, header, next_check

NUMBERS = frozenset({"doc_no", "index_no"})


def observe(
    batch: Batch,
    check: Check,
    resource: Resource,
    decision: Decision,
    capture: Mapping[str, Any] | None,
) -> None:
    """Queue the observation of one resource; fine ones confirm its latest version."""
    final = check.exchanges[-1] if check.exchanges else None
    confirmed = decision.observation in FINE
    batch.add(
        Observation,
        resource_key=resource.key,
        run_id=check.run,
        capture_key=capture["key"] if capture else None,
        version_key=batch.latest.get(resource.key) if confirmed else None,
        observed_at=check.checked_at,
        observation=decision.observation,
        change_class=decision.change_class,
        fields=list(decision.fields),
        status=final.status if final else None,
        reason=decision.reason or None,
    )


def reschedule(
    batch: Batch,
    check: Check,
    resource: Resource,
    observation: Outcome,
    capture: Mapping[str, Any] | None,
) -> None:
    """Bring a resource's row up to date after a check of it."""
    final = check.exchanges[-1] if check.exchanges else None
    resource.failures = resource.failures + 1 if observation in FAILED else 0
    resource.last_checked_at = check.checked_at
    resource.last_run_id = check.run
    resource.last_status = final.status if final else None
    if capture is not None:
        resource.last_capture_key = capture["key"]
    kind = ResourceKind(resource.kind)
    resource.next_check_at = next_check(
        kind, observation, resource.failures, check.checked_at, batch.recheck
    )
    if observation in VANISHED:
        resource.gone_since = resource.gone_since or check.checked_at
    elif observation in FINE:
        resource.gone_since = None
        _remember_answer(check, resource, capture)


def _remember_answer(check: Check, resource: Resource, capture: Mapping[str, Any] | None) -> None:
    """Keep validators and digest, by which the next check can be cheap."""
    if not check.exchanges:
        return
    final = check.exchanges[-1]
    if final.status == 304:
        resource.etag = header(final, "etag") or resource.etag
        resource.last_modified = header(final, "last-modified") or resource.last_modified
        return
    resource.etag = header(final, "etag")
    resource.last_modified = header(final, "last-modified")
    if capture is not None:
        resource.payload_digest = capture["payload_digest"]
    if check.extraction is not None:
        resource.rule_version = check.extraction.rule_version


def tell(
    batch: Batch,
    resource: Resource,
    kind: EventKind,
    *,
    run: int | None,
    at: int,
    version: int | None = None,
    change_class: ChangeClass | None = None,
    fields: Sequence[str] = (),
    detail: Mapping[str, Any] | None = None,
) -> None:
    """Queue an entry of the change feed."""
    batch.add(
        Event,
        seed_key=resource.seed_key,
        resource_key=resource.key,
        document_key=resource.document_key,
        version_key=version,
        run_id=run,
        at=at,
        kind=kind,
        change_class=change_class,
        fields=list(fields),
        detail=dict(detail or {}),
    )


def event_of(decision: Decision) -> EventKind:
    """The event of a content: a first one, another number for the same text, or an edit."""
    if decision.observation is Outcome.NEW:
        return EventKind.NEW
    if decision.change_class is ChangeClass.METADATA and NUMBERS & set(decision.fields):
        return EventKind.RENUMBERED
    return EventKind.EDITED


def verdict(
    batch: Batch, resource: Resource, decision: Decision, *, url: str, discovered: int = 0
) -> Verdict:
    """What the pipeline is told about one check."""
    document = batch.document(resource.document_key)
    return Verdict(
        url=url,
        observation=decision.observation,
        change_class=decision.change_class,
        document=document.public_id if document else None,
        version=resource.version_count or None,
        fields=decision.fields,
        reason=decision.reason or None,
        discovered=discovered,
    )
