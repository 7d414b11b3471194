"""D1: names that lead nowhere and hosts that never answer, beside healthy ones."""

from __future__ import annotations

import json
import socket
import sys
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from crawler.environment import Environment
from crawler.middlewares.hosts import FIRST_PAUSE
from crawler.runner.running import RunOutcome, run_seed
from tests.commandline import CommandLine
from tests.faults import resolver
from tests.faults.hosts import deaf, many_hosts
from tests.faults.sections import LIST, article, listing, seed_text
from tests.faults.site import FaultSite

TIMEOUT = 2
NO_NAME, NO_SERVER = "nxdomain.test", "servfail.test"
SILENT = [f"silent{number}.test" for number in range(15)]
"""More lookups that hang than Twisted has threads for by itself."""

LOOKUPS = {NO_NAME: (socket.EAI_NONAME, 0), NO_SERVER: (socket.EAI_AGAIN, 0)} | dict.fromkeys(
    SILENT, (socket.EAI_AGAIN, 2 * TIMEOUT)
)
HEALTHY = [f"/sound{number}.html" for number in range(20)]
NOT_FOUND = "the host name was not found, or leads to no public address"
NO_ANSWER = "the host did not answer in time"


@dataclass(frozen=True)
class Broken:
    """What a run over broken hosts left behind. ``deaf`` is an origin that takes no connection."""

    site: FaultSite
    line: CommandLine
    outcome: RunOutcome
    deaf: str

    def told(self, origin: str) -> list[str]:
        """What the log says of a host's robots.txt, which is asked for first."""
        return [row["reason"] for row in self.line.rows("log", f"{origin}/robots.txt")]


@pytest.fixture(scope="module")
def broken(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Broken]:
    folder = tmp_path_factory.mktemp("breaks")
    seeds = folder / "seeds"
    seeds.mkdir()
    with (
        many_hosts({path: article(f"关于{path}的通知") for path in HEALTHY}) as site,
        deaf("127.0.2.1") as port,
        pytest.MonkeyPatch.context() as patch,
    ):
        patch.setenv("FAULT_LOOKUPS", json.dumps(LOOKUPS))
        unheard = f"http://127.0.2.1:{port}"
        names = [f"http://{name}:{site.port}/page.html" for name in LOOKUPS]
        site.routes[LIST] = listing([*names, f"{unheard}/page.html", *HEALTHY])
        crawl = f"delay = 0\ntimeout = {TIMEOUT}"
        (seeds / "faulty.toml").write_text(seed_text("faulty", [site.origin + LIST], crawl))
        environment = Environment(
            data=folder / "archive",
            seeds=seeds,
            contact="mailto:test@example.org",
            allow_addresses="127.0.0.0/8:*",
        )
        seed = environment.load_seeds()["faulty"]
        outcome = run_seed(environment, seed, command=(sys.executable, "-P", resolver.__file__))
        line = CommandLine(environment.data, seeds, site.allowed)
        yield Broken(site, line, outcome, unheard)


def test_d1_a_run_among_dead_hosts_ends_and_says_what_stays_due(broken: Broken) -> None:
    assert broken.outcome.state == "done"
    assert f"{len(LOOKUPS) + 1} pages stay due: http" in (broken.outcome.reason or "")


@pytest.mark.parametrize(
    ("name", "words"), [(NO_NAME, NOT_FOUND), (NO_SERVER, NOT_FOUND), (SILENT[0], NO_ANSWER)]
)
def test_d1_a_name_that_leads_nowhere_is_told_in_words(
    broken: Broken, name: str, words: str
) -> None:
    told = broken.told(f"http://{name}:{broken.site.port}")
    assert told == [f"robots.txt could not be fetched: {words}"]


def test_d1_a_connection_that_is_never_taken_ends_by_the_timeout(broken: Broken) -> None:
    assert broken.told(broken.deaf) == [f"robots.txt could not be fetched: {NO_ANSWER}"]


def test_d1_names_that_hang_hold_up_no_other_host(broken: Broken) -> None:
    asked = [broken.site.hits(path) for path in HEALTHY]
    assert [len(hits) for hits in asked] == [1] * len(HEALTHY)
    began = broken.site.hits(LIST)[0].at
    # Three lookups of each silent name with growing pauses take longer than that.
    whole = 3 * TIMEOUT + 3 * FIRST_PAUSE
    assert max(hits[0].at for hits in asked) - began < whole
