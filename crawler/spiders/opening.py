"""Opens the session of a run: one that the ledger handed out, or one asked for by Scrapy itself."""

from __future__ import annotations

import logging
from typing import Any

from archive import ledger
from archive.clock import now
from archive.database import Database
from archive.models import Run
from archive.models import Seed as SeedRow
from archive.owners import owner_of
from archive.problems import Problem
from archive.records import RunState
from crawler.environment import Environment
from crawler.gate import Gate
from crawler.seeds import Seed, Seeds, load_seeds
from crawler.settings import PAGE_READER
from crawler.spiders.session import Session
from pipelines.workers import Workers


def open_run(environment: Environment, database: Database, run_id: int) -> Session:
    """The session of a running row of the ledger; Problem when it is not running."""
    with database.read() as session:
        run = ledger.get_run(session, run_id)
        seed_id = session.get_one(SeedRow, run.seed_key).id
        if run.state != RunState.RUNNING:
            raise Problem(
                f"Run {run_id} was not started",
                f"its state is {run.state}",
                f"Start a new one: gongwen crawl {seed_id}",
            )
        seed = load_seeds(environment.seeds).find(seed_id)
        return _session(environment, database, run, seed)


def open_by_hand(seed_id: str) -> Session:
    """Enter a run into the ledger and take it at once, for ``scrapy crawl``."""
    # Scrapy's own logging shows every library's notes; those about the tables help nobody.
    logging.getLogger("alembic").setLevel(logging.WARNING)
    environment = Environment()
    seeds = load_seeds(environment.seeds)
    database = environment.open()
    try:
        return open_run(environment, database, _enter(database, seeds, seed_id, now()))
    except Problem:
        database.close()
        raise


def _enter(database: Database, seeds: Seeds, seed_id: str, moment: int) -> int:
    with database.write() as session:
        key = ledger.register_seed(session, facts_of(seeds, seed_id), moment)
        # One that was killed must not keep its seed for ever; this run goes on with its walk.
        ledger.interrupt_lost(session, moment, seed_key=key)
        run_id = ledger.add_manual_run(session, key, trigger="scrapy", at=moment)
        ledger.claim(session, run_id, owner=owner_of(), at=moment)
    return run_id


def facts_of(seeds: Seeds, seed_id: str) -> ledger.SeedFacts:
    """What the ledger remembers of a seed's file."""
    seed = seeds.find(seed_id)
    file = seeds.files[seed_id]
    return ledger.SeedFacts(
        seed.id,
        seed.title,
        seed.publisher,
        seed.region,
        seed.rights,
        file.text,
        file.digest,
        file.name,
    )


def _session(environment: Environment, database: Database, run: Run, seed: Seed) -> Session:
    request: dict[str, Any] = run.request or {}
    named = request.get("resources")
    return Session(
        seed=seed,
        run_id=run.id,
        seed_key=run.seed_key,
        horizon=run.horizon_at if run.horizon_at is not None else now(),
        database=database,
        workers=Workers(PAGE_READER),
        gate=Gate(environment.allow_addresses),
        resources=None if named is None else tuple(named),
        refetch=bool(request.get("refetch")),
        min_free=environment.min_free,
    )
