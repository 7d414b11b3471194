"""Carries out one run: workers first, then the reactor, and at the end the ledger."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import sys
import threading
import time
from typing import Any, TextIO

from scrapy import signals
from scrapy.crawler import AsyncCrawlerProcess, Crawler
from scrapy.settings import Settings
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from archive import ledger
from archive.addresses import host_name
from archive.clock import now
from archive.connecting import explain
from archive.database import Database
from archive.problems import Problem
from archive.records import RunState
from archive.space import disk_problem, is_full
from crawler.environment import Environment
from crawler.progress import Progress
from crawler.spiders.ending import EXIT_FAILED, EXIT_INTERRUPTED, Ending, settle, told
from crawler.spiders.loader import spider_class
from crawler.spiders.log import log_to
from crawler.spiders.opening import open_run
from crawler.spiders.seed_spider import SeedSpider
from crawler.spiders.session import Heartbeat, Session
from pipelines.items import Stored

GRACE = 25.0
"""Seconds that pages in flight get after the first signal."""

logger = logging.getLogger(__name__)


def carry_out(run_id: int, output: TextIO) -> int:
    """Run a claimed row of the ledger to its end; return the exit code."""
    progress = Progress(output)
    environment = Environment()
    database = environment.open()
    try:
        log_to(environment.data / "logs" / f"run-{run_id}.jsonl")
        session = open_run(environment, database, run_id)
        ending, counts = Run(session, progress).to_end()
    except Exception as error:
        ending, counts = _refuse(database, run_id, _problem(run_id, error)), {}
    progress.emit(
        "finished",
        run=run_id,
        state=str(ending.state),
        reason=ending.reason,
        counts=counts,
        exit_code=ending.exit_code,
    )
    return ending.exit_code


class Run:
    """One run in this process, from its leases to its last line."""

    def __init__(self, session: Session, progress: Progress) -> None:
        self._session = session
        self._progress = progress
        self._crawler: Crawler | None = None
        self._stopped: str | None = None
        self._closed = "never opened"
        self._timer: threading.Timer | None = None
        self._closing: asyncio.Future[None] | None = None

    def to_end(self) -> tuple[Ending, dict[str, int]]:
        """Crawl, then write how it ended."""
        session = self._session
        # Before any reactor exists: worker processes must never be forked from one.
        session.workers.start()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._on_signal)
        with Heartbeat(session, self._on_lost):
            spider = self._crawl() if self._take_hosts() else None
            if self._timer is not None:
                self._timer.cancel()
            ending = (
                spider.ending(self._closed, self._stopped)
                if spider is not None
                else Ending(RunState.INTERRUPTED, self._stopped, EXIT_INTERRUPTED)
            )
            counts = settle(session, ending)
        session.workers.close()
        return ending, counts

    def _take_hosts(self) -> bool:
        """Wait for the seed's own hosts, in one order for everyone; False when told to stop."""
        for host in sorted({host_name(url) for url in self._session.seed.discover.urls}):
            while not self._session.lease(host):
                time.sleep(0.5)
                if self._stopped:
                    return False
        return not self._stopped

    def _crawl(self) -> SeedSpider:
        settings = Settings()
        settings.setmodule("crawler.settings", priority="project")
        settings.set("LOG_INSTALL_ROOT_HANDLER", False, priority="cmdline")
        process = AsyncCrawlerProcess(settings)
        crawler = process.create_crawler(spider_class(self._session.seed))
        crawler.signals.connect(self._on_stored, signals.item_scraped)
        crawler.signals.connect(self._on_closed, signals.spider_closed)
        task = process.crawl(crawler, session=self._session)
        self._crawler = crawler
        if self._stopped:
            self._request_close()
        process.start(install_signal_handlers=False)
        if task.done() and not task.cancelled() and (error := task.exception()):
            raise error
        spider = crawler.spider
        assert isinstance(spider, SeedSpider)
        return spider

    def _on_stored(self, item: Any) -> None:
        if isinstance(item, Stored):
            self._progress.page(self._session.tally, item.due.url)

    def _on_closed(self, reason: str) -> None:
        self._closed = reason

    def _on_signal(self, number: int, _: Any) -> None:
        if self._stopped is not None:
            os._exit(EXIT_INTERRUPTED)
        self._stop("stopped by signal")

    def _on_lost(self) -> None:
        logger.error("The run lost its lease")
        self._stop("lost its lease")

    def _stop(self, why: str) -> None:
        """Finish what is in flight. Called from a signal or a thread, hence the detour."""
        self._stopped = why
        self._timer = threading.Timer(GRACE, self._give_up)
        self._timer.daemon = True
        self._timer.start()
        if self._crawler is not None:
            self._request_close()

    def _request_close(self) -> None:
        from twisted.internet import reactor

        reactor.callFromThread(self._close_spider)

    def _close_spider(self) -> None:
        """On the reactor's thread: let nothing more start, then close as Scrapy does."""
        assert self._crawler is not None
        spider = self._crawler.spider
        if not isinstance(spider, SeedSpider) or not self._is_open():
            asyncio.get_running_loop().call_later(0.1, self._close_spider)
            return
        spider.stop()
        engine = self._crawler.engine
        if self._closing is None and engine.spider is not None:
            self._closing = asyncio.ensure_future(engine.close_spider_async(reason="stopped"))

    def _is_open(self) -> bool:
        try:
            return bool(self._crawler and self._crawler.engine.start_time)
        except RuntimeError:
            # Scrapy's way of saying that the engine does not exist yet.
            return False

    def _give_up(self) -> None:
        """A page that hangs does not hold up a stop; what was not stored stays due."""
        try:
            settle(self._session, Ending(RunState.INTERRUPTED, self._stopped, EXIT_INTERRUPTED))
        except Exception as error:
            # Whoever finds the row finds its process dead, and ends it.
            logger.error("The stopped run could not be ended in the ledger: %s", error)
        finally:
            os._exit(EXIT_INTERRUPTED)


def _problem(run_id: int, error: Exception) -> Problem:
    """What to tell of the error that ended a run; a mistake of ours is logged with its trace."""
    if isinstance(error, OSError) and is_full(error):
        error = disk_problem(error)
    known = explain(error) if isinstance(error, DBAPIError) else error
    if isinstance(known, Problem):
        logger.error("Run %d could not be carried out: %s", run_id, known)
        return known
    logger.exception("Run %d broke", run_id, exc_info=error)
    return Problem("The run broke", f"{type(error).__name__}: {error}", "See its log")


def _refuse(database: Database, run_id: int, problem: Problem) -> Ending:
    code = problem.exit_code or EXIT_FAILED
    ending = Ending(RunState.FAILED, told(problem), code)
    try:
        with database.write() as session:
            ledger.finish(
                session, run_id, ending.state, at=now(), reason=ending.reason, exit_code=code
            )
    except (Problem, SQLAlchemyError) as error:
        # Whoever started this process writes it, from the exit code and these last words.
        logger.warning("Run %d could not be ended in the ledger: %s", run_id, error)
        sys.stderr.write(f"{ending.reason}\n")
    return ending
