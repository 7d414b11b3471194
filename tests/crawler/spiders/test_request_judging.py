"""What status and bytes decide before anything is read."""

import pytest
from scrapy.http import Response

from archive.records import Due, Exchange, Observation, ResourceKind
from crawler.spiders.requests import decide_alone, is_markup, judge, payload_digest, to_request

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


@pytest.mark.parametrize(
    ("body", "markup"),
    [
        (b"%PDF-1.7", False),
        (b"PK\x03\x04", False),
        (b"\xef\xbb\xbf\r\n<!DOCTYPE html>", True),
        (b"<html>", True),
        (b"<script>document.cookie='x'</script>", True),
        (b"", False),
    ],
)
def test_markup_is_told_from_files(body, markup):
    assert is_markup(body) is markup


def test_a_file_is_stored_unread_and_a_page_in_its_place_is_read():
    due = Due(1, "http://x.cn/a.pdf", ResourceKind.ATTACHMENT)
    pdf = judge(due, Response(due.url, body=b"%PDF"), (final(200, b"%PDF"),), at=1, refetch=False)
    assert (pdf.job, pdf.observation) == (None, None)
    page = judge(due, Response(due.url, body=BODY), (final(200),), at=1, refetch=False)
    assert page.job is not None
    assert page.job.kind is ResourceKind.ATTACHMENT
