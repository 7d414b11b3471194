"""Whether a page that a redirect leads to takes the old one's place, or only stands there.

Sites send removed pages to one notice, which then would swallow them all: a redirect alone makes
no two documents one.
"""

from __future__ import annotations

from rapidfuzz.distance import Indel
from sqlalchemy import select

from archive.models import IdentityEntry, Resource
from archive.records import Check, Content, Observation, ResourceKind
from archive.store.batch import Batch
from archive.store.known import complete
from archive.versioning import essence
from archive.versioning.identity import field_value

ALIKE = 0.7
"""How much of two texts must be common for one to be the other, edited."""

COMPARED = 20_000
"""Characters of a text that are looked at."""


def refusal(batch: Batch, check: Check, resource: Resource, url: str) -> str | None:
    """Why a permanent redirect to ``url`` is no move; None when the new page succeeds the old.

    Two documents that look related all the same are suggested to a person in the identity log.
    """
    target = batch.find(url)
    if target is not None and target.kind == ResourceKind.LIST:
        return f"redirects to the list {target.url}"
    if not resource.version_count or _is_joined(resource, target):
        return None
    new = _content_there(batch, check, target)
    if new is None:
        return None
    batch.load_known([resource.key])
    old = batch.known[resource.key][-1].content
    if texts_alike(old.text, new.text):
        return None
    if same_title(old, new) and not (target and batch.moved_here(target)):
        return None
    if target is not None and target.document_key is not None:
        _suggest(batch, resource, target)
    return f"redirects to {url}, which is another document"


def texts_alike(old: str, new: str) -> bool:
    """Whether one text may be the other after an edit. Pure."""
    before, after = essence(old)[:COMPARED], essence(new)[:COMPARED]
    if not before or not after:
        return False
    return Indel.normalized_similarity(before, after, score_cutoff=ALIKE) >= ALIKE


def same_title(old: Content, new: Content) -> bool:
    """Whether both carry one title. Pure."""
    title = field_value("title", old.fields.get("title"))
    return bool(title) and title == field_value("title", new.fields.get("title"))


def _is_joined(resource: Resource, target: Resource | None) -> bool:
    """Whether both are one resource, or witnesses of one document already."""
    if target is None:
        return False
    return target is resource or target.document_key == resource.document_key


def _content_there(batch: Batch, check: Check, target: Resource | None) -> Content | None:
    """What stands at the new address; None when it is known to be what stood at the old."""
    if check.extraction is not None:
        return Content(check.extraction.text, complete(check.extraction.fields))
    if check.observation is not Observation.NOT_MODIFIED or not target or not target.version_count:
        return None
    batch.load_known([target.key])
    return batch.known[target.key][-1].content


def _suggest(batch: Batch, resource: Resource, target: Resource) -> None:
    pair = {
        "document_key": resource.document_key,
        "other_document_key": target.document_key,
        "action": "suggested",
    }
    if batch.session.scalar(select(IdentityEntry.key).filter_by(**pair).limit(1)) is None:
        evidence = {"redirect": [resource.url, target.url]}
        batch.add(
            IdentityEntry,
            at=batch.at,
            resource_key=resource.key,
            evidence=evidence,
            undoes=None,
            **pair,
        )
