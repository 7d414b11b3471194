"""`extract --mask` and `show --mask`: contact data is unreadable, the rest as it was."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest
import typer
from sqlalchemy import update
from typer.testing import CliRunner

from archive.masking import MARK
from archive.models import Derivation
from archive.problems import Problem
from crawler.cli import extract as workshop
from crawler.cli import inspect

sys.path.insert(0, str(Path(__file__).parents[2] / "archive" / "queries"))
from written_archive import SITE, WrittenArchive, content

TEXT = "请按期报送。\n联系人：张三，联系电话：023-67512345。"
HIDDEN = f"请按期报送。\n联系人：{MARK * 2}，联系电话：{MARK * 12}。"
SPANS = [{"kind": "person", "start": 11, "end": 13}, {"kind": "phone", "start": 19, "end": 31}]
SAVED = (
    "<html><head><title>关于报送材料的通知</title></head><body><h1>关于报送材料的通知</h1>"
    "<div><p>各单位：现将报送材料的有关事项通知如下，请认真组织实施，按期报送，逾期不予受理。</p>"
    "<p>联系人：张三，联系电话：023-67512345。</p></div></body></html>"
)

app = typer.Typer()
app.command()(inspect.show)
app.command()(workshop.extract)


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Runs a command on an archive of two pages, of which one was looked through for contacts."""
    written = WrittenArchive(tmp_path / "archive")
    written.begin("2023-01-01")
    for name in ("new.html", "old.html"):
        written.check(written.page(name), "2023-07-01", "new", content(TEXT, title=name))
    with written.database.write() as session:
        looked = Derivation.fields["title"].as_string() == "new.html"
        values = {"contacts": SPANS, "markdown": f"# 通知\n\n{TEXT}"}
        session.execute(update(Derivation).where(looked).values(values))
    written.close()
    monkeypatch.setenv("GONGWEN_DATA", str(tmp_path / "archive"))
    monkeypatch.delenv("GONGWEN_DATABASE_URL", raising=False)

    def invoke(*arguments: str) -> str:
        result = CliRunner().invoke(app, arguments)
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result.stdout

    return invoke


def test_show_masks_text_markdown_and_json(run: Any) -> None:
    page = SITE + "new.html"
    assert run("show", page, "--text") == TEXT
    assert run("show", page, "--mask", "--text") == HIDDEN
    assert run("show", page, "--mask", "--markdown") == f"# 通知\n\n{HIDDEN}\n"
    row = json.loads(run("show", page, "--mask", "--json"))
    assert (row["text"], row["contacts"]) == (HIDDEN, SPANS)
    shown = run("show", page, "--mask")
    assert "67512345" not in shown
    assert MARK in shown


def test_what_was_never_looked_through_is_not_shown_as_masked(run: Any) -> None:
    with pytest.raises(Problem, match="cannot be masked"):
        run("show", SITE + "old.html", "--mask", "--text")


@pytest.mark.parametrize("other", [["--raw"], ["--file", "1"]])
def test_bytes_and_files_are_not_masked(run: Any, other: list[str]) -> None:
    with pytest.raises(Problem, match="exclude each other") as raised:
        run("show", SITE + "new.html", "--mask", *other)
    assert raised.value.exit_code == 2


def test_extract_marks_contacts_and_masks_them_when_asked(run: Any, tmp_path: Path) -> None:
    saved = tmp_path / "page.html"
    saved.write_text(SAVED, "utf-8")
    plain = json.loads(run("extract", str(saved), "--json"))
    marked = [plain["text"][each["start"] : each["end"]] for each in plain["contacts"]]
    assert marked == ["张三", "023-67512345"]
    assert plain["rights"] is None
    hidden = json.loads(run("extract", str(saved), "--mask", "--json"))
    assert hidden["contacts"] == plain["contacts"]
    assert hidden["text"] == plain["text"].replace("张三", MARK * 2).replace(
        "023-67512345", MARK * 12
    )
    assert "67512345" not in json.dumps(hidden, ensure_ascii=False)
