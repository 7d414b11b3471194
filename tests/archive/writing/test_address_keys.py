"""Which addresses name the same page."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.addresses import host_name, twin_keys, url_key
from archive.problems import Problem

SAME = [
    ("HTTP://WWW.Gov.Example:80/a/../b.html#top", "http://www.gov.example/b.html"),
    ("https://gov.example/a.html", "http://gov.example/a.html"),
    ("http://gov.example/a?b=2&a=1", "http://gov.example/a?a=1&b=2"),
    ("http://gov.example/a?utm_source=x&id=1&spm=a.b", "http://gov.example/a?id=1"),
    ("http://gov.example/a;jsessionid=0AF?x=1", "http://gov.example/a?x=1"),
    ("http://gov.example/a?PHPSESSID=abc&x=1", "http://gov.example/a?x=1"),
    ("http://gov.example/(S(abc123))/a", "http://gov.example/a"),
    ("http://gov.example/公文", "http://gov.example/%E5%85%AC%E6%96%87"),
    ("http://gov.example/a?from=timeline&isappinstalled=0", "http://gov.example/a"),
    ("http://重庆.example/", "http://xn--zwt745i.example/"),
]
DIFFERENT = [
    ("http://gov.example/a", "http://gov.example/b"),
    ("http://gov.example/a?sid=1", "http://gov.example/a?sid=2"),
    ("http://gov.example/a?from=2023", "http://gov.example/a"),
    ("http://gov.example:8000/", "https://gov.example:8000/"),
    ("http://gov.example/q?k=%CA%D0", "http://gov.example/q?k=%E5%B8%82"),
    ("http://gov.example/a", "http://gov.example/A"),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_addresses_of_one_page_share_a_key(one: str, other: str) -> None:
    assert url_key(one) == url_key(other)


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_addresses_of_two_pages_have_two_keys(one: str, other: str) -> None:
    assert url_key(one) != url_key(other)


@given(
    st.text("abc/.?&=%;#公 ~+", max_size=30), st.sampled_from(["http://x.cn/", "https://x.cn:8/"])
)
def test_a_key_is_its_own_key(tail: str, site: str) -> None:
    key = url_key(site + tail)
    assert url_key(key) == key


@pytest.mark.parametrize("bad", ["", "/a.html", "ftp://x.cn/a", "javascript:void(0)", "http://"])
def test_what_is_no_web_address_is_refused(bad: str) -> None:
    with pytest.raises(Problem):
        url_key(bad)


def test_what_no_index_can_hold_is_refused() -> None:
    assert len(url_key("http://x.cn/" + "a" * 1900)) < 2000
    with pytest.raises(Problem, match="too long"):
        url_key("http://x.cn/" + "公" * 300)


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("https://Gov.example/a", "gov.example"),
        ("http://gov.example", "gov.example"),
        ("http://127.0.0.2:8000/x", "127.0.0.2"),
        ("http://[::1]:8000/x", "[::1]"),
        ("http://gov.example.:8000/x", "gov.example"),
    ],
)
def test_a_host_has_one_name_whatever_the_scheme_and_port(url: str, name: str) -> None:
    assert host_name(url) == name


@pytest.mark.parametrize(
    ("mobile", "desktop"),
    [
        (
            "http://x.cn/gkmlpt/content/1/2/mpost_12.html",
            "http://x.cn/gkmlpt/content/1/2/post_12.html",
        ),
        ("http://x.cn/2024/0305/c1a2/pagem.htm", "http://x.cn/2024/0305/c1a2/page.htm"),
    ],
)
def test_mobile_and_desktop_pages_are_twins_both_ways(mobile: str, desktop: str) -> None:
    assert twin_keys(mobile) == (desktop,)
    assert twin_keys(desktop) == (mobile,)
    assert twin_keys("http://x.cn/page.htm") in ((), ("http://x.cn/pagem.htm",))
