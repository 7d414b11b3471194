"""Who may pass a document on: what it says itself, else what its seed says of all its documents."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from archive.models import Derivation, Resource, Seed, Version


def effective_rights() -> ColumnElement[str]:
    """In SQL, the class that holds for the selected ``derivations`` and ``seeds`` rows."""
    said: ColumnElement[str] = Derivation.rights["rights"].as_string()
    return func.coalesce(said, Seed.rights)


def rights_row(session: Session, version: Version, derivation: Derivation) -> dict[str, Any]:
    """``rights, basis, evidence`` of a version as one derivation read it.

    ``basis`` is ``document`` with the line that says so as ``evidence``, or ``seed`` without one.
    """
    said = derivation.rights
    if said is not None:
        return {"rights": said["rights"], "basis": "document", "evidence": said["evidence"]}
    seed = session.scalar(
        select(Seed.rights)
        .join(Resource, Resource.seed_key == Seed.key)
        .where(Resource.key == version.resource_key)
    )
    return {"rights": seed, "basis": "seed", "evidence": None}
