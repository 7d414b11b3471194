"""A small site and a clock, to write checks the way a crawl does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from sqlalchemy import select

from archive import frontier, ledger
from archive.clock import SECOND
from archive.database import open_database
from archive.ledger import SeedFacts
from archive.models import Base, Resource
from archive.records import (
    FIELDS,
    Assertion,
    AttachmentLink,
    Check,
    Due,
    Encoding,
    Exchange,
    Extraction,
    Listing,
    ListItem,
    Observation,
    Outcome,
    PageKind,
    ResourceKind,
    RunState,
    Source,
    Verdict,
)
from archive.store import LifecycleChange, Store, finish_walk

SITE = "http://gov.example"
LIST = f"{SITE}/list.html"
START = 1_795_000_000 * SECOND
RECHECK = 3600 * SECOND


def page(name: str) -> str:
    return f"{SITE}/{name}.html"


def file(name: str) -> str:
    return f"{SITE}/files/{name}"


def extraction(
    text: str = "正文",
    files: Sequence[str] = (),
    *,
    kind: PageKind = PageKind.DOCUMENT,
    outcome: Outcome = Outcome.OK,
    **fields: str,
) -> Extraction:
    values = {**dict.fromkeys(FIELDS), "title": "关于某事的通知", **fields}
    found = [
        Assertion(name, value, value, Source.TABLE, f"table:{name}")
        for name, value in values.items()
        if value
    ]
    return Extraction(
        kind=kind,
        outcome=outcome,
        family="generic",
        fields=values,
        text=text,
        encoding=Encoding("utf-8", "meta"),
        assertions=tuple(found),
        attachments=tuple(AttachmentLink(url.rsplit("/", 1)[-1], url) for url in files),
        region_digest=f"sha256:{text}",
    )


class Scenario:
    """One seed at a time, one store, and a clock that moves a second with every look."""

    def __init__(self, folder: Path, url: str | None = None, **store: Any) -> None:
        self.folder = folder
        self.time = START
        self.database = open_database(folder, url)
        self._options = store
        self.run = self.horizon = 0
        self.ended = False
        self.use_seed("site")
        self.store = self.open_store()
        self.begin_run()

    def open_store(self, **options: Any) -> Store:
        made = {"recheck": RECHECK, "now": self.now, **self._options, **options}
        return Store(self.database, **made)

    def close(self) -> None:
        self.store.close()
        self.database.close()

    def now(self) -> int:
        self.time += SECOND
        return self.time

    def later(self, seconds: int) -> None:
        self.time += seconds * SECOND

    # --- seeds

    def use_seed(self, name: str) -> None:
        """Go on as another seed, registered now."""
        if self.run:
            self.end_run(state=RunState.CANCELLED)
            self.run = 0
        facts = SeedFacts(name, name, None, None, "official", "", "sha256:0", f"{name}.toml")
        with self.database.write() as session:
            self.seed_key = ledger.register_seed(session, facts, self.time)
        self.seed = name

    def keep_only(self, *names: str) -> None:
        """Take the files of all other seeds away."""
        with self.database.write() as session:
            ledger.retire_missing(session, names, self.time)

    # --- runs

    def begin_run(self, *, after: int = 0) -> int:
        """A running run whose horizon is now."""
        self.later(after)
        with self.database.write() as session:
            if self.run:
                ledger.finish(session, self.run, RunState.DONE, at=self.now())
            ledger.interrupt_lost(session, self.now(), dead=lambda _: True)
            self.run = ledger.add_manual_run(session, self.seed_key, trigger="test", at=self.now())
            run = ledger.claim(session, self.run, owner="test", at=self.time)
            assert run.state == RunState.RUNNING
            self.horizon = run.horizon_at or 0
        self.ended = False
        return self.run

    def end_run(self, *, state: RunState = RunState.DONE) -> list[LifecycleChange]:
        with self.database.write() as session:
            changes = finish_walk(session, self.run, self.now()) if state == "done" else []
            ledger.finish(session, self.run, state, at=self.now())
        self.ended = True
        return changes

    def walk(
        self, listing: Mapping[str, str | None], checks: Sequence[Check] = (), *, after: int = 0
    ) -> list[LifecycleChange]:
        """One whole run: a list that shows these pages, then these checks."""
        self.begin_run(after=after)
        self.start()
        self.commit(self.list_check(listing), *checks)
        return self.end_run()

    def start(self) -> None:
        with self.database.write() as session:
            frontier.start_lists(session, self.seed_key, [LIST], self.now())

    # --- checks

    def exchange(
        self, url: str, body: str | bytes = "<html>", status: int = 200, **headers: str
    ) -> Exchange:
        content = body.encode() if isinstance(body, str) else body
        named = {
            "Content-Type": "text/html",
            **{k.replace("_", "-"): v for k, v in headers.items()},
        }
        return Exchange(
            url=url,
            method="GET",
            request_headers=(("User-Agent", "gongwen"),),
            status=status,
            reason="OK",
            response_headers=tuple(named.items()),
            body=content,
            fetched_at=self.now(),
            ip="127.0.0.1",
        )

    def check(self, url: str, *exchanges: Exchange, **values: Any) -> Check:
        kind = values.pop("kind", ResourceKind.ARTICLE)
        return Check(
            url=url,
            kind=kind,
            seed=self.seed,
            run=self.run,
            checked_at=self.now(),
            exchanges=exchanges,
            **values,
        )

    def article(
        self,
        url: str,
        text: str = "正文",
        files: Sequence[str] = (),
        *,
        body: str | None = None,
        **fields: str,
    ) -> Check:
        served = body if body is not None else f"<p>{text}{fields}{files}</p>"
        found = extraction(text, files, **fields)
        return self.check(url, self.exchange(url, served, ETag='"e"'), extraction=found)

    def attachment(self, url: str, content: bytes) -> Check:
        return self.check(url, self.exchange(url, content), kind=ResourceKind.ATTACHMENT)

    def answer(self, url: str, status: int, **values: Any) -> Check:
        return self.check(url, self.exchange(url, "<p>no</p>", status), **values)

    def list_check(
        self,
        rows: Mapping[str, str | None],
        *,
        url: str = LIST,
        next_page: str | None = None,
        pages: Sequence[str] = (),
        **listing: Any,
    ) -> Check:
        items = tuple(ListItem(link, title, "2026-11-01") for link, title in rows.items())
        found = Listing("generic", items, next_page, pages=tuple(pages), **listing)
        body = f"{rows} {next_page} {pages}"
        return self.check(url, self.exchange(url, body), kind=ResourceKind.LIST, listing=found)

    def decided(self, url: str, observation: Observation, **values: Any) -> Check:
        return replace(self.check(url, **values), observation=observation)

    def moved(
        self,
        old: str,
        new: str,
        text: str = "正文",
        status: int = 301,
        files: Sequence[str] = (),
    ) -> Check:
        hop = self.exchange(old, b"", status, Location=new)
        final = self.exchange(new, f"<p>{text}</p>")
        return self.check(old, hop, final, extraction=extraction(text, files))

    def commit(self, *checks: Check) -> list[Verdict]:
        """Commit checks in the run that goes on, also those made before it began."""
        if self.ended:
            self.begin_run()
        return self.store.commit([replace(c, run=max(c.run, self.run)) for c in checks])

    # --- looking

    def rows(self, model: type[Base], *where: Any) -> list[Any]:
        with self.database.read() as session:
            order = model.__mapper__.primary_key[0]
            return list(session.scalars(select(model).where(*where).order_by(order)))

    def resource(self, url: str) -> Resource:
        with self.database.read() as session:
            found = frontier.find_resource(session, url)
        assert found is not None
        return found

    def due(self, limit: int = 100, **options: Any) -> list[Due]:
        with self.database.read() as session:
            return frontier.due(session, self.seed_key, self.horizon, limit=limit, **options)

    def due_urls(self) -> list[str]:
        return [due.url for due in self.due()]
