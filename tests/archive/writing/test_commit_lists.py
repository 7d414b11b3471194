"""What lists leave behind: due pages, list rows, and the way on to further lists."""

from __future__ import annotations

from scenario import LIST, SITE, Scenario, page

from archive import frontier
from archive.models import ListRow, Resource
from archive.records import Observation, ResourceKind, RunState

A, B = page("a"), page("b")
SECOND_PAGE = f"{SITE}/list_1.html"


def test_items_become_due_articles_with_their_list_row(scenario: Scenario) -> None:
    scenario.start()
    (verdict,) = scenario.commit(scenario.list_check({A: "甲", B: "乙"}))
    assert (verdict.observation, verdict.discovered) == ("new", 2)
    due = scenario.due()
    assert [d.url for d in due] == [A, B]
    assert [d.list_item.title for d in due if d.list_item] == ["甲", "乙"]
    assert {d.kind for d in due} == {ResourceKind.ARTICLE}


def test_known_items_are_not_made_due_again(scenario: Scenario) -> None:
    scenario.commit(scenario.list_check({A: "甲"}), scenario.article(A))
    (verdict,) = scenario.commit(scenario.list_check({A: "甲", B: "乙"}))
    assert (verdict.observation, verdict.discovered) == ("changed", 1)
    assert scenario.due_urls() == [B]


def test_a_list_that_shows_the_same_rows_is_unchanged(scenario: Scenario) -> None:
    scenario.commit(scenario.list_check({A: "甲"}))
    (verdict,) = scenario.commit(scenario.list_check({A: "甲"}))
    assert verdict.observation == "unchanged"


def test_an_empty_list_is_an_error_and_forgets_nothing(scenario: Scenario) -> None:
    scenario.commit(scenario.list_check({A: "甲"}))
    (verdict,) = scenario.commit(scenario.list_check({}))
    assert (verdict.observation, verdict.reason) == ("error", "the list is empty")
    assert scenario.resource(LIST).items == [scenario.resource(A).key]


def test_lists_come_first_then_known_pages_then_new_ones_then_files(scenario: Scenario) -> None:
    new, file = page("new"), f"{SITE}/f.pdf"
    scenario.start()
    scenario.commit(scenario.list_check({A: "甲"}), scenario.article(A, files=[file]))
    scenario.begin_run(after=7200)
    scenario.start()
    with scenario.database.write() as session:
        made = frontier.ensure_resource(
            session, scenario.seed_key, new, ResourceKind.ARTICLE, scenario.time
        )
        frontier.make_due(session, [made.key], scenario.horizon)
    assert scenario.due_urls() == [LIST, A, new, file]


def test_a_next_page_is_due_in_the_same_run_but_only_once(scenario: Scenario) -> None:
    scenario.start()
    scenario.commit(scenario.list_check({A: "甲"}, next_page=SECOND_PAGE))
    assert scenario.due_urls() == [SECOND_PAGE, A]
    scenario.commit(scenario.list_check({B: "乙"}, url=SECOND_PAGE, next_page=LIST))
    assert scenario.due_urls() == [A, B]


def test_an_unchanged_list_still_leads_on_and_confirms_its_rows(scenario: Scenario) -> None:
    sheet = f"{SITE}/node_2.html"
    scenario.commit(scenario.list_check({A: "甲"}, next_page=SECOND_PAGE, pages=[sheet]))
    scenario.begin_run(after=60)
    scenario.start()
    before = scenario.rows(ListRow)[0].last_seen_at
    scenario.commit(
        scenario.check(
            LIST,
            scenario.exchange(LIST, b"", 304),
            kind=ResourceKind.LIST,
            observation=Observation.NOT_MODIFIED,
        )
    )
    assert scenario.due_urls()[:2] == [SECOND_PAGE, sheet]
    assert scenario.rows(ListRow)[0].last_seen_at > before


def test_lists_are_due_only_when_a_walk_reaches_them(scenario: Scenario) -> None:
    scenario.start()
    scenario.commit(scenario.list_check({A: "甲"}, next_page=SECOND_PAGE))
    scenario.commit(scenario.list_check({B: "乙"}, url=SECOND_PAGE))
    scenario.begin_run(after=1_000_000)
    assert LIST not in scenario.due_urls()
    scenario.start()
    assert scenario.due_urls()[0] == LIST
    assert SECOND_PAGE not in scenario.due_urls()


def test_a_resumed_walk_does_not_start_its_lists_again(scenario: Scenario) -> None:
    scenario.start()
    scenario.commit(scenario.list_check({A: "甲"}))
    horizon = scenario.horizon
    scenario.end_run(state=RunState.INTERRUPTED)
    scenario.begin_run(after=5)
    assert scenario.horizon == horizon
    scenario.start()
    assert scenario.due_urls() == [A]


def test_rows_without_a_usable_address_are_left_out(scenario: Scenario) -> None:
    (verdict,) = scenario.commit(
        scenario.list_check({"javascript:void(0)": "x", A: "甲", "mailto:a@b": "y"})
    )
    assert verdict.discovered == 1


def test_what_is_in_flight_is_not_handed_out_twice(scenario: Scenario) -> None:
    scenario.commit(scenario.list_check({A: "甲", B: "乙"}))
    first = scenario.due(limit=1)
    assert [d.url for d in scenario.due(exclude=[d.resource for d in first])] == [B]
    only = scenario.resource(B).key
    assert [d.url for d in scenario.due(only=[only])] == [B]


def test_a_page_asked_for_by_hand_joins_the_seed_that_lists_it(scenario: Scenario) -> None:
    from archive import ledger
    from archive.ledger import SeedFacts

    facts = SeedFacts("adhoc", "By hand", None, None, "unknown", "", "sha256:0", None)
    with scenario.database.write() as session:
        adhoc = ledger.register_seed(session, facts, scenario.time)
        frontier.ensure_resource(session, adhoc, A, ResourceKind.ARTICLE, scenario.time)
    scenario.commit(scenario.list_check({A: "甲"}))
    (found,) = scenario.rows(Resource, Resource.url == A)
    assert found.seed_key == scenario.seed_key


def test_a_resource_is_found_by_any_of_its_names(scenario: Scenario) -> None:
    from archive.models import Capture, Derivation, Version

    (verdict,) = scenario.commit(scenario.article(A))
    names = [A, A + "#part", A.replace("http:", "https:"), verdict.document]
    names += [scenario.rows(model)[0].public_id for model in (Version, Capture, Derivation)]
    with scenario.database.read() as session:
        found = [frontier.find_resource(session, name or "") for name in names]
        assert frontier.find_resource(session, "no such thing") is None
    assert {resource.url for resource in found if resource} == {A}
    assert None not in found


def test_an_absurdly_long_address_is_left_out_and_told(scenario: Scenario) -> None:
    absurd = f"{SITE}/view?q={'x' * 4000}"
    (verdict,) = scenario.commit(scenario.list_check({absurd: "x", A: "甲"}, next_page=absurd))
    assert verdict.discovered == 1
    assert verdict.reason == f"1 items, 1 left out: {absurd[:80]}"
    assert {row.url for row in scenario.rows(Resource)} == {LIST, A}
