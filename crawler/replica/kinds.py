"""The kinds of document a site publishes, and what each kind can undergo.

Kinds take turns by document number, so that even a small site holds them all and the calendar
can tell what a document is capable of without writing it.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Kind:
    """``numbered``: a doc_no stands outside the body. ``mutable``: metadata an editor may fix."""

    name: str
    numbered: bool = False
    extensions: tuple[str, ...] = ()
    mutable: tuple[str, ...] = ()


KINDS: dict[str, tuple[Kind, ...]] = {
    "trs": (
        Kind("reply", numbered=True, mutable=("theme",)),
        Kind("notice", numbered=True, extensions=("docx", "pdf"), mutable=("theme", "genre")),
        Kind("result", extensions=("xlsx",), mutable=("theme",)),
        Kind("measures", numbered=True, mutable=("validity",)),
        Kind("report", mutable=("source", "theme")),
        Kind("brief", mutable=("issuer",)),
    ),
    "sudy": (
        Kind("call", extensions=("docx",), mutable=("publisher",)),
        Kind("overview", mutable=("publisher",)),
        Kind("rules", mutable=("publisher",)),
        Kind("brief", mutable=("publisher",)),
        Kind("list", extensions=("pdf", "xlsx"), mutable=("publisher",)),
    ),
    "municipal": (
        Kind("letter"),
        Kind("numbered_letter", numbered=True),
        Kind("notice", extensions=("txt", "xlsx"), mutable=("source",)),
        Kind("letter"),
        Kind("news", mutable=("source",)),
    ),
    "founder": (
        Kind("lead", mutable=("subtitle", "kicker")),
        Kind("story", mutable=("author",)),
        Kind("short"),
        Kind("feature", mutable=("subtitle",)),
        Kind("story", mutable=("author",)),
    ),
}


def kind_of(family: str, index: int) -> Kind:
    """What the document with this number is."""
    kinds = KINDS[family]
    return kinds[index % len(kinds)]
