"""Text that every database can hold: no NUL, no lone surrogates. Raw bytes stay as they are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from typing import Any, TypeVar, cast

from archive.characters import storable_text
from archive.records import Conflict, Extraction

REASON = "characters that cannot be stored were replaced"

T = TypeVar("T")


def storable(value: T) -> T:
    """The same value, its unstorable characters replaced; untouched when there are none."""
    return cast("T", _clean(value))


def storable_extraction(extraction: Extraction) -> Extraction:
    """An extraction that can be stored; a conflict tells when something was replaced."""
    cleaned = storable(extraction)
    if cleaned is extraction:
        return extraction
    flag = Conflict(fields=("text",), values=(), reason=REASON)
    return replace(cleaned, conflicts=(*cleaned.conflicts, flag))


def _clean(value: Any) -> Any:
    if isinstance(value, str):
        # Enum members are strings, too, and never need it.
        return storable_text(value)
    if isinstance(value, tuple):
        parts = tuple(map(_clean, value))
        return value if _same(parts, value) else parts
    if isinstance(value, Mapping):
        pairs = {_clean(key): _clean(part) for key, part in value.items()}
        return value if _same(pairs.values(), value.values()) else pairs
    if is_dataclass(value) and not isinstance(value, type):
        changed = {
            item.name: cleaned
            for item in fields(value)
            if (cleaned := _clean(old := getattr(value, item.name))) is not old
        }
        return replace(value, **changed) if changed else value
    return value


def _same(new: Any, old: Any) -> bool:
    return all(one is other for one, other in zip(new, old, strict=True))
