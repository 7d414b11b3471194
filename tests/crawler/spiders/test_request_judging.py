"""What status and bytes decide before anything is read."""

import pytest
from scrapy.http import Response

from archive.records import Due, Exchange, Observation, ResourceKind
from crawler.spiders.requests import decide_alone, judge, payload_digest, to_request

URL = "http://x.cn/a.html"
BODY = b"<html>page</html>"
KNOWN = Due(
    1,
    URL,
    ResourceKind.ARTICLE,
    etag='"v1"',
    last_modified="Sat, 21 Nov 2026 00:00:00 GMT",
    payload_digest=payload_digest(BODY),
)
FRESH = Due(1, URL, ResourceKind.ARTICLE)


def final(status=200, body=BODY, truncated=None):
    return Exchange(URL, "GET", (), status, "", (), body, 5, truncated=truncated)


DECISIONS = [
    (KNOWN, final(304, b""), Observation.NOT_MODIFIED),
    (FRESH, final(304, b""), Observation.ERROR),
    (KNOWN, final(200), Observation.UNCHANGED),
    (KNOWN, final(200, b"other"), None),
    (FRESH, final(200), None),
    (FRESH, final(404), Observation.GONE),
    (FRESH, final(410), Observation.GONE),
    (FRESH, final(302), Observation.ERROR),
    (FRESH, final(200, b""), Observation.ERROR),
    (FRESH, final(200, BODY, "disconnect"), Observation.ERROR),
    (KNOWN, final(200, BODY, "length"), Observation.ERROR),
    (FRESH, final(403), None),
    (FRESH, final(521), None),
]


@pytest.mark.parametrize(("due", "exchange", "expected"), DECISIONS)
def test_the_fetch_decides_what_needs_no_reading(due, exchange, expected):
    decided = decide_alone(due, exchange, refetch=False)
    assert (decided[0] if decided else None) == expected


def test_a_refetch_ignores_validators_and_digests():
    request = to_request(KNOWN, refetch=True)
    assert b"If-None-Match" not in request.headers
    assert decide_alone(KNOWN, final(200), refetch=True) is None
    decided = decide_alone(KNOWN, final(304, b""), refetch=True)
    assert decided
    assert decided[0] is Observation.ERROR


def test_a_known_page_is_asked_for_conditionally():
    headers = to_request(KNOWN, refetch=False).headers
    assert headers["If-None-Match"] == b'"v1"'
    assert headers["If-Modified-Since"] == b"Sat, 21 Nov 2026 00:00:00 GMT"


def test_lists_are_asked_first_and_attachments_last():
    order = [ResourceKind.LIST, ResourceKind.ARTICLE, ResourceKind.ATTACHMENT]
    priorities = [to_request(Due(1, URL, kind), refetch=False).priority for kind in order]
    assert priorities == sorted(priorities, reverse=True)
    assert len(set(priorities)) == 3


@pytest.mark.parametrize("body", [b"%PDF", BODY])
def test_a_file_is_read_whatever_it_is(body):
    due = Due(1, "http://x.cn/a.pdf", ResourceKind.ATTACHMENT)
    fetched = judge(due, Response(due.url, body=body), (final(200, body),), at=1, refetch=False)
    assert fetched.observation is None
    assert fetched.job is not None
    assert (fetched.job.kind, fetched.job.body) == (ResourceKind.ATTACHMENT, body)


def test_a_file_that_is_known_is_not_read_again():
    digest = payload_digest(b"%PDF")
    due = Due(1, "http://x.cn/a.pdf", ResourceKind.ATTACHMENT, payload_digest=digest)
    same = judge(due, Response(due.url, body=b"%PDF"), (final(200, b"%PDF"),), at=1, refetch=False)
    assert (same.job, same.observation) == (None, Observation.UNCHANGED)
