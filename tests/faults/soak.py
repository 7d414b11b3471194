"""A soak: a scheduler over many faulty hosts, killed all the time, and what is left of it.

``python -m tests.faults.soak --minutes 30`` (or ``--hours 24``) prints its figures as it goes and
exits 1 when anything is wrong at the end. Mostly the runs are killed, and every tenth time the
scheduler with them, so that it lives long enough to show whether it grows.
"""

from __future__ import annotations

import argparse
import random
import re
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import psutil
from sqlalchemy import select

from archive.database import open_database
from archive.models import Derivation, Resource, Run, Version
from archive.store.failpoints import SIZE_VARIABLE
from tests.commandline import CommandLine
from tests.faults.killer import Victim, crawls, kill, tree
from tests.faults.mixed import EDITION, SOUND, hosts
from tests.faults.oracle import breaches
from tests.faults.sections import LIST, seed_text
from tests.faults.site import FaultSite

SAMPLE = 2.0
SETTLED = 60.0
"""Seconds after which a scheduler has loaded what it loads."""

CRAWL = 'delay = 0\ntimeout = 5\nrecheck = "1m"'
WHOLE = 10
"""Every so many kills the scheduler dies, too."""

GROWTH, SLACK, MORE_FILES = 1.10, 8 << 20, 8
_EDITION = re.compile(EDITION.format(number=r"(\d+)"))


@dataclass
class Life:
    """What one scheduler process used over its life: bytes and open files, by seconds."""

    memory: list[tuple[float, int]] = field(default_factory=list)
    files: list[tuple[float, int]] = field(default_factory=list)

    def faults(self) -> Iterator[str]:
        """Growth between its first settled minute and its last."""
        for name, values, allowed in (
            ("bytes", self.memory, lambda start: start * GROWTH + SLACK),
            ("open files", self.files, lambda start: start + MORE_FILES),
        ):
            ends = around(values)
            if ends is not None and ends[1] > allowed(ends[0]):
                yield f"a scheduler grew from {ends[0]} to {ends[1]} {name}"


@dataclass
class Soak:
    """One soak under way."""

    line: CommandLine
    sites: Sequence[FaultSite]
    every: float
    number: int = 7
    lives: list[Life] = field(default_factory=list)
    child_memory: int = 0
    kills: dict[str, int] = field(default_factory=lambda: defaultdict(int))

    def run(self, seconds: float) -> list[str]:
        """Schedule and kill for so long, stop well, and say what is wrong."""
        dice = random.Random(self.number)
        end = time.monotonic() + seconds
        process = self._start()
        while time.monotonic() < end:
            self._watch(process, min(end, time.monotonic() + self.every * dice.uniform(0.5, 1.5)))
            assert process.poll() is None, f"the scheduler ended with {process.returncode}"
            whole = sum(self.kills.values()) % WHOLE == WHOLE - 1
            if kill_some(process, Victim.ALL if whole else Victim.CHILD):
                self.kills["all" if whole else "runs"] += 1
            if whole:
                process.wait(30)
                process = self._start()
            self.tell(end - time.monotonic())
        process.send_signal(signal.SIGTERM)
        code = process.wait(60)
        return [*([] if code in (0, 11) else [f"exit code {code}"]), *self._wrong()]

    def _start(self) -> subprocess.Popen[bytes]:
        self.lives.append(Life())
        with (self.line.folder.parent / "scheduler.log").open("ab") as log:
            return subprocess.Popen(
                self.line.command("schedule", "run", "--jobs", "2", "--json"),
                env=self.line.environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def _watch(self, process: subprocess.Popen[bytes], until: float) -> None:
        life, begun = self.lives[-1], psutil.Process(process.pid)
        while time.monotonic() < until and process.poll() is None:
            at = time.time() - begun.create_time()
            life.memory.append((at, begun.memory_info().rss))
            life.files.append((at, begun.num_fds()))
            self.child_memory = max(self.child_memory, *memory_of_runs(process.pid), 0)
            for site in self.sites:
                site.asked.clear()
            time.sleep(SAMPLE)

    def tell(self, left: float) -> None:
        """One line of figures."""
        memory, files = around(self.lives[-1].memory), around(self.lives[-1].files)
        print(  # noqa: T201
            f"{left / 60:.1f} min left, kills {dict(self.kills)}, scheduler bytes {memory}, "
            f"files {files}, a run at most {self.child_memory >> 20} MiB",
            flush=True,
        )

    def _wrong(self) -> list[str]:
        # A run killed last is ended by whoever comes next.
        self.line.run("crawl", "host-0")
        found = [fault for life in self.lives for fault in life.faults()]
        url = self.line.environment.get("GONGWEN_DATABASE_URL")
        with closing(open_database(self.line.folder, url)) as database, database.read() as session:
            states = list(session.scalars(select(Run.state)))
            rows = session.execute(
                select(Resource.url, Version.number, Derivation.text, Derivation.fields)
                .join(Version, Version.resource_key == Resource.key)
                .join(Derivation, Derivation.key == Version.derivation_key)
                .order_by(Resource.key, Version.number)
            ).all()
        editions = defaultdict(list)
        for address, _, text, fields in rows:
            if match := _EDITION.search(f"{fields.get('title')} {text}"):
                editions[address].append(int(match[1]))
        wanted = {site.origin + target for site in self.sites for target in SOUND}
        print(f"{len(states)} runs, {states.count('done')} done, {len(rows)} versions")  # noqa: T201
        found += [f"never stored: {address}" for address in sorted(wanted - editions.keys())]
        found += [
            f"{address} has the editions {numbers}"
            for address, numbers in editions.items()
            if numbers != sorted(set(numbers))
        ]
        return found + breaches(self.line)


def around(values: Sequence[tuple[float, int]]) -> tuple[int, int] | None:
    """The median of the first settled minute and of the last; None when they are too near."""
    settled = [(at, value) for at, value in values if at >= SETTLED]
    if not settled or settled[-1][0] - settled[0][0] < 2 * SETTLED:
        return None
    first = [value for at, value in settled if at < settled[0][0] + SETTLED]
    last = [value for at, value in settled if at > settled[-1][0] - SETTLED]
    return int(statistics.median(first)), int(statistics.median(last))


def memory_of_runs(pid: int) -> list[int]:
    """Resident bytes of every process that carries a run."""
    found = []
    for member in tree(pid):
        try:
            if crawls(member):
                found.append(member.memory_info().rss)
        except psutil.NoSuchProcess:
            continue
    return found


def kill_some(process: subprocess.Popen[bytes], victim: Victim) -> bool:
    """Kill the runs under way, or everything; False when nothing was there to be killed."""
    family = tree(process.pid)
    struck = victim is Victim.ALL or any(map(crawls, family))
    kill(process.pid, family, victim)
    return struck


def soak(folder: Path, seconds: float, *, count: int, every: float, schedule: str) -> list[str]:
    """Soak an archive in a folder; everything that is wrong at the end."""
    seeds = folder / "seeds"
    seeds.mkdir(parents=True)
    with hosts(count, max(60.0, seconds / 20)) as sites:
        for number, site in enumerate(sites):
            text = seed_text(f"host-{number}", [site.origin + LIST], CRAWL)
            timed = text.replace("verified", f'schedule = "{schedule}"\nverified', 1)
            (seeds / f"host-{number}.toml").write_text(timed, "utf-8")
        extra = {SIZE_VARIABLE: str(1 << 20)}
        line = CommandLine(folder / "archive", seeds, sites[0].allowed, extra)
        return Soak(line, sites, every).run(seconds)


def main() -> None:
    """See the module."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults.soak", description=__doc__)
    parser.add_argument("--minutes", type=float, default=30)
    parser.add_argument("--hours", type=float, default=0)
    parser.add_argument("--hosts", type=int, default=50)
    parser.add_argument("--every", type=float, default=60, help="Seconds between two kills.")
    parser.add_argument("--schedule", default="every 5m")
    given = parser.parse_args()
    seconds = given.hours * 3600 or given.minutes * 60
    with tempfile.TemporaryDirectory(prefix="gongwen-soak-") as folder:
        found = soak(
            Path(folder), seconds, count=given.hosts, every=given.every, schedule=given.schedule
        )
    print("\n".join(found) or "nothing lost, nothing doubled, nothing grew")  # noqa: T201
    sys.exit(bool(found))


if __name__ == "__main__":
    main()
