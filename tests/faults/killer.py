"""Starts a command, kills some or all of its processes at seeded moments, and starts it again."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

import psutil

from tests.commandline import CommandLine

POLL = 0.005
START_UP = 2.5
"""Seconds within which a kill during start-up falls; an idle machine needs about two."""
CLOSING = 1.0
DEATH = 15.0
"""Seconds in which whatever a kill left behind must be gone."""


class Victim(StrEnum):
    """Who is killed: every process of the command, only the one that crawls, or only the first."""

    ALL = "all"
    CHILD = "child"
    PARENT = "parent"


class Moment(StrEnum):
    """When: once so much was written, within start-up, or while a stop is being carried out."""

    WORKING = "working"
    STARTING = "starting"
    CLOSING = "closing"


@dataclass(frozen=True)
class Kill:
    """One kill that struck a running command. ``written`` are bytes that this attempt added."""

    victim: Victim
    moment: Moment
    written: int
    seconds: float
    survivors: tuple[str, ...] = ()


@dataclass
class Killer:
    """Runs one command until it ends well, killing it ``kills`` times on the way.

    ``bytes_between`` is how much WARC lies between two kills at work, on average.
    """

    line: CommandLine
    arguments: Sequence[str]
    number: int
    bytes_between: int
    patience: float = 300.0
    struck: list[Kill] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._dice = random.Random(self.number)

    def run(self, kills: int) -> list[Kill]:
        """Kill so many times, then let the command end; fails when it ends before that."""
        for step in range(kills):
            moment, victim = self._plan(step)
            kill = self.strike(moment, victim)
            assert kill is not None, f"the command ended after {step} kills; it needs more work"
            self.struck.append(kill)
        self.line.run(*self.arguments)
        return self.struck

    def _plan(self, step: int) -> tuple[Moment, Victim]:
        """Eight of ten kills hit work under way, the others start-up and close."""
        moment = {3: Moment.STARTING, 4: Moment.CLOSING}.get(step % 10, Moment.WORKING)
        return moment, (Victim.ALL, Victim.ALL, Victim.CHILD, Victim.PARENT)[step % 4]

    def strike(self, moment: Moment, victim: Victim) -> Kill | None:
        """Start the command and kill once; None when it had ended before."""
        before, begun = written(self.line.folder), time.monotonic()
        with self.line.start(*self.arguments) as process:
            try:
                self._wait(process, moment, before)
                if process.poll() is not None:
                    return None
                added = written(self.line.folder) - before
                family = tree(process.pid)
                kill(process.pid, family, victim)
                seconds = time.monotonic() - begun
                if victim is Victim.CHILD:
                    # Else it would go on with the next seed, which is not what is tested here.
                    _stop_at_once(process)
                process.communicate(timeout=self.patience)
                return Kill(victim, moment, added, seconds, tuple(remaining(family)))
            finally:
                kill(process.pid, tree(process.pid), Victim.ALL)

    def _wait(self, process: subprocess.Popen[str], moment: Moment, before: int) -> None:
        if moment is Moment.STARTING:
            time.sleep(self._dice.uniform(0, START_UP))
            return
        wanted = before + 1 + int(self._dice.uniform(0, 2 * self.bytes_between))
        deadline = time.monotonic() + self.patience
        while process.poll() is None and written(self.line.folder) < wanted:
            assert time.monotonic() < deadline, f"nothing was written for {self.patience} s"
            time.sleep(POLL)
        # Somewhere between two commits, and not always right after one.
        time.sleep(self._dice.uniform(0, 0.1))
        if moment is Moment.CLOSING and process.poll() is None:
            process.send_signal(signal.SIGTERM)
            time.sleep(self._dice.uniform(0, CLOSING))


def written(folder: Path) -> int:
    """Bytes in the WARC files of an archive."""
    return sum(path.stat().st_size for path in (folder / "warc").glob("*.warc.gz"))


def tree(pid: int) -> list[psutil.Process]:
    """The living processes below a command: children that crawl, their helpers and workers."""
    try:
        return psutil.Process(pid).children(recursive=True)
    except psutil.NoSuchProcess:
        return []


def kill(pid: int, family: Sequence[psutil.Process], victim: Victim) -> None:
    """Send SIGKILL to a command's first process, to those that crawl, or to all."""
    if victim is not Victim.CHILD:
        _kill(pid)
    for member in family:
        if victim is Victim.ALL or (victim is Victim.CHILD and crawls(member)):
            _kill(member.pid)


def crawls(process: psutil.Process) -> bool:
    """Whether a process carries a run."""
    try:
        return "crawler.child" in process.cmdline()
    except psutil.NoSuchProcess:
        return False


def remaining(family: Sequence[psutil.Process]) -> Iterator[str]:
    """Which of these processes outlive a kill for long."""
    _, alive = psutil.wait_procs(family, timeout=DEATH)
    for process in alive:
        try:
            if process.status() != psutil.STATUS_ZOMBIE:
                yield " ".join(process.cmdline())
        except psutil.NoSuchProcess:
            continue


def _stop_at_once(process: subprocess.Popen[str]) -> None:
    """Ask twice, so that what else it runs is dropped, too."""
    for _ in range(2):
        time.sleep(0.2)
        process.send_signal(signal.SIGTERM)


def _kill(pid: int) -> None:
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return
