"""The same command takes up a lost crawl wherever it was lost, and ends as a whole one would."""

from __future__ import annotations

import signal
import time
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

from archive.database import Database, open_database
from archive.models import Observation, Resource, Run
from archive.records import ResourceKind, RunState
from crawler.replica.sites import World
from crawler.replica.truth import rows as truth_rows
from tests.e2e.agreement import disagreements
from tests.e2e.conftest import DOCUMENTS, Gongwen
from tests.e2e.test_days import archived

SEED = "replica-trs"


def set_expectation(gongwen: Gongwen, text: str) -> None:
    """Let the seed's file say something else than ``min_items = 1``."""
    path = Path(gongwen.replica.seeds_dir) / f"{SEED}.toml"
    path.write_text(path.read_text("utf-8").replace("min_items = 1 ", f"{text} "), "utf-8")


def opened(gongwen: Gongwen) -> closing[Database]:
    return closing(open_database(gongwen.folder))


def lose(gongwen: Gongwen, *kinds: ResourceKind) -> None:
    """Undo the end of the last run: one resource of each kind is due again.

    Of lists it is the last one, which holds fewer items than the others.
    """
    with opened(gongwen) as database, database.write() as session:
        for kind in kinds:
            latest = select(Resource).where(Resource.kind == kind).order_by(Resource.key.desc())
            session.scalars(latest.limit(1)).one().next_check_at = 0
        session.execute(update(Run).values(state=RunState.INTERRUPTED))


def asked(gongwen: Gongwen, run_id: int) -> list[str]:
    """The kinds of what a run asked for, robots.txt left out."""
    query = (
        select(Resource.kind)
        .join(Observation, Observation.resource_key == Resource.key)
        .where(Observation.run_id == run_id, Resource.kind != ResourceKind.ROBOTS)
    )
    with opened(gongwen) as database, database.read() as session:
        return sorted(session.scalars(query))


@pytest.mark.parametrize(
    "left",
    [(), (ResourceKind.ATTACHMENT,), (ResourceKind.LIST,)],
    ids=["nothing", "attachments", "the last list"],
)
def test_a_walk_lost_late_is_done_with_what_was_left(
    gongwen: Gongwen, left: tuple[ResourceKind, ...]
) -> None:
    set_expectation(gongwen, "min_items = 15")
    gongwen.run("crawl", SEED)
    lose(gongwen, *left)
    gongwen.run("crawl", SEED)
    again = gongwen.rows("runs", "--limit", "1")[0]
    assert (again["state"], again["resumes"], again["reason"]) == ("done", 1, None)
    assert asked(gongwen, again["id"]) == sorted(left), "only what was left is asked for"


def test_a_walk_lost_before_any_list_begins_with_the_lists(gongwen: Gongwen) -> None:
    process = gongwen.start("crawl", SEED)
    log = gongwen.folder / "logs" / "run-1.jsonl"
    while process.poll() is None and not log.exists():
        time.sleep(0.01)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    gongwen.run("crawl", SEED)
    again = gongwen.rows("runs", "--limit", "1")[0]
    assert (again["state"], again["resumes"]) == ("done", 1)


def test_unchanged_lists_of_a_lost_walk_count(gongwen: Gongwen) -> None:
    set_expectation(gongwen, "min_items = 15")
    gongwen.run("crawl", SEED)
    gongwen.run("crawl", SEED)
    lose(gongwen, ResourceKind.ARTICLE)
    gongwen.run("crawl", SEED)
    again = gongwen.rows("runs", "--limit", "1")[0]
    assert (again["state"], again["resumes"]) == ("done", 2)
    assert again["counts"]["not_modified"] == again["counts"]["pages"] == 1


def test_too_few_items_fail_a_resumed_walk_as_any_other(gongwen: Gongwen) -> None:
    gongwen.run("crawl", SEED)
    lose(gongwen, ResourceKind.ARTICLE)
    set_expectation(gongwen, "min_items = 1000")
    gongwen.run("crawl", SEED, expect=1)
    again = gongwen.rows("runs", "--limit", "1")[0]
    assert again["state"] == "failed"
    assert "at least 1000 are expected" in again["reason"]


def test_a_bounded_walk_counts_as_done_when_it_was_taken_up(gongwen: Gongwen) -> None:
    path = Path(gongwen.replica.seeds_dir) / f"{SEED}.toml"
    path.write_text(path.read_text("utf-8") + "max_pages = 8\n", "utf-8")
    gongwen.run("crawl", SEED)
    lose(gongwen)
    gongwen.run("crawl", SEED)
    again = gongwen.rows("runs", "--limit", "1")[0]
    assert (again["state"], again["counts"]["pages"]) == ("done", 8)
    assert again["counts"]["due_left"] > 0


def interrupt(gongwen: Gongwen, number: signal.Signals, after: int) -> int:
    """Crawl all seeds until so many pages were stored, then send a signal; the exit code."""
    process = gongwen.start("crawl", "--all")
    before = stored(gongwen)
    while process.poll() is None and stored(gongwen) < before + after:
        time.sleep(0.01)
    process.send_signal(number)
    process.communicate(timeout=60)
    return process.returncode


def stored(gongwen: Gongwen) -> int:
    with opened(gongwen) as database, database.read() as session:
        return len(session.scalars(select(Observation.key)).all())


def test_what_left_the_lists_is_found_by_a_walk_that_was_lost(gongwen: Gongwen) -> None:
    for day in (0, 1):
        gongwen.replica.set_day(day)
        gongwen.run("crawl", "--all")
    gongwen.replica.set_day(2)
    interrupt(gongwen, signal.SIGKILL, 40)
    gongwen.run("crawl", "--all")
    truth: list[dict[str, Any]] = list(truth_rows(World(gongwen.replica.port, DOCUMENTS, 2)))
    assert disagreements(truth, archived(gongwen)) == []


def test_a_killed_run_keeps_its_figures(gongwen: Gongwen) -> None:
    process = gongwen.start("crawl", SEED)
    # Some of what is stored is no page: robots.txt, and an address it forbids.
    while process.poll() is None and stored_in(gongwen) < 23:
        time.sleep(0.01)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    gongwen.run("crawl", SEED)
    killed = gongwen.rows("runs", "--limit", "2")[1]
    assert killed["state"] == "interrupted"
    assert killed["counts"]["new"] == killed["counts"]["pages"] >= 20


def stored_in(gongwen: Gongwen) -> int:
    """Pages stored so far; an archive that does not exist yet holds none."""
    return stored(gongwen) if (gongwen.folder / "gongwen.sqlite").exists() else 0


def test_a_recrawl_is_not_satisfied_with_the_rest_of_a_lost_crawl(gongwen: Gongwen) -> None:
    gongwen.run("crawl", SEED)
    lose(gongwen, ResourceKind.ARTICLE)
    gongwen.run("recrawl", SEED)
    walked = gongwen.rows("runs", "--limit", "1")[0]
    assert walked["resumes"] is None
    assert walked["counts"]["pages"] > 10


def test_a_lost_recrawl_is_taken_up_and_not_begun_again(gongwen: Gongwen) -> None:
    gongwen.run("crawl", SEED)
    gongwen.run("recrawl", SEED)
    lose(gongwen, ResourceKind.ARTICLE)
    gongwen.run("recrawl", SEED)
    again = gongwen.rows("runs", "--limit", "1")[0]
    assert (again["resumes"], again["counts"]["pages"]) == (2, 1)
