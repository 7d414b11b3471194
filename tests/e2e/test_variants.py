"""The replica's template variants: the one extraction was not developed on reads like the others.

Every site wears each of its variants under one of three numbers. Run with ``-s`` for the table.
"""

from __future__ import annotations

import re
import sys
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

import pytest

from archive.records import FIELDS, Extraction
from crawler.families.reader import read
from crawler.replica.facts import text_of
from crawler.replica.rendering import CLOCK, VISITS
from crawler.replica.responding import respond
from crawler.replica.sites import World, sites
from crawler.replica.state import SiteState
from pipelines.reading import Job
from tests.measure import body_f1

NUMBERS = (1, 2, 3)
DOCUMENTS = 50
BODY = "text"
STATED_ELSEWHERE = frozenset(("title", "date_published"))
"""A page without a headline of its own leaves these to the list that led to it."""


class Seen(NamedTuple):
    """A value of one page: the variant it was printed in, what is true and what was given."""

    variant: str
    field: str
    right: str
    given: str


@cache
def seen() -> tuple[Seen, ...]:
    return tuple(
        each for number in NUMBERS for each in _of_world(World(8000, DOCUMENTS, 0, number))
    )


def _of_world(world: World) -> Iterator[Seen]:
    for site in sites():
        state = SiteState(world, site)
        for document in state.held.known(0):
            yield from _of_page(state, document)


def _of_page(state: SiteState, document: int) -> Iterator[Seen]:
    facts, got = state.facts(document), _read(state, document)
    for field in FIELDS:
        if facts.heading is not None or field not in STATED_ELSEWHERE:
            yield Seen(state.variant, field, flat(facts.fields[field]), flat(got.fields[field]))
    score = body_f1(text_of(facts), got.text)
    yield Seen(state.variant, BODY, "1", f"{score:.2f}".removesuffix(".00"))


def _read(state: SiteState, document: int) -> Extraction:
    page = respond(state, state.path(document))
    address = state.world.origin(state.site) + state.path(document)
    body = page.body.replace(VISITS.encode(), b"12").replace(CLOCK.encode(), b"10:08:09")
    # The old portal prints the day first; that is learned from the site's other pages.
    known = Job(address, body, headers=(("content-type", page.content_type),), day_first=True)
    got = read(known).extraction
    assert got is not None, address
    return got


def flat(value: str | None) -> str:
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", value or ""))


@pytest.mark.parametrize("variant", "abc")
def test_every_variant_gives_every_value(variant: str) -> None:
    wrong = [each for each in seen() if each.variant == variant and each.right != each.given]
    assert wrong == []


def test_variants_score_alike_field_by_field() -> None:
    counts: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for each in seen():
        told = counts[each.field, each.variant]
        told["right"] += bool(each.right) and each.right == each.given
        told["given"] += bool(each.given)
        told["present"] += bool(each.right)
    sys.stdout.write("\n" + "\n".join(_rows(counts)) + "\n")
    for field in dict.fromkeys(field for field, _ in counts):
        shares = [_share(counts[field, variant]) for variant in "abc"]
        assert shares[2] >= min(shares[:2]), field


def _rows(counts: dict[tuple[str, str], Counter[str]]) -> Iterator[str]:
    for field in dict.fromkeys(field for field, _ in counts):
        each = (counts[field, variant] for variant in "abc")
        yield f"{field:15}" + "  ".join(f"{c['right']}/{c['given']}/{c['present']}" for c in each)


def _share(told: Counter[str]) -> float:
    most = max(told["given"], told["present"])
    return told["right"] / most if most else 1.0
