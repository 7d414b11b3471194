from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from written_archive import WrittenArchive

Opener = Callable[[], WrittenArchive]


@pytest.fixture(scope="session")
def empty_archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An archive without rows: creating the tables takes longer than a test."""
    folder = tmp_path_factory.mktemp("empty") / "archive"
    WrittenArchive(folder).close()
    return folder


@pytest.fixture(scope="module")
def opener(empty_archive: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Opener]:
    """Opens archives of their own for tests that only read and can share one."""
    opened: list[WrittenArchive] = []

    def open_one() -> WrittenArchive:
        opened.append(_opened(empty_archive, tmp_path_factory.mktemp("shared")))
        return opened[-1]

    yield open_one
    for archive in opened:
        archive.close()


@pytest.fixture
def written(empty_archive: Path, tmp_path: Path) -> Iterator[WrittenArchive]:
    archive = _opened(empty_archive, tmp_path)
    yield archive
    archive.close()


def _opened(empty: Path, folder: Path) -> WrittenArchive:
    shutil.copytree(empty, folder / "archive")
    archive = WrittenArchive(folder / "archive")
    archive.begin("2023-01-01")
    return archive
