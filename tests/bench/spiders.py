"""The two baselines, written as people write them: raw fetch, and trafilatura in the callback.

Run as `python -m tests.bench.spiders raw|trafilatura URLS.txt`; prints pages fetched.
"""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import scrapy
import trafilatura
from scrapy.crawler import CrawlerProcess
from scrapy.http import HtmlResponse, Response

SETTINGS = {
    "CONCURRENT_REQUESTS": 16,
    "CONCURRENT_REQUESTS_PER_DOMAIN": 8,
    "DOWNLOAD_DELAY": 0,
    "ROBOTSTXT_OBEY": True,
    "TELNETCONSOLE_ENABLED": False,
    "LOG_LEVEL": "WARNING",
}


class RawSpider(scrapy.Spider):
    """Fetches every URL of a file and keeps nothing."""

    name = "raw"
    urls: tuple[str, ...] = ()

    async def start(self) -> AsyncIterator[Any]:
        for url in self.urls:
            yield scrapy.Request(url)

    def parse(self, response: Response) -> Iterator[dict[str, Any]]:
        yield {"url": response.url, "size": len(response.body)}


class TrafilaturaSpider(RawSpider):
    """Cleans every page in its callback, on the reactor thread."""

    name = "trafilatura"

    def parse(self, response: Response) -> Iterator[dict[str, Any]]:
        if not isinstance(response, HtmlResponse):
            yield {"url": response.url, "size": len(response.body)}
            return
        text = trafilatura.extract(response.text, url=response.url, with_metadata=True)
        yield {"url": response.url, "text": text}


def main() -> None:
    kind, file = sys.argv[1:3]
    spider = {"raw": RawSpider, "trafilatura": TrafilaturaSpider}[kind]
    spider.urls = tuple(Path(file).read_text("utf-8").split())
    process = CrawlerProcess(SETTINGS)
    crawler = process.create_crawler(spider)
    process.crawl(crawler)
    process.start()
    print(crawler.stats.get_value("item_scraped_count", 0))  # noqa: T201


if __name__ == "__main__":
    main()
