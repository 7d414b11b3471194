"""The versions that came after a first one, as a feed of changes."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from archive.clock import show
from archive.models import Document, Resource, Version


def changes(session: Session, *, since: int | None = None) -> list[dict[str, Any]]:
    """Changed versions in order of time, those after ``since`` (UTC microseconds) when given.

    Keys: ``document, url, from, to, change_class, fields, at``; versions by their numbers.
    """
    rows = (
        select(Version, Resource.url, Document.public_id)
        .join(Resource, Resource.key == Version.resource_key)
        .join(Document, Document.key == Resource.document_key)
        .where(Version.number > 1)
        .order_by(Version.created_at, Version.key)
    )
    if since is not None:
        rows = rows.where(Version.created_at > since)
    return [_row(version, url, document) for version, url, document in session.execute(rows)]


def _row(version: Version, url: str, document: str) -> dict[str, Any]:
    return {
        "document": document,
        "url": url,
        "from": version.number - 1,
        "to": version.number,
        "change_class": str(version.change_class),
        "fields": version.changed_fields,
        "at": show(version.created_at),
    }
