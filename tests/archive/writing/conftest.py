"""An archive to write into."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from scenario import Scenario

from archive.database import open_database


@pytest.fixture(scope="session")
def empty_archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A new archive, made once, since its migrations take longer than most tests."""
    folder = tmp_path_factory.mktemp("empty") / "archive"
    open_database(folder).close()
    return folder


@pytest.fixture
def folder(empty_archive: Path, tmp_path: Path) -> Path:
    """An empty archive of one test."""
    return Path(shutil.copytree(empty_archive, tmp_path / "archive"))


@pytest.fixture
def scenario(folder: Path) -> Iterator[Scenario]:
    made = Scenario(folder)
    yield made
    made.close()
