"""Class names and headings help; a page that has none of them is read by what it prints."""

from __future__ import annotations

import json
import re
from pathlib import Path

import lxml.html
import pytest
from lxml.html import HtmlElement

from archive.records import Extraction
from crawler.families.reader import read
from pipelines.extraction.page import parse
from pipelines.reading import Job
from tests.measure import body_f1

FOLDER = Path(__file__).parent / "pages" / "variants"
NAMES = sorted(path.stem for path in FOLDER.glob("*.json"))
LEAST = 0.95
HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")


def bare(tree: HtmlElement) -> str:
    for element in tree.iter("*"):
        for name in ("class", "id"):
            element.attrib.pop(name, None)
        if element.tag in HEADINGS:
            element.tag = "div"
    markup: str = lxml.html.tostring(tree, encoding="unicode")
    return re.sub(r"(?i)charset\s*=\s*[\"']?[\w-]+", "charset=utf-8", markup, count=2)


@pytest.fixture(scope="module")
def read_bare() -> dict[str, Extraction]:
    found = {}
    for name in NAMES:
        tree = parse((FOLDER / f"{name}.html").read_bytes()).tree
        extraction = read(Job(None, bare(tree).encode())).extraction
        assert extraction is not None, name
        found[name] = extraction
    return found


def flat(value: str | None) -> str:
    return re.sub(r"\s+", "", value or "")


@pytest.mark.parametrize("field", ["title", "date_published", "doc_no", "source"])
def test_fields_are_found_without_names_in_the_markup(
    field: str, read_bare: dict[str, Extraction]
) -> None:
    right = {name: json.loads((FOLDER / f"{name}.json").read_text("utf-8")) for name in NAMES}
    stated = [name for name in NAMES if right[name].get(field)]
    found = [
        name for name in stated if flat(read_bare[name].fields[field]) == flat(right[name][field])
    ]
    assert len(found) >= LEAST * len(stated), set(stated) - set(found)


def test_texts_are_found_without_names_in_the_markup(read_bare: dict[str, Extraction]) -> None:
    right = {name: json.loads((FOLDER / f"{name}.json").read_text("utf-8")) for name in NAMES}
    scores = [
        body_f1(right[name]["body"], read_bare[name].text) for name in NAMES if right[name]["body"]
    ]
    assert sum(scores) >= 0.98 * len(scores)
