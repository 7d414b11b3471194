"""Begins a run asked for by hand: its row added and taken, or refused with the reason in it."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from archive import clock, ledger
from archive.database import Database
from archive.models import Run
from archive.owners import owner_of
from crawler.environment import Environment
from crawler.runner.admission import refusal
from crawler.seeds import Seed, Seeds
from crawler.seeds.registry import register

DYING_OWNER_PATIENCE = 5.0
"""Seconds to wait for an owner that is just dying."""


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be run, and who wants it."""

    seed: Seed
    trigger: str
    request: Mapping[str, Any]


def begin(database: Database, environment: Environment, order: Order) -> Run:
    """Add and claim a run; it takes up the seed's last walk when that was lost.

    Problem, and a row that is ``refused``, when the settings do not let its pages be asked.
    Overlap when the seed is being crawled by a living process.
    """
    seeds = environment.load_seeds()
    _admit(database, environment, seeds, order)
    deadline = time.monotonic() + DYING_OWNER_PATIENCE
    while True:
        try:
            with database.write() as session:
                run_id = _add(session, seeds, order)
                return ledger.claim(session, run_id, owner=owner_of(), at=clock.now())
        except ledger.Overlap:
            if time.monotonic() > deadline:
                raise
        time.sleep(0.1)


def _admit(database: Database, environment: Environment, seeds: Seeds, order: Order) -> None:
    with database.read() as session:
        problem = refusal(session, environment, order.seed, order.request)
    if problem is None:
        return
    with database.write() as session:
        ledger.refuse(session, _add(session, seeds, order), problem, clock.now())
    raise problem


def _add(session: Session, seeds: Seeds, order: Order) -> int:
    at = clock.now()
    key = register(session, seeds, at)[order.seed.id]
    ledger.interrupt_lost(session, at, seed_key=key)
    file = seeds.files.get(order.seed.id)
    return ledger.add_manual_run(
        session,
        key,
        trigger=order.trigger,
        at=at,
        request=order.request,
        seed_digest=None if file is None else file.digest,
    )
