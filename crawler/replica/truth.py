"""What is true of every document, as flat rows: what an archive of the replica must agree with."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Any

from crawler.replica.changes import ChangeKind
from crawler.replica.facts import Facts, text_of
from crawler.replica.responding import file_bytes
from crawler.replica.sites import World, checked, sites
from crawler.replica.state import SiteState

EVENTS = {
    ChangeKind.TEXT: "edited",
    ChangeKind.TITLE: "edited",
    ChangeKind.METADATA: "edited",
    ChangeKind.ATTACHMENT: "edited",
    ChangeKind.RENUMBER: "renumbered",
    ChangeKind.WITHDRAW: "withdrawn",
    ChangeKind.DELIST: "delisted",
    ChangeKind.NOISE: "noise",
}
"""Event names by change. A move is told by ``state`` and ``aliases``, not by an event."""


def rows(world: World) -> Iterator[dict[str, Any]]:
    """One row per document that ever existed up to the world's day, site by site."""
    checked(world)
    for site in sites():
        state = SiteState(world, site)
        for document in state.held.known(world.day):
            yield row(state, document)


def row(state: SiteState, document: int) -> dict[str, Any]:
    """The row of one document, with the facts it was last served with."""
    facts, seed = state.facts(document), state.held.seed(document)
    origin = state.world.origin(state.site)
    standing = state.standing(document)
    moved = state.counted(document, ChangeKind.MOVE) > 0
    return {
        "url": origin + state.path(document),
        "aliases": [origin + state.path(document, moved=False)] if moved else [],
        "state": standing.value,
        "seed": f"replica-{state.family}",
        "seed_text": seed.text if seed else None,
        **facts.fields,
        "text": text_of(facts),
        "attachments": _attachments(state, document, origin),
        "events": events(state, document),
    }


def _attachments(state: SiteState, document: int, origin: str) -> list[dict[str, str]]:
    return [
        {
            "name": file.name,
            "url": origin + file.path,
            "sha256": hashlib.sha256(file_bytes(state, document, file.position)).hexdigest(),
        }
        for file in state.files(document)
    ]


def events(state: SiteState, document: int) -> list[dict[str, Any]]:
    """What happened to the document, in order of days."""
    born = state.held.born(document)
    found = [_event(born, "new", "new")]
    before = state.facts_after(document, 0)
    for count, change in enumerate(state.changes(document), 1):
        after = state.facts_after(document, count)
        if change.kind in EVENTS:
            fields = _changed(before, after, change.kind)
            found.append(
                _event(change.day, EVENTS[change.kind], _class(change.kind, fields), fields)
            )
        before = after
    found += [_event(day, "redesign", "none") for day in _redesigns(state, document, born)]
    return sorted(found, key=lambda event: event["day"])


def _redesigns(state: SiteState, document: int, born: int) -> list[int]:
    """The redesigns a document lived through; one born on such a day only knows the new look."""
    ended = [change.day for change in state.changes(document) if change.kind is ChangeKind.WITHDRAW]
    last = ended[0] - 1 if ended else state.world.day
    return [day for day in state.redesigned if born < day <= last]


def _event(
    day: int, kind: str, change_class: str | None, fields: tuple[str, ...] = ()
) -> dict[str, Any]:
    return {"day": day, "kind": kind, "change_class": change_class, "fields": list(fields)}


def _changed(before: Facts, after: Facts, kind: ChangeKind) -> tuple[str, ...]:
    """The names of what differs: ``text``, fields in the archive's order, ``attachments``."""
    names = [name for name in after.fields if before.fields[name] != after.fields[name]]
    if text_of(before) != text_of(after):
        names.insert(0, "text")
    if kind is ChangeKind.ATTACHMENT:
        names.append("attachments")
    return tuple(names)


def _class(kind: ChangeKind, fields: tuple[str, ...]) -> str | None:
    """The change class of design §4; null for what is no change of content."""
    if kind is ChangeKind.NOISE:
        return "none"
    if not fields:
        return None
    if {"text", "title"} & set(fields):
        return "substantive"
    return "attachment" if fields == ("attachments",) else "metadata"
