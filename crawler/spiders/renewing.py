"""What older rules read is read again before a run compares with it: an upgrade is no change."""

from __future__ import annotations

import logging
from collections.abc import Callable

from archive.records import RULE_VERSION
from archive.store.rederiving import Chosen
from crawler.spiders.session import Session
from pipelines.rederiving import Report, rederive

logger = logging.getLogger(__name__)


def renew(session: Session, stopping: Callable[[], bool]) -> Report:
    """Read the stale pages of a run's seed, or those it is about, again from the archive.

    Blocks, and reads in the run's own workers; nothing is done once all were read by the present
    rules. A page that cannot be read again is compared as older rules read it.
    """
    named = session.resources
    chosen = (
        Chosen(seeds=frozenset({session.seed_key}))
        if named is None
        else Chosen(pages=frozenset(named))
    )
    report = rederive(
        session.database,
        session.workers,
        chosen,
        families={session.seed.id: session.seed.discover.family},
        min_free=session.min_free,
        stopping=stopping,
    )
    if report.read or report.failed:
        logger.info(
            "Read %d versions again by rules %s, %d could not be",
            report.read,
            RULE_VERSION,
            report.failed,
        )
    return report
