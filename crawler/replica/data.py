"""The replica's data files: words, sites, seed cuts and templates shipped beside the code."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any


def text(*path: str) -> str:
    """A UTF-8 data file of this package, line ends as stored."""
    return files(__package__).joinpath(*path).read_bytes().decode("utf-8")


@cache
def table(name: str) -> dict[str, Any]:
    """A parsed TOML file of ``texts/``."""
    return tomllib.loads(text("texts", f"{name}.toml"))
