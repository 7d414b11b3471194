"""Files of a page that its version does not list: images, and what only newer rules find."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from archive.addresses import url_key
from archive.models import Attachment, Capture, Derivation, Resource, Version
from archive.problems import Problem
from archive.records import AttachmentState
from archive.versioning.identity import attachment_address


def image_rows(session: Session, derivation: Derivation) -> list[dict[str, Any]]:
    """Name and address of each image, in page order, with its last ``digest`` and ``capture``.

    Both are null until its bytes were fetched. No version lists images, so that these are of today.
    """
    return _rows(session, derivation.images or ())


def unlisted_rows(
    session: Session, version: Version, derivation: Derivation
) -> list[dict[str, Any]]:
    """The attached files that a derivation names beside those of the version; keys as of images.

    They were fetched since, so that the version cannot vouch for their bytes.
    """
    listed = session.execute(
        select(Attachment.name, Attachment.url).where(Attachment.version_key == version.key)
    )
    known = {attachment_address(AttachmentState(name, url)) for name, url in listed}
    links = derivation.attachments or ()
    return _rows(
        session,
        [
            link
            for link in links
            if attachment_address(AttachmentState(link["name"], link["url"])) not in known
        ],
    )


def _rows(session: Session, links: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    named = [(each, _key(each["url"])) for each in links]
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
