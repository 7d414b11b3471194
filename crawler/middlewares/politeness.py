"""Waits when a host asks for it, retries gently, and drops validators on a redirect."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import Any

from scrapy.core.downloader import Slot
from scrapy.crawler import Crawler
from scrapy.downloadermiddlewares.redirect import RedirectMiddleware
from scrapy.downloadermiddlewares.retry import RetryMiddleware
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Request, Response
from twisted.python.failure import Failure

from archive.addresses import host_name
from crawler.environment import Environment
from crawler.gate import Gate
from crawler.middlewares.gating import keep_to_one_place, vet_redirect
from crawler.middlewares.hosts import Hosts, growing_pause, retry_after
from crawler.middlewares.refusals import HostBackedOff, SetAside, Stopping

REDIRECTS = frozenset({301, 302, 303, 307, 308})


class PolitenessMiddleware:
    """Holds back requests to a host that is pausing, resting, or while the run stops."""

    def __init__(self, crawler: Crawler) -> None:
        self.hosts = Hosts()
        self._stopping = asyncio.Event()
        self._crawler = crawler
        self._gate = Gate(Environment().allow_addresses)
        self._paced: set[str] = set()

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> PolitenessMiddleware:
        """Built by Scrapy."""
        return cls(crawler)

    def stop(self) -> None:
        """Let nothing more go out; whoever waits for a host or a turn gives up at once."""
        self._stopping.set()
        self.drop_queued()

    def drop_queued(self) -> None:
        """Take back what waits for its turn and must not go out any more."""
        for slot in self._crawler.engine.downloader.slots.values():
            self.drop_waiting(slot)

    def drop_waiting(self, slot: Slot) -> None:
        """Take back what of one host's queue must not go out any more."""
        for waiting in list(slot.queue):
            request, answer = waiting
            objection = self._objection(request)
            if objection is not None and waiting in slot.queue:
                slot.queue.remove(waiting)
                answer.errback(Failure(objection))  # type: ignore[no-untyped-call]

    def is_ours(self, request: Request) -> bool:
        """Whether the operator allowed the address."""
        return self._gate.is_ours(request.url)

    async def process_request(self, request: Request) -> None:
        """Wait for the host's pause, or raise for a host that is left alone."""
        host = host_name(request.url)
        self._set_pace(request)
        while True:
            if (objection := self._objection(request)) is not None:
                raise objection
            seconds = self.hosts.wait(host)
            if not seconds:
                return
            await self._sleep(seconds)

    def _objection(self, request: Request) -> SetAside | None:
        """Why a request must not go out, now or later in this run."""
        if self._stopping.is_set():
            return Stopping("the run is being stopped")
        reason = self.hosts.rest_reason(host_name(request.url))
        return HostBackedOff(reason) if reason else None

    def _set_pace(self, request: Request) -> None:
        """One request at a time, with a delay; the operator's own addresses as the seed says."""
        downloader = self._crawler.engine.downloader
        key = downloader.get_slot_key(request)
        if key in self._paced:
            return
        self._paced.add(key)
        settings = self._crawler.settings
        pace = {"concurrency": 1, "delay": settings.getfloat("DOWNLOAD_DELAY")}
        if self.is_ours(request):
            pace = {
                "concurrency": settings.getint("OWN_CONCURRENCY", 1),
                "delay": settings.getfloat("OWN_DELAY", pace["delay"]),
            }
        downloader.per_slot_settings.setdefault(key, pace)

    async def _sleep(self, seconds: float) -> None:
        try:
            await asyncio.wait_for(self._stopping.wait(), seconds)
        except TimeoutError:
            return


class GentleRetryMiddleware(RetryMiddleware):
    """Scrapy's retries with growing pauses, also for bodies cut short, and a bound per host."""

    def process_response(
        self, request: Request, response: Response, spider: Any = None
    ) -> Request | Response:
        """Retry a passing failure; a host that wants a long rest gets it."""
        if not heed(self.crawler, request, response):
            return response
        if "dataloss" in response.flags:
            return self._retry(request, "the connection broke off inside the body") or response
        if is_hollow(request, response):
            return self._retry(request, "the body is empty") or response
        return super().process_response(request, response)

    def _retry(self, request: Request, reason: str | Exception | type[Exception]) -> Request | None:
        again = super()._retry(request, reason)
        if again is None or not polite(self.crawler).hosts.may_retry(host_name(request.url)):
            return None
        settings = self.crawler.settings
        ours = polite(self.crawler).is_ours(request)
        delay = settings.getfloat("OWN_DELAY" if ours else "DOWNLOAD_DELAY")
        repetition = again.meta["retry_times"] - 1
        seconds = growing_pause(repetition, delay, settings.getfloat("LONGEST_PAUSE"))
        polite(self.crawler).hosts.pause(host_name(request.url), seconds)
        return again


class BareRedirectMiddleware(RedirectMiddleware):
    """Follows redirects without validators and secrets: those belong to one place."""

    def process_response(
        self, request: Request, response: Response, spider: Any = None
    ) -> Request | Response:
        """Follow, after the time the host asks for, unless it leads back: we send no cookies."""
        if response.status in REDIRECTS:
            heed(self.crawler, request, response)
        followed = super().process_response(request, response)
        if isinstance(followed, Request) and _bare(followed.url) in _path_to(followed):
            raise IgnoreRequest(f"the redirects lead back to {followed.url}")
        return followed

    def _build_redirect_request(
        self, source_request: Request, response: Response, *, url: str, **kwargs: Any
    ) -> Request:
        vet_redirect(response, url)
        redirected = super()._build_redirect_request(source_request, response, url=url, **kwargs)
        keep_to_one_place(redirected.headers)
        redirected.meta.pop("download_slot", None)
        return redirected


def heed(crawler: Crawler, request: Request, response: Response) -> bool:
    """Pause the host as long as an answer's Retry-After asks, if it has one.

    False when that is longer than the seed is patient: then the host is left alone in this run.
    """
    value = response.headers.get("Retry-After") if response.status >= 300 else None
    asked = retry_after(value.decode("latin-1") if value else None, datetime.now(UTC))
    if asked is None:
        return True
    if asked > crawler.settings.getfloat("LONGEST_PAUSE"):
        reason = f"HTTP {response.status}, asks to wait {asked:.0f} s"
        polite(crawler).hosts.back_off(host_name(request.url), reason, seconds=asked)
        return False
    polite(crawler).hosts.pause(host_name(request.url), asked, asked=True)
    return True


def is_hollow(request: Request, response: Response) -> bool:
    """True for a page without a byte; of a robots.txt that is an answer."""
    # One that is announced as too long was never asked for its body.
    given_up = "download_stopped" in response.flags
    is_page = response.status == 200 and not request.meta.get("robots")
    return is_page and not response.body and not given_up


def polite(crawler: Crawler) -> PolitenessMiddleware:
    """The politeness middleware of a running crawler."""
    found = crawler.get_downloader_middleware(PolitenessMiddleware)
    assert found is not None
    return found


def _path_to(request: Request) -> set[str]:
    return {_bare(url) for url in request.meta.get("redirect_urls", ())}


def _bare(url: str) -> str:
    return url.partition("#")[0]
