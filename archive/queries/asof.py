"""What a page said at a moment, with the evidence for it and how certain that is."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from archive.clock import SECOND, SHANGHAI, end_of_day, from_datetime, show
from archive.models import Capture, Observation, Resource, Version
from archive.problems import Problem
from archive.queries.listing import current_of
from archive.queries.references import Reference, resolve
from archive.queries.witnesses import CONFIRMING, load_witnesses
from archive.records import Observation as Outcome

Certainty = Literal["exact", "bracketed", "open"]

_CONCLUSIVE = (*CONFIRMING, Outcome.GONE, Outcome.SOFT_404)
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_UNITS = ((re.compile(r"T\d{2}:\d{2}$"), 60 * SECOND), (re.compile(r"T\d{2}:\d{2}:\d{2}$"), SECOND))


@dataclass(frozen=True, slots=True)
class Sighting:
    """One conclusive check: when, what was concluded, and the version the page then had."""

    at: int
    observation: str
    version: int | None
    gone: bool

    def agrees(self, other: Sighting) -> bool:
        """Whether both found the page in the same state."""
        return (self.version, self.gone) == (other.version, other.gone)


@dataclass(frozen=True, slots=True)
class AsOf:
    """The version in force at a moment. Times are UTC microseconds.

    ``capture`` (fetched at ``captured_at``) holds the bytes of ``version``, a number on its page.

    ``gone`` says that the page was known to be taken down by then; the version is its last.
    ``next_observation`` is the first conclusive check after the moment. Certainty: ``exact`` when
    a check falls on the moment or the checks on both sides agree, ``bracketed`` when the next one
    differs, ``open`` when there is none.
    """

    moment: int
    url: str
    version: int
    version_id: str
    version_key: int
    capture: str
    captured_at: int
    gone: bool
    last_confirmed: int
    next_at: int | None
    next_observation: str | None
    certainty: Certainty

    def row(self) -> dict[str, Any]:
        """JSON-ready evidence."""
        following = {"at": show(self.next_at), "observation": self.next_observation}
        return {
            "moment": show(self.moment),
            "url": self.url,
            "version": self.version,
            "version_id": self.version_id,
            "state": "gone" if self.gone else "present",
            "capture": self.capture,
            "captured_at": show(self.captured_at),
            "last_confirmed": show(self.last_confirmed),
            "next_observation": None if self.next_at is None else following,
            "certainty": self.certainty,
        }


def parse_moment(text: str) -> int:
    """UTC microseconds of a date or ISO time; without an offset it is Asia/Shanghai.

    What is left out counts to its end: a bare date means the end of that day, a time without
    fractions the end of its second or minute. Raises Problem (exit code 2).
    """
    try:
        if _DAY.fullmatch(text):
            return end_of_day(date.fromisoformat(text))
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise Problem(
            f"{text!r} is no moment",
            "a date or an ISO time is needed",
            "Write it like 2023-07-26 or 2023-07-26T10:00:00+08:00",
            exit_code=2,
        ) from None
    aware = moment if moment.tzinfo else moment.replace(tzinfo=SHANGHAI)
    return from_datetime(aware) + _left_out(text)


def as_of(session: Session, ref: str, moment: int) -> AsOf:
    """The version in force at ``moment`` (UTC microseconds) and the evidence for it.

    For a document with several pages, the one that speaks for it now answers; before its first
    capture, the page that was confirmed last. Raises Problem for a moment before all captures.
    """
    found = resolve(session, ref)
    answers = {
        resource.key: answer
        for resource in _pages(session, found)
        if (answer := _answer(session, resource, moment)) is not None
    }
    if not answers:
        raise _too_early(session, found, ref, moment)
    speaking = _speaking(session, found)
    return max(
        answers.items(),
        key=lambda item: (not item[1].gone, item[0] == speaking, item[1].last_confirmed),
    )[1]


def _speaking(session: Session, found: Reference) -> int | None:
    current = current_of(session, found.document.key) if found.document else None
    return current.resource if current else None


def _left_out(text: str) -> int:
    clock = re.sub(r"(?:Z|[+-]\d{2}:?\d{2})$", "", text.replace(" ", "T", 1))
    return next((unit - 1 for pattern, unit in _UNITS if pattern.search(clock)), 0)


def _pages(session: Session, found: Reference) -> list[Resource]:
    if found.resource is not None:
        return [found.resource]
    assert found.document is not None
    witnesses = load_witnesses(session, [found.document.key])[found.document.key]
    return [witness.resource for witness in witnesses]


def _answer(session: Session, resource: Resource, moment: int) -> AsOf | None:
    sightings = _sightings(session, resource)
    before = [one for one in sightings if one.at <= moment and one.version is not None]
    if not before:
        return None
    last = before[-1]
    following = next((one for one in sightings if one.at > moment), None)
    version = session.get_one(Version, last.version)
    capture = session.get_one(Capture, version.capture_key)
    return AsOf(
        moment=moment,
        url=resource.url,
        version=version.number,
        version_id=version.public_id,
        version_key=version.key,
        capture=capture.public_id,
        captured_at=capture.fetched_at,
        gone=last.gone,
        last_confirmed=max(one.at for one in before if not one.gone),
        next_at=following.at if following else None,
        next_observation=following.observation if following else None,
        certainty=_certainty(last, following, moment),
    )


def _certainty(last: Sighting, following: Sighting | None, moment: int) -> Certainty:
    if moment - last.at < SECOND:
        return "exact"
    if following is None:
        return "open"
    return "exact" if last.agrees(following) else "bracketed"


def _sightings(session: Session, resource: Resource) -> list[Sighting]:
    rows = session.execute(
        select(Observation.observed_at, Observation.observation, Observation.version_key)
        .where(Observation.resource_key == resource.key, Observation.observation.in_(_CONCLUSIVE))
        .order_by(Observation.observed_at, Observation.key)
    )
    return _carried([(moment, outcome, version) for moment, outcome, version in rows])


def _carried(rows: Sequence[tuple[int, str, int | None]]) -> list[Sighting]:
    """Checks that name no version confirm the one before; a page that is gone keeps its last."""
    result: list[Sighting] = []
    version: int | None = None
    for moment, outcome, named in rows:
        gone = outcome not in CONFIRMING
        version = named if named is not None and not gone else version
        result.append(Sighting(moment, outcome, version, gone))
    return result


def _too_early(session: Session, found: Reference, ref: str, moment: int) -> Problem:
    keys = [resource.key for resource in _pages(session, found)]
    first = session.scalar(
        select(Capture.fetched_at)
        .join(Version, Version.capture_key == Capture.key)
        .where(Version.resource_key.in_(keys))
        .order_by(Capture.fetched_at)
        .limit(1)
    )
    why = "it was never captured" if first is None else f"its first capture is of {show(first)}"
    return Problem(
        f"Nothing is known of {ref} at {show(moment)}", why, f"See its history: gongwen log {ref}"
    )
