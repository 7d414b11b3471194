"""The command line as people run it, for tests that look at it from outside."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.databases import DATABASES

PATIENCE = 240.0


@dataclass(frozen=True)
class CommandLine:
    """Runs `gongwen` against one archive folder and one folder of seeds.

    The archive's database is where :data:`DATABASES` placed it. ``extra`` are further environment
    variables; an empty value unsets one.
    """

    folder: Path
    seeds_dir: Path
    allowed: str
    extra: Mapping[str, str] = field(default_factory=dict)

    @property
    def environment(self) -> dict[str, str]:
        given = {
            "GONGWEN_DATA": str(self.folder),
            "GONGWEN_SEEDS": str(self.seeds_dir),
            "GONGWEN_ALLOW_ADDRESSES": self.allowed,
            "GONGWEN_DATABASE_URL": DATABASES.url_of(self.folder) or "",
            **self.extra,
        }
        inherited = {name: value for name, value in os.environ.items() if name not in given}
        return inherited | {name: value for name, value in given.items() if value}

    def command(self, *arguments: str) -> list[str]:
        return [sys.executable, "-P", "-m", "crawler", *arguments]

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        """Start a command in a process group of its own, so that all of it can be killed."""
        return subprocess.Popen(
            self.command(*arguments),
            env=self.environment,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )

    def ended(self, *arguments: str, patience: float = PATIENCE) -> tuple[int, str, str]:
        """Run a command to its end: exit code, standard output, standard error."""
        process = self.start(*arguments)
        output, errors = process.communicate(timeout=patience)
        return process.returncode, output, errors

    def run(self, *arguments: str, expect: int = 0) -> str:
        code, output, errors = self.ended(*arguments)
        assert code == expect, f"{arguments} gave {code}\n{output[-3000:]}\n{errors[-3000:]}"
        return output

    def raw(self, *arguments: str) -> bytes:
        command = self.command(*arguments)
        return subprocess.run(command, env=self.environment, check=True, capture_output=True).stdout

    def rows(self, *arguments: str, expect: int = 0) -> list[dict[str, Any]]:
        output = self.run(*arguments, "--json", expect=expect)
        return [json.loads(line) for line in output.splitlines()]

    def one(self, *arguments: str, expect: int = 0) -> dict[str, Any]:
        record: dict[str, Any] = json.loads(self.run(*arguments, "--json", expect=expect))
        return record
