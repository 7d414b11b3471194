"""Waits when a host asks for it, retries gently, and drops validators on a redirect."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from time import monotonic
from typing import Any

from scrapy.crawler import Crawler
from scrapy.downloadermiddlewares.redirect import RedirectMiddleware
from scrapy.downloadermiddlewares.retry import RetryMiddleware
from scrapy.http import Request, Response

from archive.addresses import host_name
from crawler.environment import Environment
from crawler.gate import Gate
from crawler.middlewares.gating import keep_to_one_place, vet_redirect
from crawler.middlewares.hosts import LONGEST_PAUSE, Hosts, retry_after
from crawler.middlewares.refusals import HostBackedOff, Stopping

ASKS_FOR_REST = frozenset({429, 503})


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
        """Let nothing more go out; whoever waits for a host gives up at once."""
        self._stopping.set()

    async def process_request(self, request: Request) -> None:
        """Wait for the host's pause, or raise for a host that is left alone."""
        host = host_name(request.url)
        self._set_pace(request)
        while True:
            if self._stopping.is_set():
                raise Stopping("the run is being stopped")
            if reason := self.hosts.rest_reason(host):
                raise HostBackedOff(reason)
            seconds = self.hosts.wait(host)
            if not seconds:
                return
            await self._sleep(seconds)

    def _set_pace(self, request: Request) -> None:
        """One request at a time, with a delay; the operator's own addresses as the seed says."""
        downloader = self._crawler.engine.downloader
        key = downloader.get_slot_key(request)
        if key in self._paced:
            return
        self._paced.add(key)
        settings = self._crawler.settings
        pace = {"concurrency": 1, "delay": settings.getfloat("DOWNLOAD_DELAY")}
        if self._gate.is_ours(request.url):
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
    """Scrapy's retries, after the time a host asks for and also for bodies cut short."""

    def process_response(
        self, request: Request, response: Response, spider: Any = None
    ) -> Request | Response:
        """Retry a passing failure; a host that wants a long rest gets it."""
        if response.status in ASKS_FOR_REST and not self._may_return(request, response):
            return response
        if "dataloss" in response.flags:
            return self._retry(request, "the connection broke off inside the body") or response
        return super().process_response(request, response)

    def _may_return(self, request: Request, response: Response) -> bool:
        """Pause the host as long as it asks; False when that is longer than a run waits."""
        host = host_name(request.url)
        value = response.headers.get("Retry-After")
        asked = retry_after(value.decode("latin-1") if value else None, datetime.now(UTC))
        if asked is None:
            asked = float(2 ** request.meta.get("retry_times", 0))
        hosts = polite(self.crawler).hosts
        if asked > LONGEST_PAUSE:
            reason = f"HTTP {response.status}, asks to wait {asked:.0f} s"
            hosts.back_off(host, reason, seconds=asked)
            return False
        hosts.pause(host, asked)
        _hold_queue(self.crawler, request, asked)
        return True


class BareRedirectMiddleware(RedirectMiddleware):
    """Follows redirects without validators and secrets: those belong to one place."""

    def _build_redirect_request(
        self, source_request: Request, response: Response, *, url: str, **kwargs: Any
    ) -> Request:
        vet_redirect(response, url)
        redirected = super()._build_redirect_request(source_request, response, url=url, **kwargs)
        keep_to_one_place(redirected.headers)
        redirected.meta.pop("download_slot", None)
        return redirected


def polite(crawler: Crawler) -> PolitenessMiddleware:
    """The politeness middleware of a running crawler."""
    found = crawler.get_downloader_middleware(PolitenessMiddleware)
    assert found is not None
    return found


def _hold_queue(crawler: Crawler, request: Request, seconds: float) -> None:
    """Requests already queued for the host's slot wait too."""
    slot = crawler.engine.downloader.slots.get(request.meta.get("download_slot", ""))
    if slot is not None and slot.delay:
        slot.lastseen = max(slot.lastseen, monotonic() + seconds - slot.delay)
