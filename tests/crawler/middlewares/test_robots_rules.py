"""robots.txt by RFC 9309: absent allows, unreachable forbids."""

import pytest

from crawler.middlewares.robots import LONGEST_FILE, read_rules

FORBIDS = b"User-agent: *\nDisallow: /private\n"
PAGE = "http://x.cn/private/a.html"


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410])
def test_a_site_without_the_file_allows_everything(status):
    rules = read_rules(status, FORBIDS)
    assert rules.allows(PAGE, "gongwen")
    assert rules.unreachable is None


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_file_that_cannot_be_had_forbids_everything(status):
    assert read_rules(status, b"").unreachable


def test_a_file_that_broke_off_forbids_everything():
    assert read_rules(200, FORBIDS, cut=True).unreachable


@pytest.mark.parametrize(
    ("body", "allowed"),
    [
        (FORBIDS, False),
        (b"\xef\xbb\xbf" + FORBIDS, False),
        (b"User-agent: gongwen\nAllow: /\n\nUser-agent: *\nDisallow: /\n", True),
        (b"<html><body>404</body></html>", True),
        (b"", True),
        (b"#" * LONGEST_FILE + b"\n" + FORBIDS, True),
    ],
)
def test_the_file_decides_per_page(body, allowed):
    assert read_rules(200, body).allows(PAGE, "gongwen") is allowed


def test_crawl_delay_is_honoured_up_to_an_hour():
    assert read_rules(200, b"User-agent: *\nCrawl-delay: 120\n").delay("gongwen") == 120
    assert read_rules(200, b"User-agent: *\nCrawl-delay: 99999\n").delay("gongwen") == 3600
    assert read_rules(200, FORBIDS).delay("gongwen") == 0
