"""The class that holds for a document: its own word, else its seed's; and what `show` tells."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select, update
from written_archive import SITE, WrittenArchive, content

from archive.models import Derivation, Document, Relation, Seed
from archive.queries import document, documents, parse_filters

PRESS = {"rights": "press", "evidence": "来源：某某日报", "locator": "reprint"}
OWN = SITE + "own.html"
PLAIN = SITE + "plain.html"


@pytest.fixture
def library(written: WrittenArchive) -> WrittenArchive:
    """Two documents of an official seed, one of which says that a paper wrote it."""
    for name in ("own.html", "plain.html"):
        written.check(written.page(name), "2023-07-01", "new", content(name, title=name))
    with written.database.write() as session:
        session.execute(update(Seed).values(rights="official"))
        said = select(Derivation.key).where(Derivation.text == "own.html").scalar_subquery()
        session.execute(
            update(Derivation).where(Derivation.key == said).values(rights=PRESS, contacts=[])
        )
    return written


def found(archive: WrittenArchive, query: str) -> set[str]:
    with archive.database.read() as session:
        return {row["url"] for row in documents(session, parse_filters(query))}


def shown(archive: WrittenArchive, url: str) -> dict[str, Any]:
    with archive.database.read() as session:
        return document(session, url)


@pytest.mark.parametrize(
    ("query", "urls"),
    [
        ("rights:press", {OWN}),
        ("rights:official", {PLAIN}),
        ("rights:unknown", set()),
        ("rights:press title:plain", set()),
    ],
)
def test_a_documents_own_word_goes_before_its_seeds(
    library: WrittenArchive, query: str, urls: set[str]
) -> None:
    assert found(library, query) == urls


def test_show_tells_the_class_with_what_it_rests_on(library: WrittenArchive) -> None:
    assert shown(library, OWN)["rights"] == {
        "rights": "press",
        "basis": "document",
        "evidence": "来源：某某日报",
    }
    assert shown(library, PLAIN)["rights"] == {
        "rights": "official",
        "basis": "seed",
        "evidence": None,
    }


def test_show_tells_none_of_what_older_rules_did_not_look_for(library: WrittenArchive) -> None:
    assert shown(library, OWN)["contacts"] == []
    assert shown(library, PLAIN)["contacts"] is None


def test_a_relation_shows_the_document_that_is_held(library: WrittenArchive) -> None:
    held = shown(library, PLAIN)["id"]
    with library.database.write() as session:
        derivation = session.scalars(select(Derivation).where(Derivation.text == "own.html")).one()
        target = session.scalars(select(Document).where(Document.public_id == held)).one()
        session.add(Relation(derivation_key=derivation.key, kind="cites", document_key=target.key))
    assert [each["document"] for each in shown(library, OWN)["relations"]] == [None, held]
