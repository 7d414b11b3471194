"""How `gongwen` starts: at once, quietly when stopped, and without a traceback."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from importlib import import_module
from inspect import cleandoc, getdoc
from pathlib import Path

import pytest
from sqlalchemy.exc import DatabaseError, IntegrityError
from typer.testing import CliRunner

from archive.problems import Problem
from crawler.cli import commands, main
from crawler.cli.interrupts import quiet_interrupts
from crawler.cli.lazy import docstring

TARGETS = [
    target
    for group in (commands.COMMANDS, commands.SEEDS, commands.SCHEDULE, commands.DB)
    for target in group.values()
] + list(commands.REPLICA.values())
HEAVY = ("sqlalchemy", "scrapy", "twisted", "lxml", "trafilatura", "pydantic_settings")


def run(*arguments: str, folder: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GONGWEN_")}
    return subprocess.run(
        [sys.executable, "-P", "-m", "crawler", *arguments],
        env=kept | variables,
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=60,
    )


@pytest.mark.parametrize("arguments", [["--help"], ["schedule", "--help"]])
def test_help_loads_nothing_that_a_command_needs(arguments: list[str], tmp_path: Path) -> None:
    code = (
        "import sys\n"
        f"sys.argv = ['gongwen', *{arguments!r}]\n"
        "from crawler.cli.main import main\n"
        "try:\n    main()\nexcept SystemExit: pass\n"
        f"print('LOADED', [name for name in {HEAVY!r} if name in sys.modules])\n"
    )
    done = subprocess.run([sys.executable, "-P", "-c", code], capture_output=True, text=True)
    assert "Commands:" in done.stdout
    assert done.stdout.endswith("LOADED []\n")


@pytest.mark.parametrize("target", TARGETS)
def test_the_help_of_a_command_is_its_docstring(target: str) -> None:
    module, _, function = target.partition(":")
    told = getdoc(getattr(import_module(module), function))
    assert told
    assert docstring(target) == cleandoc(told)


def test_every_command_has_its_own_help() -> None:
    told = CliRunner().invoke(commands.app, ["db", "upgrade", "--help"])
    assert told.exit_code == 0
    assert "an SQLite database is copied" in told.stdout


def test_a_mistyped_command_names_its_neighbour() -> None:
    told = CliRunner().invoke(commands.app, ["schedule", "lst"])
    assert (told.exit_code, "Did you mean 'list'?" in told.stderr) == (2, True)


@pytest.fixture
def default_handler() -> Iterator[None]:
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("default_handler")
def test_an_interrupt_while_importing_is_quiet_and_one_later_is_not_hidden() -> None:
    with quiet_interrupts():
        assert signal.getsignal(signal.SIGINT) is not signal.default_int_handler
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


@pytest.mark.usefixtures("default_handler")
def test_an_ignored_interrupt_stays_ignored() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with quiet_interrupts():
        assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN


def test_a_ctrl_c_while_starting_ends_quietly(tmp_path: Path) -> None:
    # The module that is imported last before a command begins sends the signal to itself.
    (tmp_path / "sitecustomize.py").write_text(
        "import os, signal, sys\n"
        "class Finder:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        "        if name == os.environ['INTERRUPTED']: os.kill(os.getpid(), signal.SIGINT)\n"
        "sys.meta_path.insert(0, Finder())\n"
    )
    for name in ("typer", "crawler.cli.inspect", "archive.queries", "pydantic_settings"):
        done = run("docs", folder=tmp_path, PYTHONPATH=str(tmp_path), INTERRUPTED=name)
        assert (done.returncode, done.stdout, done.stderr) == (130, "", ""), name


@pytest.mark.parametrize(
    ("arguments", "variables", "code"),
    [
        (["doctor"], {"GONGWEN_DATABASE_URL": "nonsense"}, 1),
        (["docs"], {"GONGWEN_DATABASE_URL": "mysql://u@h/d"}, 2),
        (["verify"], {"GONGWEN_DATABASE_URL": "nonsense"}, 2),
        (["docs"], {}, 1),
        (["crawl", "npc-dbgz"], {"GONGWEN_DATA": "a-file"}, 1),
        (["dev", "replica", "serve", "--port", "80000"], {}, 2),
        (["dev", "replica", "truth", "--port", "0"], {}, 2),
    ],
)
def test_what_a_user_sets_wrong_is_told_without_a_traceback(
    tmp_path: Path, arguments: list[str], variables: dict[str, str], code: int
) -> None:
    (tmp_path / "a-file").touch()
    done = run(*arguments, folder=tmp_path, **variables)
    assert (done.returncode, "Traceback" in done.stderr) == (code, False), done.stderr
    assert not (tmp_path / "gongwen-data").exists()


def test_a_database_that_breaks_under_a_command_is_a_problem() -> None:
    broken = DatabaseError("SELECT", {}, sqlite3.DatabaseError("disk image is malformed"))
    problem = main.problem_of(broken)
    assert problem is not None
    assert problem.next_step == "Look closer with: gongwen doctor"
    ours = IntegrityError("INSERT", {}, sqlite3.IntegrityError("UNIQUE constraint failed"))
    assert main.problem_of(ours) is None
    assert main.problem_of(ValueError("x")) is None
    told = Problem("a", "b", "c")
    assert main.problem_of(told) is told
