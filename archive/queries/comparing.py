"""Two versions of a document side by side: field changes first, then files, then the text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy.orm import Session

from archive.models import Document, Resource, Version
from archive.problems import Problem
from archive.queries.contents import contents_of
from archive.queries.details import pick_version, version_row, versions
from archive.queries.references import Reference, resolve
from archive.records import Decision
from archive.versioning import compare

if TYPE_CHECKING:
    from archive.diff import FieldChange, Figure, FileChange, Piece


@dataclass(frozen=True, slots=True)
class Comparison:
    """The difference of two versions; ``old`` and ``new`` are their rows.

    ``document``, ``title`` and ``url`` name what the later version is of.
    """

    document: str | None
    title: str | None
    url: str
    old: dict[str, Any]
    new: dict[str, Any]
    decision: Decision
    fields: tuple[FieldChange, ...]
    files: tuple[FileChange, ...]
    figures: tuple[Figure, ...]
    pieces: tuple[Piece, ...]


def compare_versions(
    session: Session, ref: str, old: str | None = None, new: str | None = None
) -> Comparison:
    """Compare two versions, named by number or id; without names, the last two.

    With one name, that version and the latest. Raises Problem when there is nothing to compare.
    """
    # Only this query needs it, and every other one would wait for its import.
    from archive.diff import changed_figures, diff, fields_diff, files_diff

    found = resolve(session, ref)
    before, after = _pair(session, found, ref, old, new)
    left, right = contents_of(session, before, after)
    pieces = diff(left.text, right.text)
    page = session.get_one(Resource, after.resource_key)
    owner = session.get(Document, page.document_key) if page.document_key is not None else None
    return Comparison(
        document=owner.public_id if owner else None,
        title=right.fields.get("title"),
        url=page.url,
        old=version_row(session, before),
        new=version_row(session, after),
        decision=compare(left, right),
        fields=fields_diff(left.fields, right.fields),
        files=files_diff(left.attachments, right.attachments),
        figures=changed_figures(pieces),
        pieces=pieces,
    )


def _pair(
    session: Session, found: Reference, ref: str, old: str | None, new: str | None
) -> tuple[Version, Version]:
    known = versions(session, found)
    if old is not None:
        latest = known[-1] if known else pick_version(session, found, ref)
        before = _named(session, found, ref, old)
        return before, _named(session, found, ref, new) if new is not None else latest
    if found.version is not None and found.version.number > 1:
        return known[found.version.number - 2], found.version
    if len(known) < 2:
        raise Problem(
            f"{ref} has no difference to show",
            f"its page has {len(known)} version{'' if len(known) == 1 else 's'}",
            f"See what was checked with: gongwen log {ref} --noise",
        )
    return known[-2], known[-1]


def _named(session: Session, found: Reference, ref: str, name: str) -> Version:
    number = name.removeprefix("v")
    if number.isascii() and number.isdigit() and len(number) < 10:
        return pick_version(session, found, ref, int(number))
    other = resolve(session, name)
    return pick_version(session, other, name)
