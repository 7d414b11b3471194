"""crawl, recrawl and runs: what they print, and what they exit with."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from contextlib import closing
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from archive import clock, ledger
from archive.database import Database
from archive.models import Observation, Resource
from archive.problems import Problem
from archive.records import ResourceKind
from crawler.cli import crawl, runs
from crawler.environment import Environment
from crawler.runner.children import Stopper
from crawler.runner.recrawl import plan, results
from crawler.runner.running import Runner
from crawler.seeds import Seed

AddSeed = Callable[..., Seed]

app = typer.Typer()
app.command("crawl")(crawl.crawl)
app.command("recrawl")(crawl.recrawl)
app.command("runs")(runs.runs)


@pytest.fixture(autouse=True)
def _settings(
    environment: Environment, monkeypatch: pytest.MonkeyPatch, fake_child: tuple[str, ...]
) -> None:
    for name, value in environment.variables().items():
        monkeypatch.setenv(name, value)

    def fake(environment: Environment, stopper: Stopper, **options: Any) -> Runner:
        return Runner(environment, stopper, fake_child, **options)

    monkeypatch.setattr("crawler.runner.running.Runner", fake)


def invoke(*arguments: str) -> Any:
    return CliRunner().invoke(app, arguments)


def lines(result: Any) -> list[dict[str, Any]]:
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_crawl_prints_one_json_row_per_run(add_seed: AddSeed) -> None:
    add_seed("ok")
    add_seed("crash")
    result = invoke("crawl", "ok", "crash", "--json")
    assert result.exit_code == 1
    rows = {row["seed"]: row for row in lines(result)}
    assert {name: row["state"] for name, row in rows.items()} == {"ok": "done", "crash": "failed"}
    listed = lines(invoke("runs", "--json"))
    assert {row["seed"]: row for row in listed} == rows
    keys = [
        "id",
        "seed",
        "due_at",
        "trigger",
        "state",
        "reason",
        "started_at",
        "finished_at",
        "counts",
    ]
    assert [key for key in listed[0] if key in keys] == keys
    assert listed[0]["started_at"].endswith("+08:00")


def test_crawl_all_runs_verified_seeds_and_names_the_others(add_seed: AddSeed) -> None:
    add_seed("ok")
    add_seed("raw", verified=False)
    result = invoke("crawl", "--all")
    assert result.exit_code == 0
    assert re.search(r"ok: run 1 done: 2 pages(, [\d.]+ pages/s)? \(new 2\)", result.stdout)
    assert "not verified: raw" in result.stderr


def test_a_run_cut_short_says_how_to_go_on(add_seed: AddSeed) -> None:
    add_seed("vanish")
    result = invoke("crawl", "vanish")
    assert result.exit_code == 11
    assert "To go on: gongwen crawl vanish" in result.stderr


@pytest.mark.parametrize(
    ("named", "every", "message", "exit_code"),
    [
        ([], False, "name seeds", 2),
        (["raw"], True, "name seeds", 2),
        ([], True, "no seed in .* is verified", 2),
        (["rew"], False, "Did you mean raw", 1),
    ],
)
def test_a_crawl_of_nothing_is_refused(
    add_seed: AddSeed,
    environment: Environment,
    named: list[str],
    every: bool,
    message: str,
    exit_code: int,
) -> None:
    add_seed("raw", verified=False)
    with pytest.raises(Problem, match=message) as problem:
        crawl.choose(environment.load_seeds(), named, every=every)
    assert problem.value.exit_code == exit_code


def test_a_seed_named_twice_runs_once(add_seed: AddSeed, environment: Environment) -> None:
    seed = add_seed("raw", verified=False)
    assert crawl.choose(environment.load_seeds(), ["raw", "raw"], every=False) == [seed]


def add_page(database: Database, environment: Environment, url: str) -> int:
    """Let the archive know a page of the seed whose section holds it."""
    with database.write() as session:
        todo = plan(session, environment.load_seeds(), url, refetch=False, at=1)
        assert todo.resource is not None
        return todo.resource


@pytest.mark.parametrize(
    ("target", "seed_id"),
    [("http://ok.example/2026/1.html", "ok"), ("http://elsewhere.example/1.html", "adhoc")],
)
def test_a_url_goes_to_the_seed_that_holds_it_else_to_adhoc(
    add_seed: AddSeed, environment: Environment, target: str, seed_id: str
) -> None:
    add_seed("ok")
    with closing(environment.open()) as database, database.write() as session:
        todo = plan(session, environment.load_seeds(), target, refetch=True, at=5)
        assert todo.seed.id == seed_id
        assert todo.request == {"resources": [todo.resource], "refetch": True}
        row = session.get_one(Resource, todo.resource)
        assert (row.url, row.kind, row.next_check_at) == (target, ResourceKind.ARTICLE, 5)


def test_a_list_page_is_asked_for_as_a_list(add_seed: AddSeed, environment: Environment) -> None:
    seed = add_seed("ok")
    with closing(environment.open()) as database, database.write() as session:
        url = seed.discover.urls[0]
        todo = plan(session, environment.load_seeds(), url, refetch=False, at=5)
        assert session.get_one(Resource, todo.resource).kind == ResourceKind.LIST


def test_a_whole_seed_is_walked_with_all_its_pages_due(
    add_seed: AddSeed, environment: Environment
) -> None:
    add_seed("ok")
    with closing(environment.open()) as database:
        known = add_page(database, environment, "http://ok.example/1.html")
        other = add_page(database, environment, "http://elsewhere.example/1.html")
        with database.write() as session:
            todo = plan(session, environment.load_seeds(), "ok", refetch=True, at=9)
            assert (todo.seed.id, todo.request, todo.resource) == ("ok", {"refetch": True}, None)
            session.expire_all()
            assert session.get_one(Resource, known).next_check_at == 9
            assert session.get_one(Resource, other).next_check_at == 1
        with database.write() as session:
            todo = plan(session, environment.load_seeds(), "adhoc", refetch=False, at=9)
            assert todo.request == {"resources": [other], "refetch": False}


@pytest.mark.parametrize("target", ["foo", "ftp://a.cn/x", "d0000000000000000", "a.cn/x.html"])
def test_what_is_neither_seed_nor_id_nor_address_is_refused(
    add_seed: AddSeed, environment: Environment, target: str
) -> None:
    add_seed("ok")
    with (
        closing(environment.open()) as database,
        database.write() as session,
        pytest.raises(Problem, match=r"Cannot recrawl|is no address") as problem,
    ):
        plan(session, environment.load_seeds(), target, refetch=False, at=1)
    assert problem.value.exit_code == 1


def test_a_recrawl_of_a_seed_ends_with_its_figures_and_no_empty_table(add_seed: AddSeed) -> None:
    add_seed("ok")
    result = invoke("recrawl", "ok")
    assert result.stdout.startswith("ok: run 1 done: 2 pages")
    assert len(result.stdout.splitlines()) == 1


def test_no_runs_are_told_in_words(add_seed: AddSeed, environment: Environment) -> None:
    add_seed("ok")
    environment.open().close()
    result = invoke("runs")
    assert (result.exit_code, result.stdout) == (0, "")
    assert "No run yet" in result.stderr


def test_results_tell_the_last_observation_of_every_page(
    add_seed: AddSeed, environment: Environment
) -> None:
    add_seed("ok")
    with closing(environment.open()) as database:
        page = add_page(database, environment, "http://ok.example/1.html")
        with database.write() as session:
            key = session.get_one(Resource, page).seed_key
            run_id = ledger.add_manual_run(session, key, trigger="recrawl", at=1)
            for moment, observation in enumerate(("error", "unchanged")):
                session.add(
                    Observation(
                        resource_key=page,
                        run_id=run_id,
                        observed_at=moment,
                        observation=observation,
                    )
                )
                session.flush()
        with database.read() as session:
            rows = results(session, run_id)
    assert [(row["url"], row["observation"]) for row in rows] == [
        ("http://ok.example/1.html", "unchanged")
    ]
    assert list(rows[0])[:5] == ["url", "observation", "change_class", "document", "version"]


def test_recrawl_fails_when_nothing_was_fetched(add_seed: AddSeed) -> None:
    add_seed("ok")
    result = invoke("recrawl", "http://ok.example/1.html", "--json")
    assert result.exit_code == 1
    assert result.stdout == ""
    assert "Run 1 done: nothing was due" in result.stderr


def test_runs_are_filtered_and_limited(add_seed: AddSeed, environment: Environment) -> None:
    add_seed("ok")
    with closing(environment.open()) as database:
        page = add_page(database, environment, "http://ok.example/1.html")
        with database.write() as session:
            key = session.get_one(Resource, page).seed_key
            for _ in range(3):
                ledger.add_manual_run(session, key, trigger="manual", at=clock.now())
    assert [row["id"] for row in lines(invoke("runs", "--json", "--limit", "2"))] == [3, 2]
    assert lines(invoke("runs", "--seed", "none", "--json")) == []
    assert "manual" in invoke("runs").stdout
