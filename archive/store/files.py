"""The text of an attached file: a derivation of its capture that has no fields."""

from __future__ import annotations

from hashlib import sha256

from archive.models import Derivation
from archive.models.base import public_id
from archive.records import FileText
from archive.store.batch import Batch

KIND = "file"
NO_FAMILY = "none"
NO_ENCODING = "none"


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
