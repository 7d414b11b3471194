"""Answers kept for a while: many rules look at the same short line of a page, again and again."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache, wraps
from typing import TypeVar

LONGEST = 240
"""Characters of a text whose answer is kept: longer ones are rare, and would fill the memory."""
_MOST = 2048

Answer = TypeVar("Answer")


def remembered(rule: Callable[[str], Answer]) -> Callable[[str], Answer]:
    """A pure rule on one text that answers at once when it was asked the same before."""
    kept = lru_cache(maxsize=_MOST)(rule)

    @wraps(rule)
    def asked(text: str) -> Answer:
        return kept(text) if len(text) <= LONGEST else rule(text)

    return asked
