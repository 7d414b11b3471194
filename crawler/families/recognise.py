"""Which CMS family made a page, told from its own source and never from its host."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
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
    # Bytes are lowered and searched many times faster than text, and only ASCII has two cases.
    source = page.source[:_MOST].encode("utf-8", "replace")
    small = source.lower()
    holds = cache(small.__contains__)
    best = Recognition(otherwise)
    for family in families:
        signs = [sign for sign in family.evidence if any(map(holds, _words(sign)))]
        if len(signs) > len(best.evidence):
            evidence = tuple(_evidence(source, small, signs))
            if len(evidence) > len(best.evidence):
                best = Recognition(family, evidence)
    return best


def _evidence(source: bytes, small: bytes, signs: Iterable[Sign]) -> Iterator[str]:
    for sign in signs:
        match = _compiled(sign.pattern).search(small)
        if match:
            yield source[match.start() : match.end()].decode("utf-8", "replace")


@cache
def _words(sign: Sign) -> tuple[bytes, ...]:
    return tuple(word.lower().encode() for word in sign.words)


@cache
def _compiled(pattern: str) -> re.Pattern[bytes]:
    return re.compile(pattern.lower().encode())
