"""What a page itself says of one field, as a digest: the grounds of a person's correction."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping

from archive.records import FIELDS, Source
from archive.versioning.folding import normalise

Said = Iterable[tuple[str, str, str]]
"""Assertions as ``(field, raw, source)``."""


def grounds(field: str, said: Said) -> str:
    """``sha256:<hex>`` over the words in which a page speaks of a field.

    Only what is printed counts, each wording once: neither what the rules make of it, nor where
    they find it, so that other rules alone move nothing. What a list says of the page never
    counts, because it is not always at hand.
    """
    printed = [raw for name, raw, source in said if name == field and source != Source.LIST]
    words = sorted({normalise(raw) for raw in printed})
    canonical = json.dumps([field, words], ensure_ascii=True, separators=(",", ":"))
    return "sha256:" + hashlib.sha256(canonical.encode("ascii")).hexdigest()


def all_grounds(said: Said) -> Mapping[str, str]:
    """The grounds of every field."""
    listed = list(said)
    return {field: grounds(field, listed) for field in FIELDS}
