"""Inline images: fetched and kept like files, without being part of what versions compare."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest
from scenario import Scenario, file, page

from archive import ledger
from archive.models import Attachment, Capture, Derivation, Resource, Version
from archive.queries import document
from archive.records import AttachmentLink, Check, ResourceKind
from archive.verify import verify

A, PDF = page("a"), file("a.pdf")
CHART, SCAN = file("chart.png"), file("scan.png")
HOST = "gov.example"


def shown(check: Check, *images: str, names: Sequence[str] = ("图1", "图2")) -> Check:
    """A check of an article whose text holds images."""
    assert check.extraction is not None
    links = tuple(AttachmentLink(name, url) for name, url in zip(names, images, strict=False))
    return replace(check, extraction=replace(check.extraction, images=links))


def test_images_are_due_at_once_like_files(scenario: Scenario) -> None:
    (verdict,) = scenario.commit(shown(scenario.article(A, files=[PDF]), CHART, SCAN))
    assert verdict.discovered == 3
    assert [(due.url, due.image) for due in scenario.due()] == [
        (PDF, False),
        (CHART, True),
        (SCAN, True),
    ]
    assert {due.kind for due in scenario.due()} == {ResourceKind.ATTACHMENT}


def test_an_image_is_kept_but_is_part_of_no_content(scenario: Scenario) -> None:
    scenario.commit(shown(scenario.article(A), CHART))
    scenario.commit(scenario.attachment(CHART, b"\x89PNG one"))
    scenario.commit(scenario.attachment(CHART, b"\x89PNG two"))
    scenario.commit(shown(scenario.article(A, body="<p>again</p>"), SCAN))
    assert len(scenario.rows(Version)) == 1
    assert scenario.rows(Attachment) == []
    assert len(scenario.rows(Capture, Capture.url == CHART)) == 2
    assert scenario.rows(Derivation)[0].images == [{"name": "图1", "url": CHART}]
    assert verify(scenario.database).is_clean


def test_a_document_tells_its_images_with_what_was_fetched(scenario: Scenario) -> None:
    scenario.commit(shown(scenario.article(A), CHART, "cid:1"))
    scenario.commit(scenario.attachment(CHART, b"\x89PNG one"))
    (capture,) = scenario.rows(Capture, Capture.url == CHART)
    with scenario.database.read() as session:
        first, second = document(session, A)["images"]
    assert (first["name"], first["url"], first["capture"]) == ("图1", CHART, capture.public_id)
    assert first["digest"].startswith("sha256:")
    assert second == {"name": "图2", "url": "cid:1", "digest": None, "capture": None}


def test_a_file_that_is_also_shown_is_a_file(scenario: Scenario) -> None:
    scenario.commit(shown(scenario.article(A, files=[PDF]), PDF))
    assert [(due.url, due.image) for due in scenario.due()] == [(PDF, False)]


def test_what_waits_is_counted_without_what_is_not_wanted(scenario: Scenario) -> None:
    scenario.commit(shown(scenario.article(A, files=[PDF]), CHART, SCAN))

    def waiting(**wanted: bool) -> list[int]:
        with scenario.database.read() as session:
            key, horizon = scenario.seed_key, scenario.horizon
            found = ledger.waiting(session, key, horizon, [HOST], **wanted)
        return [each.pages for each in found]

    assert waiting() == [3]
    assert waiting(images=False) == [1]
    assert waiting(files=False) == [2]
    assert waiting(files=False, images=False) == []


@pytest.mark.parametrize(
    "written",
    [
        "https://gov.example/photo/view?id=5&t=1700000000{}",
        "https://gov.example/photo/view?id=5&token={}",
        "https://gov.example/photo;jsessionid=A{}/5.png",
        "https://img.example/photo/view?id=5&_={}",
    ],
)
def test_an_image_whose_token_alone_differs_is_fetched_once(
    scenario: Scenario, written: str
) -> None:
    for each in (123, 456, 789):
        address = written.format(each)
        scenario.commit(shown(scenario.article(A, body=f"<p>again</p><!--{each}-->"), address))
    files = scenario.rows(Resource, Resource.kind == ResourceKind.ATTACHMENT)
    assert [each.url for each in files] == [written.format(123)]


def test_a_new_image_of_an_unchanged_text_is_fetched(scenario: Scenario) -> None:
    for number in (5, 6):
        address = f"https://gov.example/photo/view?id={number}&t=1700000000{number}00"
        scenario.commit(shown(scenario.article(A, body=f"<!--{number}-->"), address))
    assert len(scenario.rows(Version)) == 1
    assert len(scenario.rows(Resource, Resource.kind == ResourceKind.ATTACHMENT)) == 2
