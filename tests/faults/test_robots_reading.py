"""robots.txt: what a file says of a page, and how long it is believed."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import pytest
from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    IgnoreRequest,
)
from scrapy.http import Request, Response

from crawler.middlewares.hosts import Hosts
from crawler.middlewares.refusals import HostBackedOff, NotAllowed, RobotsForbidden
from crawler.middlewares.robots import LONGEST_FILE, LONGEST_KEPT, RobotsMiddleware, read_rules

SITE = "http://x.example"
AGENT = "gongwen"


def allowed(text: str | bytes, path: str) -> bool:
    body = text if isinstance(text, bytes) else text.encode()
    return read_rules(200, body).allows(SITE + path, AGENT)


@pytest.mark.parametrize(
    ("text", "path", "expected"),
    [
        # Groups: ours before everybody's, several of ours are one, names without case.
        ("User-agent: *\nDisallow: /\n\nUser-agent: gongwen\nAllow: /\n", "/a", True),
        ("User-agent: gongwen\nDisallow: /a\n\nUser-agent: *\nDisallow: /b\n", "/b", True),
        ("User-agent: gongwen\nDisallow: /a\n\nUser-agent: gongwen\nDisallow: /b\n", "/a", False),
        ("User-agent: gongwen\nDisallow: /a\n\nUser-agent: gongwen\nDisallow: /b\n", "/b", False),
        ("User-agent: other\nUser-agent: GongWen\nDisallow: /a\n", "/a", False),
        ("User-agent: other\nDisallow: /\n", "/a", True),
        ("User-agent: mygongwen\nDisallow: /\n", "/a", True),
        # The longest rule decides, and of two equal ones the one that allows.
        ("User-agent: *\nDisallow: /a\nAllow: /a/b\n", "/a/b/c", True),
        ("User-agent: *\nAllow: /a\nDisallow: /a/b\n", "/a/b/c", False),
        ("User-agent: *\nDisallow: /page\nAllow: /page\n", "/page", True),
        # Wildcards and the end of an address.
        ("User-agent: *\nDisallow: /*.pdf$\n", "/a/b.pdf", False),
        ("User-agent: *\nDisallow: /*.pdf$\n", "/a/b.pdf?x=1", True),
        ("User-agent: *\nDisallow: /a*z\n", "/a/b/z/c", False),
        ("User-agent: *\nDisallow: /list$\n", "/list/2", True),
        ("User-agent: *\nDisallow: /*?\n", "/a?b=c", False),
        # One octet written in several ways is one octet.
        ("User-agent: *\nDisallow: /通知/\n", "/%E9%80%9A%E7%9F%A5/a.html", False),
        ("User-agent: *\nDisallow: /%E9%80%9A%E7%9F%A5/\n", "/通知/a.html", False),
        ("User-agent: *\nDisallow: /%e9%80%9a%e7%9f%a5/\n", "/通知/a.html", False),
        ("User-agent: *\nDisallow: /a%2Fb\n", "/a/b", True),
        # Forms that a file may come in.
        ("\ufeffUser-agent: *\nDisallow: /a\n", "/a", False),
        ("User-agent: *\rDisallow: /a\r", "/a", False),
        ("User-agent: * # all\r\nDisallow: /a # not here", "/a", False),
        ("User-agent: *\nDisallow:\n", "/a", True),
        ("Disallow: /a\n", "/a", True),
        ("<html><head><title>页面不存在</title></head><body>Disallow</body></html>", "/a", True),
        ("", "/a", True),
        # The file itself is never forbidden.
        ("User-agent: *\nDisallow: /\n", "/robots.txt", True),
    ],
)
def test_d13_a_file_decides_per_page_as_rfc_9309_says(text: str, path: str, expected: bool) -> None:
    assert allowed(text, path) is expected


def test_d13_bytes_that_are_no_utf_8_do_not_hide_the_rules_around_them() -> None:
    body = "User-agent: *\nDisallow: /通知/\nDisallow: /a\n".encode("gbk")
    assert not allowed(body, "/a")


@pytest.mark.parametrize(
    ("rule_at", "expected"), [(LONGEST_FILE - 100, False), (LONGEST_FILE, True)]
)
def test_d13_of_a_long_file_the_first_500_kib_count(rule_at: int, expected: bool) -> None:
    head = b"User-agent: *\n"
    filler = b"#" * (rule_at - len(head) - 1) + b"\n"
    body = head + filler + b"Disallow: /a\n" + b"# more\n" * 20_000
    assert allowed(body, "/a") is expected


@pytest.mark.parametrize(
    ("line", "seconds"),
    [
        ("Crawl-delay: 10", 10.0),
        ("Crawl-delay: 0.5", 0.5),
        ("Crawl-delay: 10s", 10.0),
        ("crawl-delay : 2.5 seconds # please", 2.5),
        ("Crawl-delay: 1e2", 100.0),
        ("Crawl-delay: soon", 0.0),
        ("Crawl-delay: -5", 0.0),
        ("Request-rate: 1/5", 5.0),
        ("Request-rate: 3/1m", 20.0),
        ("Crawl-delay: 10\nRequest-rate: 1/30s", 30.0),
        ("Crawl-delay: 999999", 3600.0),
    ],
)
def test_d13_the_pace_a_file_asks_for_is_kept_up_to_an_hour(line: str, seconds: float) -> None:
    assert read_rules(200, f"User-agent: *\n{line}\n".encode()).delay(AGENT) == seconds


@dataclass
class Site:
    """Answers for /robots.txt, one per request and the last one for good; errors are raised."""

    answers: list[Any]
    now: float = 0.0
    asked: Counter[str] = field(default_factory=Counter)
    hosts: Hosts = field(default_factory=Hosts)

    def __post_init__(self) -> None:
        self.slots: dict[str, Any] = {}
        self.per_slot_settings: dict[str, dict[str, float]] = {}
        crawler = SimpleNamespace(
            settings={"ROBOTS_AGENT": AGENT},
            spider=None,
            engine=SimpleNamespace(download_async=self.download, downloader=self),
            get_downloader_middleware=lambda _: SimpleNamespace(hosts=self.hosts),
        )
        self.middleware = RobotsMiddleware(crawler, lambda: self.now)  # type: ignore[arg-type]

    def get_slot_key(self, request: Request) -> str:
        return request.url.split("/")[2]

    async def download(self, request: Request) -> Response:
        self.asked[request.url] += 1
        await asyncio.sleep(0)
        number = sum(self.asked.values()) - 1
        found = self.answers[min(number, len(self.answers) - 1)]
        if isinstance(found, Exception):
            raise found
        status, body = found
        return Response(request.url, status=status, body=body, request=request)

    async def ask(self, url: str) -> str:
        """What becomes of a page: the terms it is asked on, or the name of the refusal."""
        request = Request(url)
        try:
            await self.middleware.process_request(request)
        except IgnoreRequest as refusal:
            return type(refusal).__name__
        return str(request.meta["access"]["robots"])

    def asks(self, url: str) -> str:
        return asyncio.run(self.ask(url))


FORBIDS = (200, b"User-agent: *\nDisallow: /a\n")


@pytest.mark.parametrize(
    ("answer", "terms"),
    [
        ((200, b"User-agent: *\nDisallow: /other\n"), "allowed"),
        (FORBIDS, "RobotsForbidden"),
        ((204, b""), "allowed"),
        ((401, b""), "absent"),
        ((403, b""), "absent"),
        ((404, b""), "absent"),
        ((410, b""), "absent"),
        ((429, b""), "HostBackedOff"),
        ((500, b""), "HostBackedOff"),
        ((503, b""), "HostBackedOff"),
        (DownloadTimeoutError("late"), "HostBackedOff"),
        (DownloadConnectionRefusedError("no"), "HostBackedOff"),
        (CannotResolveHostError("no such name"), "HostBackedOff"),
        (DownloadFailedError("reset"), "HostBackedOff"),
        (NotAllowed("refused: it leads inside"), "HostBackedOff"),
        (ValueError("whatever else"), "HostBackedOff"),
        (IgnoreRequest("max redirections reached"), "absent"),
    ],
)
def test_d13_what_becomes_of_a_page_by_the_answer_for_robots_txt(answer: Any, terms: str) -> None:
    site = Site([answer])
    assert site.asks(f"{SITE}/a.html") == terms
    resting = site.hosts.rest_reason("x.example")
    assert ("robots.txt" in (resting or "")) is (terms == "HostBackedOff")


def test_d13_a_host_that_could_not_tell_its_rules_is_not_asked_again_in_this_run() -> None:
    site = Site([(500, b""), (200, b"")])
    assert [site.asks(f"{SITE}/{page}.html") for page in "abc"] == ["HostBackedOff"] * 3
    assert site.asked.total() == 1


def test_d13_rules_are_read_again_after_a_day() -> None:
    """A run that goes on for days neither asks for every page nor believes an old file."""
    site = Site([(200, b""), FORBIDS, (503, b"")])
    assert site.asks(f"{SITE}/a.html") == "allowed"
    site.now = LONGEST_KEPT - 1
    assert site.asks(f"{SITE}/a.html") == "allowed"
    assert site.asked.total() == 1
    site.now = LONGEST_KEPT
    assert site.asks(f"{SITE}/a.html") == "RobotsForbidden"
    assert site.asked.total() == 2
    site.now = 2 * LONGEST_KEPT
    assert site.asks(f"{SITE}/a.html") == "HostBackedOff"


def test_d13_pages_that_come_at_once_wait_for_one_file() -> None:
    site = Site([FORBIDS])

    async def all_at_once() -> list[str]:
        return await asyncio.gather(*(site.ask(f"{SITE}/a{n}.html") for n in range(20)))

    assert asyncio.run(all_at_once()) == ["RobotsForbidden"] * 20
    assert site.asked == {f"{SITE}/robots.txt": 1}


def test_d13_every_scheme_and_port_has_a_file_of_its_own() -> None:
    site = Site([FORBIDS, (404, b""), (200, b"")])
    pages = [f"{SITE}/a.html", f"{SITE}:8080/a.html", "https://x.example/a.html"]
    assert [site.asks(page) for page in pages] == ["RobotsForbidden", "absent", "allowed"]
    assert [site.asks(page) for page in pages] == ["RobotsForbidden", "absent", "allowed"]
    assert set(site.asked) == {
        f"{SITE}/robots.txt",
        f"{SITE}:8080/robots.txt",
        "https://x.example/robots.txt",
    }
    assert site.asked.total() == 3


def test_d13_a_crawl_delay_becomes_the_pace_of_the_host() -> None:
    site = Site([(200, b"User-agent: *\nCrawl-delay: 10\n")])
    site.slots["x.example"] = SimpleNamespace(delay=2.0, concurrency=8, jitter=0.5)
    assert site.asks(f"{SITE}/a.html") == "allowed"
    slot = site.slots["x.example"]
    assert (slot.delay, slot.concurrency, slot.jitter) == (10.0, 1, 0.0)
    assert site.per_slot_settings["x.example"]["delay"] == 10.0


def test_d13_a_refusal_is_logged_with_its_page(caplog: pytest.LogCaptureFixture) -> None:
    site = Site([FORBIDS])
    with caplog.at_level("INFO"):
        assert site.asks(f"{SITE}/a.html") == RobotsForbidden.__name__
    assert f"{SITE}/a.html is forbidden by robots.txt" in caplog.text
    assert HostBackedOff.__name__ not in caplog.text
