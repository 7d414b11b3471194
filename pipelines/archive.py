"""Hands checks to the store and waits until they are durable."""

from __future__ import annotations

import asyncio
from concurrent.futures import Future
from typing import Any, Protocol, cast

from scrapy.crawler import Crawler

from archive.records import Check, Verdict
from pipelines.items import Read, Stored, to_check


class Recorder(Protocol):
    """What a spider that archives offers: whose checks these are, and where they go."""

    seed_id: str
    run_id: int
    refetch: bool

    def submit(self, check: Check) -> Future[Verdict]:
        """Queue one check; the future is done once it is durable."""


class ArchivePipeline:
    """Turns a Read into a Stored."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> ArchivePipeline:
        """Built by Scrapy."""
        return cls(crawler)

    async def process_item(self, item: Any) -> Any:
        """Await the commit, so that an item counts as scraped only when it is safe."""
        if not isinstance(item, Read):
            return item
        recorder = cast("Recorder", self._crawler.spider)
        check = to_check(item, seed=recorder.seed_id, run=recorder.run_id, refetch=recorder.refetch)
        verdict = await asyncio.wrap_future(recorder.submit(check))
        return Stored(item.fetched.due, check, verdict)
