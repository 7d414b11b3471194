"""What versions are compared by, and what the comparison concludes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from archive.records.names import ChangeClass, Observation


@dataclass(frozen=True, slots=True)
class AttachmentState:
    """An attachment inside a version; ``digest`` is None until its bytes were captured."""

    name: str
    url: str | None
    digest: str | None = None


@dataclass(frozen=True, slots=True)
class Content:
    """What versions are compared by: text, field values and attachments, nothing else."""

    text: str
    fields: Mapping[str, str | None]
    attachments: tuple[AttachmentState, ...] = ()


@dataclass(frozen=True, slots=True)
class Decision:
    """The outcome of comparing a page with what is known of it.

    ``reverts_to`` is the number of the earlier version whose content came back.
    """

    observation: Observation
    change_class: ChangeClass | None
    fields: tuple[str, ...] = ()
    reverts_to: int | None = None
    reason: str = ""

    @property
    def makes_version(self) -> bool:
        """Only new and changed content becomes a version."""
        return self.observation in (Observation.NEW, Observation.CHANGED)
