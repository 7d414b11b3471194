"""Every labelled pair is decided right, in both directions where that has a meaning."""

from __future__ import annotations

from collections import Counter

import pytest
from change_pairs import NOISE, PAIRS, REAL, Pair

from archive.versioning import compare, content_hash

named = pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: pair.name)


@named
def test_pair_is_decided_as_labelled(pair: Pair) -> None:
    decision = compare(*pair.contents)
    found = (decision.observation, decision.change_class, decision.fields)
    assert found == (pair.observation, pair.change_class, pair.fields), decision.reason
    assert decision.makes_version is (pair.observation == "changed")


@named
def test_going_back_has_the_same_class(pair: Pair) -> None:
    old, new = pair.contents
    back = compare(new, old)
    assert (back.change_class, back.fields) == (pair.change_class, pair.fields)


@pytest.mark.parametrize(
    "pair", [p for p in PAIRS if not p.name.startswith("bytes ")], ids=lambda pair: pair.name
)
def test_hash_is_equal_exactly_for_noise(pair: Pair) -> None:
    old, new = pair.contents
    assert (content_hash(old) == content_hash(new)) is (pair.observation == "noise")


def test_corpus_is_balanced() -> None:
    classes = Counter(pair.change_class for pair in PAIRS)
    assert all(classes[name] >= 4 for name in ("substantive", "metadata", "attachment"))
    assert classes["formatting"] >= 4
    assert classes["none"] >= 4
    assert abs(len(REAL) - len(NOISE)) <= len(PAIRS) // 10
    assert len({pair.name for pair in PAIRS}) == len(PAIRS)
