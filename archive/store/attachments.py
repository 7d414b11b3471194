"""Attachment checks: first bytes are bound to the versions that list them, others make new ones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from archive.models import Resource
from archive.problems import Problem
from archive.records import (
    ChangeClass,
    Check,
    Decision,
    EventKind,
    Exchange,
    Observation,
    Verdict,
)
from archive.store.articles import plain
from archive.store.batch import Batch
from archive.store.captures import add_captures
from archive.store.concluding import conclude
from archive.store.files import add_file_text, is_unread
from archive.store.known import Known
from archive.store.outcomes import observe, reschedule, tell, verdict
from archive.store.versions import add_version, bind, derived_facts
from archive.versioning import decide
from archive.warc.payload import decode_payload, payload_digest
from archive.warc.records import Written


def check_attachment(
    batch: Batch, check: Check, resource: Resource, written: Sequence[Written]
) -> Verdict:
    """Apply one check of an attached file."""
    concluded = conclude(check)
    if concluded is not None:
        return plain(batch, check, resource, written, *concluded)
    capture = add_captures(batch, check, written, resource, resource)[-1]
    before, digest = resource.content_digest, content_digest(check.exchanges[-1])
    resource.content_digest = digest
    if before == digest:
        decision = Decision(Observation.UNCHANGED, None, reason="the same bytes")
    elif before is None:
        decision = Decision(Observation.NEW, None, reason="first bytes")
    else:
        decision = Decision(
            Observation.CHANGED, ChangeClass.ATTACHMENT, ("attachments",), reason="other bytes"
        )
    is_known = decision.observation is Observation.UNCHANGED
    if check.file is not None and (not is_known or is_unread(batch, check.file, capture)):
        add_file_text(batch, check.file, capture["key"], check.checked_at)
    observe(batch, check, resource, decision, capture)
    reschedule(batch, check, resource, decision.observation, capture)
    bearers = [batch.by_key(key) for key in sorted(batch.bearers[resource.key])]
    for article in bearers:
        # The versions of an address that has moved have ended; its successor bears the file.
        if article.moved_to is None:
            _tell_bearer(batch, check, article, resource, digest, capture["key"])
    return verdict(batch, resource, decision, url=check.url)


def content_digest(exchange: Exchange) -> str:
    """``sha256:<hex>`` of a file as it is once its content encoding is off.

    A server may compress a file or not, and never twice alike. An encoding that cannot be taken
    off leaves the bytes as they came.
    """
    try:
        return payload_digest(decode_payload(exchange.body, exchange.response_headers))
    except Problem:
        return payload_digest(exchange.body)


def _tell_bearer(
    batch: Batch, check: Check, article: Resource, file: Resource, digest: str, capture: int
) -> None:
    """Let the latest version of an article know the bytes of a file it lists."""
    batch.load_known([article.key])
    latest = batch.known[article.key][-1]
    listed = [part for part in latest.parts if part.resource_key == file.key]
    for part in listed:
        if part.digest is None:
            bind(batch, latest, part, digest, capture)
    if any(part.digest != digest for part in listed):
        _new_version(batch, check, article, latest, file, digest, capture)


def _new_version(
    batch: Batch,
    check: Check,
    article: Resource,
    latest: Known,
    file: Resource,
    digest: str,
    capture: int,
) -> None:
    parts = [
        replace(part, digest=digest, capture_key=capture) if part.resource_key == file.key else part
        for part in latest.parts
    ]
    content = replace(latest, parts=parts).content
    decision = decide([known.content for known in batch.known[article.key]], content)
    if not decision.makes_version:
        return
    version = add_version(
        batch,
        article,
        decision,
        content,
        capture_key=latest.capture_key,
        derivation_key=latest.derivation_key,
        derived=derived_facts(batch, latest),
        parts=parts,
        at=check.checked_at,
    )
    observe(batch, replace(check, exchanges=()), article, decision, {"key": capture})
    tell(
        batch,
        article,
        EventKind.EDITED,
        run=check.run,
        at=check.checked_at,
        version=version.key,
        change_class=decision.change_class,
        fields=decision.fields,
        detail={"attachment": file.url},
    )
