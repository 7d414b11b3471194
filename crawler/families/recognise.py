"""Which CMS family made a page, told from its own source and never from its host."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from crawler.families.family import Family, Sign
from pipelines.extraction.page import Page

_MOST = 2_000_000


@dataclass(frozen=True, slots=True)
class Recognition:
    """A family and the evidence for it: of each sign the text that showed it."""

    family: Family
    evidence: tuple[str, ...] = ()


def recognise_among(page: Page, families: Iterable[Family], otherwise: Family) -> Recognition:
    """The family with the most signs; the first of equals; ``otherwise`` if there are none."""
    source = page.source[:_MOST]
    # Bytes are lowered and searched many times faster than text, and only ASCII has two cases.
    small = source.encode("utf-8", "replace").lower()
    best = Recognition(otherwise)
    for family in families:
        signs = [sign for sign in family.evidence if any(w in small for w in _words(sign))]
        if len(signs) > len(best.evidence):
            evidence = _evidence(source, signs)
            if len(evidence) > len(best.evidence):
                best = Recognition(family, evidence)
    return best


def _evidence(source: str, signs: Iterable[Sign]) -> tuple[str, ...]:
    matches = (_compiled(sign.pattern).search(source) for sign in signs)
    return tuple(match.group(0) for match in matches if match)


@cache
def _words(sign: Sign) -> tuple[bytes, ...]:
    return tuple(word.lower().encode() for word in sign.words)


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)
