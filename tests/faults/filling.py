"""An archive that fills, at once or for as long as something else happens to it."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from archive import clock, ledger
from archive.database import Database
from archive.ledger import SeedFacts
from archive.owners import owner_of
from archive.records import (
    FIELDS,
    Check,
    Encoding,
    Exchange,
    Extraction,
    Outcome,
    PageKind,
    ResourceKind,
    RunState,
)
from archive.store import Store

SITE = "http://gov.example"
RECHECK = 3_600_000_000


class Filling:
    """One running run of one seed, which stores new pages of Chinese text."""

    def __init__(self, database: Database, name: str = "site", size: int = 3_000) -> None:
        self.name = name
        self.pages = self.stored = 0
        self._size = size
        self._moments = random.Random(name)
        facts = SeedFacts(name, name, None, None, "official", "", "sha256:0", f"{name}.toml")
        self.database = database
        with database.write() as session:
            seed = ledger.register_seed(session, facts, clock.now())
            run = ledger.add_manual_run(session, seed, trigger="test", at=clock.now())
            ledger.claim(session, run, owner=owner_of(), at=clock.now())
        self.run = run
        self._store = Store(database, recheck=RECHECK)

    def store(self, pages: int, batch: int = 5) -> None:
        """Store so many new pages, a few in each transaction."""
        while pages > 0:
            self.stored += len(self._store.commit([self._page() for _ in range(min(batch, pages))]))
            pages -= batch

    def wait(self, pages: int) -> int:
        """Wait until so many more pages are stored; how many there are then."""
        wanted = self.stored + pages
        while self.stored < wanted:
            time.sleep(0.002)
        return self.stored

    @contextmanager
    def going(self) -> Iterator[None]:
        """Store without a pause while the block runs."""
        stop = threading.Event()
        thread = threading.Thread(target=self._until, args=(stop,))
        thread.start()
        try:
            yield
        finally:
            stop.set()
            thread.join()

    def close(self) -> None:
        """End the run, unless something else has ended it."""
        self._store.close()
        with self.database.write() as session:
            ledger.finish(session, self.run, RunState.DONE, at=clock.now())

    def _until(self, stop: threading.Event) -> None:
        while not stop.is_set():
            self.store(5)

    def _page(self) -> Check:
        self.pages += 1
        url = f"{SITE}/{self.name}/{self.run}/{self.pages}.html"
        text = f"第{self.pages}号 " + "".join(
            chr(self._moments.randint(0x4E00, 0x9FA5)) for _ in range(self._size)
        )
        exchange = Exchange(
            url=url,
            method="GET",
            request_headers=(("User-Agent", "gongwen"),),
            status=200,
            reason="OK",
            response_headers=(("Content-Type", "text/html; charset=utf-8"),),
            body=f"<p>{text}</p>".encode(),
            fetched_at=clock.now(),
            ip="127.0.0.1",
        )
        extraction = Extraction(
            kind=PageKind.DOCUMENT,
            outcome=Outcome.OK,
            family="generic",
            fields={**dict.fromkeys(FIELDS), "title": f"关于第{self.pages}号事项的通知"},
            text=text,
            encoding=Encoding("utf-8", "header"),
        )
        return Check(
            url=url,
            kind=ResourceKind.ARTICLE,
            seed=self.name,
            run=self.run,
            checked_at=clock.now(),
            exchanges=(exchange,),
            extraction=extraction,
        )
