"""Every fault of the catalogue has tests that carry its id, or a reason why there is none."""

from __future__ import annotations

import ast
import re
import tomllib
from collections import Counter
from pathlib import Path

HERE = Path(__file__).parent
CATALOGUE = tomllib.loads((HERE / "catalogue.toml").read_text("utf-8"))
NAMED = re.compile(r"test_([a-g]\d{1,2})_")


def counted() -> Counter[str]:
    """How many test functions carry each id."""
    found: Counter[str] = Counter()
    for file in HERE.parent.rglob("test_*.py"):
        tree = ast.parse(file.read_text("utf-8"))
        names = [node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
        found.update(match[1].upper() for match in map(NAMED.match, names) if match)
    return found


def test_every_fault_is_tested_or_says_why_not() -> None:
    counts = counted()
    silent = [fault for fault, row in CATALOGUE.items() if not row.get("untested")]
    assert [fault for fault in silent if not counts[fault]] == []
    assert [fault for fault in CATALOGUE if fault not in silent and counts[fault]] == []


def test_no_test_names_a_fault_that_is_not_in_the_catalogue() -> None:
    assert set(counted()) <= set(CATALOGUE)
