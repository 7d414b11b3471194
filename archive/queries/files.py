"""The attached files of a version: what each is, and what was read of it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from archive.bytewise import bytewise
from archive.models import Attachment, Capture, Derivation, Version
from archive.problems import Problem
from archive.queries.contents import attachments_of, refuse_hidden


@dataclass(frozen=True, slots=True)
class AttachedFile:
    """One file of a version; ``row`` is as in ``details``, and None is what was never had."""

    row: dict[str, Any]
    text: str | None
    capture: Capture | None


def file_rows(session: Session, version: Version) -> list[dict[str, Any]]:
    """The files of a version in the order of its page.

    ``number, name, url, digest, capture`` and, once its bytes were read, ``format, evidence,
    outcome, reason, characters``.
    """
    files = attachments_of(session, version)
    keys = [file.capture_key for file in files if file.capture_key]
    captures = _capture_ids(session, keys)
    read = _read(session, keys)
    return [
        _row(number, file, captures.get(file.capture_key or 0), read.get(file.capture_key or 0))
        for number, file in enumerate(files, 1)
    ]


def attached_file(session: Session, version: Version, number: int) -> AttachedFile:
    """One file of a version, numbered from 1; Problem when there is none of that number."""
    refuse_hidden(version)
    files = attachments_of(session, version)
    if not 1 <= number <= len(files):
        has = {0: "it has no files", 1: "it has one file"}.get(
            len(files), f"its files are numbered 1 to {len(files)}"
        )
        next_step = f"See them with: gongwen show {version.public_id}"
        raise Problem(f"Version {version.public_id} has no file {number}", has, next_step)
    row = file_rows(session, version)[number - 1]
    key = files[number - 1].capture_key
    if key is None:
        return AttachedFile(row, None, None)
    text = session.scalar(_newest([key]).with_only_columns(Derivation.text).limit(1))
    return AttachedFile(row, text, session.get_one(Capture, key))


def _row(number: int, file: Attachment, capture: str | None, read: Any) -> dict[str, Any]:
    return {
        "number": number,
        "name": file.name,
        "url": file.url,
        "digest": file.payload_digest,
        "capture": capture,
        "format": read and read.format,
        "evidence": read and read.encoding_evidence,
        "outcome": read and read.outcome,
        "reason": read and read.reason,
        "characters": read and read.characters,
    }


def _read(session: Session, captures: Collection[int]) -> dict[int, Any]:
    """What the newest rules read of each capture; its text is long, so only its length."""
    columns = (
        Capture.key.label("bound"),
        Derivation.format,
        Derivation.encoding_evidence,
        Derivation.outcome,
        Derivation.reason,
        func.length(Derivation.text).label("characters"),
    )
    found: dict[int, Any] = {}
    for row in session.execute(_newest(captures).with_only_columns(*columns)):
        found.setdefault(row.bound, row)
    return found


def _newest(captures: Collection[int]) -> Any:
    """Derivations of the bytes of some captures, those of newer rules first, later ones first.

    A file may have been read when it was fetched again with the same bytes, so all captures of the
    same file count that hold these.
    """
    same = aliased(Capture)
    return (
        select(Derivation)
        .join(same, same.key == Derivation.capture_key)
        .join(
            Capture,
            (Capture.resource_key == same.resource_key)
            & (Capture.payload_digest == same.payload_digest),
        )
        .where(Capture.key.in_(captures), Derivation.format.is_not(None))
        # Rule versions are numbers, which texts of one length sort like.
        .order_by(
            func.length(Derivation.rule_version).desc(),
            bytewise(Derivation.rule_version).desc(),
            Derivation.key.desc(),
        )
    )


def _capture_ids(session: Session, keys: Collection[int]) -> dict[int, str]:
    rows = session.execute(select(Capture.key, Capture.public_id).where(Capture.key.in_(keys)))
    return dict(rows.all())
