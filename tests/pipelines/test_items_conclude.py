"""What a fetch and a reading decide before the store looks at any content."""

import pytest

from archive.records import (
    FIELDS,
    Due,
    Encoding,
    Exchange,
    Extraction,
    Listing,
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
    (403, Reading(PageKind.DOCUMENT, extraction=extraction()), Observation.ERROR),
    (503, Reading(PageKind.OTHER), Observation.ERROR),
    (200, Reading(PageKind.SOFT_404), Observation.SOFT_404),
    (200, Reading(PageKind.OTHER, extraction=extraction(PageKind.OTHER)), Observation.ERROR),
    (200, Reading(PageKind.DOCUMENT), Observation.ERROR),
    (200, failed(Outcome.TIMEOUT, "slow"), Observation.ERROR),
    (200, failed(Outcome.OOM, "big"), Observation.ERROR),
]


@pytest.mark.parametrize(("status", "reading", "expected"), READINGS)
def test_only_a_readable_document_reaches_the_store_undecided(status, reading, expected):
    assert conclude(fetched(status), reading)[0] == expected


def test_a_list_without_rows_is_still_a_list_and_one_unread_is_an_error():
    page = fetched(kind=ResourceKind.LIST)
    assert conclude(page, Reading(PageKind.LIST, listing=Listing("trs", ())))[0] is None
    assert conclude(page, Reading(PageKind.OTHER))[0] == Observation.ERROR


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
