"""Which CMS family made a page, told from its own source and never from its host."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from crawler.families.family import Family
from pipelines.extraction.page import Page

_MOST = 2_000_000


@dataclass(frozen=True, slots=True)
class Recognition:
    """A family and the evidence for it: for each pattern that matched, the text it found."""

    family: Family
    evidence: tuple[str, ...] = ()


def recognise_among(page: Page, families: Iterable[Family], otherwise: Family) -> Recognition:
    """The family with the most matching patterns; the first of equals; ``otherwise`` if none."""
    best = Recognition(otherwise)
    for family in families:
        evidence = _evidence(page.source[:_MOST], family.evidence)
        if len(evidence) > len(best.evidence):
            best = Recognition(family, evidence)
    return best


def _evidence(source: str, patterns: Iterable[str]) -> tuple[str, ...]:
    matches = (_compiled(pattern).search(source) for pattern in patterns)
    return tuple(match.group(0) for match in matches if match)


@lru_cache(maxsize=512)
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)
