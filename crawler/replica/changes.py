"""What happens on which day: a history that is a pure function of number, size and day."""

from __future__ import annotations

import random
from dataclasses import dataclass
from enum import StrEnum
from itertools import chain

from crawler.replica.documents import Holdings
from crawler.replica.kinds import Kind
from crawler.replica.randomness import stream


class ChangeKind(StrEnum):
    """Something that happens to a document on its site."""

    TEXT = "text"
    TITLE = "title"
    RENUMBER = "renumber"
    METADATA = "metadata"
    ATTACHMENT = "attachment"
    NOISE = "noise"
    WITHDRAW = "withdraw"
    DELIST = "delist"
    MOVE = "move"


ENDINGS = frozenset({ChangeKind.WITHDRAW, ChangeKind.DELIST})
PLACINGS = ENDINGS | {ChangeKind.MOVE}

# Days repeat in threes; on a redesign day the site is left alone but for withdrawals.
PLAN = (
    (ChangeKind.TEXT, ChangeKind.WITHDRAW, ChangeKind.METADATA, ChangeKind.NOISE),
    (ChangeKind.TEXT, ChangeKind.METADATA, ChangeKind.ATTACHMENT, ChangeKind.NOISE),
    (
        ChangeKind.TITLE,
        ChangeKind.RENUMBER,
        ChangeKind.DELIST,
        ChangeKind.MOVE,
        ChangeKind.NOISE,
    ),
)
ONE_IN = 100
VARIANTS = "abc"


@dataclass(frozen=True, slots=True)
class Change:
    """One event of a document's history."""

    day: int
    kind: ChangeKind


History = dict[int, list[Change]]


def redesigns(held: Holdings, last: int) -> list[int]:
    """The days up to ``last`` on which the site changed its templates: every third day, in turn."""
    turn = held.site.ordinal
    return [day for day in range(3, last + 1, 3) if (day // 3 + held.number) % 4 == turn]


def variant(held: Holdings, day: int) -> str:
    """The template variant a site wears on a day."""
    worn = held.number - 1 + held.site.ordinal + len(redesigns(held, day))
    return VARIANTS[worn % len(VARIANTS)]


def history(held: Holdings, last: int) -> History:
    """Every change up to day ``last``, by document, in order of days."""
    found: History = {}
    renewed = set(redesigns(held, last))
    for day in range(1, last + 1):
        _edit_seeds(held, day, found)
        for kind in PLAN[day % len(PLAN)]:
            if day not in renewed or kind is ChangeKind.WITHDRAW:
                _strike(held, day, kind, found)
    return found


def _edit_seeds(held: Holdings, day: int, found: History) -> None:
    for at, seed in enumerate(held.seeds):
        for on, kind in seed.changes:
            if on == day:
                found.setdefault(-1 - at, []).append(Change(day, ChangeKind(kind)))


def _strike(held: Holdings, day: int, kind: ChangeKind, found: History) -> None:
    """Let a kind of change happen to one document in a hundred, at least to one if any can."""
    existing = held.known(day - 1).stop
    rng = stream(held.number, held.site.name, day, kind)
    left = max(1, existing // ONE_IN)
    for document in _candidates(rng, existing, left):
        past = found.get(document, [])
        if _open_to(past, day, kind) and _able(held, held.kind(document), kind):
            found[document] = [*past, Change(day, kind)]
            left -= 1
            if not left:
                return


def _candidates(rng: random.Random, existing: int, wanted: int) -> chain[int]:
    """A good many random documents, then all of them, so that a rare kind is found as well."""
    start = rng.randrange(existing)
    guesses = (rng.randrange(existing) for _ in range(30 * wanted))
    return chain(guesses, ((start + at) % existing for at in range(existing)))


def _open_to(past: list[Change], day: int, kind: ChangeKind) -> bool:
    placed = any(change.kind in PLACINGS for change in past)
    ended = any(change.kind in ENDINGS for change in past)
    today = any(change.day == day for change in past)
    return not (ended or today or (placed and kind in PLACINGS))


def _able(held: Holdings, document: Kind, kind: ChangeKind) -> bool:
    """Only a document that prints a number can be renumbered, and so on."""
    needs = {
        ChangeKind.RENUMBER: document.numbered,
        ChangeKind.METADATA: bool(document.mutable),
        ChangeKind.ATTACHMENT: bool(document.extensions),
        ChangeKind.MOVE: held.press is None,
    }
    return needs.get(kind, True)
