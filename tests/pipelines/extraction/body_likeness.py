"""How alike two texts are: F1 over character 4-grams, white space and cell bars ignored."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter


def body_f1(wanted: str, got: str) -> float:
    """1.0 for equal texts; 0.0 when they share no four characters in a row."""
    ours, theirs = _grams(got), _grams(wanted)
    common = (ours & theirs).total()
    if not common:
        return 0.0
    precision, recall = common / ours.total(), common / theirs.total()
    return 2 * precision * recall / (precision + recall)


def _grams(text: str) -> Counter[str]:
    flat = re.sub(r"[\s|\u200b\ufeff]+", "", unicodedata.normalize("NFKC", text))
    return Counter(flat[at : at + 4] for at in range(len(flat) - 3))
