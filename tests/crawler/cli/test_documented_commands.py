"""docs/commands.md holds every command, option, JSON key and filter that there is, and no other."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import click
import pytest
import typer
from sqlalchemy import select
from typer.testing import CliRunner

from archive import ledger
from archive.correcting import correct
from archive.database import open_database
from archive.models import Seed
from archive.queries import parse_filters
from archive.records import FIELDS
from crawler.cli.commands import app
from crawler.cli.lazy import LazyCommand

sys.path.insert(0, str(Path(__file__).parents[2] / "archive" / "queries"))
from written_archive import FILE, SITE, WrittenArchive, content

PAGE = SITE + "1.html"
TEXT = (Path(__file__).parents[3] / "docs" / "commands.md").read_text("utf-8")
SAVED = "<html><h1>关于做好工作的通知</h1><p>现将有关事项通知如下。</p></html>"


def sections() -> dict[str, str]:
    """The text of each command's section by the command's words."""
    parts = re.split(r"^### `gongwen ([a-z ]+)`$", TEXT, flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def walk(command: Any, words: tuple[str, ...] = ()) -> Iterator[tuple[str, Any]]:
    """Every command with its words, subcommands opened."""
    if isinstance(command, LazyCommand):
        command = command.load()
    if not hasattr(command, "commands"):
        yield " ".join(words), command
        return
    for name, inner in command.commands.items():
        yield from walk(inner, (*words, name))


COMMANDS = dict(walk(typer.main.get_command(app)))


def keys_of(command: str) -> set[str]:
    """Words in code marks of a section, and of those whose keys it says it shares."""
    text = sections()[command]
    words = set(re.findall(r"[a-z_]+", " ".join(re.findall(r"`([^`]*)`", text))))
    shared = re.findall(r"(?:as in|keys of|fields as in) `([a-z ]+)`", text)
    return words.union(*(keys_of(other) for other in shared if other != command))


def test_every_command_is_documented_and_no_other() -> None:
    assert sorted(sections()) == sorted(COMMANDS)


@pytest.mark.parametrize("command", sorted(COMMANDS))
def test_every_option_is_documented(command: str) -> None:
    options = {
        name
        for parameter in COMMANDS[command].params
        if isinstance(parameter, click.Option) or parameter.param_type_name == "option"
        for name in parameter.opts
    }
    told = set(re.findall(r"--[a-z][a-z-]*", sections()[command]))
    assert options - {"--help", "--json"} == told


@pytest.mark.parametrize("command", sorted(COMMANDS))
def test_every_command_tells_its_exit_codes_and_json(command: str) -> None:
    section = sections()[command]
    assert re.search(r"^Exit: 0", section, re.MULTILINE)
    has_json = any("--json" in parameter.opts for parameter in COMMANDS[command].params)
    assert has_json == bool(re.search(r"^JSON", section, re.MULTILINE))


def test_every_documented_filter_is_read() -> None:
    filters = set(re.findall(r"`([a-z_]+):`", TEXT))
    allowed = {"lifecycle": "live", "class": "new", "conflict": "yes", "rights": "official"}
    assert len(filters) > 15
    for name in filters:
        parse_filters(f"{name}:{allowed.get(name, '2023')}")


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with an archive of one document in two versions, a seed file and a saved page."""
    folder = tmp_path_factory.mktemp("documented")
    written = WrittenArchive(folder / "archive")
    written.begin("2023-01-01")
    written.page("1.html")
    old, new = content("第一段。", FILE, title="通知"), content("第二段。", title="通知")
    written.check(PAGE, "2023-07-01", "new", old, body=b"old")
    changed = {"change_class": "substantive", "fields": ("text",), "body": b"new"}
    written.check(PAGE, "2023-07-06", "changed", new, **changed)
    written.set(PAGE, version_count=2)
    written.close()
    with closing(open_database(folder / "archive")) as database, database.write() as session:
        key = session.scalars(select(Seed.key)).first()
        assert key is not None
        ledger.add_manual_run(session, key, trigger="manual", at=1)
    with closing(open_database(folder / "archive")) as database:
        correct(database, PAGE, "genre", "通知", who="王某", why="见原件")
    (folder / "seeds").mkdir()
    seed = 'id = "one"\ntitle = "one"\nschedule = "@daily"\nverified = true\n'
    seed += '[discover]\nurls = ["http://one.example/"]\n'
    (folder / "seeds" / "one.toml").write_text(seed)
    (folder / "page.html").write_text(SAVED, "utf-8")
    return folder


@pytest.mark.parametrize(
    ("command", "arguments"),
    [
        ("docs", []),
        ("show", [PAGE]),
        ("show", [PAGE, "--as-of", "2023-07-04"]),
        ("log", [PAGE]),
        ("correct", [PAGE, "author", "王某", "--why", "见原件"]),
        ("corrections", []),
        ("rederive", []),
        ("diff", [PAGE]),
        ("runs", []),
        ("stats", []),
        ("export", ["--format", "cdxj", "--output", "index.cdxj"]),
        ("verify", []),
        ("head", []),
        ("doctor", []),
        ("backup", ["backup"]),
        ("db upgrade", []),
        ("seeds list", []),
        ("seeds check", []),
        ("seeds show", ["one"]),
        ("schedule list", []),
        ("schedule next", ["--limit", "1"]),
        ("extract", ["page.html"]),
        ("compare", ["page.html", "page.html"]),
        ("dev replica truth", ["--port", "8000"]),
    ],
)
def test_every_key_that_is_printed_is_documented(
    place: Path, monkeypatch: pytest.MonkeyPatch, command: str, arguments: list[str]
) -> None:
    monkeypatch.chdir(place)
    monkeypatch.setenv("GONGWEN_DATA", str(place / "archive"))
    monkeypatch.setenv("GONGWEN_SEEDS", str(place / "seeds"))
    monkeypatch.delenv("GONGWEN_DATABASE_URL", raising=False)
    printed = CliRunner().invoke(app, [*command.split(), *arguments, "--json"]).stdout
    row = json.loads(printed.splitlines()[0])
    inner = set(row["as_of"]) if "as_of" in row else set()
    assert (set(row) | inner) - set(FIELDS) <= keys_of(command)


def test_the_official_fields_are_listed_in_their_order() -> None:
    listed = re.findall(r"[a-z_]+", sections()["docs"].partition("official fields")[2])
    assert [name for name in listed if name in FIELDS] == [n for n in FIELDS if n != "title"]
