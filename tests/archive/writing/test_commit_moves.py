"""Pages that move: one document, two addresses, two chains of versions that never mix."""

from __future__ import annotations

import pytest
from scenario import LIST, Scenario, extraction, file, page

from archive.models import Capture, Document, Event, IdentityEntry, ListRow, Resource, Version
from archive.models import Observation as Row
from archive.records import Check, Observation, ResourceKind
from archive.verify import verify

OLD, NEW = page("old"), page("new")


def by_url(scenario: Scenario, url: str) -> list[Version]:
    return scenario.rows(Version, Version.resource_key == scenario.resource(url).key)


@pytest.mark.parametrize("status", [301, 308])
def test_a_known_page_that_moves_keeps_its_document(scenario: Scenario, status: int) -> None:
    (before,) = scenario.commit(scenario.article(OLD))
    (after,) = scenario.commit(scenario.moved(OLD, NEW, status=status))
    old, new = scenario.resource(OLD), scenario.resource(NEW)
    assert before.document == after.document
    assert (old.lifecycle, old.moved_to, old.next_check_at) == ("moved", new.key, None)
    assert new.lifecycle == "live"
    assert [event.kind for event in scenario.rows(Event)] == ["new", "moved"]
    assert scenario.rows(Event)[-1].detail == {"from": OLD, "to": NEW}
    (entry,) = scenario.rows(IdentityEntry)
    assert entry.evidence == {"redirect": [OLD, NEW]}
    assert [v.number for v in by_url(scenario, OLD)] == [1]
    assert [v.number for v in by_url(scenario, NEW)] == [1]
    assert verify(scenario.database).is_clean


def test_the_hop_belongs_to_the_old_address_and_the_page_to_the_new(scenario: Scenario) -> None:
    scenario.commit(scenario.article(OLD))
    scenario.commit(scenario.moved(OLD, NEW))
    _, hop, final = scenario.rows(Capture)
    assert (hop.status, hop.resource_key, hop.led_to) == (
        301,
        scenario.resource(OLD).key,
        final.key,
    )
    assert final.resource_key == scenario.resource(NEW).key
    gone, fresh = scenario.rows(Row)[-2:]
    assert (gone.observation, fresh.observation) == ("gone", "new")
    assert gone.capture_key == hop.key


def test_files_that_move_with_their_page_are_no_change(scenario: Scenario) -> None:
    old, new = page("2023/a"), page("2024/a")
    beside = [f"{url.rpartition('/')[0]}/x.pdf" for url in (old, new)]
    scenario.commit(scenario.article(old, files=[beside[0]]))
    scenario.commit(scenario.moved(old, new, files=[beside[1]]))
    assert [event.kind for event in scenario.rows(Event)] == ["new", "moved"]


def test_a_file_changed_after_a_move_is_told_once(scenario: Scenario) -> None:
    scenario.commit(scenario.article(OLD, files=[file("x.pdf")]))
    scenario.commit(scenario.attachment(file("x.pdf"), b"one"))
    scenario.commit(scenario.moved(OLD, NEW, files=[file("x.pdf")]))
    scenario.commit(scenario.attachment(file("x.pdf"), b"two"))
    told = [(event.kind, event.change_class) for event in scenario.rows(Event)]
    assert told == [("new", "new"), ("moved", None), ("edited", "attachment")]
    assert [len(by_url(scenario, url)) for url in (OLD, NEW)] == [1, 2]


def test_an_edit_on_the_way_is_told(scenario: Scenario) -> None:
    scenario.commit(scenario.article(OLD, "旧的内容"))
    scenario.commit(scenario.moved(OLD, NEW, "新的内容"))
    assert [(e.kind, e.change_class) for e in scenario.rows(Event)] == [
        ("new", "new"),
        ("moved", None),
        ("edited", "substantive"),
    ]


def test_a_new_address_met_first_ends_in_the_same_document(scenario: Scenario) -> None:
    scenario.commit(scenario.article(OLD))
    scenario.commit(scenario.article(NEW))
    assert scenario.resource(OLD).document_key != scenario.resource(NEW).document_key
    (verdict,) = scenario.commit(scenario.moved(OLD, NEW))
    kept, lost = scenario.rows(Document)
    assert lost.merged_into == kept.key
    assert {r.document_key for r in scenario.rows(Resource)} == {kept.key}
    assert verdict.document == kept.public_id
    (entry,) = scenario.rows(IdentityEntry)
    assert entry.action == "merged"
    assert entry.evidence["resources"] == [scenario.resource(NEW).key]


def test_a_moved_page_is_met_before_its_new_address(scenario: Scenario) -> None:
    scenario.commit(scenario.list_check({OLD: "甲"}), scenario.article(OLD))
    scenario.begin_run(after=7200)
    scenario.commit(scenario.list_check({NEW: "甲"}))
    assert scenario.due_urls() == [OLD, NEW]


def test_the_same_bytes_from_a_new_address_make_it_due(scenario: Scenario) -> None:
    scenario.commit(scenario.article(OLD))
    hop = scenario.exchange(OLD, b"", 301)
    final = scenario.exchange(NEW, "<p>same</p>")
    scenario.commit(scenario.check(OLD, hop, final, observation=Observation.UNCHANGED))
    assert scenario.due_urls() == [NEW]
    scenario.commit(scenario.article(NEW))
    assert [event.kind for event in scenario.rows(Event)] == ["new", "moved"]
    assert len(scenario.rows(Document)) == 1


def test_a_temporary_redirect_moves_nothing(scenario: Scenario) -> None:
    scenario.commit(scenario.article(OLD))
    scenario.commit(scenario.moved(OLD, NEW, "另一个正文", status=302))
    assert scenario.resource(OLD).lifecycle == "live"
    assert len(by_url(scenario, OLD)) == 2
    assert scenario.rows(Resource, Resource.url == NEW) == []


def test_a_retried_hop_does_not_end_the_move(scenario: Scenario) -> None:
    scenario.commit(scenario.article(OLD))
    hops = [
        scenario.exchange(OLD, b"", 301),
        scenario.exchange(NEW, b"busy", 503),
        scenario.exchange(NEW, "<p>正文</p>"),
    ]
    scenario.commit(scenario.check(OLD, *hops, extraction=extraction()))
    assert scenario.resource(OLD).moved_to == scenario.resource(NEW).key
    assert scenario.rows(Capture)[1].led_to == scenario.rows(Capture)[2].key


def test_a_change_of_scheme_is_no_move(scenario: Scenario) -> None:
    scenario.commit(scenario.article(OLD))
    secure = OLD.replace("http:", "https:")
    scenario.commit(scenario.moved(OLD, secure))
    assert scenario.resource(OLD).url == secure
    assert scenario.resource(OLD).lifecycle == "live"
    assert len(scenario.rows(Resource)) == 1
    assert verify(scenario.database).is_clean


def test_a_redirect_to_a_list_is_a_soft_404(scenario: Scenario) -> None:
    scenario.commit(scenario.list_check({OLD: "甲"}), scenario.article(OLD))
    (verdict,) = scenario.commit(scenario.moved(OLD, LIST))
    assert verdict.observation == "soft_404"
    assert scenario.resource(OLD).lifecycle == "live"
    assert scenario.resource(LIST).kind == ResourceKind.LIST


def test_an_address_that_only_ever_redirected_is_no_event(scenario: Scenario) -> None:
    scenario.commit(scenario.list_check({OLD: "列表标题"}))
    (verdict,) = scenario.commit(scenario.moved(OLD, NEW))
    assert verdict.observation == "new"
    assert [event.kind for event in scenario.rows(Event)] == ["new"]
    assert scenario.resource(OLD).document_key == scenario.resource(NEW).document_key


def test_a_page_listed_under_its_old_address_counts_as_listed(scenario: Scenario) -> None:
    scenario.walk({OLD: "列表标题"}, [scenario.article(OLD)])
    scenario.walk({OLD: "列表标题"}, [scenario.moved(OLD, NEW)], after=7200)
    assert scenario.walk({OLD: "列表标题"}, [scenario.article(NEW)], after=7200) == []
    assert scenario.resource(NEW).lifecycle == "live"
    scenario.begin_run(after=7200)
    (due,) = scenario.due()
    assert due.url == NEW
    assert due.list_item is not None
    assert due.list_item.title == "列表标题"
    assert len(scenario.rows(ListRow)) == 1


def test_a_page_that_moves_twice_points_to_its_last_address(scenario: Scenario) -> None:
    last = page("last")
    scenario.commit(scenario.article(OLD))
    scenario.commit(scenario.moved(OLD, NEW))
    scenario.commit(scenario.moved(NEW, last))
    assert scenario.resource(OLD).moved_to == scenario.resource(last).key
    assert len(scenario.rows(Document)) == 1


def test_a_move_and_its_undoing_leave_the_first_address_live(scenario: Scenario) -> None:
    scenario.commit(scenario.article(OLD))
    scenario.commit(scenario.moved(OLD, NEW))
    scenario.commit(scenario.moved(NEW, OLD))
    old, new = scenario.resource(OLD), scenario.resource(NEW)
    assert (old.lifecycle, old.moved_to) == ("live", None)
    assert (new.lifecycle, new.moved_to) == ("moved", old.key)
    assert old.next_check_at is not None
    assert len(scenario.rows(Document)) == 1


def test_an_old_address_that_serves_its_page_again_has_returned(scenario: Scenario) -> None:
    scenario.commit(scenario.article(OLD))
    scenario.commit(scenario.moved(OLD, NEW))
    scenario.commit(scenario.article(OLD))
    assert scenario.resource(OLD).lifecycle == "live"
    assert scenario.rows(Event)[-1].kind == "returned"


NOTICE = page("notice")


def to_notice(scenario: Scenario, url: str, title: str = "网站改版公告") -> Check:
    hop = scenario.exchange(url, b"", 301, Location=NOTICE)
    text = "原有栏目已经调整,请通过首页检索所需文件。"
    final = scenario.exchange(NOTICE, f"<p>{title}{text}</p>")
    return scenario.check(url, hop, final, extraction=extraction(text, title=title))


def four_pages(scenario: Scenario, **fields: str) -> list[str]:
    urls = [page(str(number)) for number in range(4)]
    texts = ("关于科技项目申报", "二〇二三年财政决算", "人事任免名单公示", "春季植树安排")
    for url, text in zip(urls, texts, strict=True):
        scenario.commit(scenario.article(url, text, **({"title": text} | fields)))
    return urls


def test_removed_pages_that_lead_to_one_notice_stay_apart(scenario: Scenario) -> None:
    urls = four_pages(scenario)
    for url in urls:
        (verdict,) = scenario.commit(to_notice(scenario, url))
        assert verdict.observation == "soft_404"
        assert verdict.reason == f"redirects to {NOTICE}, which is another document"
    assert {row.merged_into for row in scenario.rows(Document)} == {None}
    assert len({scenario.resource(url).document_key for url in urls}) == 4
    assert verify(scenario.database).is_clean


def test_a_redirect_between_two_unlike_documents_is_only_suggested(scenario: Scenario) -> None:
    (old, *_) = four_pages(scenario)
    scenario.commit(scenario.article(NOTICE, "公告正文", title="网站改版公告"))
    for _ in range(2):
        scenario.commit(to_notice(scenario, old))
    (entry,) = scenario.rows(IdentityEntry)
    assert entry.action == "suggested"
    assert entry.document_key == scenario.resource(old).document_key
    assert entry.other_document_key == scenario.resource(NOTICE).document_key
    assert entry.evidence == {"redirect": [old, NOTICE]}


def test_a_shared_title_is_enough_for_one_page_only(scenario: Scenario) -> None:
    first, second, *_ = four_pages(scenario, title="公示")
    scenario.commit(to_notice(scenario, first, "公示"))
    assert scenario.resource(first).lifecycle == "moved"
    (verdict,) = scenario.commit(to_notice(scenario, second, "公示"))
    assert verdict.observation == "soft_404"
    assert scenario.resource(second).document_key != scenario.resource(first).document_key


def test_the_same_text_under_another_title_has_moved(scenario: Scenario) -> None:
    scenario.commit(scenario.article(OLD, "全文" * 20, title="旧标题"))
    hop = scenario.exchange(OLD, b"", 301)
    final = scenario.exchange(NEW, "<p>new</p>")
    scenario.commit(
        scenario.check(OLD, hop, final, extraction=extraction("全文" * 20, title="新标题"))
    )
    assert scenario.resource(OLD).moved_to == scenario.resource(NEW).key
