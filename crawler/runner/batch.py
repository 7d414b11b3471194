"""Several seeds in one command: a few at once, never two that share a host."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from typing import Any

from archive.problems import Problem
from crawler.runner.running import Runner, RunOutcome
from crawler.seeds import Seed

Ended = RunOutcome | Problem


def default_jobs() -> int:
    """How many children run at once unless told: one per core, at most four."""
    return min(4, os.cpu_count() or 1)


def run_seeds(
    runner: Runner,
    seeds: Sequence[Seed],
    *,
    trigger: str = "manual",
    request: Mapping[str, Any] | None = None,
    jobs: int | None = None,
    on_end: Callable[[Ended], None] = lambda _: None,
) -> list[Ended]:
    """Run several seeds, up to ``jobs`` at once, and wait for all of them.

    A seed that cannot begin gives its Problem in place of an outcome. Seeds not yet begun when a
    stop is asked for are left out.
    """
    waiting = list(seeds)
    going: dict[Future[RunOutcome], Seed] = {}
    ended: list[Ended] = []
    jobs = jobs or default_jobs()
    with ThreadPoolExecutor(jobs) as pool:
        while going or (waiting and not runner.stopper.stopping):
            while (seed := startable(waiting, list(going.values()), jobs)) is not None:
                waiting.remove(seed)
                going[pool.submit(runner.run, seed, trigger=trigger, request=request)] = seed
            for future in wait(going, timeout=0.5, return_when=FIRST_COMPLETED).done:
                del going[future]
                ended.append(_result(future))
                on_end(ended[-1])
            if runner.stopper.stopping:
                waiting.clear()
    return ended


def startable(waiting: Sequence[Seed], going: Sequence[Seed], jobs: int) -> Seed | None:
    """The first waiting seed that has a free place and shares no host with a running one."""
    if len(going) >= jobs:
        return None
    taken = frozenset[str]().union(*(seed.hosts for seed in going))
    return next((seed for seed in waiting if not seed.hosts & taken), None)


def exit_code(ended: Sequence[Ended]) -> int:
    """What a command over several runs exits with: stopped before disk before failed before ok."""
    codes = {item.exit_code for item in ended}
    return next((code for code in (11, 3, 1, 2) if code in codes), 0)


def _result(future: Future[RunOutcome]) -> Ended:
    try:
        return future.result()
    except Problem as problem:
        return problem
