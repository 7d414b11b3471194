"""How a run ended: decided from its figures, then written into the ledger."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from archive import ledger
from archive.clock import now
from archive.ledger import WalkedList
from archive.problems import Problem
from archive.records import RunState
from crawler.middlewares.hosts import FAILURES
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
    reasons += not_had(tally)
    if nothing_came(tally, items):
        return Ending(RunState.FAILED, "; ".join(reasons), EXIT_FAILED)
    return Ending(RunState.DONE, "; ".join(reasons) or None, whole=not failed)


def judge_named(tally: Tally) -> Ending:
    """A run of named pages fails when not one of them could be had."""
    reason = "; ".join(not_had(tally)) or None
    if reason and tally.observations.total() == tally.failed:
        return Ending(RunState.FAILED, reason, EXIT_FAILED)
    return Ending(RunState.DONE, reason)


def nothing_came(tally: Tally, items: int) -> bool:
    """Whether the pages failed as a whole: none answered, and not just a few of many.

    A run may have one page to look at again, and that one may be broken: the site is not.
    """
    return not tally.answered and tally.failed > 0 and missed(tally) >= min(FAILURES, items)


def missed(tally: Tally) -> int:
    """Pages that failed or were not asked for."""
    return tally.failed + tally.put_back


def not_had(tally: Tally) -> list[str]:
    """What a person should know of the pages that did not come: how many, and why the first."""
    failed = [f"{counted(tally.failed, 'page')} failed: {tally.failure}"] if tally.failed else []
    return failed + left_due(tally)


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
