"""What a worker read, made fit to be stored, and flagged when it was not."""

from __future__ import annotations

from dataclasses import replace

from archive.characters import storable
from archive.records import Conflict, Extraction

REASON = "characters that cannot be stored were replaced"


def storable_extraction(extraction: Extraction) -> Extraction:
    """An extraction that can be stored; a conflict tells when something was replaced."""
    cleaned = storable(extraction)
    if cleaned is extraction:
        return extraction
    flag = Conflict(fields=("text",), values=(), reason=REASON)
    return replace(cleaned, conflicts=(*cleaned.conflicts, flag))
