"""How a run ended: decided from its figures, then written into the ledger."""

from __future__ import annotations

from dataclasses import dataclass, replace

from archive import ledger
from archive.clock import now
from archive.problems import Problem
from archive.records import RunState
from crawler.progress import Tally
from crawler.spiders.session import Session

EXIT_FAILED = 1
EXIT_INTERRUPTED = 11


@dataclass(frozen=True, slots=True)
class Ending:
    """State, reason and exit code of a run; ``whole`` when every list was walked to its end."""

    state: RunState
    reason: str | None = None
    exit_code: int = 0
    whole: bool = False


def conclude(
    session: Session,
    closed: str,
    *,
    trouble: Problem | None = None,
    stopped: str | None = None,
    complete: bool = True,
) -> Ending:
    """The ending of a crawl: ``closed`` is Scrapy's reason, ``stopped`` why it was told to end.

    ``complete`` is False when pages were put back or a bound ended the walk.
    """
    if trouble is not None:
        return Ending(RunState.FAILED, told(trouble), trouble.exit_code)
    if stopped is not None:
        return Ending(RunState.INTERRUPTED, stopped, EXIT_INTERRUPTED)
    if closed != "finished":
        return Ending(RunState.FAILED, f"the spider closed: {closed}", EXIT_FAILED)
    if session.resources is not None or not session.seed.discover.urls:
        return Ending(RunState.DONE)
    ending = judge_lists(session.tally, session.seed.expect.min_items)
    return ending if complete else replace(ending, whole=False)


def judge_lists(tally: Tally, least: int) -> Ending:
    """An empty list is a failure, not a quiet success; so is one that could not be read."""
    if not tally.lists["read"] and not tally.lists["untouched"]:
        why = tally.list_trouble or "the site was not asked"
        return Ending(RunState.FAILED, f"no list could be read: {why}", EXIT_FAILED)
    if not tally.lists["untouched"] and tally.items < least:
        why = f"the lists show {tally.items} items, at least {least} are expected"
        return Ending(RunState.FAILED, why, EXIT_FAILED)
    return Ending(RunState.DONE, whole=not tally.lists["failed"])


def settle(session: Session, ending: Ending) -> dict[str, int]:
    """Write the ending into the archive and the ledger; return the run's counts."""
    session.close()
    if ending.whole:
        session.finish_walk()
    counts = session.tally.counts() | {"due_left": session.due_left()}
    with session.database.write() as transaction:
        ledger.finish(
            transaction,
            session.run_id,
            ending.state,
            at=now(),
            reason=ending.reason,
            counts=counts,
            exit_code=ending.exit_code,
        )
    return counts


def told(problem: Problem) -> str:
    """A problem in one line, as the run table shows it."""
    return f"{problem.what}: {problem.why}"
