"""A limit on the size of files is met by the database, whose log then stays as it is."""

from __future__ import annotations

import resource
from collections.abc import Iterator
from pathlib import Path

import pytest

from archive.models import Meta
from tests.archive.writing.scenario import Scenario
from tests.conftest import NewArchive

KIB = 1 << 10


@pytest.fixture
def scenario(new_archive: NewArchive, tmp_path: Path) -> Iterator[Scenario]:
    made = Scenario(new_archive(tmp_path / "archive"), min_free=0)
    yield made
    made.close()


@pytest.mark.sqlite
def test_c2_a_log_stays_where_files_may_grow_no_further(
    scenario: Scenario, caplog: pytest.LogCaptureFixture
) -> None:
    """SQLite calls a limit, or a used up quota, a failed disk."""
    file, grown = scenario.database.file, "x" * (60 * KIB)
    log = Path(f"{file}-wal")
    scenario.database._checkpoint_at = 1
    with scenario.database.write() as session:
        session.merge(Meta(name="small", value="0"))
    scenario.database._checkpoint_at = 1 << 30
    with scenario.database.write() as session:
        session.add_all([Meta(name=f"large {number}", value=grown) for number in range(9)])
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    scenario.database._checkpoint_at = 1
    resource.setrlimit(resource.RLIMIT_FSIZE, (log.stat().st_size + 40 * KIB, limits[1]))
    try:
        with scenario.database.write() as session:
            session.merge(Meta(name="small", value="1"))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert "No room to fold the write-ahead log in" in caplog.text
    assert log.stat().st_size > 0
    scenario.database._checkpoint_at = 1
    with scenario.database.write() as session:
        assert session.get_one(Meta, "small").value == "1"
    assert log.stat().st_size == 0
