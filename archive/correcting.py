"""A person corrects a field of a page, or takes a correction back: one transaction, chained."""

from __future__ import annotations

import difflib
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from archive import clock
from archive.bytewise import begins
from archive.chain import CORRECTION, Link
from archive.characters import storable
from archive.database import Database
from archive.evidence import said_in
from archive.models import Correction, Derivation, Resource, Version
from archive.models.base import public_id
from archive.problems import Problem
from archive.queries.contents import readable
from archive.queries.corrections import correction_rows, in_force
from archive.queries.details import pick_version
from archive.queries.references import Reference, resolve
from archive.records import FIELDS
from archive.space import MIN_FREE
from archive.store.chaining import chained_write
from archive.store.corrections import WITHDRAWN, correction_facts, end_link

_SHORTEST = 5


def correct(
    database: Database,
    ref: str,
    field: str,
    value: str | None,
    *,
    who: str,
    why: str,
    at: int | None = None,
    min_free: int = MIN_FREE,
) -> dict[str, Any]:
    """Put a value before what the rules read of a field; None says that the page states none.

    Of a document the page that speaks for it is corrected, in its latest version. The value is
    taken as it is. Returns the row that ``corrections`` lists. Raises Problem for an unknown
    field, page or version, for one that may not be shown or is not the latest, and for a
    correction that stands already.
    """
    check_field(field)
    who, why, value = storable(who.strip()), storable(why.strip()), storable(value)
    if not (who and why):
        raise _unfounded()
    now = clock.now() if at is None else at
    with chained_write(database, now, min_free=min_free) as (session, links):
        page, version = _latest(session, ref)
        derivation = readable(session, version)
        _refuse_twice(session, page, field, value)
        made = _made(session, page, version, derivation, (field, value), (who, why, now))
        session.add(made)
        session.flush()
        facts = correction_facts(made, page.url_key, version.public_id)
        links.append(Link(CORRECTION, made.public_id, facts))
        return _listed(session, made)


def _made(
    session: Session,
    page: Resource,
    version: Version,
    derivation: Derivation,
    said: tuple[str, str | None],
    by: tuple[str, str, int],
) -> Correction:
    """A correction's row: the field and value that are ``said``, and who, why and when."""
    (field, value), (who, why, at) = said, by
    return Correction(
        public_id=public_id("k"),
        resource_key=page.key,
        version_key=version.key,
        field=field,
        value=value,
        replaced=derivation.fields.get(field),
        who=who,
        why=why,
        at=at,
        grounds=said_in(session, derivation.key, field),
    )


def withdraw(
    database: Database, identifier: str, *, at: int | None = None, min_free: int = MIN_FREE
) -> dict[str, Any]:
    """Take a correction back for good; the one before it, or the rules, speak again.

    Returns its row. Raises Problem for an unknown or ambiguous id, and for one taken back before.
    """
    now = clock.now() if at is None else at
    with chained_write(database, now, min_free=min_free) as (session, links):
        found = _find(session, storable(identifier.strip()))
        if found.withdrawn_at is not None:
            raise Problem(
                f"Correction {found.public_id} cannot be withdrawn",
                f"it was withdrawn on {clock.show(found.withdrawn_at)}",
                "See what stands with: gongwen corrections",
            )
        found.withdrawn_at = now
        session.flush()
        links.append(end_link(found, WITHDRAWN, now))
        return _listed(session, found)


def check_field(field: str) -> None:
    """Raise Problem (exit code 2) for a name that no field has."""
    if field in FIELDS:
        return
    near = difflib.get_close_matches(field, FIELDS, n=1)
    meant = f"Did you mean {near[0]}?" if near else "Use one of these names"
    why = f"fields are {', '.join(FIELDS)}"
    raise Problem(f"There is no field {field}", why, meant, exit_code=2)


def _latest(session: Session, ref: str) -> tuple[Resource, Version]:
    found = resolve(session, ref)
    if found.capture is not None and found.version is None:
        raise Problem(
            f"{ref} cannot be corrected",
            "no version was read from this capture",
            f"Name the page: gongwen show {ref} --raw",
        )
    version = pick_version(session, found, ref)
    page = session.get_one(Resource, version.resource_key)
    if version.number != page.version_count:
        raise Problem(
            f"Version {version.public_id} cannot be corrected",
            f"its page has said something else since: it is version {version.number} "
            f"of {page.version_count}",
            f"Correct what it says now: {page.url}",
        )
    return page, version


def _refuse_twice(session: Session, page: Resource, field: str, value: str | None) -> None:
    standing = in_force(session, [page.key])[page.key].get(field)
    if standing is None or standing.value != value:
        return
    raise Problem(
        f"{field} is corrected to that already",
        f"{standing.who} did so on {clock.show(standing.at)}: {standing.why}",
        f"Take that back with: gongwen correct --withdraw {standing.public_id}",
    )


def _find(session: Session, identifier: str) -> Correction:
    exact = session.scalar(select(Correction).where(Correction.public_id == identifier))
    if exact is not None:
        return exact
    near: list[Correction] = []
    if len(identifier) >= _SHORTEST and identifier.isalnum():
        found = select(Correction).where(begins(Correction.public_id, identifier))
        near = list(session.scalars(found.order_by(Correction.key).limit(3)))
    if len(near) == 1:
        return near[0]
    why = "several begin like that" if near else "the archive holds no such correction"
    raise Problem(f"No correction {identifier}", why, "List them with: gongwen corrections")


def _listed(session: Session, made: Correction) -> dict[str, Any]:
    page = Reference(None, session.get_one(Resource, made.resource_key))
    return next(row for row in correction_rows(session, page) if row["id"] == made.public_id)


def _unfounded() -> Problem:
    return Problem(
        "Nothing was corrected",
        "a correction says who made it and why",
        "Give the reason with --why TEXT",
        exit_code=2,
    )
