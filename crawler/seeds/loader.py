"""Reads a folder of seed files. One broken file is an error record and never hides the others."""

from __future__ import annotations

import codecs
import hashlib
import re
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from archive.problems import Problem
from crawler.seeds.explain import explain, line_of
from crawler.seeds.model import ADHOC, Seed
from crawler.seeds.shelf import SeedError, SeedFile, Seeds

_AT_LINE = re.compile(r" \(at (?:line (\d+), column \d+|end of document)\)$")


def load_seeds(folder: Path) -> Seeds:
    """Read every ``*.toml`` of a folder; Problem only when the folder itself cannot be read."""
    files: dict[str, list[SeedFile]] = {}
    errors: list[SeedError] = []
    for path in _listing(folder):
        found = read_seed_file(path)
        if isinstance(found, SeedFile):
            files.setdefault(found.seed.id, []).append(found)
        else:
            errors.extend(found)
    good = [same[0] for same in files.values() if len(same) == 1]
    # Which of them the history belongs to is for a person to say.
    twice = {seed_id: same for seed_id, same in files.items() if len(same) > 1}
    errors += [_taken(file, same) for same in twice.values() for file in same]
    names = {seed_id: [file.name or "" for file in same] for seed_id, same in twice.items()}
    return Seeds(folder, good, sorted(errors, key=lambda error: error.file), names)


def read_seed_file(path: Path) -> SeedFile | list[SeedError]:
    """Read one seed file, or say everything that is wrong with it."""
    try:
        raw = path.read_bytes()
    except OSError as error:
        return [SeedError(path.name, f"cannot be read: {error.strerror}")]
    text = _decode(path.name, raw)
    if isinstance(text, SeedError):
        return [text]
    table = _parse(path.name, text)
    if isinstance(table, SeedError):
        return [table]
    seed = _validate(path.name, text, table)
    if isinstance(seed, list):
        return seed
    return SeedFile(seed, path.name, text, f"sha256:{hashlib.sha256(raw).hexdigest()}")


def _listing(folder: Path) -> list[Path]:
    try:
        return sorted(path for path in folder.iterdir() if path.suffix == ".toml")
    except OSError as error:
        why = f"{folder}: {error.strerror}"
        next_step = "Set GONGWEN_SEEDS to a folder of seed files, or unset it."
        raise Problem("Cannot read the seeds", why, next_step, exit_code=2) from error


def _decode(name: str, raw: bytes) -> str | SeedError:
    if raw.startswith((codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return SeedError(name, "starts with a byte order mark", 1, hint="save it as plain UTF-8")
    try:
        return raw.decode()
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        return SeedError(name, "is not UTF-8", line, hint="save it as plain UTF-8")


def _parse(name: str, text: str) -> dict[str, Any] | SeedError:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        where = _AT_LINE.search(str(error))
        message = _AT_LINE.sub("", str(error))
        if "overwrite a value" in message or "twice" in message:
            message = f"a key is written twice: {message}"
        line = text.count("\n") + 1 if where and where[1] is None else where and int(where[1])
        return SeedError(name, f"is not TOML: {message}", line)


def _validate(name: str, text: str, table: dict[str, Any]) -> Seed | list[SeedError]:
    if table.get("id") == ADHOC:
        hint = "recrawls outside every seed use it"
        return [SeedError(name, "is a reserved id", line_of(text, ["id"]), "id", repr(ADHOC), hint)]
    try:
        return Seed.model_validate(table)
    except ValidationError as error:
        return explain(name, text, error)


def _taken(file: SeedFile, same: Sequence[SeedFile]) -> SeedError:
    others = ", ".join(other.name or "" for other in same if other is not file)
    line = line_of(file.text, ["id"])
    message = f"this id stands in {others} too"
    hint = "an id keeps one history: give all but one file another id"
    return SeedError(file.name or "", message, line, "id", repr(file.seed.id), hint)
