"""Characters that no database can hold: NUL and lone surrogates."""

from __future__ import annotations

import re

UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
REPLACEMENT = "\N{REPLACEMENT CHARACTER}"


def storable_text(text: str) -> str:
    """A text with its unstorable characters replaced; the same object when there are none."""
    return UNSTORABLE.sub(REPLACEMENT, text) if UNSTORABLE.search(text) else text
