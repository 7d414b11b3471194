"""What the gate says of an address, form by form, and how the operator's own are opened."""

from __future__ import annotations

import socket
from ipaddress import ip_address
from pathlib import Path

import pytest
from scrapy.http import Request, Response
from scrapy.settings import Settings
from typer.testing import CliRunner

from archive.problems import Problem
from crawler.cli.commands import app
from crawler.environment import Environment, parse_addresses
from crawler.gate import Gate, Refused, is_public, refuse_ambiguous
from crawler.middlewares.gating import FOR_ONE_PLACE
from crawler.middlewares.politeness import BareRedirectMiddleware
from crawler.middlewares.refusals import NotAllowed
from tests.faults.trap import trap

# In every form that leads a plain address elsewhere: 127.0.0.1, 10.0.0.1 and 169.254.169.254.
HIDDEN = (
    *("http://017700000001/", "http://0177.0.0.01/", "http://127.0.0.1./", "http://127.00000.1/"),
    *(
        "http://%31%32%37%2e0.0.1/",
        "http://①②⑦.0.0.1/",
        "http://127．0．0．1/",
        "http://127｡0｡0｡1/",
    ),
    *("http://0xA9FEA9FE/", "http://2852039166/", "http://0251.0376.0251.0376/"),
    *("http://[::ffff:7f00:1]/", "http://[0:0:0:0:0:ffff:a00:1]/", "http://[::7f00:1]/"),
    *("http://[2002:a00:1::]/", "http://[2002:a9fe:a9fe::1]/", "http://[64:ff9b:1::a00:1]/"),
    *("http://[2001::f5ff:fffe]/", "http://[2001:0:4136:e378:8000:63bf:f5ff:fffe]/"),
)
PRIVATE = (
    *("0.0.0.0", "0.1.2.3", "10.255.255.255", "100.64.0.1", "100.100.100.200", "100.127.255.255"),
    *("127.255.255.254", "169.254.169.254", "172.16.0.1", "172.31.255.255", "192.0.0.192"),
    *("192.0.2.1", "192.88.99.1", "192.168.255.255", "198.18.0.1", "198.51.100.1", "203.0.113.1"),
    *("224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.255"),
    *("::", "::1", "fc00::1", "fd00:ec2::254", "fe80::1", "febf::1", "fec0::1", "ff02::1"),
    *("100::1", "2001:db8::1", "2001:2::1"),
)
PUBLIC = ("8.8.8.8", "100.63.255.255", "100.128.0.1", "172.15.0.1", "172.32.0.1", "192.0.1.1")
SCHEMES = (
    "file",
    "ftp",
    "gopher",
    "data",
    "javascript",
    "blob",
    "view-source",
    "s3",
    "ws",
    "about",
)


def test_f1_the_listener_of_these_tests_hears_whoever_comes() -> None:
    with trap() as inside:
        with socket.create_connection((inside.address, inside.port)) as client:
            client.sendall(b"GET / HTTP/1.0\r\n\r\n")
            assert client.makefile("rb").read().endswith(b"secret")
        assert inside.hits == [b"GET / HTTP/1.0\r\n\r\n"]


@pytest.mark.parametrize("url", HIDDEN)
def test_f1_a_private_address_is_known_in_every_disguise(url: str) -> None:
    with pytest.raises(Refused, match="not a public address"):
        Gate().vet(url)


@pytest.mark.parametrize("address", PRIVATE)
def test_f1_an_address_outside_the_public_internet_is_refused(address: str) -> None:
    assert not is_public(ip_address(address))
    host = f"[{address}]" if ":" in address else address
    with pytest.raises(Refused):
        Gate().vet(f"http://{host}/")


@pytest.mark.parametrize("address", PUBLIC)
def test_f1_its_public_neighbours_are_not(address: str) -> None:
    assert Gate().vet(f"http://{address}/").host == address


@pytest.mark.parametrize("url", ["http://[fe80::1%25eth0]/", "http://[fe80::1%eth0]/"])
def test_f1_an_address_with_a_zone_is_no_address_of_the_web(url: str) -> None:
    with pytest.raises(Refused):
        Gate().vet(url)


@pytest.mark.parametrize(
    "link",
    [
        "http://127.0.0.1\\@x.example/",
        "http://x.example\\@127.0.0.1/",
        "http:\\\\127.0.0.1/",
        "http:/\\127.0.0.1/",
        "\\\\127.0.0.1/a",
        "/\\127.0.0.1/a",
        "//127.0.0.1\\.x.example/",
        "http://127.0\t.0.1/",
        " http://x\x00.example/",
    ],
)
def test_f4_a_host_that_is_read_in_two_ways_is_refused(link: str) -> None:
    with pytest.raises(Refused, match="in its host"):
        refuse_ambiguous(link)


@pytest.mark.parametrize(
    "link", ["http://x.example/a\\b.pdf", "\\files\\a.pdf", "a\\b", "/a?b=\\c", "//x.example/a", ""]
)
def test_f4_a_backslash_in_a_path_changes_no_host(link: str) -> None:
    refuse_ambiguous(link)


@pytest.mark.parametrize("scheme", SCHEMES)
def test_f5_no_scheme_but_http_has_a_handler(scheme: str) -> None:
    settings = Settings()
    settings.setmodule("crawler.settings", priority="project")
    handlers = settings.getwithbase("DOWNLOAD_HANDLERS")
    assert {name for name, handler in handlers.items() if handler} == {"http", "https"}
    with pytest.raises(Refused, match="only http and https"):
        Gate().vet(f"{scheme}://127.0.0.1/a")


WRONG = (
    ("10.0.0.0/8", "has no port"),
    ("10.0.0.1/8:80", "has host bits set"),
    ("10.0.0.0/33:80", "does not appear to be"),
    ("10.0.0.0/8:0", "between 1 and 65535"),
    ("10.0.0.0/8:65536", "between 1 and 65535"),
    ("10.0.0.0/8:８０", "has no port"),
    ("intranet.example:80", "does not appear to be"),
    ("http://10.0.0.1:80", "does not appear to be"),
    ("*:80", "does not appear to be"),
    ("::1:80", "without brackets"),
    ("[::1:80", "does not appear to be"),
    ("10.0.0.1:80;10.0.0.2:80", "does not appear to be"),
)


@pytest.mark.parametrize(("text", "why"), WRONG)
def test_f7_a_wrong_form_is_refused_in_words(text: str, why: str) -> None:
    with pytest.raises(Problem, match=why) as caught:
        Environment(allow_addresses=text)
    assert "GONGWEN_ALLOW_ADDRESSES" in caught.value.what
    assert "127.0.0.0/8:8000" in caught.value.next_step
    assert caught.value.exit_code == 2


def test_f7_what_is_opened_is_this_network_on_this_port_and_no_more() -> None:
    gate = Gate(parse_addresses("10.1.0.0/16:8080,[fd00::]/64:*"))
    for url in ("http://10.1.2.3:8080/", "http://[::ffff:10.1.2.3]:8080/", "https://[fd00::9]/"):
        assert gate.vet(url)
    for url in ("http://10.1.2.3/", "http://10.2.0.1:8080/", "http://[fd01::9]/"):
        with pytest.raises(Refused, match="GONGWEN_ALLOW_ADDRESSES"):
            gate.vet(url)


@pytest.mark.parametrize(
    ("allowed", "state", "said"),
    [
        ("", "ok", "only public addresses"),
        ("10.1.0.0/16:8080,[::1]/128:*", "ok", "10.1.0.0/16:8080, [::1]/128:*"),
        ("0.0.0.0/0:*", "warn", "very wide: 0.0.0.0/0:*"),
        ("8.8.8.8:443", "warn", "a public address"),
    ],
)
def test_f7_the_doctor_shows_what_is_opened(
    allowed: str, state: str, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GONGWEN_DATA", str(tmp_path))
    monkeypatch.setenv("GONGWEN_ALLOW_ADDRESSES", allowed)
    printed = CliRunner().invoke(app, ["doctor", "--json"]).output
    (line,) = (line for line in printed.splitlines() if '"allowed"' in line)
    assert f'"state": "{state}"' in line
    assert said in line


class Redirects(BareRedirectMiddleware):
    """The middleware without the crawler that it waits for in a run."""

    def __init__(self) -> None:
        super().__init__(Settings())

    def to(self, location: str, url: str = "http://x.example:8000/a") -> Request:
        asked = Request(url, headers=dict.fromkeys(FOR_ONE_PLACE, "mine"))
        answer = Response(url, status=302, headers={"Location": location}, request=asked)
        return self._build_redirect_request(asked, answer, url=location)

    def handle_referer(self, request: Request, response: Response) -> None:
        """As in a run without Scrapy's own middleware: the policy is not to send any."""


@pytest.mark.parametrize(
    "location",
    [
        "http://other.example:8000/a",
        "http://x.example:8001/a",
        "https://x.example:8000/a",
        "http://sub.x.example:8000/a",
        "http://x.example:8000/b",
    ],
)
def test_d7_nothing_meant_for_one_place_goes_to_another(location: str) -> None:
    """Host, port or scheme: what would be right for the same place is not sent there either."""
    sent = Redirects().to(location).headers
    assert [name for name in FOR_ONE_PLACE if name in sent] == []


@pytest.mark.parametrize(
    ("location", "why"),
    [
        ("http://user:secret@x.example/", "credentials"),
        ("javascript:alert(1)", "only http and https"),
        ("file:///etc/passwd", "only http and https"),
        ("http://x.example\\@127.0.0.1/", "in its host"),
    ],
)
def test_d7_a_location_is_refused_before_it_becomes_a_request(location: str, why: str) -> None:
    with pytest.raises(NotAllowed, match=why) as caught:
        Redirects().to(location)
    assert "secret" not in str(caught.value)


def test_d7_cookies_proxies_and_referers_are_switched_off() -> None:
    settings = Settings()
    settings.setmodule("crawler.settings", priority="project")
    assert settings.getbool("COOKIES_ENABLED") is False
    assert settings.getbool("HTTPPROXY_ENABLED") is False
    assert settings["REFERRER_POLICY"] == "no-referrer"
