"""A run that may not begin is refused before a child starts, with the setting that is missing."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing

import pytest

from archive import ledger
from archive.problems import Problem
from archive.records import RunState
from crawler.environment import Environment
from crawler.runner.admission import first_refusal, url_refusal
from crawler.runner.recrawl import plan
from crawler.runner.running import Runner
from crawler.seeds import Seed

AddSeed = Callable[..., Seed]
CONTACT = "mailto:test@example.org"


@pytest.mark.parametrize(
    ("url", "allowed", "contact", "why", "step"),
    [
        ("http://127.0.0.11:8000/x", "", None, "not a public address", "'127.0.0.11/32:8000'"),
        ("http://127.0.0.11:8000/x", "", CONTACT, "not a public address", "ALLOW_ADDRESSES"),
        ("http://10.0.0.1/", "[::1]/128:*", None, "with port 80", "'[::1]/128:*,10.0.0.1/32:80'"),
        ("https://kjj.cq.gov.cn/", "", None, "CONTACT is not set", "export GONGWEN_CONTACT="),
        ("http://user:word@kjj.cq.gov.cn/", "", CONTACT, "carries credentials", "Correct"),
    ],
)
def test_a_refusal_names_the_setting_that_is_missing(
    url: str, allowed: str, contact: str | None, why: str, step: str
) -> None:
    environment = Environment(contact=contact, allow_addresses=allowed)
    problem = url_refusal("Seed one", url, environment)
    assert problem is not None
    assert (problem.what, problem.exit_code) == ("Seed one was not crawled", 2)
    assert why in problem.why
    assert step in problem.next_step


def test_what_may_be_asked_is_not_refused() -> None:
    allowed = Environment(allow_addresses="127.0.0.0/8:8000")
    assert first_refusal("Seed one", ["http://127.0.0.9:8000/"], allowed) is None
    known = Environment(contact=CONTACT)
    assert first_refusal("Seed one", ["https://kjj.cq.gov.cn/"], known) is None


@pytest.fixture
def silent(environment: Environment, fake_child: tuple[str, ...]) -> Runner:
    """A runner whose operator did not say who he is."""
    nameless = Environment(data=environment.data, seeds=environment.seeds, contact=None)
    return Runner(nameless, command=("/no/such/program",))


def test_a_refused_seed_leaves_a_row_and_starts_no_child(silent: Runner, add_seed: AddSeed) -> None:
    seed = add_seed("ok")
    with pytest.raises(Problem, match="GONGWEN_CONTACT"):
        silent.run(seed, trigger="manual", request=None)
    with closing(silent.environment.open()) as database, database.read() as session:
        (row,) = ledger.history(session)
    assert (row["state"], row["started_at"]) == ("refused", None)
    assert "GONGWEN_CONTACT is not set" in row["reason"]


def test_a_named_page_is_refused_by_its_own_address(silent: Runner, add_seed: AddSeed) -> None:
    add_seed("ok")
    seeds = silent.environment.load_seeds()
    with closing(silent.environment.open()) as database, database.write() as session:
        todo = plan(session, seeds, "http://127.0.0.11:8000/x", refetch=False, at=1)
    with pytest.raises(Problem, match=r"127\.0\.0\.11 is not a public address"):
        silent.run(todo.seed, trigger="recrawl", request=todo.request)


def test_a_refused_run_leaves_a_lost_walk_to_be_taken_up(
    silent: Runner, runner: Runner, add_seed: AddSeed
) -> None:
    seed = add_seed("vanish")
    lost = runner.run(seed, trigger="manual", request=None)
    assert lost.state == RunState.INTERRUPTED
    with pytest.raises(Problem):
        silent.run(seed, trigger="manual", request=None)
    assert runner.run(seed, trigger="manual", request=None).row["resumes"] == lost.run_id
