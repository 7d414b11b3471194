"""What is true of one document: its fields, its body and its files, before any page exists."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from archive.records import FIELDS


class BlockKind(StrEnum):
    """The part a block plays in an official document."""

    PARAGRAPH = "paragraph"
    HEADING = "heading"
    SALUTATION = "salutation"
    SIGNATURE = "signature"
    MASTHEAD = "masthead"
    ITEMS = "items"
    TABLE = "table"
    ATTACHMENT = "attachment"
    FIGURE = "figure"


@dataclass(frozen=True, slots=True)
class Block:
    """One block of a body. ``rows`` holds table cells, or one-cell rows of a list.

    ``text`` keeps its layout spaces; of an attachment block it is the label before the link, and
    of a figure what its image is called, which no text prints.
    """

    kind: BlockKind
    text: str = ""
    rows: tuple[tuple[str, ...], ...] = ()
    file: int | None = None


@dataclass(frozen=True, slots=True)
class File:
    """An attached file: the name its link shows, and its type (``pdf docx xlsx txt``)."""

    name: str
    extension: str


@dataclass(frozen=True, slots=True)
class Facts:
    """A document as it stands. ``fields`` has exactly the keys of ``archive.records.FIELDS``.

    ``heading`` is the title as the page lays it out, None when the page does not name itself.
    ``clock`` is the printed time of publication; ``visits`` where its counter starts.
    """

    fields: Mapping[str, str | None]
    blocks: tuple[Block, ...]
    files: tuple[File, ...] = ()
    heading: str | None = None
    clock: str = "09:00"
    visits: int = 100


def all_fields(values: Mapping[str, str | None]) -> Mapping[str, str | None]:
    """Every field in the archive's order, None where nothing is stated."""
    unknown = values.keys() - FIELDS.keys()
    if unknown:
        raise KeyError(f"no such fields: {sorted(unknown)}")
    return MappingProxyType({name: values.get(name) for name in FIELDS})


def text_of(facts: Facts) -> str:
    """The body as plain text: one line per paragraph, list item or table row."""
    lines = [line.strip() for block in facts.blocks for line in _lines(block, facts.files)]
    return "\n".join(line for line in lines if line)


def _lines(block: Block, files: tuple[File, ...]) -> list[str]:
    if block.kind is BlockKind.FIGURE:
        return []
    if block.rows:
        return [" | ".join(row) for row in block.rows]
    if block.file is not None:
        return [block.text + files[block.file].name]
    return [block.text]
