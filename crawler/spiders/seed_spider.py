"""The spider every seed gets: asks for what is due, judges answers, hands them to the pipelines."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import Future
from contextlib import ExitStack
from functools import cached_property, partial
from typing import Any, ClassVar

from ada_url import URL
from scrapy import Spider, signals
from scrapy.crawler import Crawler
from scrapy.http import Request, Response
from scrapy.settings import BaseSettings
from twisted.python.failure import Failure

from archive.clock import now
from archive.ledger import Waiting
from archive.problems import Problem
from archive.records import Check, Due, Observation, ResourceKind, Verdict
from crawler.middlewares.failures import in_words
from crawler.middlewares.politeness import polite
from crawler.middlewares.refusals import RobotsForbidden, SetAside
from crawler.progress import FAILED
from crawler.seeds import Seed
from crawler.spiders.ending import Ending, conclude, settle
from crawler.spiders.opening import open_by_hand
from crawler.spiders.pace import set_pace
from crawler.spiders.puller import Puller
from crawler.spiders.renewing import renew
from crawler.spiders.requests import judge, to_request
from crawler.spiders.room import IN_FLIGHT, room_of
from crawler.spiders.session import Heartbeat, Session
from crawler.spiders.troubles import HostJudge
from pipelines.items import Fetched, Stored
from pipelines.workers import Workers


class SeedSpider(Spider):
    """Walks one seed. The loader makes a subclass per seed with its ``name`` and ``seed``."""

    name = "seed"
    seed: ClassVar[Seed]
    session: Session | None = None
    trouble: Problem | None = None
    _own_run: ExitStack | None = None

    def __init__(self, name: str | None = None, session: Session | None = None) -> None:
        super().__init__(name)
        self.session = session
        self.allowed_domains = [URL(url).hostname for url in self.seed.discover.urls]

    @classmethod
    def update_settings(cls, settings: BaseSettings) -> None:
        """Set pace and User-Agent; Problem when a public site is asked without a contact."""
        super().update_settings(settings)
        set_pace(settings, cls.seed)

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> SeedSpider:
        """Built by Scrapy; ``session`` is given by the run's process."""
        spider = super().from_crawler(crawler, *args, **kwargs)
        crawler.signals.connect(spider.item_scraped, signals.item_scraped)
        crawler.signals.connect(spider.item_error, signals.item_error)
        return spider

    async def start(self) -> AsyncIterator[Request]:
        """Ask for everything that is due, until nothing is due and nothing is in flight."""
        if self.session is None:
            self.session = await asyncio.to_thread(open_by_hand, self.seed.id)
            self._own_run = ExitStack()
            self._own_run.enter_context(self._heartbeat(self.session))
        session = self.session
        session.hosts = polite(self.crawler).hosts
        try:
            remembered = await asyncio.to_thread(session.begin)
            remembered.tell(session.hosts)
            await asyncio.to_thread(renew, session, lambda: self.puller.stopped)
            async for request in self._requests(session):
                yield request
        except Problem as problem:
            self.trouble = problem

    async def _requests(self, session: Session) -> AsyncIterator[Request]:
        async for due in self.puller.rows():
            if self._unwanted(due):
                self.puller.skip(due.resource)
                continue
            request = to_request(due, refetch=session.refetch)
            yield request.replace(callback=self.parse, errback=self.fail)

    def _unwanted(self, due: Due) -> bool:
        """Attachments or images of a seed that wants none, unless somebody named them."""
        wants = self.seed.crawl
        if due.kind is not ResourceKind.ATTACHMENT or (
            wants.images if due.image else wants.attachments
        ):
            return False
        return due.resource not in (self.running.resources or ())

    @cached_property
    def puller(self) -> Puller:
        """What is due in this run and what of it is in flight."""
        session = self.running
        named = session.resources is not None
        own = self.settings.getint("OWN_CONCURRENCY", 1)
        return Puller(
            session.pull,
            self._replenish,
            IN_FLIGHT,
            room=partial(room_of, hosts=session.hosts, own=own if session.own else 0),
            resting=lambda: session.hosts.rests,
            most=None if named else self.seed.crawl.max_pages,
            once=named,
        )

    @cached_property
    def judging(self) -> HostJudge:
        """Who tells of each page what it says of its host."""
        return HostJudge(self.running.hosts)

    def _replenish(self) -> int:
        """Once every list is walked, look after the pages that no list shows any more."""
        session = self.running
        left = self.puller.deferred or self._left_at_rest()
        lists = [] if left else session.walked_lists()
        complete = bool(lists) and not any(item.observation in FAILED for item in lists)
        return session.find_unlisted() if complete else 0

    def _left_at_rest(self) -> list[Waiting]:
        """What was not even pulled, because its host is left alone."""
        hosts = self.running.hosts.rests
        return self.running.left_at(hosts, self.puller.known) if hosts else []

    @property
    def running(self) -> Session:
        """The session of the run; there is none in a shell."""
        if self.session is None:
            raise RuntimeError("this spider has no run")
        return self.session

    @property
    def workers(self) -> Workers | None:
        """The pool that reads this run's pages."""
        return self.session.workers if self.session else None

    @property
    def seed_id(self) -> str:
        """Whose checks these are."""
        return self.seed.id

    @property
    def run_id(self) -> int:
        """Which run these checks belong to."""
        return self.running.run_id

    @property
    def refetch(self) -> bool:
        """Whether validators and digests are ignored."""
        return self.running.refetch

    def submit(self, check: Check) -> Future[Verdict]:
        """Queue a check for the writer."""
        return self.running.submit(check)

    def stop(self) -> None:
        """Finish what is in flight and ask for nothing more."""
        self.puller.stop()
        polite(self.crawler).stop()

    async def closed(self, reason: str) -> None:
        """End a run that this spider opened itself (``scrapy crawl``)."""
        if self._own_run is not None and self.session is not None:
            self._own_run.close()
            ending = await asyncio.to_thread(self.ending, reason)
            await asyncio.to_thread(settle, self.session, ending)
            self.session.workers.close()
            self.logger.info("Run %d: %s, %s", self.run_id, ending.state, ending.reason or "ok")

    def ending(self, closed: str, stopped: str | None = None) -> Ending:
        """How this run ended, given Scrapy's reason and who stopped it."""
        left = self._left_at_rest() if self.trouble is None and stopped is None else []
        for waiting in left:
            reason = self.running.hosts.rest_reason(waiting.host) or ""
            self.running.tally.set_aside(waiting.first, reason, waiting.pages)
        complete = not (left or self.puller.deferred or self.puller.exhausted)
        return conclude(
            self.running, closed, trouble=self.trouble, stopped=stopped, complete=complete
        )

    def parse(self, response: Response, **_: Any) -> Iterator[Fetched]:
        """Judge one answer by its status and bytes; reading is the workers' business."""
        yield judge(
            response.meta["due"],
            response,
            response.meta["exchanges"],
            at=now(),
            refetch=self.running.refetch,
            family=self.seed.discover.family,
        )

    def fail(self, failure: Failure) -> Iterator[Fetched]:
        """Record why nothing came, or put the page back so that it stays due."""
        request: Request = failure.request  # type: ignore[attr-defined]
        due: Due = request.meta["due"]
        if isinstance(failure.value, SetAside):
            self.logger.info("%s stays due: %s", due.url, failure.value)
            self._put_back(due, failure.value)
            return
        self.judging.unanswered(due, request, failure.value)
        observation = (
            Observation.BLOCKED if isinstance(failure.value, RobotsForbidden) else Observation.ERROR
        )
        yield Fetched(
            due,
            now(),
            request.meta.get("exchanges", ()),
            observation=observation,
            reason=in_words(failure.value),
        )

    def item_scraped(self, item: Any) -> None:
        """A page is safe: free its place and judge its host."""
        if isinstance(item, Stored):
            host = self.judging.judge(item)
            if self.running.hosts.rest_reason(host):
                polite(self.crawler).drop_queued()
            self.puller.settle(item.due.resource)

    def item_error(self, item: Any, failure: Failure) -> None:
        """A page could not be stored; it stays due, and a full disk ends the run."""
        due = getattr(getattr(item, "fetched", item), "due", None)
        if isinstance(due, Due):
            self._put_back(due, failure.value)
        if isinstance(failure.value, Problem):
            self.trouble = self.trouble or failure.value
            self.puller.stop()

    def _heartbeat(self, session: Session) -> Heartbeat:
        loop = asyncio.get_running_loop()
        return Heartbeat(session, partial(loop.call_soon_threadsafe, self.stop))

    def _put_back(self, due: Due, why: BaseException | None) -> None:
        self.puller.put_back(due.resource)
        self.running.tally.set_aside(due.url, in_words(why))
