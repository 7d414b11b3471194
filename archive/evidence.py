"""What stored evidence says: of one field, in the words of the page."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from archive.models import Assertion
from archive.versioning.grounds import grounds


def said_in(session: Session, derivation: int, field: str) -> str:
    """The grounds that a stored derivation, by its key, gives for a field."""
    rows = session.execute(
        select(Assertion.field, Assertion.raw, Assertion.source).where(
            Assertion.derivation_key == derivation, Assertion.field == field
        )
    )
    return grounds(field, [(name, raw, source) for name, raw, source in rows])
