"""Whether the bytes behind every version and every bound attachment can still be read."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from archive.models import Attachment, Capture, Version
from archive.store.facts import binding_subject
from archive.verify.findings import Finding


def check_payloads(session: Session, intact: Collection[str]) -> Iterator[Finding]:
    """``intact`` are the digests of all payloads that were read whole."""
    versions = (
        select(Version.public_id, Capture.public_id, Capture.payload_digest, Capture.url)
        .join(Capture, Capture.key == Version.capture_key)
        .where(Version.purged_at.is_(None))
        .order_by(Version.key)
    )
    for version, capture, digest, url in session.execute(versions):
        if digest not in intact:
            detail = f"the bytes of its capture {capture} are lost"
            yield Finding("version_unreadable", version, detail, url=url, version=version)
    files = (
        select(Version.public_id, Attachment.position, Capture.payload_digest, Capture.url)
        .join(Version, Version.key == Attachment.version_key)
        .join(Capture, Capture.key == Attachment.capture_key)
        .where(Version.purged_at.is_(None))
        .order_by(Version.key, Attachment.position)
    )
    for version, position, digest, url in session.execute(files):
        if digest not in intact:
            subject = binding_subject(version, position)
            detail = "the bytes of this file are lost"
            yield Finding("attachment_unreadable", subject, detail, url=url, version=version)
