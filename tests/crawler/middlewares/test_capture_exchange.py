"""An exchange is recorded as served, without secrets."""

from ipaddress import ip_address

import pytest
from scrapy.http import Request, Response

from crawler.middlewares.capture import REDACTED, CaptureMiddleware, to_exchange, truncation


def exchange(request=None, **response):
    request = request or Request("http://x.cn/a")
    return to_exchange(request, Response("http://x.cn/a", **response))


def test_secrets_are_redacted_in_any_case():
    headers = {"authorization": "Basic eHg=", "Cookie": "a=b", "Accept": "*/*"}
    made = exchange(Request("http://x.cn/a", headers=headers))
    assert dict(made.request_headers) == {
        "Authorization": REDACTED,
        "Cookie": REDACTED,
        "Accept": "*/*",
    }


def test_repeated_headers_and_any_byte_are_kept():
    made = exchange(headers={"Set-Cookie": ["a=1", "b=2"], "X-Note": "通知".encode("gb18030")})
    assert [value for name, value in made.response_headers if name == "Set-Cookie"] == [
        "a=1",
        "b=2",
    ]
    note = dict(made.response_headers)["X-Note"]
    assert note.encode("latin-1").decode("gb18030") == "通知"


def test_body_status_and_address_are_as_served():
    made = exchange(status=521, body=b"\x1f\x8b compressed", ip_address=ip_address("8.8.8.8"))
    assert (made.status, made.reason, made.body, made.ip) == (
        521,
        "",
        b"\x1f\x8b compressed",
        "8.8.8.8",
    )


@pytest.mark.parametrize(
    ("flags", "word"),
    [
        ([], None),
        (["partial"], None),
        (["dataloss"], "disconnect"),
        (["download_stopped"], "length"),
    ],
)
def test_an_incomplete_body_is_marked(flags, word):
    assert truncation(flags) == word


def test_every_hop_is_kept_across_redirect_and_retry():
    middleware = CaptureMiddleware(1000)
    first = Request("http://x.cn/old")
    middleware.process_response(first, Response("http://x.cn/old", status=302))
    second = first.replace(url="http://x.cn/new")
    middleware.process_response(second, Response("http://x.cn/new", status=503))
    third = second.copy()
    middleware.process_response(third, Response("http://x.cn/new", status=200))
    assert [hop.status for hop in third.meta["exchanges"]] == [302, 503, 200]
    assert [hop.status for hop in first.meta["exchanges"]] == [302]
