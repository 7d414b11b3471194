"""Seeds, an archive and a runner whose children only pretend to crawl."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from crawler.environment import Environment
from crawler.runner.children import Stopper
from crawler.runner.running import Runner
from crawler.seeds import Seed

FAKE_CHILD = (sys.executable, "-P", str(Path(__file__).with_name("fake_child.py")))

SEED = """
id = "{id}"
title = "{id}"
{schedule}
verified = {verified}
[discover]
urls = ["http://{host}/index.html"]
"""


@pytest.fixture
def fake_child() -> tuple[str, ...]:
    return FAKE_CHILD


@pytest.fixture
def add_seed(tmp_path: Path) -> Callable[..., Seed]:
    """Write the file of a seed; how its id begins tells the fake child what to do."""
    folder = tmp_path / "seeds"
    folder.mkdir()

    def add(
        seed_id: str,
        host: str | None = None,
        schedule: str | None = "@daily",
        *,
        verified: bool = True,
    ) -> Seed:
        text = SEED.format(
            id=seed_id,
            host=host or f"{seed_id}.example",
            schedule=f'schedule = "{schedule}"' if schedule else "",
            verified=str(verified).lower(),
        )
        (folder / f"{seed_id}.toml").write_text(text)
        return Environment(seeds=folder).load_seeds()[seed_id]

    return add


@pytest.fixture
def environment(tmp_path: Path) -> Environment:
    return Environment(
        data=tmp_path / "data", seeds=tmp_path / "seeds", contact="mailto:test@example.org"
    )


@pytest.fixture
def runner(environment: Environment) -> Runner:
    return Runner(environment, Stopper(), FAKE_CHILD)
