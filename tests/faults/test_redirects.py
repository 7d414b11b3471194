"""D6: redirects that flip between schemes, in the middleware itself."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Request, Response
from scrapy.settings import Settings

from crawler.middlewares.politeness import BareRedirectMiddleware

MOST = 10


@pytest.fixture
def redirects() -> BareRedirectMiddleware:
    middleware = BareRedirectMiddleware(Settings({"REDIRECT_MAX_TIMES": MOST}))
    middleware.crawler = SimpleNamespace(spider=None)  # type: ignore[assignment]
    return middleware


def follow(redirects: BareRedirectMiddleware, request: Request, location: str) -> Request:
    moved = Response(request.url, status=302, headers={"Location": location})
    followed = redirects.process_response(request, moved)
    assert isinstance(followed, Request)
    return followed


def test_d6_a_flip_between_http_and_https_ends_when_it_comes_back(
    redirects: BareRedirectMiddleware,
) -> None:
    plain, secure = "http://x.cn/a?b=1", "https://x.cn/a?b=1"
    request = follow(redirects, Request(plain), secure)
    with pytest.raises(IgnoreRequest, match="lead back to http"):
        follow(redirects, request, plain)


def test_d6_a_flip_that_changes_its_address_each_time_ends_at_the_limit(
    redirects: BareRedirectMiddleware,
) -> None:
    request = Request("http://x.cn/a")
    for hop in range(MOST):
        scheme = ("https", "http")[hop % 2]
        request = follow(redirects, request, f"{scheme}://x.cn/a?session={hop}")
    with pytest.raises(IgnoreRequest, match="max redirections"):
        follow(redirects, request, "http://x.cn/a?session=last")


def test_d6_only_another_fragment_is_the_same_page(redirects: BareRedirectMiddleware) -> None:
    with pytest.raises(IgnoreRequest, match="lead back"):
        follow(redirects, Request("http://x.cn/a"), "/a#top")
