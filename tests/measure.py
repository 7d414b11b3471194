"""The measure of a body's likeness: F1 over character 4-grams, white space and widths folded."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter


def body_f1(expected: str, got: str) -> float:
    """Between 0 and 1; 1 when the texts are equal but for white space and width."""
    left, right = _grams(expected), _grams(got)
    hit = (left & right).total()
    if not hit:
        return 0.0
    precision, recall = hit / right.total(), hit / left.total()
    return 2 * precision * recall / (precision + recall)


def _grams(text: str) -> Counter[str]:
    flat = re.sub(r"[\s|\u200b\ufeff]+", "", unicodedata.normalize("NFKC", text))
    return Counter(flat[i : i + 4] for i in range(len(flat) - 3))
