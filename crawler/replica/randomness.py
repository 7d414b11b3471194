"""Chance that is always the same: a random stream named by what it decides."""

from __future__ import annotations

import random


def stream(*parts: object) -> random.Random:
    """A generator that depends on nothing but ``parts``, in every process and on every machine."""
    return random.Random("/".join(map(str, parts)))
