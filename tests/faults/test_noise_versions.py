"""What is served again, or changes only around the text, makes no version: exact counts."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from archive import queries
from archive.models import Capture, Resource
from archive.models import Observation as Row
from archive.records import Check, Content, Extraction, Observation
from archive.warc import payload_digest
from crawler.families.reader import read
from pipelines.reading import Job
from tests.archive.writing.scenario import Scenario, extraction, page
from tests.conftest import NewArchive
from tests.pairs.change_pairs import PAIRS, Pair

BOILERPLATE = (
    "<html><head><meta charset='utf-8'><title>关于申报科技计划项目的通知</title></head><body>"
    "<div class='top'>当前时间：{clock}</div><h1>关于申报科技计划项目的通知</h1>"
    "<div class='info'>来源：科技局 发布时间：2023-07-06 浏览次数：<b>{views}</b></div>"
    "<div class='content'><p>各区县科技局，有关单位：</p><p>为做好本年度科技计划项目的申报工作，"
    "现就有关事项通知如下，请遵照执行，每个项目资助{money}万元。</p><p>市科技局</p></div>"
    "<ul class='related'><li><a href='/{related}.html'>相关：{related}</a></li></ul></body></html>"
)
FIRST = {"clock": "10:00:01", "views": "81", "money": "10", "related": "通知一"}
DAYS = (
    ({}, "new", 1),
    ({}, "unchanged", 1),
    ({"clock": "11:20:59"}, "noise", 1),
    ({"clock": "11:20:59", "views": "95"}, "noise", 1),
    ({"clock": "11:20:59", "views": "97", "related": "通知二"}, "noise", 1),
    ({"clock": "11:20:59", "views": "97", "related": "通知二"}, "unchanged", 1),
    ({"clock": "12:00:00", "views": "98", "money": "12"}, "changed", 2),
    ({"clock": "13:00:00", "views": "99", "money": "12"}, "noise", 2),
)
"""What the page says on each visit, what is observed, and how many versions there are then."""


@pytest.fixture
def scenario(new_archive: NewArchive, tmp_path: Path) -> Iterator[Scenario]:
    made = Scenario(new_archive(tmp_path / "archive"))
    yield made
    made.close()


def versions(scenario: Scenario) -> dict[str, int]:
    """How many versions each document has, as `docs` says it."""
    with scenario.database.read() as session:
        return {row["url"]: row["versions"] for row in queries.documents(session)}


def checked(scenario: Scenario, url: str, body: bytes, found: Extraction | None) -> Check:
    """A check as a crawl makes it: bytes that the page had before are not read again."""
    exchange = scenario.exchange(url, body)
    known = scenario.rows(Resource, Resource.url == url)
    if known and known[0].payload_digest == payload_digest(body):
        return scenario.check(url, exchange, observation=Observation.UNCHANGED)
    return scenario.check(url, exchange, extraction=found)


def served(scenario: Scenario, url: str, content: Content) -> Check:
    """A check of a page that reads like this; its bytes stand for all of it."""
    said = repr((content.text, sorted(content.fields.items())))
    found = replace(
        extraction(content.text),
        fields=dict(content.fields),
        region_digest="sha256:" + hashlib.sha256(said.encode()).hexdigest(),
    )
    return checked(scenario, url, said.encode(), found)


def told_by_text(pair: Pair) -> bool:
    """Whether a pair is about text and fields, which one page alone can show."""
    return "attachments" not in {*pair.old, *pair.new}


def test_a14_every_labelled_pair_makes_exactly_the_versions_it_should(scenario: Scenario) -> None:
    pairs = {page(f"p{at}"): pair for at, pair in enumerate(filter(told_by_text, PAIRS))}
    for side in (0, 1):
        checks = [served(scenario, url, pair.contents[side]) for url, pair in pairs.items()]
        verdicts = scenario.commit(*checks)
    same_bytes = {url for url, pair in pairs.items() if pair.contents[0] == pair.contents[1]}
    expected = {url: pair.observation for url, pair in pairs.items()}
    expected |= dict.fromkeys(same_bytes, "unchanged")
    found = dict(zip(pairs, (str(verdict.observation) for verdict in verdicts), strict=True))
    assert found == expected
    assert versions(scenario) == {
        url: 2 if pair.observation == "changed" else 1 for url, pair in pairs.items()
    }
    assert min(Counter(expected.values()).values()) >= 1
    again = scenario.commit(
        *(served(scenario, url, pair.contents[1]) for url, pair in pairs.items())
    )
    assert {str(verdict.observation) for verdict in again} == {"unchanged"}


def test_a14_only_boilerplate_is_recorded_as_unchanged_text(scenario: Scenario) -> None:
    url = page("a")
    for change, observation, count in DAYS:
        body = BOILERPLATE.format(**{**FIRST, **change}).encode()
        reading = read(Job(url, body))
        (verdict,) = scenario.commit(checked(scenario, url, body, reading.extraction))
        assert (str(verdict.observation), versions(scenario)) == (observation, {url: count}), change
    assert [(row.observation, row.change_class) for row in scenario.rows(Row)] == [
        (observation, {"new": "new", "noise": "none", "changed": "substantive"}.get(observation))
        for _, observation, _ in DAYS
    ]
    kept = Counter(capture.record_type for capture in scenario.rows(Capture))
    assert kept == {"response": 6, "revisit": 2}
    with scenario.database.read() as session:
        loud = [row["what"] for row in queries.log(session, url) if row["kind"] == "observation"]
        noisy = [row["what"] for row in queries.log(session, url, noise=True)]
    assert loud.count("noise") == 0
    assert noisy.count("noise") == 4
