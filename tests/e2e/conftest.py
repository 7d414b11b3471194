"""The command line as people run it, over the replica on loopback."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from crawler.replica.process import RunningReplica, running

DOCUMENTS = 60


@dataclass(frozen=True)
class Gongwen:
    """Runs `gongwen` against one archive folder and one replica."""

    folder: Path
    replica: RunningReplica

    @property
    def environment(self) -> dict[str, str]:
        return os.environ | {
            "GONGWEN_DATA": str(self.folder),
            "GONGWEN_SEEDS": str(self.replica.seeds_dir),
            "GONGWEN_ALLOW_ADDRESSES": f"127.0.0.0/8:{self.replica.port}",
        }

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-P", "-m", "crawler", *arguments],
            env=self.environment,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )

    def run(self, *arguments: str, expect: int = 0) -> str:
        process = self.start(*arguments)
        output, errors = process.communicate(timeout=240)
        assert process.returncode == expect, f"{arguments}\n{output[-3000:]}\n{errors[-3000:]}"
        return output

    def raw(self, *arguments: str) -> bytes:
        command = [sys.executable, "-P", "-m", "crawler", *arguments]
        return subprocess.run(command, env=self.environment, check=True, capture_output=True).stdout

    def rows(self, *arguments: str) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.run(*arguments, "--json").splitlines()]

    def one(self, *arguments: str, expect: int = 0) -> dict[str, Any]:
        record: dict[str, Any] = json.loads(self.run(*arguments, "--json", expect=expect))
        return record


@pytest.fixture
def gongwen(tmp_path: Path) -> Iterator[Gongwen]:
    """An empty archive beside a replica that stands at day 0."""
    with running(documents=DOCUMENTS, seeds_dir=tmp_path / "seeds") as replica:
        yield Gongwen(tmp_path / "archive", replica)
