"""The gate stands before every request and behind every name lookup."""

import asyncio
from ipaddress import ip_address

import pytest
from scrapy.core.downloader.middleware import DownloaderMiddlewareManager
from scrapy.http import Request, Response
from scrapy.utils.test import get_crawler
from twisted.internet.address import IPv4Address, IPv6Address

from crawler import settings
from crawler.environment import parse_addresses
from crawler.gate import Gate
from crawler.middlewares.gating import GateMiddleware, PeerMiddleware, VettingResolver
from crawler.middlewares.refusals import NotAllowed

OWN = Gate(parse_addresses("127.0.0.0/8:8000"))
CONTACT = "mailto:archive@example.cn"


class Names:
    """A resolver that answers with prepared addresses, as rebinding servers do."""

    def __init__(self, *hosts):
        self.hosts = hosts

    def resolveHostName(self, receiver, name, port=0, *_):  # noqa: N802
        receiver.resolutionBegan(self)
        for host in self.hosts:
            kind = IPv6Address if ":" in host else IPv4Address
            receiver.addressResolved(kind("TCP", host, port))
        receiver.resolutionComplete()
        return receiver


class Heard:
    """Collects what a resolver hands on."""

    def __init__(self):
        self.addresses = []
        self.complete = False

    def resolutionBegan(self, _):  # noqa: N802
        """Nothing to note."""

    def addressResolved(self, address):  # noqa: N802
        self.addresses.append(address.host)

    def resolutionComplete(self):  # noqa: N802
        self.complete = True


def resolve(gate, port, *hosts):
    heard = Heard()
    reactor = type("Reactor", (), {"nameResolver": Names(*hosts)})()
    VettingResolver(reactor, gate).resolveHostName(heard, "x.cn", port)
    assert heard.complete
    return heard.addresses


@pytest.mark.parametrize(
    ("port", "found", "vetted"),
    [
        (80, ["8.8.8.8"], ["8.8.8.8"]),
        (80, ["127.0.0.1"], []),
        (80, ["8.8.8.8", "10.0.0.1", "2606:4700::1", "fd00::1"], ["8.8.8.8", "2606:4700::1"]),
        (80, ["::ffff:127.0.0.1", "fe80::1%eth0"], []),
        (8000, ["127.0.0.1", "10.0.0.1"], ["127.0.0.1"]),
        (8001, ["127.0.0.1"], []),
    ],
)
def test_f3_a_name_leads_only_to_vetted_addresses(port, found, vetted):
    assert resolve(OWN, port, *found) == vetted


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1/", "http://192.168.0.1:8000/", "ftp://x.cn/", "http://u:p@x.cn/"]
)
def test_a_refused_request_is_not_sent(url):
    with pytest.raises(NotAllowed, match="refused"):
        GateMiddleware(OWN, CONTACT).process_request(Request(url))


def test_the_public_web_is_asked_only_with_a_contact():
    GateMiddleware(OWN, CONTACT).process_request(Request("http://x.cn/"))
    GateMiddleware(OWN, None).process_request(Request("http://127.0.0.1:8000/"))
    with pytest.raises(NotAllowed, match="GONGWEN_CONTACT"):
        GateMiddleware(OWN, None).process_request(Request("http://x.cn/"))


def test_f3_an_answer_from_an_address_nobody_vetted_is_dropped():
    middleware, request = PeerMiddleware(OWN), Request("http://x.cn/")
    good = Response("http://x.cn/", ip_address=ip_address("8.8.8.8"))
    assert middleware.process_response(request, good) is good
    with pytest.raises(NotAllowed, match=r"10\.0\.0\.1"):
        middleware.process_response(
            request, Response("http://x.cn/", ip_address=ip_address("10.0.0.1"))
        )


@pytest.mark.parametrize("status", [200, 302, 503])
def test_f3_what_an_unvetted_peer_says_is_neither_recorded_nor_followed_nor_retried(
    status, monkeypatch
):
    monkeypatch.setenv("GONGWEN_CONTACT", CONTACT)
    ours = ("GateMiddleware", "BareRedirect", "GentleRetry", "Capture", "Peer")
    chosen = {
        name: place
        for name, place in settings.DOWNLOADER_MIDDLEWARES.items()
        if place is not None and name.rpartition(".")[2].startswith(ours)
    }
    crawler = get_crawler(
        settings_dict={
            "DOWNLOADER_MIDDLEWARES_BASE": {},
            "DOWNLOADER_MIDDLEWARES": chosen,
            "CAPTURE_MAX_BODY": 1000,
            "READ_MAX_PAGE": 1000,
        }
    )
    crawler.spider = crawler._create_spider("x")
    request = Request("http://x.cn/", meta={"exchanges": ()})
    headers = {"Location": "http://x.cn/inside"}
    peer = ip_address("10.0.0.1")

    async def download(_request):
        return Response("http://x.cn/", status=status, headers=headers, ip_address=peer)

    chain = DownloaderMiddlewareManager.from_crawler(crawler)
    with pytest.raises(NotAllowed, match=r"10\.0\.0\.1"):
        asyncio.run(chain.download_async(download, request))
    assert request.meta["exchanges"] == ()
