"""How a run ended: decided from its figures, then written into the ledger."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from archive import ledger
from archive.clock import now
from archive.ledger import WalkedList
from archive.problems import Problem
from archive.records import RunState
from crawler.progress import FAILED, Tally
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
        return judge_named(session.tally)
    ending = judge_lists(session.walked_lists(), session.tally, session.seed.expect.min_items)
    return ending if complete else replace(ending, whole=False)


def judge_lists(lists: Sequence[WalkedList], tally: Tally, least: int) -> Ending:
    """An empty list is a failure, not a quiet success; so is one that could not be read.

    ``lists`` are those of the whole walk: what an earlier run of it read counts here too.
    """
    failed = [f"{item.url}: {item.reason}" for item in lists if item.observation in FAILED]
    if len(failed) == len(lists):
        why = [*failed, tally.trouble or "the site was not asked"][0]
        return Ending(RunState.FAILED, f"no list could be read: {why}", EXIT_FAILED)
    items = sum(item.items for item in lists if item.observation not in FAILED)
    if items < least:
        why = f"the lists show {items} items, at least {least} are expected"
        return Ending(RunState.FAILED, why, EXIT_FAILED)
    reasons = [f"{counted(len(failed), 'list')} could not be read: {failed[0]}"] if failed else []
    reasons += left_due(tally)
    return Ending(RunState.DONE, "; ".join(reasons) or None, whole=not failed)


def judge_named(tally: Tally) -> Ending:
    """A run of named pages fails when not one of them could be asked."""
    reason = "; ".join(left_due(tally)) or None
    if tally.put_back and not tally.observations.total():
        return Ending(RunState.FAILED, reason, EXIT_FAILED)
    return Ending(RunState.DONE, reason)


def left_due(tally: Tally) -> list[str]:
    """What a person should know of the pages that were put back: how many, and why the first."""
    if not tally.put_back:
        return []
    stays = "stays" if tally.put_back == 1 else "stay"
    return [f"{counted(tally.put_back, 'page')} {stays} due: {tally.trouble}"]


def counted(number: int, noun: str) -> str:
    """``1 page``, ``2 pages``."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


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
