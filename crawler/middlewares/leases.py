"""Takes a host's lease before its first request, so that runs sharing a host never overlap."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from scrapy.crawler import Crawler
from scrapy.http import Request

from archive.addresses import host_name
from crawler.middlewares.refusals import HostBusy

PATIENCE = 30
"""Seconds to wait for another run to let go of a host that this run only visits."""


class LeaseMiddleware:
    """Asks the run's session for each new host; a host held by another run is set aside."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._held: dict[str, asyncio.Future[bool]] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> LeaseMiddleware:
        """Built by Scrapy."""
        return cls(crawler)

    async def process_request(self, request: Request) -> None:
        """Raise HostBusy when another run holds the host. Outside a run nothing is leased."""
        session = getattr(self._crawler.spider, "session", None)
        if session is None:
            return
        host = host_name(request.url)
        if host not in self._held:
            self._held[host] = asyncio.ensure_future(_obtain(session.lease, host))
        if not await asyncio.shield(self._held[host]):
            raise HostBusy(f"{host} is being crawled by another run")


async def _obtain(lease: Callable[[str], bool], host: str) -> bool:
    for _ in range(PATIENCE):
        if await asyncio.to_thread(lease, host):
            return True
        await asyncio.sleep(1)
    return False
