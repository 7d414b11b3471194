"""D1: how a run among failures ends: nothing is called done of which nothing came."""

from __future__ import annotations

import pytest

from archive.ledger import WalkedList
from archive.records import Check, Observation, ResourceKind, RunState, Verdict
from crawler.middlewares.hosts import FAILURES
from crawler.progress import Tally
from crawler.spiders.ending import Ending, judge_lists, judge_named

LISTED = "http://x.cn/list.html"
WHY = "the host did not answer in time"


def tally(failed: int = 0, answered: int = 0, put_back: int = 0) -> Tally:
    """The figures of a run over its pages, a list apart."""
    found = Tally()
    seen = [(Observation.ERROR, WHY)] * failed + [(Observation.UNCHANGED, None)] * answered
    for number, (observation, reason) in enumerate(seen):
        url = f"http://x.cn/{number}.html"
        check = Check(url, ResourceKind.ARTICLE, "s", 1, 1, observation=observation, reason=reason)
        found.add(check, Verdict(url, observation, reason=reason))
    for number in range(put_back):
        found.set_aside(f"http://x.cn/later{number}.html", "the host rests")
    return found


def ending(found: Tally, items: int = 30) -> Ending:
    lists = [WalkedList(LISTED, Observation.UNCHANGED, None, items)]
    return judge_lists(lists, found, 1)


@pytest.mark.parametrize(
    ("found", "items"),
    [(tally(30), 30), (tally(FAILURES, put_back=25), 30), (tally(2), 2), (tally(1), 1)],
)
def test_d1_a_run_of_which_no_page_came_has_failed(found: Tally, items: int) -> None:
    judged = ending(found, items)
    assert (judged.state, judged.exit_code, judged.whole) == (RunState.FAILED, 1, False)
    assert f"failed: http://x.cn/0.html: {WHY}" in (judged.reason or "")


@pytest.mark.parametrize("found", [tally(29, 1), tally(1), tally(put_back=30), tally()])
def test_d1_one_page_that_came_or_one_broken_page_of_many_is_no_failed_run(found: Tally) -> None:
    judged = ending(found)
    assert (judged.state, judged.exit_code) == (RunState.DONE, 0)
    assert bool(judged.reason) == bool(found.failed or found.put_back)


def test_d1_a_named_page_that_failed_has_failed_its_run() -> None:
    judged = judge_named(tally(1))
    assert (judged.state, judged.reason) == (
        RunState.FAILED,
        f"1 page failed: http://x.cn/0.html: {WHY}",
    )
    assert judge_named(tally(1, 1)).state is RunState.DONE
