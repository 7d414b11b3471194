"""Which of the documents we hold a relation means: by number with a compatible title, or address.

It is asked when the relation is written, and again when a document arrives that it may mean.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from rapidfuzz import fuzz
from sqlalchemy import select, text, update
from sqlalchemy.orm import Session

from archive.addresses import url_key
from archive.models import Assertion, Capture, Derivation, Relation, Resource
from archive.problems import Problem
from archive.store.lookups import chunks

_NOT_LETTERS = re.compile(r"[\s《》〈〉<>“”\"'‘’（）()〔〕、，,。：:的]")
_SIMILAR = 80.0
_SHORTEST_PART = 6

# In these words, so that SQLite sees that the index on numbers covers it.
_OF_NUMBER = text("assertions.field = 'doc_no'")


class _Holder(NamedTuple):
    document: int
    title: str | None


def resolve_relations(
    session: Session,
    relations: Sequence[Mapping[str, Any]],
    assertions: Sequence[Mapping[str, Any]],
    resources: Collection[int],
) -> None:
    """Set ``document_key`` where it became known by rows that were just written.

    ``relations`` and ``assertions`` are those rows, ``resources`` the pages with a first version.
    """
    found = [*_to_known(session, relations), *_to_arrived(session, assertions, resources)]
    changes = [{"key": key, "document_key": document} for key, document in dict(found).items()]
    if changes:
        session.execute(update(Relation), changes)


def is_compatible(number: str, cited: str | None, held: str | None) -> bool:
    """Whether a number with a cited title can mean a document with a title.

    A citation may leave out the organ, or name what a notice encloses. The number of an order
    (市政府令第3号) says too little by itself.
    """
    if not cited or not held:
        return "〔" in number
    first, second = (_NOT_LETTERS.sub("", title) for title in (cited, held))
    short, long = sorted((first, second), key=len)
    if first == second or (len(short) >= _SHORTEST_PART and short in long):
        return True
    return fuzz.ratio(first, second) >= _SIMILAR


def _to_known(
    session: Session, relations: Sequence[Mapping[str, Any]]
) -> Iterator[tuple[int, int]]:
    """New relations to documents that are here."""
    rows = [row for row in relations if row["doc_no"] or row["url"]]
    if not rows:
        return
    holders = _holders(session, {row["doc_no"] for row in rows if row["doc_no"]})
    pages = _documents_at(session, [row["url"] for row in rows if row["url"]])
    own = _own_documents(session, {row["derivation_key"] for row in rows})
    for row in rows:
        itself = own.get(row["derivation_key"])
        document = pages.get(row["url"] or "") or _chosen(row, holders[row["doc_no"]], itself)
        if document is not None and document != itself:
            yield row["key"], document


def _to_arrived(
    session: Session, assertions: Sequence[Mapping[str, Any]], resources: Collection[int]
) -> Iterator[tuple[int, int]]:
    """Older relations to documents whose number or page has just become known."""
    numbers = {row["value"] for row in assertions if row["field"] == "doc_no" and row["chosen"]}
    waiting = _unresolved(session, Relation.doc_no, numbers)
    holders = _holders(session, {relation["doc_no"] for relation, _ in waiting})
    for relation, itself in waiting:
        document = _chosen(relation, holders[relation["doc_no"]], itself)
        if document is not None:
            yield relation["key"], document
    addresses = _addresses(session, resources)
    for relation, itself in _unresolved(session, Relation.url, addresses.keys()):
        if addresses[relation["url"]] != itself:
            yield relation["key"], addresses[relation["url"]]


def _chosen(row: Mapping[str, Any], holders: Iterable[_Holder], itself: int | None) -> int | None:
    """The one document that a number and a title mean; None when several could be meant."""
    number = row["doc_no"]
    meant = {
        each.document
        for each in holders
        if each.document != itself and is_compatible(number, row["title"], each.title)
    }
    return meant.pop() if len(meant) == 1 else None


def _holders(session: Session, numbers: Collection[str]) -> dict[str | None, set[_Holder]]:
    """The documents that have some numbers, with their titles."""
    found: dict[str | None, set[_Holder]] = defaultdict(set)
    for some in chunks(numbers):
        title = Derivation.fields["title"].as_string()
        rows = _with_resource(
            select(Assertion.value, Resource.document_key, title).join(
                Derivation, Derivation.key == Assertion.derivation_key
            )
        ).where(Assertion.value.in_(some), _OF_NUMBER, Assertion.chosen)
        for value, document, held in session.execute(rows):
            if document is not None:
                found[value].add(_Holder(document, held))
    return found


def _unresolved(
    session: Session, column: Any, values: Collection[str]
) -> list[tuple[dict[str, Any], int | None]]:
    """Relations without a document that have some values, with the document that states them."""
    found: list[tuple[dict[str, Any], int | None]] = []
    for some in chunks(values):
        rows = _with_resource(
            select(
                Relation.key, Relation.doc_no, Relation.title, Relation.url, Resource.document_key
            ).join(Derivation, Derivation.key == Relation.derivation_key)
        ).where(column.in_(some), Relation.document_key.is_(None))
        for key, number, title, url, document in session.execute(rows):
            values_of = {"key": key, "doc_no": number, "title": title, "url": url}
            found.append((values_of, document))
    return found


def _own_documents(session: Session, derivations: Collection[int]) -> dict[int, int | None]:
    found: dict[int, int | None] = {}
    for some in chunks(derivations):
        rows = _with_resource(select(Derivation.key, Resource.document_key))
        found.update(session.execute(rows.where(Derivation.key.in_(some))).all())
    return found


def _with_resource(query: Any) -> Any:
    """A query of derivations, joined to the page that each was read from."""
    return query.join(Capture, Capture.key == Derivation.capture_key).join(
        Resource, Resource.key == Capture.resource_key
    )


def _documents_at(session: Session, urls: Collection[str]) -> dict[str, int]:
    """The documents whose pages have some addresses."""
    keys = {url: key for url in urls if (key := _key(url)) is not None}
    found: dict[str, int] = {}
    for some in chunks(set(keys.values())):
        rows = select(Resource.url_key, Resource.document_key).where(
            Resource.url_key.in_(some), Resource.document_key.is_not(None)
        )
        found.update((key, document) for key, document in session.execute(rows) if document)
    return {url: found[key] for url, key in keys.items() if key in found}


def _addresses(session: Session, resources: Collection[int]) -> dict[str, int]:
    """The forms in which others link some pages, with their documents."""
    found: dict[str, int] = {}
    for some in chunks(resources):
        rows = select(Resource.url, Resource.document_key).where(
            Resource.key.in_(some), Resource.document_key.is_not(None)
        )
        for url, document in session.execute(rows):
            if document is not None:
                rest = url.partition(":")[2]
                found |= dict.fromkeys((url, f"http:{rest}", f"https:{rest}"), document)
    return found


def _key(url: str) -> str | None:
    try:
        return url_key(url)
    except Problem:
        return None
