"""Turns a failed validation into errors a person can act on: line, field, value, allowed values."""

from __future__ import annotations

import difflib
import re
import sys
from collections.abc import Iterable
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from archive.addresses import without_credentials
from crawler.seeds.model import Crawl, Discover, Expect, Seed
from crawler.seeds.shelf import SeedError

TABLES: dict[str, type[BaseModel]] = {"discover": Discover, "expect": Expect, "crawl": Crawl}

_HEADER = re.compile(r"\s*\[\s*([A-Za-z0-9_-]+)\s*\]")
_KEY = re.compile(r"\s*[\"']?([A-Za-z0-9_-]+)[\"']?\s*[.=]")


def explain(name: str, text: str, error: ValidationError) -> list[SeedError]:
    """One record for every complaint of the model about one file."""
    records = [_record(name, text, detail) for detail in error.errors()]
    return sorted(records, key=lambda record: record.line or sys.maxsize)


def line_of(text: str, path: Iterable[str | int]) -> int | None:
    """The line, from 1, on which a key such as ``("discover", "urls")`` stands; None if absent."""
    keys = [part for part in path if isinstance(part, str)]
    table = ""
    for number, line in enumerate(text.splitlines(), start=1):
        if header := _HEADER.match(line):
            table = header[1]
            if keys == [table]:
                return number
        elif (key := _KEY.match(line)) and [part for part in (table, key[1]) if part] == keys:
            return number
    return None


def _record(name: str, text: str, detail: ErrorDetails) -> SeedError:
    path = detail["loc"]
    line = line_of(text, path)
    field = ".".join(str(part) for part in path) or None
    if detail["type"] == "missing":
        return SeedError(name, "is missing", _line_of_table(text, path), field)
    if detail["type"] == "extra_forbidden":
        return SeedError(name, "is not a known key", line, field, hint=_hint(path))
    value = repr(_shown(detail["input"])) if field else None
    return SeedError(name, _message(detail), line, field, value)


def _shown(value: Any) -> Any:
    """A wrong value as an error shows it: an address is refused for its password, not printed."""
    return without_credentials(value) if isinstance(value, str) else value


def _message(detail: ErrorDetails) -> str:
    message = detail["msg"].removeprefix("Value error, ")
    if detail["type"] == "literal_error":
        return f"allowed: {detail['ctx']['expected']}"
    if detail["type"] == "string_pattern_mismatch":
        return "allowed: six digits"
    return message[:1].lower() + message[1:]


def _line_of_table(text: str, path: tuple[Any, ...]) -> int | None:
    return line_of(text, path[:-1]) if len(path) > 1 else None


def _hint(path: tuple[Any, ...]) -> str:
    model = TABLES.get(str(path[0]), Seed) if len(path) > 1 else Seed
    known = list(model.model_fields)
    near = difflib.get_close_matches(str(path[-1]), known, n=1, cutoff=0.6)
    return f"did you mean {near[0]}?" if near else f"allowed: {', '.join(known)}"
