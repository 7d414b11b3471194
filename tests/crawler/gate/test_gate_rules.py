"""The gate: which URLs and addresses may be asked at all."""

from ipaddress import ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.environment import parse_addresses
from crawler.gate import Gate, Refused, is_public, parse_target

REFUSED_URLS = [
    "http://127.0.0.1/",
    "http://127.1/",
    "http://0x7f.1/",
    "http://2130706433/",
    "http://0/",
    "http://１２７.0.0.1/",
    "http://127。0。0。1/",
    "http://[::1]/",
    "http://[::ffff:127.0.0.1]/",
    "http://[2002:7f00:1::]/",
    "http://[64:ff9b::7f00:1]/",
    "http://[::ffff:0:7f00:1]/",
    "http://[5f00::1]/",
    "http://[3fff::1]/",
    "http://10.0.0.1/",
    "http://172.16.0.1/",
    "http://192.168.1.1/",
    "http://169.254.169.254/latest/meta-data/",
    "http://100.64.0.1/",
    "http://100.100.100.200/",
    "http://192.0.0.192/",
    "http://[fd00::1]/",
    "http://[fe80::1]/",
    "http://224.0.0.1/",
    "http://0.0.0.0/",
    "http://127.0.0.1\\@x.cn/",
    "http://x.cn/\ta",
    "http://x.cn/a\nb",
    "http://user:secret@x.cn/",
    "http://user@x.cn/",
    "file:///etc/passwd",
    "ftp://x.cn/a",
    "gopher://x.cn/",
    "data:text/html,x",
    "javascript:alert(1)",
    "blob:http://x.cn/1",
    "view-source:http://x.cn/",
    "s3://bucket/key",
    "http://",
    "not a url",
]


@pytest.mark.parametrize("url", REFUSED_URLS)
def test_what_is_not_the_public_web_is_refused(url):
    with pytest.raises(Refused):
        Gate().vet(url)


@pytest.mark.parametrize(
    ("url", "host", "port"),
    [
        ("http://kjj.cq.gov.cn/a", "kjj.cq.gov.cn", 80),
        ("HTTPS://KJJ.cq.gov.cn/a#top", "kjj.cq.gov.cn", 443),
        ("http://8.8.8.8:8080/", "8.8.8.8", 8080),
        ("http://[2606:4700::1]/", "2606:4700::1", 80),
        ("http://x.cn/附件 1.pdf", "x.cn", 80),
    ],
)
def test_public_pages_pass(url, host, port):
    target = Gate().vet(url)
    assert (target.host, target.port) == (host, port)


def test_an_allowed_network_passes_on_its_port_only():
    gate = Gate(parse_addresses("127.0.0.0/8:8000, [::1]/128:*"))
    assert gate.vet("http://127.0.0.7:8000/").host == "127.0.0.7"
    assert gate.vet("http://[::1]:1234/").port == 1234
    for url in ("http://127.0.0.7:8001/", "http://10.0.0.1:8000/"):
        with pytest.raises(Refused):
            gate.vet(url)


def test_no_politeness_is_owed_only_to_allowed_literals():
    gate = Gate(parse_addresses("127.0.0.0/8:8000"))
    assert gate.is_ours("http://127.0.0.2:8000/x")
    assert not gate.is_ours("http://127.0.0.2/x")
    assert not gate.is_ours("http://kjj.cq.gov.cn:8000/")


def test_an_allowed_address_is_recognised_inside_ipv6():
    gate = Gate(parse_addresses("127.0.0.1/32:80"))
    assert gate.permits(ip_address("::ffff:127.0.0.1"), 80)
    assert not gate.permits(ip_address("::ffff:127.0.0.2"), 80)


@given(st.integers(0, 2**32 - 1))
def test_an_ipv4_address_is_judged_alike_when_mapped_into_ipv6(number):
    plain = ip_address(number)
    assert is_public(plain) == is_public(ip_address(f"::ffff:{plain}"))


@given(st.text(max_size=60))
def test_any_text_is_either_a_web_target_or_refused(text):
    try:
        target = parse_target(text)
    except Refused:
        return
    assert target.scheme in ("http", "https")
    assert parse_target(target.href).href == target.href
