"""Pages whose seed no longer looks after them go to the seed that meets them."""

from __future__ import annotations

import pytest
from scenario import LIST, SITE, Scenario, file, page

from archive import adoption, frontier
from archive.records import Observation, ResourceKind

A, B, PDF = page("a"), page("b"), file("a.pdf")
SECOND = f"{SITE}/list_1.html"
DAY = 86_400


@pytest.fixture
def known(scenario: Scenario) -> Scenario:
    """Two list pages, two articles and a file, all met by the seed ``site``."""
    scenario.start()
    scenario.commit(
        scenario.list_check({A: "甲"}, next_page=SECOND),
        scenario.list_check({B: "乙"}, url=SECOND),
        scenario.article(A, files=[PDF]),
        scenario.article(B, "乙"),
    )
    scenario.end_run()
    return scenario


def begin_as(scenario: Scenario, seed: str, *, alone: bool = True) -> None:
    scenario.run = 0
    scenario.use_seed(seed)
    if alone:
        scenario.keep_only(seed, adoption.ADHOC)
    scenario.begin_run(after=DAY)
    scenario.start()


def owners(scenario: Scenario, *urls: str) -> set[int]:
    return {scenario.resource(url).seed_key for url in urls}


def test_a_walk_takes_the_lists_it_comes_upon(known: Scenario) -> None:
    begin_as(known, "new")
    assert known.due_urls() == [LIST]
    known.commit(known.list_check({A: "甲"}, next_page=SECOND))
    assert known.due_urls()[0] == SECOND
    assert owners(known, LIST, SECOND) == {known.seed_key}


def test_a_list_of_another_seed_is_read_afresh(known: Scenario) -> None:
    known.commit(known.answer(SECOND, 500, kind=ResourceKind.LIST))
    begin_as(known, "new", alone=False)
    (due,) = known.due()
    assert (due.etag, due.last_modified, due.payload_digest) == (None, None, None)


def test_pages_of_a_retired_seed_belong_to_the_seed_that_lists_them(known: Scenario) -> None:
    begin_as(known, "new")
    known.commit(known.list_check({A: "甲", B: "乙"}))
    assert owners(known, A, B, PDF) == {known.seed_key}
    assert PDF in known.due_urls()


def test_pages_of_a_live_seed_stay_with_it(known: Scenario) -> None:
    first = known.seed_key
    begin_as(known, "two", alone=False)
    known.commit(known.list_check({A: "甲"}))
    assert owners(known, A, PDF) == {first}


def test_a_page_that_moved_is_adopted_at_its_new_address(known: Scenario) -> None:
    known.run = 0
    known.begin_run(after=DAY)
    known.commit(known.moved(A, page("moved")))
    begin_as(known, "new")
    known.commit(known.list_check({A: "甲"}))
    assert owners(known, A, page("moved")) == {known.seed_key}


def test_a_seed_that_lists_a_page_too_has_it_once_its_owner_is_gone(known: Scenario) -> None:
    begin_as(known, "two", alone=False)
    known.commit(known.list_check({A: "甲"}))
    known.end_run()
    begin_as(known, "two")
    same = known.exchange(LIST, b"", 304)
    known.commit(
        known.check(LIST, same, kind=ResourceKind.LIST, observation=Observation.NOT_MODIFIED)
    )
    assert {A, PDF} <= set(known.due_urls())
    assert owners(known, A, PDF) == {known.seed_key}


def test_a_list_first_asked_for_by_hand_belongs_to_the_walk(scenario: Scenario) -> None:
    scenario.use_seed(adoption.ADHOC)
    scenario.begin_run()
    scenario.commit(scenario.answer(SECOND, 500))
    begin_as(scenario, "site")
    scenario.commit(scenario.list_check({A: "甲"}, next_page=SECOND))
    assert scenario.due_urls()[0] == SECOND
    assert scenario.resource(SECOND).kind == ResourceKind.LIST


def test_files_of_a_page_asked_for_by_hand_come_with_it(scenario: Scenario) -> None:
    scenario.use_seed(adoption.ADHOC)
    scenario.begin_run()
    scenario.commit(scenario.article(A, files=[PDF]))
    begin_as(scenario, "site")
    scenario.commit(scenario.list_check({A: "甲"}))
    assert {A, PDF} <= set(scenario.due_urls())


def test_a_look_by_hand_takes_no_list_from_a_seed(known: Scenario) -> None:
    first = known.seed_key
    known.use_seed(adoption.ADHOC)
    known.begin_run()
    hub = page("hub")
    known.commit(known.list_check({A: "甲"}, url=hub, next_page=SECOND))
    assert owners(known, SECOND) == {first}


def test_a_named_page_brings_its_files(known: Scenario) -> None:
    known.run = 0
    known.begin_run()
    named = [known.resource(A).key]
    with known.database.write() as session:
        frontier.make_due(session, named, known.horizon)
    assert [due.url for due in known.due(only=named)] == [A, PDF]


def test_a_stray_page_is_kept_by_a_live_seed_whose_list_shows_it(known: Scenario) -> None:
    begin_as(known, "two", alone=False)
    known.commit(known.list_check({A: "甲"}))
    known.keep_only("two", adoption.ADHOC)
    with known.database.write() as session:
        for url, expected in ((A, "two"), (PDF, "two"), (B, None)):
            resource = frontier.find_resource(session, url)
            assert resource is not None
            live = adoption.live_seed(session, resource)
            assert (live and live.id) == expected
