from __future__ import annotations

import re
from collections import Counter

import pytest
from replica_reading import markup, served, state, states

from archive.records import FIELDS
from crawler.replica.changes import ChangeKind, history
from crawler.replica.documents import holdings
from crawler.replica.facts import text_of
from crawler.replica.responding import file_bytes, respond
from crawler.replica.sites import World, sites
from crawler.replica.state import Standing
from crawler.replica.truth import rows

KINDS = {"new", "edited", "renumbered", "withdrawn", "delisted", "noise", "redesign"}
CLASSES = {"new", "substantive", "metadata", "attachment", "none", None}


@pytest.mark.parametrize("number", [1, 2, 3, 4, 11])
@pytest.mark.parametrize("documents", [40, 50, 400])
def test_three_days_hold_every_kind_of_event(number: int, documents: int) -> None:
    truth = list(rows(World(8000, documents, 3, number)))
    later = [event for row in truth for event in row["events"] if event["day"] > 0]
    assert {event["kind"] for event in later} == KINDS
    assert {event["change_class"] for event in later} == CLASSES
    assert {row["state"] for row in truth} == {"live", "delisted", "moved", "withdrawn"}
    changed = {field for event in later for field in event["fields"]}
    assert {"text", "title", "doc_no", "attachments"} <= changed


def test_seed_000_gets_another_number_in_a_sentence_on_day_one() -> None:
    before, after = (
        next(
            row for row in rows(World(8000, day=day)) if row["seed_text"] == "000_bc794e7ec96f70d4"
        )
        for day in (0, 1)
    )
    assert after["events"][-1] == {
        "day": 1,
        "kind": "edited",
        "change_class": "substantive",
        "fields": ["text"],
    }
    pairs = zip(before["text"].split("\n"), after["text"].split("\n"), strict=True)
    changed = [(old, new) for old, new in pairs if old != new]
    assert len(changed) == 1
    old, new = (re.sub(r"\d+", "#", each) for each in changed[0])
    assert old == new


def test_history_only_grows_with_the_days() -> None:
    for site in sites():
        held = holdings(World(8000, 300), site)
        long = history(held, 6)
        short = history(held, 4)
        for document, changes in short.items():
            assert long[document][: len(changes)] == changes
        early = {each for each, changes in long.items() if changes[0].day <= 4}
        assert early == set(short)


def test_events_name_exactly_what_differs_between_two_days() -> None:
    for day in (1, 2, 3, 4, 5, 6):
        earlier = {row["url"]: row for row in rows(World(8000, day=day - 1))}
        for row in rows(World(8000, day=day)):
            origins = [row["url"], *row["aliases"]]
            old = next((earlier[url] for url in origins if url in earlier), None)
            if old is None:
                continue
            fields = {name for name in ("text", *FIELDS) if old[name] != row[name]}
            if [each["sha256"] for each in old["attachments"]] != [
                each["sha256"] for each in row["attachments"]
            ]:
                fields.add("attachments")
            told = {
                field for event in row["events"] if event["day"] == day for field in event["fields"]
            }
            assert told == fields


def test_noise_and_redesign_leave_the_facts_alone_and_change_the_bytes() -> None:
    seen = Counter[str]()
    for day in (1, 2, 3):
        for old, new in zip(states(day=day - 1), states(day=day), strict=True):
            for document in old.held.known(day - 1):
                today = {change.kind for change in new.changes(document) if change.day == day}
                if today == {ChangeKind.NOISE}:
                    seen["noise"] += 1
                elif not today and day in new.redesigned:
                    seen["redesign"] += 1
                else:
                    continue
                assert old.facts(document) == new.facts(document)
                if new.standing(document) is not Standing.WITHDRAWN:
                    assert served(old, document).body != served(new, document).body
    assert seen["noise"] >= 5
    assert seen["redesign"] >= 5


def test_untouched_pages_keep_their_bytes_and_their_stamp() -> None:
    same = 0
    for day in (1, 2, 3, 4):
        for old, new in zip(states(day=day - 1), states(day=day), strict=True):
            if day in new.redesigned or new.family == "founder":
                continue
            for document in old.held.known(day - 1):
                if any(change.day == day for change in new.changes(document)):
                    continue
                assert served(old, document) == served(new, document)
                same += 1
    assert same > 50


def test_redesign_keeps_every_fact_and_swaps_the_variant() -> None:
    redesigned = [held for held in states(day=3) if held.redesigned]
    assert [held.redesigned for held in redesigned] == [(3,)]
    name = redesigned[0].family
    assert state(name, day=2).variant != redesigned[0].variant


def test_withdrawn_is_gone_delisted_is_served_moved_redirects() -> None:
    seen = Counter[str]()
    for number in (1, 2, 3):
        for held in states(day=3, number=number):
            for document in held.held.known(3):
                first = respond(held, held.path(document, moved=False))
                standing = held.standing(document)
                seen[standing] += 1
                if standing is Standing.WITHDRAWN:
                    assert first.status in (404, 410)
                elif standing is Standing.MOVED:
                    assert first.status == 301
                    assert first.location == held.world.origin(held.site) + held.path(document)
                    assert served(held, document).status == 200
                else:
                    assert first.status == 200
                listed = standing in (Standing.LIVE, Standing.MOVED)
                assert (document in held.listed) == listed
    assert set(seen) == set(Standing)


def test_replaced_attachment_keeps_its_address_and_changes_its_bytes() -> None:
    found = 0
    for old, new in zip(states(day=0), states(day=1), strict=True):
        for document in old.held.known(0):
            if new.counted(document, ChangeKind.ATTACHMENT):
                found += 1
                assert old.files(document)[0].path == new.files(document)[0].path
                assert file_bytes(old, document, 0) != file_bytes(new, document, 0)
                before = respond(old, old.files(document)[0].path)
                after = respond(new, new.files(document)[0].path)
                assert before.last_modified != after.last_modified
    assert found >= 2


def test_a_document_of_tomorrow_is_not_found_today() -> None:
    tomorrow = state("trs", day=1)
    newest = tomorrow.held.known(1).stop - 1
    assert served(tomorrow, newest).status == 200
    assert respond(state("trs", day=0), tomorrow.path(newest)).status == 404


def test_title_edits_show_on_the_page_and_in_the_text_of_lists() -> None:
    for held in states(day=2):
        for document in held.held.known(1):
            if held.counted(document, ChangeKind.TITLE) and held.standing(document) == "live":
                title = held.facts(document).fields["title"] or ""
                assert title != held.first_title(document)
                assert title in markup(held, served(held, document))


def test_text_edit_changes_the_text() -> None:
    held = state("trs", day=1)
    assert text_of(held.facts(-1)) != text_of(state("trs").facts(-1))
