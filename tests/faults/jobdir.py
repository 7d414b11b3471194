"""The same kills on a plain Scrapy project with JOBDIR: how many pages it loses or fetches twice.

``python -m tests.faults.jobdir --runs 15`` prints one line for each run of 600 pages and the sum.
The project is as Scrapy's documentation has it: callbacks follow links and yield items, the state
lies in JOBDIR. Unlike a feed, its pipeline writes every item through at once, so that only what
JOBDIR forgets counts as lost. The process is killed with SIGKILL after a seeded random number of
its pages was asked for, and started again with the same JOBDIR until one ends by itself.
"""

from __future__ import annotations

import argparse
import json
import random
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from tests.faults.sections import article, listing
from tests.faults.site import FaultSite, Route, serving

PER_LIST = 20
MOST_STARTS = 50

SPIDER = """
import json
import scrapy

class Lines:
    def open_spider(self):
        self.file = open("items.jsonl", "a", encoding="utf-8", buffering=1)

    def process_item(self, item):
        self.file.write(json.dumps(item, ensure_ascii=False) + "\\n")
        return item

    def close_spider(self):
        self.file.close()

class Plain(scrapy.Spider):
    name = "plain"
    custom_settings = {
        "CONCURRENT_REQUESTS_PER_DOMAIN": 16,
        "DOWNLOAD_DELAY": 0,
        "ROBOTSTXT_OBEY": False,
        "TELNETCONSOLE_ENABLED": False,
        "LOG_LEVEL": "WARNING",
        "ITEM_PIPELINES": {"plain.Lines": 1},
    }

    def __init__(self, urls, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.start_urls = urls.split(",")

    def parse(self, response):
        for link in response.css("li a::attr(href)").getall():
            yield response.follow(link, callback=self.parse_page)

    def parse_page(self, response):
        yield {"url": response.url, "title": response.css("h1::text").get()}
"""


@dataclass(frozen=True)
class Tally:
    """What one run came to: pages never in the feed, pages there twice, kills that struck."""

    pages: int
    lost: int
    doubled: int
    kills: int
    ended: bool

    def line(self) -> str:
        """The figures in words."""
        end = "ended by itself" if self.ended else f"gave up after {MOST_STARTS} starts"
        return (
            f"{self.lost} of {self.pages} pages lost, {self.doubled} doubled, "
            f"{self.kills} kills, {end}"
        )


def routes(pages: int) -> tuple[dict[str, Route], list[str]]:
    """A site of so many articles on lists of twenty, and the addresses of the lists."""
    targets = [f"/a/{number}.html" for number in range(pages)]
    lists = [targets[start : start + PER_LIST] for start in range(0, pages, PER_LIST)]
    names = [f"/list/{number}.html" for number in range(len(lists))]
    found: dict[str, Route] = {name: listing(part) for name, part in zip(names, lists, strict=True)}
    return found | {target: article(f"通知{target}") for target in targets}, names


def run(folder: Path, pages: int, kills: int, dice: random.Random) -> Tally:
    """One crawl of all pages, killed so many times on the way."""
    (folder / "plain.py").write_text(SPIDER, "utf-8")
    feed = folder / "items.jsonl"
    made, names = routes(pages)
    with serving(made) as site:
        struck, ended = 0, False
        for _ in range(MOST_STARTS):
            urls = ",".join(site.origin + name for name in names)
            wanted = None
            if struck < kills:
                wanted = len(site.asked) + dice.randint(len(names), pages // kills - 1)
            if not strike(folder, site, urls, wanted):
                ended = True
                break
            struck += 1
        all_pages = {site.origin + target for target in made if target not in names}
    got = Counter(json.loads(line)["url"] for line in whole_lines(feed))
    doubled = sum(count > 1 for count in got.values())
    return Tally(pages, len(all_pages - got.keys()), doubled, struck, ended)


def strike(folder: Path, site: FaultSite, urls: str, wanted: int | None) -> bool:
    """Start the spider; True when it was killed, False when it ended first or was let be.

    ``wanted`` is how many requests the site has had when the kill comes, None for no kill.
    """
    command = [sys.executable, "-m", "scrapy", "runspider", "plain.py"]
    command += ["-s", f"JOBDIR={folder / 'state'}", "-a", f"urls={urls}"]
    with subprocess.Popen(command, cwd=folder, stderr=subprocess.DEVNULL) as process:
        while process.poll() is None and (wanted is None or len(site.asked) < wanted):
            time.sleep(0.002)
        if process.poll() is not None:
            return False
        process.send_signal(signal.SIGKILL)
        return True


def whole_lines(feed: Path) -> list[str]:
    """The lines of a feed that a kill did not cut off."""
    if not feed.exists():
        return []
    return [
        line
        for line in feed.read_text("utf-8", errors="replace").split("\n")
        if line.startswith("{") and line.endswith("}")
    ]


def main() -> None:
    """See the module."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults.jobdir", description=__doc__)
    parser.add_argument("--runs", type=int, default=15)
    parser.add_argument("--pages", type=int, default=600)
    parser.add_argument("--kills", type=int, default=1)
    parser.add_argument("--number", type=int, default=7)
    given = parser.parse_args()
    dice = random.Random(given.number)
    tallies = []
    for number in range(given.runs):
        with tempfile.TemporaryDirectory(prefix="jobdir-") as folder:
            tallies.append(run(Path(folder), given.pages, given.kills, dice))
        print(f"run {number + 1}: {tallies[-1].line()}", flush=True)  # noqa: T201
    lost = [tally.lost for tally in tallies]
    print(  # noqa: T201
        f"{sum(map(bool, lost))} of {len(lost)} runs lost pages, median {statistics.median(lost)}, "
        f"most {max(lost)}; {sum(bool(tally.doubled) for tally in tallies)} runs doubled pages, "
        f"most {max(tally.doubled for tally in tallies)}"
    )


if __name__ == "__main__":
    main()
