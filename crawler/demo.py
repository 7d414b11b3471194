"""The whole line once, on loopback: crawl the replica, let a day pass, crawl again, look."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from archive import ledger, queries
from archive.problems import Problem
from archive.records import FIELDS
from crawler.environment import Environment, parse_addresses
from crawler.replica.process import RunningReplica, running
from crawler.replica.sites import World
from crawler.replica.truth import rows as truth_rows
from crawler.runner.batch import Ended, run_seeds
from crawler.runner.children import Stopper
from crawler.runner.running import STOPPED, OnProgress, Runner, RunOutcome

DOCUMENTS = 50
DAYS = (0, 1)
EXTRACTED = (
    *("url", "family", "kind", "outcome", *FIELDS),
    *("attachments", "relations", "assertions", "conflicts", "encoding", "rule_version"),
)
"""What of a document's record the report repeats: the keys of an extracted page, without text."""

Told = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Report:
    """What the demo found; ``comparison`` is the difference shown to people."""

    runs: Sequence[dict[str, Any]]
    documents: int
    versions: int
    observations: dict[str, int]
    seed_documents: Sequence[dict[str, Any]]
    changed: Sequence[dict[str, Any]]
    comparison: queries.Comparison | None = field(compare=False)

    def row(self) -> dict[str, Any]:
        """The JSON object of `gongwen demo --json`."""
        return {
            "runs": list(self.runs),
            "documents": self.documents,
            "versions": self.versions,
            "observations": self.observations,
            "seed_documents": list(self.seed_documents),
            "changed": list(self.changed),
        }


def carry_out(
    keep: Path | None,
    stopper: Stopper,
    *,
    on_progress: OnProgress = lambda _: None,
    on_end: Callable[[Ended], None] = lambda _: None,
    tell: Told = lambda _: None,
) -> Report:
    """Crawl the replica on two days into ``keep``, or a folder that goes afterwards.

    Raises Problem when a run does not end well, or when the kept folder already holds something.
    """
    with _folder(keep) as folder, running(documents=DOCUMENTS, seeds_dir=folder / "seeds") as site:
        environment = Environment(
            data=folder,
            database_url=None,
            seeds=site.seeds_dir,
            contact=None,
            allow_addresses=parse_addresses(site.allowed),
        )
        runner = Runner(environment, stopper, on_progress=on_progress)
        seeds = list(environment.load_seeds().values())
        for day in DAYS:
            site.set_day(day)
            tell(f"Day {day}: crawling {len(seeds)} sites on loopback")
            _expect_done(run_seeds(runner, seeds, trigger="demo", on_end=on_end), keep)
            _expect_going(stopper, keep)
        with closing(environment.open()) as database, database.read() as session:
            return _report(session, site)


def _expect_done(ended: Sequence[Ended], keep: Path | None) -> None:
    for outcome in ended:
        if isinstance(outcome, Problem):
            raise outcome
        if outcome.exit_code == STOPPED:
            raise _stopped(keep)
        if outcome.exit_code:
            raise _unfinished(outcome, keep)


def _expect_going(stopper: Stopper, keep: Path | None) -> None:
    """A stop between two runs leaves no run that says so."""
    if stopper.stopping:
        raise _stopped(keep)


def _stopped(keep: Path | None) -> Problem:
    """A demo tells one story from an empty archive, so it begins anew instead of going on."""
    again = "Run it again: gongwen demo"
    if keep is not None:
        again = f"Look at what there is: GONGWEN_DATA={keep} gongwen docs. {again} --keep OTHER_DIR"
    return Problem("The demo was stopped", "it did not come to its end", again, exit_code=STOPPED)


def _unfinished(outcome: RunOutcome, keep: Path | None) -> Problem:
    next_step = f"Its archive and logs are kept: GONGWEN_DATA={keep} gongwen runs"
    if keep is None:
        next_step = "Keep its archive and logs to see more: gongwen demo --keep DIR"
    return Problem(
        f"The demo's run of {outcome.seed} is {outcome.state}",
        outcome.reason or "it gives no reason",
        next_step,
        exit_code=outcome.exit_code,
    )


def _report(session: Session, site: RunningReplica) -> Report:
    counted = queries.stats(session)
    events = queries.changes(session)
    seed_documents = list(_seed_documents(session, site))
    shown = {row["id"] for row in seed_documents}
    edited = next((event["document"] for event in events if event["document"] in shown), None)
    return Report(
        runs=ledger.history(session)[::-1],
        documents=counted["documents"],
        versions=counted["versions"],
        observations=counted["observations"],
        seed_documents=[
            {name: value for name, value in row.items() if name != "id"} for row in seed_documents
        ],
        changed=events,
        comparison=queries.compare_versions(session, edited) if edited else None,
    )


def _seed_documents(session: Session, site: RunningReplica) -> Iterator[dict[str, Any]]:
    """The five real documents, found by the addresses at which the replica serves them."""
    world = World(site.port, DOCUMENTS, DAYS[-1])
    found = {row["seed_text"]: row["url"] for row in truth_rows(world) if row["seed_text"]}
    for name in sorted(found):
        record = queries.document(session, found[name])
        row = {"id": record["id"], "seed_text": name}
        row |= {key: record[key] for key in EXTRACTED}
        yield row | {"versions": record["versions"]}


@contextmanager
def _folder(keep: Path | None) -> Iterator[Path]:
    if keep is None:
        with tempfile.TemporaryDirectory(prefix="gongwen-demo-") as folder:
            yield Path(folder)
        return
    if keep.exists() and (not keep.is_dir() or any(keep.iterdir())):
        raise Problem(
            f"{keep} is in the way",
            "the demo starts with an empty archive",
            "Name a folder that is empty or does not exist",
            exit_code=2,
        )
    yield keep.absolute()
