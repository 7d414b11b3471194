"""``gongwen schedule run|list|next|history``."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import closing
from heapq import merge
from itertools import islice
from typing import Annotated, Any

import typer

from archive import clock
from crawler.cli.board import summary
from crawler.cli.output import JsonOption, console, print_json, print_rows
from crawler.cli.runs import LimitOption, SeedOption, print_history
from crawler.cli.wording import short_moment
from crawler.environment import Environment
from crawler.runner.children import Stopper
from crawler.seeds import Seed

ZONE = "Asia/Shanghai"
SHOWN_SLOTS = 3


def run(
    seeds: Annotated[
        list[str] | None, typer.Argument(help="Only these, also unverified ones.", metavar="SEED…")
    ] = None,
    jobs: Annotated[int | None, typer.Option(min=1, help="Seeds at once.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Run seeds by their schedules until stopped (Ctrl-C or SIGTERM).

    Without names, every verified seed that has a schedule. When stopped, the children finish what
    is in flight; exit 0 when no run was cut short, 11 when one was: it resumes at the next start.
    """
    from crawler.runner.running import Runner
    from crawler.scheduler.service import Scheduler

    environment = Environment()
    runner = Runner(environment, Stopper())
    tell = print_json if as_json else _print_event
    with closing(environment.open()) as database, runner.stopper.listening():
        scheduler = Scheduler(runner, database, named=seeds or (), jobs=jobs, on_event=tell)
        raise typer.Exit(scheduler.serve())


def list_schedules(as_json: JsonOption = False) -> None:
    """Show every seed's schedule, its next three times, and whether it will run by itself."""
    environment = Environment()
    seeds = environment.load_seeds()
    paused, at = _paused(environment), clock.now()
    rows = [_schedule_row(seed, seed.id in paused, at) for seed in seeds.values()]
    print_rows(rows, ("seed", "schedule", "zone", "state", "next"), as_json=as_json)


def upcoming(
    limit: Annotated[int, typer.Option(min=1, help="At most so many.")] = 20,
    as_json: JsonOption = False,
) -> None:
    """Show the next scheduled runs of all seeds that run by themselves."""
    environment = Environment()
    paused, at = _paused(environment), clock.now()
    slots = [
        ((slot, seed.id) for slot, seed in _slots(seed, at))
        for seed in environment.load_seeds().values()
        if _state(seed, seed.id in paused) == "active"
    ]
    rows = [
        {"due_at": clock.show(slot), "seed": name} for slot, name in islice(merge(*slots), limit)
    ]
    empty = "No seed runs by itself. See why with: gongwen schedule list"
    print_rows(rows, ("due_at", "seed"), as_json=as_json, empty=empty)


def history(seed: SeedOption = None, limit: LimitOption = 50, as_json: JsonOption = False) -> None:
    """Show scheduled runs, also missed and skipped ones, the latest first."""
    print_history(seed, limit, scheduled=True, as_json=as_json)


def _slots(seed: Seed, at: int) -> Any:
    timing = seed.timing
    return ((slot, seed) for slot in timing.upcoming(at)) if timing else iter(())


def _schedule_row(seed: Seed, paused: bool, at: int) -> dict[str, Any]:
    slots = [clock.show(slot) for slot, _ in islice(_slots(seed, at), SHOWN_SLOTS)]
    return {
        "seed": seed.id,
        "schedule": seed.schedule,
        "zone": ZONE,
        "state": _state(seed, paused),
        "next": slots,
    }


def _state(seed: Seed, paused: bool) -> str:
    """``active`` runs by itself; the other states say why a seed does not."""
    if seed.schedule is None:
        return "by hand"
    if not seed.verified:
        return "unverified"
    return "paused" if paused else "active"


def _paused(environment: Environment) -> set[str]:
    if not environment.has_archive():
        return set()
    from sqlalchemy import select

    from archive.models import Seed as SeedRow

    with closing(environment.open_existing()) as database, database.read() as session:
        return set(session.scalars(select(SeedRow.id).where(SeedRow.paused_at.is_not(None))))


def _print_event(event: Mapping[str, Any]) -> None:
    moment = short_moment(str(clock.show(clock.now())))
    line = " ".join(part for part in (moment, event["event"], _detail(event)) if part)
    console.print(line, soft_wrap=True, markup=False)


def _detail(event: Mapping[str, Any]) -> str:
    if event["event"] == "ready":
        return ", ".join(event["seeds"])
    if "state" in event:
        figures = summary(event["counts"])
        parts = (f"{event['seed']} run {event['id']}", event["state"], event["reason"], figures)
        return ": ".join(part for part in parts if part)
    return str(event.get("reason") or "")
