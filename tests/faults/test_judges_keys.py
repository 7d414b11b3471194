"""Keys of addresses are those under which pywb looks captures up."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from ada_url import URL

from archive.export.surt import surt_key
from tests.faults.judges import pywb, pywb_keys

__all__ = ["pywb"]

SESSION = "0123456789abcdef0123456789ABCDEF"
ASPX = "0123456789abcdefghijklmn"
KEYS = {
    "http://www.kjj.cq.gov.cn/Zwgk/t1.html": "cn,gov,cq,kjj)/zwgk/t1.html",
    "https://www2.a.gov.cn:443/": "cn,gov,a)/",
    "https://a.cn:80/": "cn,a:80)/",
    "http://127.0.0.11:8000/a?b=2&a=1": "11,0,0,127:8000)/a?a=1&b=2",
    "http://[::1]:8000/x": "::1:8000)/x",
    "http://中文.cn/公文/一.html": "cn,xn--fiq228c)/%e5%85%ac%e6%96%87/%e4%b8%80.html",
    "http://a.cn/%B9%AB%CE%C4": "cn,a)/%b9%ab%ce%c4",
    "http://user:secret@a.cn/x/#top": "cn,a)/x",
    "http://a.cn/a//b/./../c/?": "cn,a)/a/c",
    "http://a.cn/%252e%252e/%2Fb": "cn,a)/../b",
    "http://a.cn/a%23b%3Fc": "cn,a)/a%23b?c",
    f"http://a.cn/?a=b&jsessionid={SESSION}&c=d": "cn,a)/?a=b&c=d",
    f"http://a.cn/(S({ASPX}))/x.aspx": "cn,a)/x.aspx",
}
OTHERS = [
    f"http://a.cn/b/({ASPX})/x.aspx?y=1",
    f"http://a.cn/?PHPSESSID={SESSION}&z&y=&y",
    "http://a.cn/?cfid=12&cftoken=34&b=1",
    "http://a.cn/?ASPSESSIONIDabcdefgh=abcdefghijklmnopqrstuvwx&b=1",
    *("http://2130706433/x", "http://0x7f.1/x", "http://www.www.cn/", "http://a.cn./x"),
    *('http://a.cn/x|y?{z}`"<>^\\', "http://a.cn/x?http://b.cn/y?z", "http://a.cn/%00%7f%80%ff"),
]
ATOMS = [
    *(
        "/",
        "//",
        "..",
        ".",
        "%2e",
        "%2F",
        "a",
        "B",
        "%B9%AB",
        "中",
        "%25",
        "?",
        "&",
        "=",
        "+",
        "%20",
    ),
    *("sid=", "%E4", "www.", "(", "|", "%26", "%3d", "%3F", ";", "%", "%2", "~"),
]
HOSTS = ["www.a.gov.cn", "WWW12.b.cn:8080", "127.0.0.1:99", "a.cn.", "x.www.cn", "u:p@a.cn:443"]


def made_up(count: int) -> list[str]:
    """Addresses as a crawl may meet them, as a browser would write them."""
    dice = random.Random(11)
    texts = [
        f"http://{dice.choice(HOSTS)}/" + "".join(dice.choices(ATOMS, k=dice.randrange(12)))
        for _ in range(count)
    ]
    return [URL(text).href for text in texts]


@pytest.mark.parametrize("url", KEYS)
def test_a_key_is_sorted_by_host_and_folded(url: str) -> None:
    assert surt_key(url) == KEYS[url]


def test_an_address_that_is_none_has_no_key() -> None:
    with pytest.raises(ValueError, match="Invalid"):
        surt_key("no address")


def test_keys_are_the_ones_that_pywb_looks_up(pywb: Path) -> None:
    urls = [*(URL(url).href for url in [*KEYS, *OTHERS]), *made_up(3000)]
    differing = [
        url for url, key in zip(urls, pywb_keys(pywb, urls), strict=True) if surt_key(url) != key
    ]
    assert differing == []
