"""The images of a document: what its page calls them, and what was fetched of them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from archive.addresses import url_key
from archive.models import Capture, Derivation, Resource
from archive.problems import Problem


def image_rows(session: Session, derivation: Derivation) -> list[dict[str, Any]]:
    """Name and address of each image, in page order, with its last ``digest`` and ``capture``.

    Both are null until its bytes were fetched. No version lists images, so that these are of today.
    """
    named = [(each, _key(each["url"])) for each in derivation.images or ()]
    found = session.execute(
        select(Resource.url_key, Resource.content_digest, Capture.public_id)
        .join(Capture, Capture.key == Resource.last_capture_key)
        .where(
            Resource.url_key.in_([key for _, key in named]), Resource.content_digest.is_not(None)
        )
    )
    held = {key: (digest, capture) for key, digest, capture in found}
    return [
        {"name": each["name"], "url": each["url"], "digest": digest, "capture": capture}
        for each, key in named
        for digest, capture in [held.get(key or "", (None, None))]
    ]


def _key(url: str | None) -> str | None:
    """What an address is known by; None for one that cannot be fetched."""
    try:
        return url_key(url) if url else None
    except Problem:
        return None
