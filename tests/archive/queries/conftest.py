from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from written_archive import WrittenArchive

Opener = Callable[[], WrittenArchive]
NewArchive = Callable[[Path], Path]


@pytest.fixture(scope="module")
def opener(new_archive: NewArchive, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Opener]:
    """Opens archives of their own for tests that only read and can share one."""
    opened: list[WrittenArchive] = []

    def open_one() -> WrittenArchive:
        opened.append(_opened(new_archive(tmp_path_factory.mktemp("shared") / "archive")))
        return opened[-1]

    yield open_one
    for archive in opened:
        archive.close()


@pytest.fixture
def written(new_archive: NewArchive, tmp_path: Path) -> Iterator[WrittenArchive]:
    archive = _opened(new_archive(tmp_path / "archive"))
    yield archive
    archive.close()


def _opened(folder: Path) -> WrittenArchive:
    archive = WrittenArchive(folder)
    archive.begin("2023-01-01")
    return archive
