"""An archive at a URL of either database, and one with something in it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from archive.database import Database, open_database
from tests.faults.filling import Filling


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty database of either kind."""
    if request.param == "postgresql":
        return str(request.getfixturevalue("postgresql_url"))
    return f"sqlite:///{tmp_path / 'archive' / 'gongwen.sqlite'}"


@pytest.fixture
def filling(tmp_path: Path, url: str) -> Iterator[Filling]:
    with (
        closing(open_database(tmp_path / "archive", url)) as database,
        closing(Filling(database)) as made,
    ):
        made.store(20)
        yield made


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Database]:
    """An archive of 20 pages, at rest."""
    with closing(open_database(tmp_path / "archive")) as database:
        with closing(Filling(database)) as made:
            made.store(20)
        yield database
