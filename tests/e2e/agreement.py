"""Where an archive of the replica disagrees with what is true of the replica."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from archive.records import FIELDS, EventKind

TOLD_BY_LIFECYCLE = {"new", "edited", "renumbered", "withdrawn", "delisted"}
"""Events of the truth that an archive lists too; noise and redesigns make none."""


def disagreements(
    truth: Sequence[Mapping[str, Any]], archived: Mapping[str, Mapping[str, Any]]
) -> list[str]:
    """One line per difference between truth rows and archived documents by address."""
    found = [f"not archived: {row['url']}" for row in truth if row["url"] not in archived]
    for row in truth:
        if row["url"] in archived:
            found += _differences(row, archived[row["url"]])
    expected = {row["url"] for row in truth}
    return found + [f"in no truth: {url}" for url in archived if url not in expected]


def _differences(truth: Mapping[str, Any], document: Mapping[str, Any]) -> Iterator[str]:
    for name in FIELDS:
        if flat(truth[name]) != flat(document[name]):
            yield f"{truth['url']} {name}: {truth[name]!r}, archived {document[name]!r}"
    if flat(truth["text"]) != flat(document["text"]):
        yield f"{truth['url']} text: {_first_difference(truth['text'], document['text'])}"
    if truth["state"] != document["lifecycle"]:
        yield f"{truth['url']} state: {truth['state']}, archived {document['lifecycle']}"
    if set(truth["aliases"]) != set(document["aliases"]):
        yield f"{truth['url']} aliases: {truth['aliases']}, archived {document['aliases']}"
    for kind, expected, got in (
        ("attachments", _true_files(truth), _files(document)),
        ("events", _true_events(truth), _events(document)),
    ):
        if expected != got:
            yield f"{truth['url']} {kind}: {expected}, archived {got}"


def flat(text: str | None) -> str:
    """Text without white space: the replica breaks lines where templates do."""
    return re.sub(r"\s+", "", text or "")


def _true_files(truth: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    return sorted(
        (one["name"], one["url"], f"sha256:{one['sha256']}") for one in truth["attachments"]
    )


def _files(document: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    return sorted((one["name"], one["url"], one["digest"]) for one in document["attachments"])


def _true_events(truth: Mapping[str, Any]) -> list[tuple[str, str | None, list[str]]]:
    return [
        (event["kind"], event["change_class"], sorted(event["fields"]))
        for event in truth["events"]
        if event["kind"] in TOLD_BY_LIFECYCLE
    ]


def _events(document: Mapping[str, Any]) -> list[tuple[str, str | None, list[str]]]:
    return [
        (event["what"], event["change_class"], sorted(event["fields"]))
        for event in document["log"]
        if event["kind"] == "event" and event["what"] != EventKind.MOVED
    ]


def _first_difference(left: str, right: str) -> str:
    a, b = flat(left), flat(right)
    at = next(
        (i for i, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b))
    )
    return f"at {at}: …{a[max(0, at - 20) : at + 30]!r}, archived …{b[max(0, at - 20) : at + 30]!r}"
