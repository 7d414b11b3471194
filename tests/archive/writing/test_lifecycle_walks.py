"""What becomes of pages that leave their list, their site, or come back."""

from __future__ import annotations

import pytest
from scenario import LIST, SITE, Scenario, page

from archive import frontier
from archive.models import Event
from archive.records import Check, EventKind, Lifecycle, Observation, ResourceKind, RunState
from archive.store.lifecycle import finish_walk, next_lifecycle

A, B = page("a"), page("b")
BOTH = {A: "甲", B: "乙"}
DAY = 86_400

LIVE, DELISTED, WITHDRAWN, REMOVED = (
    Lifecycle.LIVE,
    Lifecycle.DELISTED,
    Lifecycle.WITHDRAWN,
    Lifecycle.REMOVED,
)


@pytest.mark.parametrize(
    ("current", "listed", "gone", "twice", "expected"),
    [
        (LIVE, True, False, False, None),
        (LIVE, False, False, False, (DELISTED, EventKind.DELISTED)),
        (LIVE, False, True, False, (WITHDRAWN, EventKind.WITHDRAWN)),
        (LIVE, True, True, False, None),
        (LIVE, True, True, True, (REMOVED, EventKind.REMOVED)),
        (DELISTED, False, False, False, None),
        (DELISTED, False, True, False, (WITHDRAWN, EventKind.WITHDRAWN)),
        (DELISTED, True, False, False, (LIVE, EventKind.RETURNED)),
        (WITHDRAWN, True, False, False, (LIVE, EventKind.RETURNED)),
        (WITHDRAWN, False, False, False, (DELISTED, EventKind.RETURNED)),
        (REMOVED, True, False, False, (LIVE, EventKind.RETURNED)),
        (REMOVED, False, True, True, (WITHDRAWN, EventKind.WITHDRAWN)),
        (WITHDRAWN, False, True, True, None),
    ],
)
def test_where_a_page_stands_follows_from_list_and_page(
    current: Lifecycle,
    listed: bool,
    gone: bool,
    twice: bool,
    expected: tuple[Lifecycle, EventKind] | None,
) -> None:
    assert next_lifecycle(current, listed=listed, gone=gone, gone_twice=twice) == expected


@pytest.fixture
def known(scenario: Scenario) -> Scenario:
    scenario.walk(BOTH, [scenario.article(A), scenario.article(B, "乙")])
    return scenario


def lifecycles(scenario: Scenario) -> tuple[str, str]:
    return scenario.resource(A).lifecycle, scenario.resource(B).lifecycle


def gone(scenario: Scenario, url: str) -> Check:
    return scenario.answer(url, 404)


def test_a_page_off_the_list_that_still_answers_is_delisted(known: Scenario) -> None:
    (change,) = known.walk({A: "甲"}, [known.article(B, "乙")], after=DAY)
    assert (change.url, change.after, change.event) == (B, "delisted", "delisted")
    assert lifecycles(known) == ("live", "delisted")


def test_a_page_off_the_list_and_gone_is_withdrawn(known: Scenario) -> None:
    (change,) = known.walk({A: "甲"}, [gone(known, B)], after=DAY)
    assert (change.after, change.event) == ("withdrawn", "withdrawn")


def test_a_listed_page_is_removed_only_when_gone_in_a_later_run(known: Scenario) -> None:
    assert known.walk(BOTH, [gone(known, B), gone(known, B)], after=DAY) == []
    (change,) = known.walk(BOTH, [gone(known, B)], after=DAY)
    assert (change.url, change.after) == (B, "removed")


def test_a_page_that_answers_in_between_starts_over(known: Scenario) -> None:
    known.walk(BOTH, [gone(known, B)], after=DAY)
    known.walk(BOTH, [known.article(B, "乙")], after=DAY)
    assert known.walk(BOTH, [gone(known, B)], after=DAY) == []


def test_a_page_that_comes_back_is_told_and_live(known: Scenario) -> None:
    known.walk({A: "甲"}, [gone(known, B)], after=DAY)
    (change,) = known.walk(BOTH, [known.article(B, "乙")], after=DAY)
    assert (change.after, change.event) == ("live", "returned")
    kinds = [event.kind for event in known.rows(Event)]
    assert kinds == ["new", "new", "withdrawn", "returned"]


@pytest.mark.parametrize("status", [500, 403, 404])
def test_a_failed_list_changes_nothing(known: Scenario, status: int) -> None:
    known.begin_run(after=DAY)
    known.start()
    known.commit(known.answer(LIST, status, kind=ResourceKind.LIST), gone(known, B))
    assert known.end_run() == []
    assert lifecycles(known) == ("live", "live")


def test_a_walk_that_did_not_reach_every_list_changes_nothing(known: Scenario) -> None:
    known.begin_run(after=DAY)
    known.start()
    known.commit(known.list_check({A: "甲"}, next_page=f"{SITE}/list_1.html"))
    assert known.end_run() == []


def test_a_run_without_lists_changes_nothing(known: Scenario) -> None:
    known.begin_run(after=DAY)
    known.commit(gone(known, A))
    assert known.end_run() == []


def test_pages_seen_before_an_interruption_count_for_the_walk(known: Scenario) -> None:
    second = f"{SITE}/list_1.html"
    known.begin_run(after=DAY)
    known.start()
    known.commit(known.list_check({A: "甲"}, next_page=second))
    known.end_run(state=RunState.INTERRUPTED)
    known.begin_run(after=5)
    known.commit(known.list_check({B: "乙"}, url=second))
    assert known.end_run() == []
    assert lifecycles(known) == ("live", "live")


def test_a_list_failure_before_an_interruption_counts_too(known: Scenario) -> None:
    second = f"{SITE}/list_1.html"
    known.begin_run(after=DAY)
    known.start()
    known.commit(known.list_check({A: "甲"}, next_page=second))
    known.commit(known.answer(second, 500, kind=ResourceKind.LIST))
    known.end_run(state=RunState.INTERRUPTED)
    known.begin_run(after=5)
    assert known.end_run() == []


def test_an_unchanged_list_keeps_its_pages_live(known: Scenario) -> None:
    known.begin_run(after=DAY)
    known.start()
    answer = known.exchange(LIST, b"", 304)
    known.commit(
        known.check(LIST, answer, kind=ResourceKind.LIST, observation=Observation.NOT_MODIFIED)
    )
    assert known.end_run() == []


def test_a_pinned_row_is_seen_on_whichever_list_stays_the_same(scenario: Scenario) -> None:
    second = f"{SITE}/list_1.html"
    scenario.begin_run()
    scenario.start()
    scenario.commit(
        scenario.list_check({B: "置顶"}, url=second),
        scenario.list_check({A: "甲", B: "置顶"}, next_page=second),
        scenario.article(A),
        scenario.article(B, "乙"),
    )
    scenario.end_run()
    scenario.begin_run(after=DAY)
    scenario.start()
    same = scenario.exchange(second, b"", 304)
    scenario.commit(
        scenario.list_check({A: "甲"}, next_page=second),
        scenario.check(second, same, kind=ResourceKind.LIST, observation=Observation.NOT_MODIFIED),
    )
    assert scenario.end_run() == []
    assert lifecycles(scenario) == ("live", "live")


def test_a_page_that_fails_keeps_its_standing(known: Scenario) -> None:
    known.walk(BOTH, [known.answer(B, 503)], after=DAY)
    assert lifecycles(known) == ("live", "live")


def test_articles_no_list_showed_can_be_asked_for_in_the_same_run(known: Scenario) -> None:
    known.begin_run(after=60)
    known.start()
    known.commit(known.list_check({A: "甲"}))
    assert known.due_urls() == []
    with known.database.write() as session:
        count = frontier.make_unlisted_due(session, known.seed_key, known.horizon)
    assert count == 1
    assert known.due_urls() == [B]
    known.commit(gone(known, B))
    assert [change.after for change in known.end_run()] == ["withdrawn"]


def test_a_second_finish_changes_nothing_more(known: Scenario) -> None:
    known.walk({A: "甲"}, [gone(known, B)], after=DAY)
    with known.database.write() as session:
        assert finish_walk(session, known.run, known.now()) == []


SECOND = f"{SITE}/list_1.html"


@pytest.fixture
def turned(scenario: Scenario) -> Scenario:
    """A walk over two list pages, with one article on each."""
    scenario.start()
    scenario.commit(
        scenario.list_check({A: "甲"}, next_page=SECOND),
        scenario.list_check({B: "乙"}, url=SECOND),
        scenario.article(A),
        scenario.article(B, "乙"),
    )
    assert scenario.end_run() == []
    return scenario


def walk_without_pager(scenario: Scenario, *checks: Check) -> int:
    """Walk page 1, which leads nowhere now, then whatever is asked for at the end."""
    scenario.begin_run(after=DAY)
    scenario.start()
    scenario.commit(scenario.list_check({A: "甲"}))
    with scenario.database.write() as session:
        count = frontier.make_unlisted_due(session, scenario.seed_key, scenario.horizon)
    scenario.commit(*checks)
    return count


def unchanged(scenario: Scenario, url: str) -> Check:
    answer = scenario.exchange(url, b"", 304)
    return scenario.check(url, answer, kind=ResourceKind.LIST, observation=Observation.NOT_MODIFIED)


def test_a_list_that_lost_its_pager_is_asked_for_itself(turned: Scenario) -> None:
    assert walk_without_pager(turned) == 2
    assert turned.due_urls() == [SECOND, A, B]
    turned.commit(unchanged(turned, SECOND), turned.article(B, "乙"))
    assert turned.end_run() == []
    assert lifecycles(turned) == ("live", "live")


def test_a_lost_list_that_is_gone_delists_in_the_same_walk(turned: Scenario) -> None:
    walk_without_pager(turned)
    turned.commit(turned.answer(SECOND, 404, kind=ResourceKind.LIST), turned.article(B, "乙"))
    (change,) = turned.end_run()
    assert (change.url, change.after) == (B, "delisted")


def test_a_lost_list_that_is_empty_delists_too(turned: Scenario) -> None:
    walk_without_pager(turned)
    turned.commit(turned.list_check({}, url=SECOND), turned.article(B, "乙"))
    assert [change.after for change in turned.end_run()] == ["delisted"]


def test_a_lost_list_that_fails_changes_nothing(turned: Scenario) -> None:
    walk_without_pager(turned)
    turned.commit(turned.answer(SECOND, 503, kind=ResourceKind.LIST), turned.article(B, "乙"))
    assert turned.end_run() == []


def test_a_lost_list_is_asked_for_only_once(turned: Scenario) -> None:
    walk_without_pager(turned)
    turned.commit(unchanged(turned, SECOND))
    turned.end_run()
    assert walk_without_pager(turned, turned.article(B, "乙")) == 1
    assert [change.after for change in turned.end_run()] == ["delisted"]


def test_an_unchanged_list_that_is_led_to_again_brings_its_pages_back(turned: Scenario) -> None:
    walk_without_pager(turned, unchanged(turned, SECOND))
    turned.end_run()
    walk_without_pager(turned)
    turned.end_run()
    assert lifecycles(turned) == ("live", "delisted")
    turned.begin_run(after=DAY)
    turned.start()
    turned.commit(turned.list_check({A: "甲"}, next_page=SECOND), unchanged(turned, SECOND))
    (change,) = turned.end_run()
    assert (change.url, change.after) == (B, "live")
