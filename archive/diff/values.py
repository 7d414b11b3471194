"""Changed field values and files, by the same rule that decides versions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from archive.records import FIELDS, AttachmentState
from archive.versioning.identity import attachment_address, field_value


@dataclass(frozen=True, slots=True)
class FieldChange:
    """A field whose value changed; ``label`` is its Chinese name."""

    field: str
    label: str
    old: str | None
    new: str | None


@dataclass(frozen=True, slots=True)
class FileChange:
    """A file that was added, removed, or has other bytes now."""

    kind: Literal["added", "removed", "changed"]
    name: str
    url: str | None
    old_digest: str | None = None
    new_digest: str | None = None


def fields_diff(
    old: Mapping[str, str | None], new: Mapping[str, str | None]
) -> tuple[FieldChange, ...]:
    """Fields whose values differ, in reading order."""
    return tuple(
        FieldChange(name, label, old.get(name), new.get(name))
        for name, label in FIELDS.items()
        if field_value(name, old.get(name)) != field_value(name, new.get(name))
    )


def files_diff(
    old: Sequence[AttachmentState], new: Sequence[AttachmentState]
) -> tuple[FileChange, ...]:
    """Files that came, went or changed; the same bytes under another address are no change."""
    before = {attachment_address(file): file for file in old}
    after = {attachment_address(file): file for file in new}
    changes = [
        FileChange("changed", after[at].name, after[at].url, before[at].digest, after[at].digest)
        for at in after
        if at in before and _other_bytes(before[at], after[at])
    ]
    changes += [
        FileChange("removed", file.name, file.url, old_digest=file.digest)
        for at, file in before.items()
        if at not in after and not _has_bytes(file, new)
    ]
    changes += [
        FileChange("added", file.name, file.url, new_digest=file.digest)
        for at, file in after.items()
        if at not in before and not _has_bytes(file, old)
    ]
    return tuple(changes)


def _other_bytes(old: AttachmentState, new: AttachmentState) -> bool:
    return bool(old.digest and new.digest and old.digest != new.digest)


def _has_bytes(file: AttachmentState, others: Sequence[AttachmentState]) -> bool:
    return file.digest is not None and any(other.digest == file.digest for other in others)
