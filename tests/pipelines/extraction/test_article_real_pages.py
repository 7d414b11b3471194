"""Scores on saved real pages, when a folder of labelled ones is named by GONGWEN_PAGES.

The folder holds sets (``articles``, ``fragments``), each with ``manifest.jsonl`` and ``gold/``.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from tests.bench.peers import ours, table
from tests.scores import Scores, score

FOLDER = os.environ.get("GONGWEN_PAGES")
pytestmark = pytest.mark.skipif(not FOLDER, reason="GONGWEN_PAGES names no folder of pages")
FEW = 20
"""Where fewer values are present, a share says little: none may be wrong, and one missing."""
OFFICIAL = (
    *("doc_no", "index_no", "issuer", "validity"),
    *("date_written", "date_signed", "date_effective", "date_expiry"),
)
LEAST = {
    "title": (0.98, 0.98),
    "date_published": (0.98, 0.98),
    **dict.fromkeys(OFFICIAL, (1.0, 0.95)),
    "source": (0.95, 0.95),
    "author": (0.85, 0.85),
    "attachments": (0.95, 0.95),
}


def measured(name: str) -> Scores:
    folder = Path(FOLDER or "", name)
    rows = {Path(row["path"]).stem: row for row in ours(folder)}
    labels = sorted((folder / "gold").glob("*.json"))
    scores = score((json.loads(each.read_text("utf-8")), rows[each.stem]) for each in labels)
    print("\n".join([name, *table({"gongwen": scores})]))  # noqa: T201
    return scores


@pytest.mark.parametrize("name", ["articles", "fragments"])
def test_real_pages_score_as_promised(name: str) -> None:
    scores = measured(name)
    for field, (precision, recall) in LEAST.items():
        tally = scores.tallies[field]
        if tally.present < FEW:
            assert tally.given == tally.right >= tally.present - 1, field
        else:
            assert tally.precision >= precision, field
            assert tally.recall >= recall, field
    assert scores.body >= 0.985
    assert sum(each < 0.95 for each in scores.bodies) <= 1
    assert scores.spurious == 0


def test_every_field_of_an_official_record_is_read() -> None:
    scores = measured("fragments")
    for field, tally in scores.tallies.items():
        assert (tally.precision, tally.recall) >= (0.99, 0.99), field
    assert scores.body >= 0.99
