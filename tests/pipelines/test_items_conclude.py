"""What a fetch and a reading decide before the store looks at any content."""

import pytest

from archive.records import (
    FIELDS,
    Due,
    Encoding,
    Exchange,
    Extraction,
    FileText,
    Observation,
    Outcome,
    PageKind,
    ResourceKind,
)
from pipelines.items import Fetched, Read, conclude, to_check
from pipelines.reading import Job, Reading
from pipelines.workers import failed

URL = "http://x.cn/a"


def exchange(status=200):
    return Exchange(URL, "GET", (), status, "", (), b"body", 5)


def fetched(status=200, kind=ResourceKind.ARTICLE, **more):
    due = Due(1, URL, kind)
    return Fetched(due, 5, (exchange(status),), job=Job(URL, b"body", kind, status), **more)


def extraction(kind=PageKind.DOCUMENT):
    fields = dict.fromkeys(FIELDS)
    return Extraction(kind, Outcome.OK, "trs", fields, "text", Encoding("utf-8", "header"))


READINGS = [
    (200, Reading(PageKind.DOCUMENT, extraction=extraction()), None),
    (200, Reading(PageKind.CHALLENGE, reason="waf"), Observation.BLOCKED),
    (412, Reading(PageKind.CHALLENGE, reason="waf"), Observation.BLOCKED),
    (200, Reading(PageKind.SOFT_404), Observation.SOFT_404),
    (200, failed(Outcome.TIMEOUT, "slow"), None),
]


@pytest.mark.parametrize(("status", "reading", "expected"), READINGS)
def test_a_stopped_page_is_decided_and_a_read_one_left_to_the_store(status, reading, expected):
    assert conclude(fetched(status), reading)[0] == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("notice.pdf", Observation.ERROR),
        ("notice.zip", Observation.ERROR),
        ("notice.doc", None),
        ("notice.wps", None),
        ("notice.html", None),
        ("download", None),
    ],
)
def test_a_web_page_is_not_taken_for_the_file_that_was_asked(name, expected):
    due = Due(1, f"http://x.cn/{name}", ResourceKind.ATTACHMENT)
    page = Fetched(due, 5, (exchange(),), job=Job(due.url, b"<html>", due.kind))
    file = FileText("html", "markup at its start", Outcome.OK, "text")
    reading = Reading(PageKind.DOCUMENT, file=file)
    assert conclude(page, reading)[0] == expected
    check = to_check(Read(page, reading), seed="s", run=1, refetch=False)
    assert (check.extraction, check.file) == (None, file)


@pytest.mark.parametrize("outcome", [Outcome.TIMEOUT, Outcome.OOM, Outcome.ERROR])
def test_a_file_that_ended_its_worker_is_kept_with_the_reason(outcome):
    due = Due(1, "http://x.cn/a.pdf", ResourceKind.ATTACHMENT)
    fetched_file = Fetched(due, 5, (exchange(),), job=Job(due.url, b"%PDF-1.7", due.kind))
    check = to_check(Read(fetched_file, failed(outcome, "why")), seed="s", run=1, refetch=False)
    assert (check.observation, check.extraction) == (None, None)
    assert check.file == FileText("pdf", "%PDF- at byte 0", outcome, reason="why")


def test_what_the_fetch_decided_stands():
    page = fetched(observation=Observation.NOT_MODIFIED)
    assert conclude(page, None) == (Observation.NOT_MODIFIED, None)


def test_a_check_carries_every_hop_and_a_failed_reading():
    reading = failed(Outcome.OOM, "big")
    check = to_check(Read(fetched(), reading), seed="s", run=7, refetch=True)
    assert (check.url, check.seed, check.run, check.refetch) == (URL, "s", 7, True)
    assert check.exchanges == (exchange(),)
    assert check.extraction is not None
    assert check.extraction.outcome == Outcome.OOM
