"""The content of a version as it is compared and shown, and its bytes as served."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from archive.clock import show
from archive.models import Attachment, Capture, Derivation, Version
from archive.problems import DAMAGED, Problem
from archive.queries.rules import common_rules, derivation_of
from archive.records import AttachmentState, Content
from archive.versioning.identity import found_by_rules


def content_of(session: Session, version: Version, rules: str | None = None) -> Content:
    """Text, field values and attachments of a version as the newest, or the named, rules read it.

    Corrections are left out. Raises Problem when it was withheld or purged.
    """
    derivation = readable(session, version, rules)
    files = tuple(
        AttachmentState(file.name, file.url, file.payload_digest)
        for file in attachments_of(session, version)
    )
    if derivation.key != version.derivation_key and derivation.attachments is not None:
        files = found_by_rules(derivation.attachments, files)
    return Content(derivation.text, derivation.fields, files)


def markdown_of(session: Session, version: Version, rules: str | None = None) -> str:
    """The text of a version as Markdown, as the newest, or the named, rules read it.

    Raises Problem when those rules made none, or the version was withheld or purged.
    """
    derivation = readable(session, version, rules)
    if derivation.markdown is None:
        why = f"the rules of version {derivation.rule_version} made none of it"
        next_step = f"Read its text with: gongwen show {version.public_id} --text"
        raise Problem(f"There is no Markdown of {version.public_id}", why, next_step)
    return derivation.markdown


def attachments_of(session: Session, version: Version) -> list[Attachment]:
    """The files of a version in the order of its page."""
    rows = select(Attachment).where(Attachment.version_key == version.key)
    return list(session.scalars(rows.order_by(Attachment.position)))


def contents_of(session: Session, *versions: Version) -> list[Content]:
    """Versions to be compared, read by the same rules where any have read them all."""
    for version in versions:
        refuse_hidden(version)
    rules = common_rules(session, versions)
    return [content_of(session, version, rules) for version in versions]


def readable(session: Session, version: Version, rules: str | None = None) -> Derivation:
    """The derivation to show of a version, unless the version must not be shown."""
    refuse_hidden(version)
    return derivation_of(session, version, rules)


def refuse_hidden(version: Version) -> None:
    """Raise Problem for a version that was withheld or purged."""
    if version.purged_at is None and version.withheld_at is None:
        return
    word = "purged" if version.purged_at is not None else "withheld"
    since = show(version.purged_at or version.withheld_at)
    raise Problem(
        f"Version {version.public_id} cannot be shown",
        f"it was {word} on {since}",
        f"See its history with: gongwen log {version.public_id}",
    )


def exceptional(access: Mapping[str, Any]) -> dict[str, Any]:
    """The terms of a capture that differ from the usual ones: certificates not verified."""
    return {name: value for name, value in access.items() if name.startswith("tls")}


def capture_of(session: Session, version: Version) -> Capture:
    """The capture that a version was read from; Problem when its rows disagree which one that is.

    Bytes prove to be those of their capture, so a damaged reference is all that could lead to the
    sound bytes of another page.
    """
    read = session.scalar(
        select(Derivation.capture_key).where(Derivation.key == version.derivation_key)
    )
    if read != version.capture_key:
        why = f"the text of version {version.public_id} was read from another capture than its own"
        raise Problem(DAMAGED, why, "See what is damaged with: gongwen verify")
    return session.get_one(Capture, version.capture_key)


def raw(session: Session, folder: Path, capture: Capture, *, as_served: bool = False) -> bytes:
    """The payload of a capture, without its content encoding unless ``as_served``.

    ``folder`` is the archive's. Raises Problem when the bytes are damaged, hidden or missing.
    """
    # Most commands read no bytes, and the readers of WARC files take long to import.
    from archive.warc.reading import read_record_in

    for version in session.scalars(select(Version).where(Version.capture_key == capture.key)):
        refuse_hidden(version)
    record = read_record_in(session, folder, capture)
    return record.payload if as_served else record.body()
