"""Lets requests take turns: no host gets more of them at once than its pace allows."""

from __future__ import annotations

from collections.abc import Coroutine
from typing import Any

from scrapy.core.downloader import Downloader, Slot
from scrapy.http import Request, Response
from twisted.internet.defer import Deferred


class TurnKeepingDownloader(Downloader):
    """Scrapy's downloader, counting a request as soon as it has its turn.

    Scrapy counts it when its task begins to run: without a delay between requests, a whole queue
    would go out before the first of them counts.
    """

    def _wait_for_download(
        self, slot: Slot, request: Request, queue_dfd: Deferred[Response]
    ) -> Coroutine[Any, Any, None]:
        slot.transferring.add(request)
        return super()._wait_for_download(slot, request, queue_dfd)
