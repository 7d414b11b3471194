"""What people said of fields instead of the rules: where it holds, how it is shown and listed."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, or_, select
from sqlalchemy.orm import Session

from archive.clock import show
from archive.evidence import said_in
from archive.models import Correction, Derivation, Document, Resource, Version
from archive.queries.references import Reference
from archive.queries.rules import derivation_of
from archive.records import DATE_FIELDS, Precision, Source

Held = Mapping[str, Correction]
"""The corrections in force for one page, by field."""


def corrected_column(field: str, stored: ColumnElement[str]) -> ColumnElement[str]:
    """In SQL, a field of the selected ``resources`` row as it is shown now."""
    # A page speaks for the addresses that moved to it.
    about = func.coalesce(Resource.moved_to, Resource.key)
    stands = and_(Correction.field == field, _standing(None))
    pages = select(about.label("page"), Correction.key, Correction.value)
    found = pages.join(Resource, Resource.key == Correction.resource_key).where(stands).subquery()
    latest = (
        select(found.c.value)
        .where(found.c.page == Resource.key)
        .order_by(found.c.key.desc())
        .limit(1)
        .correlate(Resource)
        .scalar_subquery()
    )
    return case((Resource.key.in_(select(found.c.page)), latest), else_=stored)


def in_force(
    session: Session, resources: Collection[int], moment: int | None = None
) -> dict[int, dict[str, Correction]]:
    """The corrections that stand now, or stood at a moment (UTC microseconds), by page and field.

    Those of an address hold for the page that it moved to as well. The last one counts.
    """
    rows = session.execute(
        select(Correction, Resource.moved_to)
        .join(Resource, Resource.key == Correction.resource_key)
        .where(
            or_(Correction.resource_key.in_(resources), Resource.moved_to.in_(resources)),
            _standing(moment),
        )
        .order_by(Correction.key)
    )
    held: dict[int, dict[str, Correction]] = {page: {} for page in resources}
    for correction, moved_to in rows:
        for page in (correction.resource_key, moved_to):
            if page in held:
                held[page][correction.field] = correction
    return held


def corrections_of(session: Session, version: Version, moment: int | None = None) -> Held:
    """The corrections that hold for one version of a page.

    A version from before a correction has it where it says of the field what the later one says.
    """
    held = in_force(session, [version.resource_key], moment)[version.resource_key]
    return {name: one for name, one in held.items() if _holds_for(session, one, version)}


def corrected(fields: Mapping[str, Any], held: Held) -> dict[str, Any]:
    """Field values with what people said in place of what the rules read."""
    return {**fields, **{name: correction.value for name, correction in held.items()}}


def with_people(assertions: Iterable[dict[str, Any]], held: Held) -> list[dict[str, Any]]:
    """Assertion rows, those of people first and chosen."""
    rules = [row | {"chosen": False} if row["field"] in held else row for row in assertions]
    return [*map(_assertion, held.values()), *rules]


def correction_rows(
    session: Session, found: Reference | None = None, *, open_only: bool = False
) -> list[dict[str, Any]]:
    """Corrections in the order in which they were made, of one document or page if one is given.

    Keys: ``id, document, url, version, field, value, replaced, reads, state, who, why, at,
    reopened_at, withdrawn_at``. ``reads`` is what the newest rules read in the latest version.
    States: ``stands``, ``agrees`` (the rules read the same by now), ``open`` (the page says
    something else of the field since), ``superseded`` by a later one, ``withdrawn``.
    """
    chosen = (
        select(Correction, Resource, Document.public_id, Version.public_id)
        .join(Resource, Resource.key == Correction.resource_key)
        .join(Version, Version.key == Correction.version_key)
        .outerjoin(Document, Document.key == Resource.document_key)
        .order_by(Correction.key)
    )
    if found is not None:
        chosen = chosen.where(_about(found))
    rows = session.execute(chosen).all()
    last = {_place(row[0], row[1]): row[0].key for row in rows if row[0].withdrawn_at is None}
    listed = []
    for correction, page, document, version in rows:
        is_last = last.get(_place(correction, page)) == correction.key
        reads = _reads(session, page, correction.field)
        state = _state(correction, reads, is_last=is_last)
        if state == "open" or not open_only:
            listed.append(_row(correction, page.url, document, version, reads, state))
    return listed


def unsettled(session: Session, version: Version) -> list[dict[str, Any]]:
    """The corrections of a version's page that stand or are open again, as they are listed."""
    page = Reference(None, session.get_one(Resource, version.resource_key))
    ended = ("withdrawn", "superseded")
    return [row for row in correction_rows(session, page) if row["state"] not in ended]


def _standing(moment: int | None) -> ColumnElement[bool]:
    if moment is None:
        return and_(Correction.reopened_at.is_(None), Correction.withdrawn_at.is_(None))
    return and_(
        Correction.at <= moment,
        *(
            or_(ended.is_(None), ended > moment)
            for ended in (Correction.reopened_at, Correction.withdrawn_at)
        ),
    )


def _holds_for(session: Session, correction: Correction, version: Version) -> bool:
    if version.resource_key != correction.resource_key:
        return True
    made_on = session.get_one(Version, correction.version_key)
    if version.number >= made_on.number:
        return True
    there, here = (derivation_of(session, one).key for one in (made_on, version))
    name = correction.field
    return said_in(session, here, name) in (correction.grounds, said_in(session, there, name))


def _assertion(correction: Correction) -> dict[str, Any]:
    dated = correction.field in DATE_FIELDS and correction.value is not None
    return {
        "field": correction.field,
        "value": correction.value,
        "raw": correction.replaced,
        "precision": Precision.DAY if dated else None,
        "source": Source.PERSON,
        "locator": f"{correction.who}: {correction.why}",
        "chosen": True,
    }


def _about(found: Reference) -> ColumnElement[bool]:
    if found.resource is not None:
        page = found.resource.key
        return or_(Resource.key == page, Resource.moved_to == page)
    assert found.document is not None
    return Resource.document_key == found.document.key


def _place(correction: Correction, page: Resource) -> tuple[int, str]:
    """What a correction is of: a field of a page, under whatever address that is now."""
    return page.moved_to or page.key, correction.field


def _state(correction: Correction, reads: str | None, *, is_last: bool) -> str:
    if correction.withdrawn_at is not None:
        return "withdrawn"
    if not is_last:
        return "superseded"
    if correction.reopened_at is not None:
        return "open"
    return "agrees" if reads == correction.value else "stands"


def _reads(session: Session, page: Resource, field: str) -> str | None:
    current = page if page.moved_to is None else session.get_one(Resource, page.moved_to)
    latest = session.scalars(
        select(Version).where(
            Version.resource_key == current.key, Version.number == current.version_count
        )
    ).one_or_none()
    if latest is None or latest.withheld_at is not None or latest.purged_at is not None:
        return None
    derivation: Derivation = derivation_of(session, latest)
    return derivation.fields.get(field)


def _row(
    correction: Correction,
    url: str,
    document: str | None,
    version: str,
    reads: str | None,
    state: str,
) -> dict[str, Any]:
    return {
        "id": correction.public_id,
        "document": document,
        "url": url,
        "version": version,
        "field": correction.field,
        "value": correction.value,
        "replaced": correction.replaced,
        "reads": reads,
        "state": state,
        "who": correction.who,
        "why": correction.why,
        "at": show(correction.at),
        "reopened_at": show(correction.reopened_at),
        "withdrawn_at": show(correction.withdrawn_at),
    }
