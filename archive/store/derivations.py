"""What one reading of a capture gave: a derivation with its evidence."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

from archive.models import Assertion, Derivation, Relation
from archive.models.base import public_id
from archive.records import Assertion as Found
from archive.records import Extraction
from archive.store.batch import Batch
from archive.store.facts import derivation_facts


def add_derivation(
    batch: Batch, extraction: Extraction, capture_key: int, at: int
) -> tuple[int, dict[str, Any]]:
    """Queue a derivation with its evidence; returns its key and the facts for the chain."""
    row = batch.add(
        Derivation,
        public_id=public_id("r"),
        capture_key=capture_key,
        derived_at=at,
        **_read_values(extraction),
        **_found_values(extraction),
    )
    assertions = [
        batch.add(Assertion, derivation_key=row["key"], position=position, **values)
        for position, values in enumerate(_assertions(extraction))
    ]
    relations = [
        batch.add(Relation, derivation_key=row["key"], document_key=None, **values)
        for values in _relations(extraction)
    ]
    return row["key"], derivation_facts(row, assertions, relations)


def _read_values(extraction: Extraction) -> dict[str, Any]:
    """How a page was read and what it says: its text and fields."""
    return {
        "rule_version": extraction.rule_version,
        "kind": extraction.kind,
        "outcome": extraction.outcome,
        "reason": extraction.reason,
        "family": extraction.family,
        "encoding": extraction.encoding.name,
        "encoding_evidence": extraction.encoding.evidence,
        "text": extraction.text,
        "text_digest": "sha256:" + sha256(extraction.text.encode()).hexdigest(),
        "region_digest": extraction.region_digest,
        "fields": dict(extraction.fields),
        "markdown": extraction.markdown,
        "format": None,
    }


def _found_values(extraction: Extraction) -> dict[str, Any]:
    """What else was found in a page, as the rows of one column each."""
    return {
        "conflicts": [
            {"fields": list(c.fields), "values": list(c.values), "reason": c.reason}
            for c in extraction.conflicts
        ],
        "images": [{"name": each.name, "url": each.url} for each in extraction.images],
        "contacts": [
            {"kind": each.kind, "start": each.start, "end": each.end}
            for each in extraction.contacts
        ],
        "rights": _rights(extraction),
        "attachments": [{"name": each.name, "url": each.url} for each in extraction.attachments],
    }


def _relations(extraction: Extraction) -> list[dict[str, Any]]:
    return [
        {"kind": each.kind, "doc_no": each.doc_no, "title": each.title, "url": each.url}
        for each in extraction.relations
    ]


def _assertions(extraction: Extraction) -> list[dict[str, Any]]:
    """Assertion rows; the first one per field that says the field's value is the chosen one."""
    chosen: set[str] = set()
    rows = []
    for found in extraction.assertions:
        wins = found.field not in chosen and _is_value(extraction, found)
        if wins:
            chosen.add(found.field)
        rows.append(
            {
                "field": found.field,
                "value": found.value,
                "raw": found.raw,
                "precision": found.precision,
                "source": found.source,
                "locator": found.locator,
                "chosen": wins,
            }
        )
    return rows


def _rights(extraction: Extraction) -> dict[str, str] | None:
    said = extraction.rights
    if said is None:
        return None
    return {"rights": said.rights, "evidence": said.evidence, "locator": said.locator}


def _is_value(extraction: Extraction, found: Found) -> bool:
    return found.value == extraction.fields.get(found.field)
