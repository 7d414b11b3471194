"""The command line as people run it, over the replica on loopback."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from crawler.replica.process import RunningReplica, running
from tests.commandline import CommandLine

DOCUMENTS = 60


class Gongwen(CommandLine):
    """Runs `gongwen` against one archive folder and one replica."""

    replica: RunningReplica

    def __init__(self, folder: Path, replica: RunningReplica) -> None:
        super().__init__(folder, replica.seeds_dir, replica.allowed)
        object.__setattr__(self, "replica", replica)


@pytest.fixture
def gongwen(tmp_path: Path) -> Iterator[Gongwen]:
    """An empty archive beside a replica that stands at day 0."""
    with running(documents=DOCUMENTS, seeds_dir=tmp_path / "seeds") as replica:
        yield Gongwen(tmp_path / "archive", replica)
