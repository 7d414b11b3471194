"""Pages of ordinary sites, each by its own system: every field, every file and the whole text.

The pages are made up, their markup is what such systems print. Beside each page lies what is right
for it; a field that is not named there is not stated and must stay empty.
"""

from __future__ import annotations

import json
import re
import unicodedata
from pathlib import Path
from typing import Any

import pytest

from archive.records import Extraction, PageKind
from crawler.families.reader import read
from pipelines.reading import Job
from tests.measure import body_f1

FOLDER = Path(__file__).parent / "pages" / "variants"
NAMES = sorted(path.stem for path in FOLDER.glob("*.json"))
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
SITE = "http://www.example.gov.cn/a/b/c.html"


def extraction_of(name: str) -> Extraction:
    reading = read(Job(None, (FOLDER / f"{name}.html").read_bytes()))
    assert reading.kind is PageKind.DOCUMENT, reading.reason
    assert reading.extraction is not None
    return reading.extraction


def right_for(name: str) -> dict[str, Any]:
    right: dict[str, Any] = json.loads((FOLDER / f"{name}.json").read_text("utf-8"))
    return right


def flat(value: str | None) -> str:
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", value or ""))


@pytest.mark.parametrize("name", NAMES)
def test_every_field_is_what_the_page_states(name: str) -> None:
    right, fields = right_for(name), extraction_of(name).fields
    declared = {
        field: {flat(value) for value in values}
        for field, values in right.get("alternatives", {}).items()
    }
    compared = [*FIELDS, *(field for field in WHERE_NAMED if field in right)]
    wrong = {
        field: fields[field]
        for field in compared
        if flat(fields[field]) != flat(right.get(field))
        and flat(fields[field]) not in declared.get(field, set())
    }
    assert wrong == {}


@pytest.mark.parametrize("name", NAMES)
def test_text_is_the_document_and_nothing_else(name: str) -> None:
    wanted, text = right_for(name)["body"], extraction_of(name).text
    assert body_f1(wanted, text) >= 0.99 if wanted else text == ""


@pytest.mark.parametrize("name", NAMES)
def test_files_are_those_of_the_document(name: str) -> None:
    linked = {each.url for each in extraction_of(name).attachments}
    assert linked == {each["href"] for each in right_for(name)["attachments"]}
