"""Day after day of the replica: the archive says what is true, and nothing else."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from archive import queries
from archive.database import open_database
from crawler.replica.process import running
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


def wrong_by_day(gongwen: Gongwen, days: int, number: int = 1) -> dict[int, list[str]]:
    """Crawl one day after the other; what the archive has wrong at the end of each."""
    wrong = {}
    for day in range(days):
        gongwen.replica.set_day(day)
        gongwen.run("crawl", "--all")
        truth = list(truth_rows(World(gongwen.replica.port, DOCUMENTS, day, number)))
        wrong[day] = disagreements(truth, archived(gongwen))
    return wrong


def test_archive_equals_truth_day_by_day(gongwen: Gongwen) -> None:
    assert wrong_by_day(gongwen, 4) == {day: [] for day in range(4)}


@pytest.mark.nightly
@pytest.mark.parametrize("number", [2, 3])
def test_other_replicas_agree_over_ten_days(tmp_path: Path, number: int) -> None:
    with running(documents=DOCUMENTS, number=number, seeds_dir=tmp_path / "seeds") as replica:
        archive = Gongwen(tmp_path / "archive", replica)
        assert wrong_by_day(archive, 10, number) == {day: [] for day in range(10)}
