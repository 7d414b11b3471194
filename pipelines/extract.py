"""Sends fetched pages to the workers; the Scrapy process itself parses no page."""

from __future__ import annotations

import asyncio
from typing import Any

from scrapy import signals
from scrapy.crawler import Crawler

from pipelines.items import Fetched, Read
from pipelines.reading import Reading
from pipelines.workers import Workers


class ExtractPipeline:
    """Turns a Fetched into a Read. Uses the spider's workers, or starts its own."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._own: Workers | None = None
        crawler.signals.connect(self._close, signals.spider_closed)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> ExtractPipeline:
        """Built by Scrapy before the reactor runs."""
        return cls(crawler)

    async def process_item(self, item: Any) -> Any:
        """Read the page in a worker; an item without a job has nothing to read."""
        if not isinstance(item, Fetched):
            return item
        if item.job is None:
            return Read(item, None)
        reading: Reading = await asyncio.wrap_future(self._workers().submit(item.job))
        return Read(item, reading)

    def _workers(self) -> Workers:
        shared = getattr(self._crawler.spider, "workers", None)
        if isinstance(shared, Workers):
            return shared
        if self._own is None:
            self._own = Workers(str(self._crawler.settings["PAGE_READER"]))
        return self._own

    def _close(self) -> None:
        if self._own is not None:
            self._own.close()
