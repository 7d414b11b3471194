"""Taking a run, keeping it by a heartbeat, ending it, and taking up what was lost."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from archive.characters import storable
from archive.clock import SECOND, show
from archive.ledger.history import get_run, running_run
from archive.ledger.hosts import keep_hosts, release_hosts
from archive.ledger.walks import recount
from archive.models import Run, Seed
from archive.owners import is_dead
from archive.problems import Problem
from archive.records import RunState

LEASE = 30 * SECOND
"""How long a run stays claimed without a heartbeat."""

RESUME_WITHIN = 24 * 3_600 * SECOND
"""An older horizon is given up: what was due is still due, and lists deserve a fresh look."""


class Overlap(Problem):
    """A run by hand found its seed running."""


class LeaseLost(Problem):
    """A run that has ended, or was taken over, wanted to write."""


def claim(session: Session, run_id: int, *, owner: str, at: int, lease: int = LEASE) -> Run:
    """Take a due run for ``owner`` and return its row, whose state says what came of it.

    ``running``: taken; if the seed's last walk was lost, this run resumes it and keeps its
    horizon. ``skipped_overlap``: a scheduled run found its seed running. Any other state: somebody
    else took it. A run by hand raises Overlap when its seed is running.
    """
    run = get_run(session, run_id, for_update=True)
    if run.state != RunState.DUE:
        return run
    busy = running_run(session, run.seed_key)
    if busy is not None:
        return _refuse(session, run, busy, at)
    _take_up_lost(session, run, at)
    try:
        with session.begin_nested():
            run.state = RunState.RUNNING
            run.started_at = run.heartbeat_at = at
            run.lease_until = at + lease
            run.owner = owner
    except IntegrityError:
        # Two claimers on a server database: the index on running rows chose the other one.
        session.refresh(run)
        return _refuse(session, run, running_run(session, run.seed_key), at)
    return run


def refuse(session: Session, run_id: int, problem: Problem, at: int) -> Run:
    """End a due run that must not begin, before anybody takes it; its row says why.

    It never started, so a lost walk of its seed can still be taken up. A run that is no longer
    due stays as it is.
    """
    run = get_run(session, run_id, for_update=True)
    if run.state == RunState.DUE:
        run.state = RunState.REFUSED
        run.reason = storable(f"{problem.what}: {problem.why}")
        run.finished_at = at
        run.exit_code = problem.exit_code
        session.flush()
    return run


def set_owner(session: Session, run_id: int, owner: str) -> None:
    """Hand a running run to the process that carries it from now on."""
    session.execute(
        update(Run).where(Run.id == run_id, Run.state == RunState.RUNNING).values(owner=owner)
    )


def heartbeat(
    session: Session, run_id: int, at: int, *, hosts: Collection[str] = (), lease: int = LEASE
) -> bool:
    """Keep a run and its hosts; False when it is no longer ours and must stop.

    ``hosts`` are those that the run asks. A beat that came after its lease may find that another
    run has taken one of them: then this one must stop, too.
    """
    kept = session.scalar(
        update(Run)
        .where(Run.id == run_id, Run.state == RunState.RUNNING)
        .values(heartbeat_at=at, lease_until=at + lease)
        .returning(Run.id)
    )
    return kept is not None and keep_hosts(session, run_id, hosts, at, at + lease)


def fence(session: Session, runs: Collection[int]) -> None:
    """Let these runs write in this transaction, or raise LeaseLost when one has ended.

    Nobody can end them before the transaction does. So a process that slept through its lease
    writes nothing more once another has taken over, however late it notices.
    """
    # On SQLite the write transaction itself keeps everybody else out.
    held = select(Run.id, Run.state).where(Run.id.in_(runs)).order_by(Run.id)
    for run_id, state in session.execute(held.with_for_update(read=True)).all():
        if state != RunState.RUNNING:
            raise LeaseLost(
                f"Run {run_id} may not write any more",
                f"it is {state}: another process took over, or it was ended",
                "See who went on: gongwen runs",
            )


def finish(
    session: Session,
    run_id: int,
    state: RunState,
    *,
    at: int,
    reason: str | None = None,
    counts: Mapping[str, Any] | None = None,
    exit_code: int | None = None,
) -> bool:
    """End a running run and free its hosts; False, and no change, when it had ended already."""
    run = get_run(session, run_id, for_update=True)
    if run.state != RunState.RUNNING:
        return False
    run.state = state
    run.reason = storable(reason)
    run.finished_at = at
    run.lease_until = None
    run.exit_code = exit_code
    if counts is not None:
        run.counts = dict(counts)
    release_hosts(session, run_id)
    session.flush()
    return True


def interrupt_lost(
    session: Session,
    at: int,
    *,
    seed_key: int | None = None,
    dead: Callable[[str], bool | None] = is_dead,
) -> list[int]:
    """Mark the running runs whose owner died or whose lease ran out; return their ids."""
    running = select(Run).where(Run.state == RunState.RUNNING).order_by(Run.id)
    if seed_key is not None:
        running = running.where(Run.seed_key == seed_key)
    lost = [(run, why) for run in session.scalars(running) if (why := _loss(run, at, dead))]
    for run, why in lost:
        counts = recount(session, run.id)
        finish(session, run.id, RunState.INTERRUPTED, at=at, reason=why, counts=counts)
    return [run.id for run, _ in lost]


def resumable(
    session: Session, seed_key: int, at: int, *, request: Mapping[str, Any] | None = None
) -> Run | None:
    """The seed's last walk when it was interrupted and is recent enough to take up.

    Runs of single pages (``request["resources"]``) are no walks and are looked past. None, too,
    for a ``request`` that wants more than the lost walk did: every page again, say.
    """
    started = select(Run).where(Run.seed_key == seed_key, Run.started_at.is_not(None))
    walks = (run for run in session.scalars(started.order_by(Run.id.desc())) if is_walk(run))
    last = next(walks, None)
    if last is None or last.state != RunState.INTERRUPTED or last.horizon_at is None:
        return None
    if {**last.request, **(request or {})} != last.request:
        return None
    return last if at - last.horizon_at <= RESUME_WITHIN else None


def is_walk(run: Run) -> bool:
    """Whether a run walks its seed's lists, rather than fetching named pages only."""
    return "resources" not in run.request


def _take_up_lost(session: Session, run: Run, at: int) -> None:
    lost = resumable(session, run.seed_key, at, request=run.request) if is_walk(run) else None
    run.horizon_at = at if lost is None else lost.horizon_at
    if lost is not None:
        run.resumes = lost.id
        run.request = dict(lost.request)


def _refuse(session: Session, run: Run, busy: Run | None, at: int) -> Run:
    name = "another run" if busy is None else f"run {busy.id}"
    if run.due_at is None:
        seed = session.get_one(Seed, run.seed_key).id
        since = "" if busy is None else f" since {show(busy.started_at)}"
        raise Overlap(
            f"Seed {seed} is already being crawled",
            f"{name} has been going{since}",
            f"Wait for it, or look at it: gongwen runs --seed {seed}",
        )
    run.state = RunState.SKIPPED_OVERLAP
    run.reason = f"{name} was still going"
    run.finished_at = at
    session.flush()
    return run


def _loss(run: Run, at: int, dead: Callable[[str], bool | None]) -> str | None:
    if run.owner is not None and dead(run.owner):
        return "its process died"
    if run.lease_until is None or run.lease_until < at:
        return f"no heartbeat since {show(run.heartbeat_at)}"
    return None
