"""A folder of seed files as read: the good seeds, and what is wrong with the others."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from archive.problems import Problem
from crawler.seeds.model import ADHOC, Seed, adhoc_seed


@dataclass(frozen=True, slots=True)
class SeedError:
    """One thing wrong in one seed file; ``line`` counts from 1 and is None when unknown."""

    file: str
    message: str
    line: int | None = None
    field: str | None = None
    value: str | None = None
    hint: str | None = None

    def __str__(self) -> str:
        """``file:line: field: value: message (hint)``, leaving out what is unknown."""
        place = self.file if self.line is None else f"{self.file}:{self.line}"
        parts = [part for part in (place, self.field, self.value, self.message) if part]
        return ": ".join(parts) + (f" ({self.hint})" if self.hint else "")


@dataclass(frozen=True, slots=True)
class SeedFile:
    """A seed with its file: name, whole text, and ``sha256:`` digest of the bytes."""

    seed: Seed
    name: str | None
    text: str
    digest: str


class Seeds(Mapping[str, Seed]):
    """The seeds of a folder by id, in order of their files' names, beside ``errors``.

    ``duplicates`` are the files of each id that several claim, and that none of them gets.
    """

    def __init__(
        self,
        folder: Path,
        files: Sequence[SeedFile],
        errors: Sequence[SeedError],
        duplicates: Mapping[str, Sequence[str]] = MappingProxyType({}),
    ) -> None:
        self.folder = folder
        self.files = {file.seed.id: file for file in files}
        self.errors = tuple(errors)
        self.duplicates = duplicates

    def __getitem__(self, seed_id: str) -> Seed:
        return self.files[seed_id].seed

    def __iter__(self) -> Iterator[str]:
        return iter(self.files)

    def __len__(self) -> int:
        return len(self.files)

    def find(self, seed_id: str) -> Seed:
        """The seed with this id, also ``adhoc``; Problem with the nearest ids otherwise."""
        if seed_id == ADHOC:
            return adhoc_seed()
        if seed_id in self.files:
            return self[seed_id]
        raise self._unknown(seed_id)

    def covering(self, url: str) -> Seed:
        """The seed whose section holds a URL most closely, else ``adhoc``."""
        best = max(self.values(), key=lambda seed: seed.covers(url), default=None)
        return best if best is not None and best.covers(url) else adhoc_seed()

    def _unknown(self, seed_id: str) -> Problem:
        if broken := self._broken(seed_id):
            why = f"{' and '.join(broken)} {'has' if len(broken) == 1 else 'have'} errors"
            if seed_id in self.duplicates:
                why = f"its id stands in {' and '.join(broken)}, and an id keeps one history"
            return Problem(f"Seed {seed_id} cannot be used", why, "Run: gongwen seeds check")
        near = difflib.get_close_matches(seed_id, self.files, n=3, cutoff=0.5)
        why = f"no seed file in {self.folder} has this id"
        next_step = "Run: gongwen seeds list"
        if near:
            next_step = f"Did you mean {', '.join(near)}? See all with: gongwen seeds list"
        elif broken := sorted({error.file for error in self.errors}):
            why += f"; files with errors: {', '.join(broken)}"
            next_step = "Run: gongwen seeds check"
        return Problem(f"Unknown seed {seed_id}", why, next_step)

    def _broken(self, seed_id: str) -> Sequence[str]:
        """The files with errors that would hold a seed, as far as their names tell."""
        if seed_id in self.duplicates:
            return self.duplicates[seed_id]
        name = f"{seed_id}.toml"
        return [name] if any(error.file == name for error in self.errors) else []
