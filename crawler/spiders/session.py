"""What one run works with: its seed, its row in the ledger, the archive, the workers.

Everything here that touches the database blocks, and is called in threads.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Collection, Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

from sqlalchemy import orm
from sqlalchemy.exc import SQLAlchemyError

from archive import frontier, ledger
from archive.clock import now
from archive.database import Database
from archive.problems import Problem
from archive.records import Check, Due, Verdict
from archive.space import MIN_FREE
from archive.store import Store, Writer, finish_walk
from crawler.gate import Gate
from crawler.middlewares.hosts import Hosts
from crawler.progress import Tally
from crawler.seeds import Seed
from crawler.spiders.resting import Remembered, recall, remember
from pipelines.workers import Workers

HEARTBEAT = 5.0
"""Seconds between two signs of life."""

logger = logging.getLogger(__name__)


@dataclass
class Session:
    """One running run.

    ``resources`` restricts it to these resource keys; ``refetch`` ignores validators and digests.
    """

    seed: Seed
    run_id: int
    seed_key: int
    horizon: int
    database: Database
    workers: Workers
    gate: Gate
    resources: tuple[int, ...] | None = None
    refetch: bool = False
    min_free: int = MIN_FREE
    tally: Tally = field(default_factory=Tally)
    hosts: Hosts = field(default_factory=Hosts)
    asked_hosts: set[str] = field(default_factory=set)
    """Hosts that this run has taken."""

    _looked_after: bool = False

    def __post_init__(self) -> None:
        self._writer = Writer(
            Store(self.database, recheck=self.seed.crawl.recheck_micros, min_free=self.min_free)
        )

    @property
    def own(self) -> bool:
        """True when every list is served from an address the operator allowed."""
        urls = self.seed.discover.urls
        return bool(urls) and all(self.gate.is_ours(url) for url in urls)

    def begin(self) -> Remembered:
        """Make the seed's lists due, whatever was found on them before.

        Returns what earlier runs learnt of the hosts.
        """
        with self._writing() as session:
            if self.resources is None and self.seed.discover.urls:
                frontier.start_lists(session, self.seed_key, self.seed.discover.urls, now())
            return recall(session, now(), self.seed.crawl.patience)

    def pull(
        self, exclude: Collection[int], limit: int, hosts: frontier.Places | None = None
    ) -> Sequence[Due]:
        """Resources that are due in this run, the lists first."""
        with self.database.read() as session:
            return frontier.due(
                session,
                self.seed_key,
                self.horizon,
                limit=limit,
                exclude=exclude,
                only=self.resources,
                hosts=hosts,
            )

    def walked_lists(self) -> list[ledger.WalkedList]:
        """Every list of this walk, those included that a lost run before this one read."""
        with self.database.read() as session:
            return ledger.walked_lists(session, self.seed_key, self.horizon)

    def left_at(self, hosts: Collection[str], known: Collection[int]) -> list[ledger.Waiting]:
        """What is due at some hosts, beside the pages whose fate is known."""
        with self.database.read() as session:
            return ledger.waiting(
                session,
                self.seed_key,
                self.horizon,
                hosts,
                exclude=known,
                only=self.resources,
                files=self.seed.crawl.attachments,
                images=self.seed.crawl.images,
            )

    def find_unlisted(self) -> int:
        """Make due the pages that a finished walk met on no list; how many, asked only once."""
        if self._looked_after or self.resources is not None:
            return 0
        self._looked_after = True
        with self._writing() as session:
            return frontier.make_unlisted_due(session, self.seed_key, self.horizon)

    def due_left(self) -> int:
        """How many resources are still due (at most a thousand are counted)."""
        return 0 if self.resources is not None else len(self.pull((), 1000))

    def lease(self, host: str) -> bool:
        """Take a host for this run."""
        with self._writing() as session:
            taken = ledger.lease_host(session, host, self.run_id, now())
        if taken:
            self.asked_hosts.add(host)
        return taken

    def keep(self) -> bool:
        """Give a sign of life; False when the run, or a host of it, belongs to another."""
        with self.database.write() as session:
            return ledger.heartbeat(session, self.run_id, now(), hosts=tuple(self.asked_hosts))

    def submit(self, check: Check) -> Future[Verdict]:
        """Queue a check for the writer; counted once it is durable."""
        answer = self._writer.submit(check)
        answer.add_done_callback(lambda done: self._count(check, done))
        return answer

    def finish_walk(self) -> None:
        """Let the archive know that every list was walked to its end."""
        with self._writing() as session:
            finish_walk(session, self.run_id, now())

    def close(self) -> None:
        """Write what is queued, remember which hosts want rest, let the archive's files go."""
        self._writer.close()
        with suppress(ledger.LeaseLost), self._writing() as session:
            remember(session, self.hosts, now())

    @contextmanager
    def _writing(self) -> Iterator[orm.Session]:
        """A write transaction of this run; LeaseLost when it has ended or was taken over."""
        with self.database.write() as session:
            ledger.fence(session, {self.run_id})
            yield session

    def _count(self, check: Check, done: Future[Verdict]) -> None:
        if not done.cancelled() and done.exception() is None:
            self.tally.add(check, done.result())


class Heartbeat:
    """A thread that keeps the run's lease; ``lost`` is called once when it is gone."""

    def __init__(self, session: Session, lost: Callable[[], object]) -> None:
        self._session = session
        self._lost = lost
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._beat, name="heartbeat", daemon=True)

    def __enter__(self) -> Heartbeat:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._thread.join(HEARTBEAT)

    def _beat(self) -> None:
        while not self._done.wait(HEARTBEAT):
            try:
                kept = self._session.keep()
            except (Problem, SQLAlchemyError) as error:
                # The lease lasts longer than one beat: the next one may come through.
                logger.warning("No heartbeat: %s", error)
                continue
            if not kept:
                self._lost()
                return
