"""The seeds a scheduler serves, kept up with their files while it runs."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path

from archive import clock
from archive.database import Database
from archive.problems import Problem
from crawler.environment import Environment
from crawler.seeds import ADHOC, Seed, SeedFile, Seeds, adhoc_seed
from crawler.seeds.registry import register

Stamp = frozenset[tuple[str, int, int]]


class Roster:
    """The seeds to run on schedule: verified ones, or only the ``named`` ones.

    A file that breaks while the scheduler runs keeps its last good reading.
    """

    def __init__(self, environment: Environment, named: Collection[str] = ()) -> None:
        self._environment = environment
        self._named = frozenset(named)
        self._stamp: Stamp | None = None
        self._files: Mapping[str, SeedFile] = {}
        self.timed: Mapping[str, SeedFile] = {}

    def refresh(self, database: Database) -> bool:
        """Read the files again if they changed; True when the served seeds may differ.

        Problem when a named seed is unknown or has no schedule, or when nothing is left to run.
        """
        stamp = _stamp(self._environment.seeds)
        if stamp == self._stamp:
            return False
        seeds = self._environment.load_seeds()
        with database.write() as session:
            register(session, seeds, clock.now())
        self._files = {**_still_broken(self._files, seeds), **seeds.files}
        first = self._stamp is None
        self._stamp = stamp
        self.timed = {name: file for name, file in self._files.items() if self._is_timed(file.seed)}
        if first:
            self._require_work(seeds)
        return True

    def serves(self, seed_id: str, *, by_hand: bool) -> Seed | None:
        """The seed of a due row, if this scheduler runs it: a timed one, or any asked by hand."""
        if seed_id == ADHOC and by_hand and not self._named:
            return adhoc_seed()
        file = self._files.get(seed_id) if by_hand and not self._named else self.timed.get(seed_id)
        return None if file is None else file.seed

    def _is_timed(self, seed: Seed) -> bool:
        wanted = seed.id in self._named if self._named else seed.verified
        return wanted and seed.schedule is not None

    def _require_work(self, seeds: Seeds) -> None:
        for name in sorted(self._named - self.timed.keys()):
            seeds.find(name)
            why = "its file has no schedule"
            raise Problem(f"Seed {name} cannot be scheduled", why, f"Run: gongwen crawl {name}")
        if not self.timed:
            why = f"no seed in {seeds.folder} is verified and has a schedule"
            raise Problem("Nothing to schedule", why, "Name seeds: gongwen schedule run SEED…")


def _still_broken(known: Mapping[str, SeedFile], seeds: Seeds) -> dict[str, SeedFile]:
    broken = {error.file for error in seeds.errors}
    return {name: file for name, file in known.items() if file.name in broken}


def _stamp(folder: Path) -> Stamp:
    """What tells a changed folder of seeds from an unchanged one."""
    stats = {path.name: path.stat() for path in folder.glob("*.toml")}
    return frozenset((name, stat.st_mtime_ns, stat.st_size) for name, stat in stats.items())
