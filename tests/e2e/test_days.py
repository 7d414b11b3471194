"""Days 0 to 3 of the replica: the archive says what is true, and nothing else."""

from __future__ import annotations

from contextlib import closing
from typing import Any

from archive import queries
from archive.database import open_database
from crawler.replica.sites import World
from crawler.replica.truth import rows as truth_rows
from tests.e2e.agreement import disagreements
from tests.e2e.conftest import DOCUMENTS, Gongwen


def archived(gongwen: Gongwen) -> dict[str, dict[str, Any]]:
    """Every document with its text, files and events, by the address that speaks for it."""
    with closing(open_database(gongwen.folder)) as database, database.read() as session:
        found = {}
        for row in queries.documents(session):
            record = queries.document(session, row["id"])
            record["log"] = queries.log(session, row["id"])
            found[row["url"]] = record
        return found


def test_archive_equals_truth_day_by_day(gongwen: Gongwen) -> None:
    wrong = {}
    for day in range(4):
        gongwen.replica.set_day(day)
        gongwen.run("crawl", "--all")
        truth = list(truth_rows(World(gongwen.replica.port, DOCUMENTS, day)))
        wrong[day] = disagreements(truth, archived(gongwen))
    assert wrong == {day: [] for day in range(4)}
