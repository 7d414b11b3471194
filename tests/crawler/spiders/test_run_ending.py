"""How a run ends is decided from its figures; an empty list is a failure."""

import io
import json
from dataclasses import replace
from types import SimpleNamespace

import pytest

from archive.ledger import WalkedList
from archive.problems import Problem
from archive.records import (
    Check,
    Exchange,
    Listing,
    ListItem,
    Observation,
    ResourceKind,
    RunState,
    Verdict,
)
from crawler.progress import INTERVAL, Progress, Tally
from crawler.seeds import Seed
from crawler.spiders.ending import conclude

URL = "http://x.cn/list.html"
FULL = Problem("The disk is full", "no space left", "Free some space", exit_code=3)


def listed(count=None, observation=Observation.NEW, kind=ResourceKind.LIST):
    listing = None
    if count is not None:
        items = tuple(ListItem(f"http://x.cn/{number}") for number in range(count))
        listing = Listing("x", items)
    hop = Exchange(URL, "GET", (), 200, "OK", (), b"", 1)
    check = Check(URL, kind, "s", 1, 1, (hop,), listing=listing)
    return check, Verdict(URL, observation, reason="why", version=1)


def session(*checks, resources=None, least=5, earlier=(), put_back=0):
    tally = Tally()
    for check in checks:
        tally.add(*check)
    for number in range(put_back):
        tally.set_aside(f"{URL}?{number}", "the host rests")
    seed = Seed.model_validate(
        {"id": "s", "title": "t", "discover": {"urls": [URL]}, "expect": {"min_items": least}}
    )
    lists = [
        WalkedList(
            check.url, verdict.observation, verdict.reason, shown(check) if check.listing else 9
        )
        for check, verdict in (*earlier, *checks)
        if check.kind is ResourceKind.LIST
    ]
    return SimpleNamespace(seed=seed, tally=tally, resources=resources, walked_lists=lambda: lists)


def shown(check):
    return len(check.listing.items)


READ = listed(9)
UNTOUCHED = listed(None, Observation.NOT_MODIFIED)
FAILED = listed(None, Observation.BLOCKED)
PAGE = listed(kind=ResourceKind.ARTICLE)

ENDINGS = [
    (session(READ), {}, RunState.DONE, 0, True),
    (session(UNTOUCHED), {}, RunState.DONE, 0, True),
    (session(READ, FAILED), {}, RunState.DONE, 0, False),
    (session(READ), {"complete": False}, RunState.DONE, 0, False),
    (session(listed(0)), {}, RunState.FAILED, 1, False),
    (session(listed(4)), {}, RunState.FAILED, 1, False),
    (session(listed(2), listed(3)), {}, RunState.DONE, 0, True),
    (session(FAILED), {}, RunState.FAILED, 1, False),
    (session(), {}, RunState.FAILED, 1, False),
    (session(resources=(1,)), {}, RunState.DONE, 0, False),
    (session(resources=(1,), put_back=1), {}, RunState.FAILED, 1, False),
    (session(PAGE, resources=(1, 2), put_back=1), {}, RunState.DONE, 0, False),
    (session(PAGE, earlier=[READ]), {}, RunState.DONE, 0, True),
    (session(earlier=[READ]), {}, RunState.DONE, 0, True),
    (session(listed(1), earlier=[READ]), {}, RunState.DONE, 0, True),
    (session(PAGE, earlier=[FAILED]), {}, RunState.FAILED, 1, False),
    (session(PAGE, earlier=[READ, FAILED]), {}, RunState.DONE, 0, False),
    (session(put_back=1), {}, RunState.FAILED, 1, False),
    (session(READ), {"stopped": "stopped by signal"}, RunState.INTERRUPTED, 11, False),
    (session(READ), {"trouble": FULL, "stopped": "x"}, RunState.FAILED, 3, False),
    (session(READ), {"closed": "shutdown"}, RunState.FAILED, 1, False),
]


@pytest.mark.parametrize(("run", "how", "state", "code", "whole"), ENDINGS)
def test_the_figures_decide_how_a_run_ended(run, how, state, code, whole):
    ending = conclude(run, how.pop("closed", "finished"), **how)
    assert (ending.state, ending.exit_code, ending.whole) == (state, code, whole)


def test_a_failure_says_why():
    assert "4 items, at least 5" in (conclude(session(listed(4)), "finished").reason or "")
    assert "why" in (conclude(session(FAILED), "finished").reason or "")


def test_a_run_says_what_stays_due_and_which_list_failed():
    named = conclude(session(resources=(1,), put_back=1), "finished")
    assert named.reason == f"1 page stays due: {URL}?0: the host rests"
    walk = conclude(session(READ, FAILED, put_back=2), "finished")
    assert walk.reason == (
        f"1 list could not be read: {URL}: why; 2 pages stay due: {URL}?0: the host rests"
    )


def test_a_page_that_was_never_asked_for_is_no_page():
    tally = Tally()
    check, verdict = listed(None, Observation.BLOCKED, ResourceKind.ARTICLE)
    tally.add(replace(check, exchanges=()), verdict)
    assert (tally.pages, tally.counts()["blocked"]) == (0, 1)


def test_robots_txt_is_a_request_but_no_page():
    tally = Tally()
    tally.add(*listed(kind=ResourceKind.ROBOTS))
    assert (tally.pages, tally.requests, tally.counts()["new"]) == (0, 1, 0)


def test_every_observation_is_counted_by_name():
    counts = session(READ, UNTOUCHED, FAILED).tally.counts()
    assert counts["new"] == counts["not_modified"] == counts["blocked"] == 1
    assert set(counts) >= {str(name) for name in Observation}
    assert (counts["pages"], counts["items"], counts["versions"]) == (3, 9, 1)


def test_progress_is_told_at_most_four_times_a_second():
    moments = iter([0.0, 0.1, INTERVAL, INTERVAL + 0.1, 2 * INTERVAL])
    stream = io.StringIO()
    progress = Progress(stream, lambda: next(moments))
    for _ in range(5):
        progress.page(Tally(), "http://x.cn/一")
    lines = [json.loads(line) for line in stream.getvalue().splitlines()]
    assert len(lines) == 3
    assert lines[0]["url"] == "http://x.cn/一"


def test_a_reader_that_left_does_not_end_the_run():
    stream = io.StringIO()
    stream.close()
    Progress(stream).emit("finished")
