"""An archive to write into."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from scenario import Scenario


@pytest.fixture
def folder(new_archive: Callable[[Path], Path], tmp_path: Path) -> Path:
    """An empty archive of one test."""
    return new_archive(tmp_path / "archive")


@pytest.fixture
def scenario(folder: Path) -> Iterator[Scenario]:
    made = Scenario(folder)
    yield made
    made.close()
