"""Many processes on one archive at once: ``python -m tests.faults.crowd FOLDER SECONDS …``.

Writers read a counter and write it back one higher, as a run reads and writes its rows; readers
look at it from two sides and must see one moment. Killed ones are replaced. Prints one JSON object.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import random
import signal
import struct
import sys
import time
from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from archive.database import Database, open_database
from archive.models import Meta

COUNTER, DOUBLE = "crowd", "crowd twice"
# Whoever reads or writes opens the archive anew this often, as commands do.
USES_OF_A_DATABASE = 20
_FORKED = multiprocessing.get_context("fork")
_WAIT = struct.Struct("d")


@dataclass(frozen=True)
class Told:
    """What happened to all of a crowd's processes; ``waits`` are the writers', in seconds."""

    counter: int
    acknowledged: int
    reads: int
    kills: int
    errors: list[str]
    waits: list[float] = field(repr=False)

    def percentile(self, share: float) -> float:
        ordered = sorted(self.waits)
        return ordered[min(int(len(ordered) * share), len(ordered) - 1)]

    def line(self) -> str:
        return (
            f"{self.acknowledged} writes, {self.reads} reads, {self.kills} kills, waits: "
            f"median {self.percentile(0.5) * 1000:.1f} ms, p99 {self.percentile(0.99) * 1000:.0f} "
            f"ms, worst {max(self.waits) * 1000:.0f} ms"
        )


@dataclass
class Place:
    """One process of the crowd and the pipe that takes what it acknowledged."""

    work: Callable[[Place, float], None]
    folder: Path
    url: str | None
    process: Any = None
    pipe: int = -1
    taken: bytes = b""

    def start(self, until: float) -> None:
        self.pipe, far = os.pipe()
        self.process = _FORKED.Process(target=self._run, args=(far, until))
        self.process.start()
        os.close(far)
        os.set_blocking(self.pipe, False)

    def _run(self, far: int, until: float) -> None:
        os.close(self.pipe)
        self.pipe = far
        try:
            self.work(self, until)
        except BaseException as error:
            os.write(2, f"{type(error).__name__}: {error}\n".encode())
            os._exit(1)
        os._exit(0)

    def tell(self, value: float) -> None:
        os.write(self.pipe, _WAIT.pack(value))

    def drain(self) -> None:
        with suppress(BlockingIOError):
            while chunk := os.read(self.pipe, 1 << 16):
                self.taken += chunk

    def opened(self) -> Database:
        return open_database(self.folder, self.url)

    def values(self) -> list[float]:
        whole = len(self.taken) // _WAIT.size * _WAIT.size
        return [value for (value,) in _WAIT.iter_unpack(self.taken[:whole])]


def write(place: Place, until: float) -> None:
    """Count up, and acknowledge each step with how long it waited for its turn."""
    while time.monotonic() < until:
        with closing(place.opened()) as database:
            for _ in range(USES_OF_A_DATABASE):
                began = time.monotonic()
                with database.write() as session:
                    counter = session.get_one(Meta, COUNTER)
                    waited = time.monotonic() - began
                    value = int(counter.value) + 1
                    counter.value = str(value)
                    session.get_one(Meta, DOUBLE).value = str(2 * value)
                place.tell(waited)


def read(place: Place, until: float) -> None:
    """Look at both values, and later ones must not be smaller."""
    before = 0
    while time.monotonic() < until:
        with closing(place.opened()) as database:
            for _ in range(USES_OF_A_DATABASE):
                with database.read() as session:
                    counter = int(session.get_one(Meta, COUNTER).value)
                    time.sleep(0.001)
                    double = int(session.get_one(Meta, DOUBLE).value)
                if double != 2 * counter or counter < before:
                    raise AssertionError(f"saw {counter} and {double} after {before}")
                before = counter
                place.tell(0.0)


def gather(
    folder: Path,
    url: str | None,
    seconds: float,
    *,
    writers: int = 8,
    readers: int = 4,
    kill_every: float | None = None,
) -> Told:
    """Let a crowd at an archive for some seconds."""
    with closing(open_database(folder, url)) as database, database.write() as session:
        session.add_all([Meta(name=COUNTER, value="0"), Meta(name=DOUBLE, value="0")])
    works = [write] * writers + [read] * readers
    places = [Place(work, folder, url) for work in works]
    until = time.monotonic() + seconds
    for place in places:
        place.start(until)
    kills, failed = _watch(places, until, kill_every)
    with closing(open_database(folder, url)) as database, database.read() as session:
        counter = int(session.get_one(Meta, COUNTER).value)
    waits = [wait for place in places if place.work is write for wait in place.values()]
    reads = sum(len(place.values()) for place in places if place.work is read)
    return Told(counter, len(waits), reads, kills, failed, waits)


def _watch(places: list[Place], until: float, kill_every: float | None) -> tuple[int, list[str]]:
    dice, kills, failed = random.Random(11), 0, []
    while any(place.process.is_alive() for place in places):
        time.sleep(min(kill_every or 0.05, 0.05))
        for place in places:
            place.drain()
        if kill_every is not None and time.monotonic() < until - 0.5:
            time.sleep(dice.uniform(0, kill_every))
            kills += _replace(dice.choice(places), until)
    for place in places:
        place.drain()
        place.process.join()
        if place.process.exitcode:
            failed.append(f"{place.work.__name__} ended with {place.process.exitcode}")
    return kills, failed


def _replace(place: Place, until: float) -> bool:
    if not place.process.is_alive():
        return False
    os.kill(place.process.pid, signal.SIGKILL)
    place.process.join()
    place.drain()
    os.close(place.pipe)
    whole = len(place.taken) // _WAIT.size * _WAIT.size
    place.taken = place.taken[:whole]
    place.start(until)
    return True


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.faults.crowd")
    parser.add_argument("folder", type=Path)
    parser.add_argument("seconds", type=float)
    parser.add_argument("--url")
    parser.add_argument("--writers", type=int, default=8)
    parser.add_argument("--readers", type=int, default=4)
    parser.add_argument("--kill-every", type=float)
    given = parser.parse_args()
    told = gather(
        given.folder,
        given.url,
        given.seconds,
        writers=given.writers,
        readers=given.readers,
        kill_every=given.kill_every,
    )
    sys.stdout.write(json.dumps(vars(told)) + "\n")


if __name__ == "__main__":
    main()
