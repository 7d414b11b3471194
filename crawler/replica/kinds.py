"""The kinds of document a site publishes, and what each kind can undergo: all of it data.

Kinds take turns by document number, so that even a small site holds them all and the calendar
can tell what a document is capable of without writing it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from crawler.replica import data

Step = list[Any]
"""One step of a body: its name, then its arguments (see ``texts/kinds.toml``)."""


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind. ``fields`` are templates of field values, ``mutable`` what an editor may fix."""

    name: str
    site: str = ""
    title: str = ""
    body: tuple[Step, ...] = ()
    fields: Mapping[str, str] = field(default_factory=dict)
    extensions: tuple[str, ...] = ()
    mutable: tuple[str, ...] = ()
    indent: str = ""
    joined: str | None = None

    @property
    def numbered(self) -> bool:
        """Whether the doc_no stands outside the body, where it changes without the text."""
        return "doc_no" in self.fields and not any(step[0] == "masthead" for step in self.body)

    @property
    def signed(self) -> bool:
        """Whether the document ends in a signature."""
        return "date_signed" in self.fields


@cache
def kinds(site: str) -> tuple[Kind, ...]:
    """The kinds of a site, in the order of their turns."""
    table = data.table("kinds")
    return tuple(
        Kind(
            **row
            | {
                "fields": table["common"][site] | row["fields"],
                "body": tuple(row["body"]),
                "extensions": tuple(row.get("extensions", ())),
                "mutable": tuple(row.get("mutable", ())),
            }
        )
        for row in table["kind"]
        if row["site"] == site
    )


def kind_of(site: str, document: int) -> Kind:
    """What the document with this number is."""
    found = kinds(site)
    return found[document % len(found)]
