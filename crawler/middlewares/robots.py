"""robots.txt as RFC 9309 reads it, cached for one run and at most a day, and kept as evidence.

A site without the file (4xx) allows everything; one whose file cannot be had (5xx, 429, network
errors) is not crawled in this run. ``Crawl-delay`` and ``Request-rate`` become the pace of the
host. On what terms a page was asked goes with its exchange, in ``request.meta["access"]``.
"""

from __future__ import annotations

import asyncio
import logging
import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from protego import Protego
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Request, Response
from scrapy.http.request import NO_CALLBACK

from archive.addresses import host_name, origin
from archive.clock import now
from archive.records import Check, Exchange, Observation, ResourceKind
from crawler.middlewares.failures import in_words
from crawler.middlewares.politeness import polite
from crawler.middlewares.refusals import (
    FORBIDDEN,
    HostBackedOff,
    NotAllowed,
    RobotsForbidden,
    SetAside,
    Stopping,
)

LONGEST_FILE = 500 * 1024
"""Bytes of robots.txt that count (RFC 9309, 2.5)."""

LONGEST_DELAY = 3600.0
LONGEST_KEPT = 86_400.0
"""Seconds after which a run that still goes on reads the file again (RFC 9309, 2.4)."""

PRIORITY = 1000
UNIT = re.compile(
    r"^(\s*crawl[- ]delay\s*:\s*\d++(?:\.\d++)?+)(?![ \t]*e[+-]?\d)[^\r\n]*", re.I | re.M
)
"""What follows the number of a delay: a host that asks for "10s" or "10 seconds" means ten."""

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Rules:
    """What one host's robots.txt says; ``parser`` None allows all, ``unreachable`` forbids all."""

    parser: Any = None
    unreachable: str | None = None

    @property
    def terms(self) -> str:
        """What a capture says of a page that these rules let through."""
        return "absent" if self.parser is None else "allowed"

    def allows(self, url: str, agent: str) -> bool:
        """True when the page may be fetched."""
        return self.parser is None or bool(self.parser.can_fetch(url, agent))

    def delay(self, agent: str) -> float:
        """Seconds between requests that the file asks for, 0 when it does not."""
        if self.parser is None:
            return 0.0
        rate = self.parser.request_rate(agent)
        spread = rate.seconds / rate.requests if rate is not None else 0.0
        return min(max(float(self.parser.crawl_delay(agent) or 0), spread), LONGEST_DELAY)


@dataclass(frozen=True, slots=True)
class Asked:
    """The rules of one site, there or on their way, and when they were asked for."""

    rules: asyncio.Future[Rules]
    at: float


def is_cut(response: Response) -> bool:
    """True when the connection broke off, or was cut, before the bytes that count were there."""
    broken = {"dataloss", "download_stopped"} & set(response.flags)
    return bool(broken) and len(response.body) < LONGEST_FILE


def read_rules(status: int, body: bytes, *, cut: bool = False) -> Rules:
    """Interpret one answer to /robots.txt; half a file may lack the line that forbids."""
    if cut:
        return Rules(unreachable="robots.txt broke off before its end")
    if 200 <= status < 300:
        text = body[:LONGEST_FILE].decode("utf-8-sig", "replace")
        return Rules(Protego.parse(UNIT.sub(r"\1", text)))
    if status >= 500 or status == 429:
        return Rules(unreachable=f"robots.txt answered HTTP {status}")
    return Rules()


class RobotsMiddleware:
    """Asks each site for its rules before its first page, and daily. ``clock`` counts seconds."""

    def __init__(self, crawler: Crawler, clock: Callable[[], float] = time.monotonic) -> None:
        self._crawler = crawler
        self._clock = clock
        self._agent = str(crawler.settings["ROBOTS_AGENT"])
        self._asked: dict[str, Asked] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> RobotsMiddleware:
        """Built by Scrapy."""
        return cls(crawler)

    async def process_request(self, request: Request) -> None:
        """Raise RobotsForbidden for a forbidden page, HostBackedOff when no rules can be had."""
        if request.meta.get("robots"):
            request.meta["access"] = {"robots": "exempt"}
            return
        rules = await self._rules_of(origin(request.url), request)
        if rules.unreachable:
            host = host_name(request.url)
            polite(self._crawler).hosts.back_off(host, rules.unreachable, tripped=True)
            raise HostBackedOff(rules.unreachable)
        if not rules.allows(request.url, self._agent):
            logger.info("%s is %s", request.url, FORBIDDEN)
            raise RobotsForbidden(FORBIDDEN)
        # Not changed in place: a redirected request shares what its first hop was given.
        request.meta["access"] = {"robots": rules.terms}

    async def _rules_of(self, site: str, request: Request) -> Rules:
        asked = self._asked.get(site)
        if asked is not None and self._clock() - asked.at < LONGEST_KEPT:
            return await asked.rules
        asked = Asked(asyncio.get_running_loop().create_future(), self._clock())
        self._asked[site] = asked
        try:
            # The pace is that of the host asked for, wherever its robots.txt was found.
            slot = self._crawler.engine.downloader.get_slot_key(request)
            asked.rules.set_result(await self._fetch(site, slot))
        except BaseException as error:
            del self._asked[site]
            self._pass_on(error, request, asked.rules)
            raise
        return asked.rules.result()

    def _pass_on(
        self, error: BaseException, request: Request, rules: asyncio.Future[Rules]
    ) -> None:
        """Whoever waits for these rules is put back as well: nothing speaks against the host."""
        if not isinstance(error, SetAside):
            error = HostBackedOff("robots.txt was not fetched")
        elif not isinstance(error, Stopping):
            # It leads to a host that may not be asked now: no use asking for every page.
            reason = f"robots.txt was not fetched: {error}"
            polite(self._crawler).hosts.back_off(host_name(request.url), reason)
        rules.set_exception(error)
        # Perhaps nobody waits.
        rules.exception()

    async def _fetch(self, site: str, slot: str) -> Rules:
        url = f"{site}/robots.txt"
        request = Request(
            url,
            callback=NO_CALLBACK,
            priority=PRIORITY,
            dont_filter=True,
            meta={"robots": True},
        )
        try:
            response = await self._crawler.engine.download_async(request)
        except SetAside:
            raise
        except NotAllowed as error:
            return self._unreachable(url, f"robots.txt leads where nobody may ask: {error}")
        except IgnoreRequest as error:
            # Too many redirects: RFC 9309 treats the file as absent.
            self._record(url, (), Observation.ERROR, str(error))
            return Rules()
        except Exception as error:
            return self._unreachable(url, f"robots.txt could not be fetched: {in_words(error)}")
        return self._read(url, slot, response)

    def _unreachable(self, url: str, reason: str) -> Rules:
        self._record(url, (), Observation.ERROR, reason)
        return Rules(unreachable=reason)

    def _read(self, url: str, slot: str, response: Response) -> Rules:
        rules = read_rules(response.status, response.body, cut=is_cut(response))
        failed = Observation.ERROR if rules.unreachable else None
        self._record(url, response.meta.get("exchanges", ()), failed, rules.unreachable)
        if pace := rules.delay(self._agent):
            slow_down(self._crawler, slot, pace)
        return rules

    def _record(
        self,
        url: str,
        exchanges: tuple[Exchange, ...],
        observation: Observation | None,
        reason: str | None,
    ) -> None:
        """Keep what was served; outside a run (the shell) there is nowhere to keep it."""
        session = getattr(self._crawler.spider, "session", None)
        if session is None:
            return
        check = Check(
            url=url,
            kind=ResourceKind.ROBOTS,
            seed=session.seed.id,
            run=session.run_id,
            checked_at=now(),
            exchanges=exchanges,
            observation=observation,
            reason=reason,
        )
        session.submit(check).add_done_callback(_log_failure)


def slow_down(crawler: Crawler, key: str, seconds: float) -> None:
    """Set the least time between two requests of one download slot, for the whole run."""
    downloader = crawler.engine.downloader
    slot = downloader.slots.get(key)
    pace = max(seconds, slot.delay if slot else 0.0)
    downloader.per_slot_settings[key] = {"concurrency": 1, "delay": pace, "jitter": 0.0}
    if slot is not None:
        slot.delay, slot.concurrency, slot.jitter = pace, 1, 0.0


def _log_failure(done: Any) -> None:
    if error := done.exception():
        logger.error("robots.txt was not stored: %s", error)
