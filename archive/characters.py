"""Text that every database can hold: no NUL, no lone surrogates. Raw bytes stay as they are."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from typing import Any, TypeVar, cast

UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
REPLACEMENT = "\N{REPLACEMENT CHARACTER}"

T = TypeVar("T")


def storable(value: T) -> T:
    """The same value, its unstorable characters replaced; the same object without any.

    Looks into tuples, lists, mappings and dataclasses.
    """
    return cast("T", _clean(value))


def _clean(value: Any) -> Any:
    if isinstance(value, str):
        # Enum members are strings, too, and never need it.
        return UNSTORABLE.sub(REPLACEMENT, value) if UNSTORABLE.search(value) else value
    if isinstance(value, (tuple, list)):
        parts = type(value)(map(_clean, value))
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
