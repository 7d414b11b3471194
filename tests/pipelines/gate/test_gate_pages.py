"""The project's own gate: pages as other sites write them, each with its truth beside it.

Pages, people and organs are made up; the markup is what content systems of three decades print. A
field that a truth does not name is not stated on the page and must stay empty. Run with ``-s`` to
read, per field, how many values were right, given and present.
"""

from __future__ import annotations

import re
import sys
import tomllib
import unicodedata
from collections import Counter
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import pytest

from archive.records import Extraction, PageKind
from crawler.families.reader import read
from pipelines.reading import Job
from tests.measure import body_f1

FOLDER = Path(__file__).parent / "pages"
NAMES = sorted(path.stem for path in FOLDER.glob("*.toml"))
ADDRESS = "http://www.example.gov.cn/a/b/c.html"
FIELDS = (
    "title",
    "date_published",
    "date_written",
    "date_signed",
    "date_effective",
    "date_expiry",
    "doc_no",
    "index_no",
    "issuer",
    "source",
    "author",
    "theme",
    "genre",
    "validity",
)
WHERE_NAMED = ("subtitle", "kicker")
LEAST_BODY = 0.98
LEAST_PAGES = 100
Row = tuple[str, str, str]


@cache
def truth_of(name: str) -> dict[str, Any]:
    return tomllib.loads((FOLDER / f"{name}.toml").read_text("utf-8"))


@cache
def extraction_of(name: str) -> Extraction:
    reading = read(Job(ADDRESS, (FOLDER / f"{name}.html").read_bytes()))
    assert reading.kind is PageKind.DOCUMENT, reading.reason
    assert reading.extraction is not None
    return reading.extraction


def flat(field: str, value: str | None) -> str:
    """A value as it is compared: width and white space folded, people as a set."""
    text = unicodedata.normalize("NFKC", value or "").translate(str.maketrans("[]", "〔〕"))
    if field == "author":
        return "、".join(sorted(filter(None, re.split(r"[\s、,;/]+", text))))
    return re.sub(r"\s+", "", text).strip(":;,")


def compared(name: str) -> list[Row]:
    """Each field of a page with what is true and what was given; both empty where none is."""
    truth, fields = truth_of(name), extraction_of(name).fields
    rows = []
    for field in (*FIELDS, *(each for each in WHERE_NAMED if each in truth)):
        right, given = flat(field, truth.get(field)), flat(field, fields[field])
        declared = {flat(field, each) for each in truth.get("alternatives", {}).get(field, ())}
        rows.append((field, right, "" if not right and given in declared else given))
    return rows


def files_of(name: str) -> tuple[set[str], set[str]]:
    """The addresses of a document's files, those that are true and those that were given."""
    right = {urljoin(ADDRESS, each) for each in truth_of(name).get("attachments", ())}
    return right, {link.url or link.name for link in extraction_of(name).attachments}


@pytest.mark.parametrize("name", NAMES)
def test_every_field_is_what_the_page_states(name: str) -> None:
    wrong = {field: (right, given) for field, right, given in compared(name) if right != given}
    assert wrong == {}


@pytest.mark.parametrize("name", NAMES)
def test_files_are_the_documents_own(name: str) -> None:
    right, given = files_of(name)
    assert given == right


@pytest.mark.parametrize("name", NAMES)
def test_text_is_the_document_and_nothing_else(name: str) -> None:
    wanted, text = truth_of(name)["body"], extraction_of(name).text
    assert body_f1(wanted, text) >= LEAST_BODY if wanted else text == ""


def test_totals_hold_on_all_pages_together() -> None:
    rows = [row for name in NAMES for row in compared(name)]
    right, given, present = counts(rows)
    told = [
        f"{field:15} {right[field]} right, {given[field]} given, {present[field]} present"
        for field in dict.fromkeys(field for field, _, _ in rows)
    ]
    bodies = [
        body_f1(truth_of(name)["body"], extraction_of(name).text)
        for name in NAMES
        if truth_of(name)["body"]
    ]
    told.append(f"{'body':15} mean {sum(bodies) / len(bodies):.4f} of {len(bodies)} pages")
    sys.stdout.write("\n".join(["", *told, ""]))
    assert len(NAMES) >= LEAST_PAGES
    assert right == given == present
    assert sum(bodies) >= 0.99 * len(bodies)


def counts(rows: Iterable[Row]) -> tuple[Counter[str], Counter[str], Counter[str]]:
    """How many values were right, given and present, by field."""
    right: Counter[str] = Counter()
    given: Counter[str] = Counter()
    present: Counter[str] = Counter()
    for field, wanted, got in rows:
        right[field] += bool(wanted) and wanted == got
        given[field] += bool(got)
        present[field] += bool(wanted)
    return right, given, present
