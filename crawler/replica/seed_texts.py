"""The five seed texts as documents: cut by line numbers, every character kept."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from crawler.replica import data
from crawler.replica.facts import Block, BlockKind, Facts, all_fields

# Data key of the cut, and the part its lines play.
ROLES = {
    "salutations": BlockKind.SALUTATION,
    "headings": BlockKind.HEADING,
    "signatures": BlockKind.SIGNATURE,
}


@dataclass(frozen=True, slots=True)
class SeedText:
    """One seed: ``serial`` is its number on the site, ``changes`` the days somebody edits it."""

    text: str
    site: str
    serial: int
    published: date
    facts: Facts
    changes: tuple[tuple[int, str], ...] = ()


@cache
def seed_texts(site: str) -> tuple[SeedText, ...]:
    """The seeds that a site serves."""
    rows = data.table("seeds")["seed"]
    return tuple(_cut(row) for row in rows if row["site"] == site)


def _cut(row: Mapping[str, Any]) -> SeedText:
    lines = data.text("texts", f"{row['text']}.txt").split("\n")
    heading = None if row.get("untitled") else lines[row["title"] - 1]
    title = row.get("list_title") or "".join(str(heading).split())
    facts = Facts(
        all_fields({"title": title} | row["fields"]),
        tuple(_blocks(lines, row)),
        heading=heading,
        clock=row.get("clock", "10:12"),
        visits=row.get("visits", 58),
    )
    changes = tuple((change["day"], change["kind"]) for change in row.get("changes", ()))
    return SeedText(row["text"], row["site"], row["serial"], row["published"], facts, changes)


def _blocks(lines: list[str], row: Mapping[str, Any]) -> Iterable[Block]:
    roles = {at: kind for key, kind in ROLES.items() for at in row.get(key, ())}
    first, last = row["body"]
    for at in range(first, last + 1):
        if lines[at - 1]:
            yield Block(roles.get(at, BlockKind.PARAGRAPH), lines[at - 1])
