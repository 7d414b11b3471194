"""Scores on saved real pages, when a folder of labelled ones is named by GONGWEN_PAGES.

The folder holds sets (``articles``, ``fragments``), each with ``*.html`` and ``gold/*.json``.
"""

from __future__ import annotations

import json
import os
import re
import unicodedata
from pathlib import Path
from typing import Any

import pytest

from archive.records import Extraction
from crawler.families.reader import read
from pipelines.reading import Job
from tests.measure import body_f1

FOLDER = os.environ.get("GONGWEN_PAGES")
pytestmark = pytest.mark.skipif(not FOLDER, reason="GONGWEN_PAGES names no folder of pages")
LEAST = {"title": 0.95, "date_published": 0.95, "doc_no": 0.9, "index_no": 0.9, "issuer": 0.9}


def flat(value: str | None) -> str:
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", value or ""))


def labelled(name: str) -> list[tuple[dict[str, Any], Extraction]]:
    found = []
    for gold in sorted(Path(FOLDER or "", name, "gold").glob("*.json")):
        page = Path(FOLDER or "", name, f"{gold.stem}.html")
        extraction = read(Job(None, page.read_bytes())).extraction
        assert extraction is not None, page.name
        found.append((json.loads(gold.read_text("utf-8")), extraction))
    return found


@pytest.mark.parametrize("name", ["articles", "fragments"])
def test_real_pages_score_as_promised(name: str) -> None:
    pages = labelled(name)
    for field, least in LEAST.items():
        stated = [(flat(gold.get(field)), flat(got.fields[field])) for gold, got in pages]
        present = [wanted == got for wanted, got in stated if wanted]
        given = [wanted == got for wanted, got in stated if got]
        assert sum(present) >= least * len(present), field
        assert sum(given) >= least * len(given), field
    bodies = [body_f1(gold["body"], got.text) for gold, got in pages if gold.get("body")]
    assert sum(bodies) >= 0.96 * len(bodies)
