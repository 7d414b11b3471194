"""Takes a host's lease before its first request, so that runs sharing a host never overlap."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from scrapy.crawler import Crawler
from scrapy.http import Request
from sqlalchemy.exc import SQLAlchemyError

from archive.addresses import host_name
from archive.problems import Problem
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
        if not await self._hold(session, host):
            reason = f"{host} is being crawled by another run"
            # None of its pages needs to be pulled any more.
            session.hosts.back_off(host, reason)
            raise HostBusy(reason)

    async def _hold(self, session: Any, host: str) -> bool:
        """Whether the host is ours; asked once, and again after a failure to tell."""
        answer = self._held.get(host)
        if answer is None:
            answer = self._held[host] = asyncio.ensure_future(_obtain(session.lease, host))
        try:
            return await asyncio.shield(answer)
        except Exception as error:
            if self._held.get(host) is answer:
                del self._held[host]
            if isinstance(error, Problem | SQLAlchemyError):
                # The archive's trouble says nothing against the host or the page.
                raise HostBusy(f"{host} could not be leased: {error}") from error
            raise


async def _obtain(lease: Callable[[str], bool], host: str) -> bool:
    for _ in range(PATIENCE):
        if await asyncio.to_thread(lease, host):
            return True
        await asyncio.sleep(1)
    return False
