"""schedule and seeds: what they print for people and programs, without any network."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from archive.problems import Problem
from crawler.cli import schedule, seeds_cli
from crawler.environment import Environment
from crawler.seeds import Seed

AddSeed = Callable[..., Seed]

app = typer.Typer()
app.command("list")(schedule.list_schedules)
app.command("next")(schedule.upcoming)
app.command("history")(schedule.history)
app.command("seeds")(seeds_cli.list_seeds)
app.command("check")(seeds_cli.check)
app.command("show")(seeds_cli.show)


@pytest.fixture(autouse=True)
def _settings(environment: Environment, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in environment.variables().items():
        monkeypatch.setenv(name, value)


def invoke(*arguments: str) -> Any:
    return CliRunner().invoke(app, arguments)


def rows(*arguments: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in invoke(*arguments, "--json").stdout.splitlines()]


def test_schedules_are_listed_with_zone_next_times_and_state(add_seed: AddSeed) -> None:
    add_seed("daily", schedule="0 8 * * *")
    add_seed("raw", schedule="every 6h", verified=False)
    add_seed("by-hand", schedule=None)
    listed = {row["seed"]: row for row in rows("list")}
    assert {name: row["state"] for name, row in listed.items()} == {
        "daily": "active",
        "raw": "unverified",
        "by-hand": "by hand",
    }
    assert {row["zone"] for row in listed.values()} == {"Asia/Shanghai"}
    assert [moment[11:] for moment in listed["daily"]["next"]] == ["08:00:00+08:00"] * 3
    assert [len(listed[name]["next"]) for name in ("raw", "by-hand")] == [3, 0]


def test_listing_schedules_makes_no_archive(add_seed: AddSeed, environment: Environment) -> None:
    add_seed("daily")
    assert invoke("list").exit_code == 0
    assert not environment.data.exists()


def test_the_next_runs_of_all_seeds_come_in_order(add_seed: AddSeed) -> None:
    add_seed("five", schedule="every 5s")
    add_seed("seven", schedule="every 7s")
    add_seed("raw", schedule="every 1s", verified=False)
    upcoming = rows("next", "--limit", "12")
    moments = [row["due_at"] for row in upcoming]
    assert (len(upcoming), moments) == (12, sorted(moments))
    assert {row["seed"] for row in upcoming} == {"five", "seven"}


def test_history_of_an_empty_archive_is_empty(add_seed: AddSeed) -> None:
    add_seed("daily")
    assert rows("history") == []


def test_no_coming_run_says_where_to_look(add_seed: AddSeed) -> None:
    add_seed("raw", verified=False)
    result = invoke("next")
    assert (result.exit_code, result.stdout) == (0, "")
    assert "gongwen schedule list" in result.stderr


def test_an_event_is_one_line_of_words(capsys: pytest.CaptureFixture[str]) -> None:
    ended = {"event": "ended", "seed": "ok", "id": 7, "state": "done", "reason": None}
    schedule._print_event(ended | {"counts": {"new": 2, "gone": 0, "pages": 4}})
    line = capsys.readouterr().out.rstrip()
    assert line[2] == "-"
    assert line.endswith("ended ok run 7: done: new 2")


def test_seeds_are_listed_with_their_files(add_seed: AddSeed, environment: Environment) -> None:
    add_seed("one")
    (environment.seeds / "bad.toml").write_text("id=")
    result = invoke("seeds", "--json")
    listed = [json.loads(line) for line in result.stdout.splitlines()]
    assert [(row["id"], row["file"], row["verified"]) for row in listed] == [
        ("one", "one.toml", True)
    ]
    assert "bad.toml" in result.stderr


def test_check_tells_every_error_and_fails(add_seed: AddSeed, environment: Environment) -> None:
    add_seed("one")
    assert invoke("check").exit_code == 0
    (environment.seeds / "bad.toml").write_text('id = "bad"\ntilte = 3\n')
    result = invoke("check")
    assert result.exit_code == 1
    assert "bad.toml:2: tilte: is not a known key (did you mean title?)" in result.stdout
    assert "1 good, 1 with errors" in result.stdout
    checked = {row["file"]: row for row in rows("check")}
    assert (checked["one.toml"]["ok"], checked["one.toml"]["id"]) == (True, "one")
    assert [error["line"] for error in checked["bad.toml"]["errors"]] == [2, None, None]


def test_show_tells_what_the_file_leaves_out(add_seed: AddSeed) -> None:
    add_seed("one")
    (row,) = rows("show", "one")
    assert row["crawl"]["delay"] == 2.0
    assert row["file"] == "one.toml"
    assert "delay" in invoke("show", "one").stdout


def test_a_folder_without_seeds_does_not_pass_the_check(environment: Environment) -> None:
    environment.seeds.mkdir(exist_ok=True)
    result = invoke("check")
    assert isinstance(result.exception, Problem)
    assert result.exception.exit_code == 1


def test_runs_of_a_seed_that_nobody_knows_are_a_usage_problem(
    add_seed: AddSeed, environment: Environment
) -> None:
    environment.open().close()
    add_seed("new")
    assert invoke("history", "--seed", "new").exit_code == 0
    result = invoke("history", "--seed", "nope")
    assert isinstance(result.exception, Problem)
    assert result.exception.exit_code == 2
