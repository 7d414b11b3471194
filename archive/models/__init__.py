"""The tables. Keys are integers, times integer UTC microseconds, public ids opaque and stable."""

from archive.models.base import Base
from archive.models.evidence import Capture, Observation, WarcFile
from archive.models.knowledge import (
    Assertion,
    Attachment,
    ChainEntry,
    Correction,
    Derivation,
    Document,
    Event,
    IdentityEntry,
    Meta,
    Relation,
    Version,
)
from archive.models.watching import Host, ListRow, Resource, Run, Seed

__all__ = [
    "Assertion",
    "Attachment",
    "Base",
    "Capture",
    "ChainEntry",
    "Correction",
    "Derivation",
    "Document",
    "Event",
    "Host",
    "IdentityEntry",
    "ListRow",
    "Meta",
    "Observation",
    "Relation",
    "Resource",
    "Run",
    "Seed",
    "Version",
    "WarcFile",
]
