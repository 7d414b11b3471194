"""gongwen verify, head, doctor, db upgrade: what they print and how they exit."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from archive import chain
from archive.database import open_database
from archive.problems import Problem
from crawler.cli import keeping


@pytest.fixture
def app() -> typer.Typer:
    made = typer.Typer()
    for name in ("verify", "head", "doctor", "db_upgrade"):
        made.command(name)(getattr(keeping, name))
    return made


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("GONGWEN_DATA", str(tmp_path / "data"))
    return tmp_path / "data"


@pytest.mark.parametrize("command", ["verify", "head"])
def test_a_missing_archive_is_told_and_not_made(
    app: typer.Typer, folder: Path, command: str
) -> None:
    result = CliRunner().invoke(app, [command])
    assert isinstance(result.exception, Problem)
    assert not folder.exists()


def test_verify_of_a_good_archive_exits_0(app: typer.Typer, folder: Path) -> None:
    open_database(folder).close()
    result = CliRunner().invoke(app, ["verify", "--json"])
    report = json.loads(result.stdout)
    assert (result.exit_code, report["clean"], report["findings"]) == (0, True, [])


def test_verify_of_a_bad_archive_exits_1(app: typer.Typer, folder: Path) -> None:
    open_database(folder).close()
    (folder / "warc").mkdir()
    (folder / "warc" / "gongwen-2026-11-s00-000001.warc.gz").write_bytes(b"stranger")
    result = CliRunner().invoke(app, ["verify", "--json"])
    assert result.exit_code == 1
    assert [finding["kind"] for finding in json.loads(result.stdout)["findings"]] == [
        "warc_unknown"
    ]
    assert CliRunner().invoke(app, ["verify"]).exit_code == 1


def test_head_of_an_empty_chain(app: typer.Typer, folder: Path) -> None:
    open_database(folder).close()
    result = CliRunner().invoke(app, ["head", "--json"])
    assert json.loads(result.stdout) == {"number": 0, "hash": chain.GENESIS, "at": None}


def test_doctor_lists_its_signs(app: typer.Typer, folder: Path) -> None:
    open_database(folder).close()
    result = CliRunner().invoke(app, ["doctor", "--json"])
    names = [json.loads(line)["name"] for line in result.stdout.splitlines()]
    assert result.exit_code == 0
    assert "database" in names
    assert "schema" in names


def test_db_upgrade_of_a_current_archive_changes_nothing(app: typer.Typer, folder: Path) -> None:
    open_database(folder).close()
    result = CliRunner().invoke(app, ["db_upgrade", "--json"])
    row = json.loads(result.stdout)
    assert row["from"] == row["to"]
    assert row["backup"] is None
