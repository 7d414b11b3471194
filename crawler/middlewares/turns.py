"""Lets requests take turns: no host gets more of them at once than its pace allows."""

from __future__ import annotations

from collections import deque
from collections.abc import Coroutine
from typing import Any

from scrapy.core.downloader import Downloader, Slot
from scrapy.http import Request, Response
from scrapy.utils.asyncio import call_later
from twisted.internet.defer import Deferred

from archive.addresses import host_name
from crawler.middlewares.politeness import polite


class TurnKeepingDownloader(Downloader):
    """Scrapy's downloader, counting a request as soon as it has its turn.

    Scrapy counts it when its task begins to run: without a delay between requests, a whole queue
    would go out before the first of them counts. And it lets the first that came go first; here
    priority decides, so that what a redirect leads to is met from where it was known before.
    """

    def get_slot_key(self, request: Request) -> str:
        """One queue per host name: leases and politeness know it by the same name."""
        given: str | None = request.meta.get(self.DOWNLOAD_SLOT)
        return host_name(request.url) if given is None else given

    def _process_queue(self, slot: Slot) -> None:
        """Whatever a request waited for, its host may have come to rest or pause meanwhile."""
        if slot.queue and not slot.latercall:
            manners = polite(self.crawler)
            manners.drop_waiting(slot)
            slot.queue = deque(sorted(slot.queue, key=_rank))
            if slot.queue and (seconds := manners.hosts.wait(host_name(slot.queue[0][0].url))):
                slot.latercall = call_later(seconds, self._latercall, slot)
                return
        super()._process_queue(slot)

    def _wait_for_download(
        self, slot: Slot, request: Request, queue_dfd: Deferred[Response]
    ) -> Coroutine[Any, Any, None]:
        slot.transferring.add(request)
        return super()._wait_for_download(slot, request, queue_dfd)


def _rank(waiting: tuple[Request, Deferred[Response]]) -> int:
    return -int(waiting[0].priority)
