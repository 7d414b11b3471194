"""Several writers at once, and the same story told on a server database."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import scenario as scenario_module
from scenario import LIST, SITE, Scenario, file, page

from archive.database import open_database
from archive.models import Event, Version
from archive.records import Check, Verdict
from archive.store import Writer
from archive.verify import verify

"""A PostgreSQL server whose user may create databases, such as postgresql://localhost/postgres."""


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


@pytest.fixture
def on_server(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, postgresql_url: str
) -> Iterator[Scenario]:
    monkeypatch.setattr(
        scenario_module, "open_database", lambda folder: open_database(folder, postgresql_url)
    )
    made = Scenario(tmp_path / "archive")
    yield made
    made.close()


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


def test_a_story_on_sqlite(scenario: Scenario) -> None:
    assert tell(scenario) == STORY
    assert len(scenario.rows(Version)) == 5


def test_the_same_story_on_postgresql(on_server: Scenario) -> None:
    assert tell(on_server) == STORY
    assert len(on_server.rows(Version)) == 5
