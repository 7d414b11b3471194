"""The text of an attached file: a derivation of its capture that has no fields."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from sqlalchemy import select

from archive.models import Capture, Derivation
from archive.models.base import public_id
from archive.records import FileText, Outcome
from archive.store.batch import Batch

KIND = "file"
NO_FAMILY = "none"
NO_ENCODING = "none"

_PASSING = frozenset({Outcome.OOM, Outcome.TIMEOUT})
"""Endings that another reading of the same bytes by the same rules may not have."""


def is_unread(batch: Batch, file: FileText, capture: Mapping[str, Any]) -> bool:
    """Whether bytes that are held already have no reading by these rules as good as this one.

    ``capture`` is the new one. Bytes that were packed otherwise before are left as they are.
    """
    same = select(Capture.key).where(
        Capture.resource_key == capture["resource_key"],
        Capture.payload_digest == capture["payload_digest"],
        Capture.key != capture["key"],
    )
    held = set(batch.session.scalars(same))
    read = select(Derivation.outcome).where(
        Derivation.capture_key.in_(same),
        Derivation.format.is_not(None),
        Derivation.rule_version == file.rule_version,
    )
    before = set(batch.session.scalars(read))
    if not before:
        return bool(held)
    return before <= _PASSING and file.outcome not in _PASSING


def add_file_text(batch: Batch, file: FileText, capture_key: int, at: int) -> None:
    """Queue what was read of a file's bytes, or why nothing was.

    A file has no page's codec: by what its format was told stands in the evidence of the encoding.
    """
    batch.add(
        Derivation,
        public_id=public_id("r"),
        capture_key=capture_key,
        rule_version=file.rule_version,
        derived_at=at,
        kind=KIND,
        outcome=file.outcome,
        reason=file.reason,
        family=NO_FAMILY,
        encoding=NO_ENCODING,
        encoding_evidence=file.evidence,
        text=file.text,
        text_digest="sha256:" + sha256(file.text.encode()).hexdigest(),
        region_digest=None,
        fields={},
        conflicts=[],
        markdown=None,
        images=None,
        contacts=None,
        rights=None,
        format=file.format,
        attachments=None,
    )
