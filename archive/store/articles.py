"""Article checks: decide over all versions of the page, and keep what is new."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from archive.failing import extract_failed
from archive.models import Resource
from archive.records import (
    Check,
    Content,
    Decision,
    EventKind,
    Extraction,
    Lifecycle,
    Observation,
    Verdict,
)
from archive.store.batch import Batch
from archive.store.captures import add_captures
from archive.store.concluding import FINE, conclude, is_shorter_part, moved_target
from archive.store.corrections import reopen_changed
from archive.store.derivations import add_derivation
from archive.store.identity import ask_soon, ensure_document, follow_move, stay
from archive.store.known import Part, complete
from archive.store.linking import Linked, attachment_states, link_attachments, link_images
from archive.store.lists import learn_day_order
from archive.store.outcomes import event_of, observe, reschedule, tell, verdict
from archive.store.succession import refusal
from archive.store.versions import add_version
from archive.versioning import compare, decide
from archive.warc.records import Written

LED_AWAY = "moved permanently to {url}"


def check_article(
    batch: Batch, check: Check, resource: Resource, written: Sequence[Written]
) -> Verdict:
    """Apply one check of an article; the verdict is about the page it leads to."""
    concluded = conclude(check)
    if concluded is not None and concluded[0] not in FINE:
        return plain(batch, check, resource, written, *concluded)
    address = moved_target(check)
    if address is not None and batch.key_of(address) is None:
        address = None
    why_not = address and refusal(batch, check, resource, address)
    if why_not:
        return plain(batch, check, resource, written, Observation.SOFT_404, why_not)
    target = follow_move(batch, check, resource, address) if address else resource
    if concluded is not None:
        if target is not resource:
            ask_soon(batch, check, target)
        return _settled(batch, check, resource, target, written, *concluded)
    if target is resource and resource.lifecycle == Lifecycle.MOVED:
        stay(check, resource)
        tell(batch, resource, EventKind.RETURNED, run=check.run, at=check.checked_at)
    return _compare(batch, check, resource, target, written)


def plain(
    batch: Batch,
    check: Check,
    resource: Resource,
    written: Sequence[Written],
    observation: Observation,
    reason: str | None,
) -> Verdict:
    """A check that needs no comparison: the capture is kept, nothing becomes a version."""
    captures = add_captures(batch, check, written, resource, resource)
    capture = captures[-1] if captures else None
    decision = Decision(observation, None, reason=reason or "")
    observe(batch, check, resource, decision, capture)
    reschedule(batch, check, resource, observation, capture)
    return verdict(batch, resource, decision, url=check.url)


def _settled(
    batch: Batch,
    check: Check,
    resource: Resource,
    target: Resource,
    written: Sequence[Written],
    observation: Observation,
    reason: str | None,
) -> Verdict:
    """The same bytes as before; from a new address they are read again under it."""
    answer = plain(batch, check, resource, written, observation, reason)
    if target is not resource:
        resource.next_check_at = None
    return answer


def _leave(
    batch: Batch, check: Check, resource: Resource, target: Resource, hop: Mapping[str, Any]
) -> None:
    """An address that has moved is settled for good: its versions end here."""
    decision = Decision(Observation.GONE, None, reason=LED_AWAY.format(url=target.url))
    observe(batch, replace(check, exchanges=check.exchanges[:1]), resource, decision, hop)
    resource.last_capture_key = hop["key"]
    resource.last_checked_at, resource.last_run_id = check.checked_at, check.run
    resource.last_status = check.exchanges[0].status
    resource.next_check_at = None
    resource.failures = 0


def _compare(
    batch: Batch,
    check: Check,
    resource: Resource,
    target: Resource,
    written: Sequence[Written],
) -> Verdict:
    extraction = check.extraction
    assert extraction is not None
    learn_day_order(batch, target.url, extraction.day_first)
    captures = add_captures(batch, check, written, resource, target)
    capture = captures[-1]
    if target is not resource:
        _leave(batch, check, resource, target, captures[0])
    batch.load_known([target.key])
    known = [version.content for version in batch.known[target.key]]
    shorter = _read_in_part(known, extraction)
    if shorter:
        decision = Decision(Observation.ERROR, None, reason=shorter)
        observe(batch, check, target, decision, capture)
        reschedule(batch, check, target, decision.observation, capture)
        return verdict(batch, target, decision, url=check.url)
    linked, discovered = link_attachments(batch, extraction, target)
    discovered += link_images(batch, extraction, target)
    content = Content(extraction.text, complete(extraction.fields), attachment_states(linked))
    decision = decide(known, content)
    if decision.makes_version:
        _keep(batch, check, target, decision, content, extraction, linked, capture)
    observe(batch, check, target, decision, capture)
    reschedule(batch, check, target, decision.observation, capture)
    return verdict(batch, target, decision, url=check.url, discovered=discovered)


def _read_in_part(known: Sequence[Content], extraction: Extraction) -> str | None:
    """Why a reading in part says nothing of a page that was read before: it has less text."""
    if not known or not is_shorter_part(extraction, known[-1].text):
        return None
    told = extract_failed(extraction.outcome, extraction.reason)
    return f"{told}; less text came out than version {len(known)} has"


def _keep(
    batch: Batch,
    check: Check,
    resource: Resource,
    decision: Decision,
    content: Content,
    extraction: Extraction,
    linked: Sequence[Linked],
    capture: Mapping[str, Any],
) -> None:
    """Write the version, and tell what it means for the document."""
    ensure_document(batch, resource)
    told = _first_of_witness(batch, resource, content) if not resource.version_count else decision
    key, derived = add_derivation(batch, extraction, capture["key"], check.checked_at)
    version = add_version(
        batch,
        resource,
        decision,
        content,
        capture_key=capture["key"],
        derivation_key=key,
        derived=derived,
        parts=_parts(linked),
        at=check.checked_at,
    )
    reopen_changed(batch, resource, extraction, check.checked_at)
    if told is not None:
        tell(
            batch,
            resource,
            event_of(told),
            run=check.run,
            at=check.checked_at,
            version=version.key,
            change_class=told.change_class,
            fields=told.fields,
            detail={"reverts_to": told.reverts_to} if told.reverts_to else None,
        )


def _first_of_witness(batch: Batch, resource: Resource, content: Content) -> Decision | None:
    """What the first version of a page means: a new document, unless another page carries it.

    A page that moved may have been edited on the way; a twin is no news.
    """
    assert resource.document_key is not None
    others = [
        other
        for other in batch.same_document(resource.document_key)
        if other.key != resource.key and other.version_count
    ]
    if not others:
        return decide([], content)
    moved = next((other for other in others if other.moved_to == resource.key), None)
    if moved is None:
        return None
    batch.load_known([moved.key])
    before = carried_along(batch.known[moved.key][-1].content, moved.url, resource.url)
    change = compare(before, content)
    return change if change.makes_version else None


def carried_along(content: Content, old: str, new: str) -> Content:
    """What a page said before it moved, with the files that lie beside it moved along."""
    here, there = (url.rpartition("/")[0] + "/" for url in (old, new))
    files = [
        replace(file, url=there + file.url.removeprefix(here))
        if file.url and file.url.startswith(here)
        else file
        for file in content.attachments
    ]
    return replace(content, attachments=tuple(files))


def _parts(linked: Sequence[Linked]) -> list[Part]:
    return [
        Part(
            key=0,
            position=position,
            name=link.name,
            url=link.url,
            resource_key=file.key if file else None,
            capture_key=file.last_capture_key if file and file.content_digest else None,
            digest=file.content_digest if file else None,
        )
        for position, (link, file) in enumerate(linked)
    ]
