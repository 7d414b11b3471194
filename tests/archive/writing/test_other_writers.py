"""Several writers at once, and one story from the first page to the withdrawn one."""

from __future__ import annotations

import threading

from scenario import LIST, SITE, Scenario, file, page

from archive.models import Event, Version
from archive.records import Check, Verdict
from archive.store import Writer
from archive.verify import verify


def test_two_writers_share_an_archive(scenario: Scenario) -> None:
    first = Writer(scenario.store)
    second = Writer(scenario.open_store())
    checks = [scenario.article(page(str(number)), f"正文{number}") for number in range(60)]
    verdicts: list[Verdict] = []

    def write(writer: Writer, part: list[Check]) -> None:
        verdicts.extend(answer.result(30) for answer in [writer.submit(c) for c in part])

    threads = [
        threading.Thread(target=write, args=(first, checks[::2])),
        threading.Thread(target=write, args=(second, checks[1::2])),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    first.close()
    second.close()
    scenario.store = scenario.open_store()
    assert [verdict.version for verdict in verdicts] == [1] * 60
    report = verify(scenario.database)
    assert report.is_clean
    checked = report.checked
    assert (checked["files"], checked["captures"], checked["versions"]) == (2, 60, 60)


def tell(scenario: Scenario) -> list[tuple[str, str | None]]:
    a, b, new, pdf = page("a"), page("b"), page("new"), file("x.pdf")
    listing = scenario.list_check({a: "甲", b: "乙"}, url=f"{SITE}/list.html")
    scenario.start()
    scenario.commit(listing, scenario.article(a, files=[pdf]), scenario.article(b, "坏\x00字"))
    scenario.commit(scenario.attachment(pdf, b"one"))
    scenario.commit(scenario.attachment(pdf, b"two"), scenario.article(a, "改写", files=[pdf]))
    scenario.commit(scenario.moved(b, new, "坏字 又改"))
    scenario.end_run()
    scenario.begin_run(after=90_000)
    scenario.start()
    scenario.commit(scenario.list_check({b: "乙"}), scenario.answer(a, 404))
    scenario.end_run()
    assert scenario.resource(LIST).items == [scenario.resource(b).key]
    report = verify(scenario.database)
    assert report.is_clean, report.findings
    return [(event.kind, event.change_class) for event in scenario.rows(Event)]


STORY = [
    ("new", "new"),
    ("new", "new"),
    ("edited", "attachment"),
    ("edited", "substantive"),
    ("moved", None),
    ("edited", "substantive"),
    ("withdrawn", None),
]


def test_a_story_is_the_same_on_both_databases(scenario: Scenario) -> None:
    assert tell(scenario) == STORY
    assert len(scenario.rows(Version)) == 5
