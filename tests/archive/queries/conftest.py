from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from written_archive import WrittenArchive


@pytest.fixture(scope="session")
def empty_archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An archive without rows: creating the tables takes longer than a test."""
    folder = tmp_path_factory.mktemp("empty") / "archive"
    WrittenArchive(folder).close()
    return folder


@pytest.fixture
def written(empty_archive: Path, tmp_path: Path) -> Iterator[WrittenArchive]:
    shutil.copytree(empty_archive, tmp_path / "archive")
    archive = WrittenArchive(tmp_path / "archive")
    archive.begin("2023-01-01")
    yield archive
    archive.close()
