"""gongwen correct, corrections and rederive, as people and programs call them."""

from __future__ import annotations

import getpass
import json
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import typer
from click.testing import Result
from typer.testing import CliRunner

from archive.database import open_database
from archive.models import Derivation
from archive.problems import Problem
from archive.records import RULE_VERSION
from crawler.cli import corrections, inspect, rederive
from pipelines.corrections import checked_value

sys.path.insert(0, str(Path(__file__).parents[2] / "archive" / "queries"))
from written_archive import SITE, WrittenArchive, content

app = typer.Typer()
for command in (corrections.correct, corrections.corrections, inspect.show, inspect.docs):
    app.command()(command)
app.command("log")(inspect.log)
app.command("rederive")(rederive.rederive)

PAGE = SITE + "1.html"
SERVED = """<html><head><meta charset="utf-8"><title>关于做好工作的通知</title></head><body>
<h1>关于做好工作的通知</h1><p>渝科局函〔2023〕278号</p>
<div class="content"><p>各区县科技局：</p><p>现将有关事项通知如下，请认真贯彻落实。</p>
<p>市科学技术局</p><p>2023年7月26日</p></div></body></html>"""


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    written = WrittenArchive(tmp_path / "archive")
    written.begin("2023-01-01")
    written.page("1.html")
    first = content("旧的正文。", title="通知", author="甲", doc_no="渝函〔2023〕1号")
    written.check(PAGE, "2023-07-01", "new", first, body=SERVED.encode())
    written.set(PAGE, version_count=1)
    with written.database.write() as session:
        session.query(Derivation).update({"rule_version": "0"})
    written.close()
    monkeypatch.setenv("GONGWEN_DATA", str(tmp_path / "archive"))
    monkeypatch.setenv("GONGWEN_SEEDS", str(tmp_path))
    monkeypatch.delenv("GONGWEN_DATABASE_URL", raising=False)
    monkeypatch.setenv("COLUMNS", "200")

    def invoke(*arguments: str) -> Result:
        result = CliRunner().invoke(app, arguments)
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result

    return invoke


def objects(result: Result) -> list[dict[str, Any]]:
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_a_correction_is_made_listed_shown_and_taken_back(run: Any) -> None:
    [made] = objects(run("correct", PAGE, "doc_no", "渝函[2023]9号", "--why", "见原件", "--json"))
    assert (made["value"], made["replaced"]) == ("渝函〔2023〕9号", "渝函〔2023〕1号")
    assert (made["who"], made["state"]) == (getpass.getuser(), "stands")
    assert objects(run("corrections", "--json")) == [made]
    assert objects(run("corrections", PAGE, "--open", "--json")) == []
    [line] = [line for line in run("show", PAGE).stdout.splitlines() if "发文字号 doc_no " in line]
    assert "渝函〔2023〕9号" in line
    assert "person" in line
    assert "渝函〔2023〕1号 → 渝函〔2023〕9号" in run("show", PAGE).stdout
    assert [row["doc_no"] for row in objects(run("docs", "--json"))] == ["渝函〔2023〕9号"]
    assert "corrected" in run("log", PAGE).stdout
    [gone] = objects(run("correct", "--withdraw", made["id"], "--json"))
    assert gone["state"] == "withdrawn"
    assert objects(run("show", PAGE, "--json"))[0]["doc_no"] == "渝函〔2023〕1号"


def test_unset_says_that_the_page_states_none(run: Any) -> None:
    [made] = objects(
        run("correct", PAGE, "author", "--unset", "--why", "编辑", "--who", "王某", "--json")
    )
    assert (made["value"], made["who"]) == (None, "王某")
    assert objects(run("show", PAGE, "--json"))[0]["author"] is None


@pytest.mark.parametrize(
    ("arguments", "match"),
    [
        ((PAGE, "auther", "乙", "--why", "x"), "fields are title, subtitle"),
        ((PAGE, "author", "乙"), "--why TEXT"),
        ((PAGE, "author", "--why", "x"), "--unset"),
        ((PAGE, "author", "乙", "--unset", "--why", "x"), "not both"),
        ((PAGE,), "a document and a field"),
        ((PAGE, "date_signed", "2023年7月", "--why", "x"), "2023-07-26"),
        ((PAGE, "--withdraw", "k123"), "stands alone"),
    ],
)
def test_what_is_used_wrongly_is_told_and_changes_nothing(
    run: Any, arguments: tuple[str, ...], match: str
) -> None:
    with pytest.raises(Problem, match=match) as caught:
        run("correct", *arguments)
    assert caught.value.exit_code == 2
    assert objects(run("corrections", "--json")) == []


@pytest.mark.parametrize(
    ("field", "typed", "stored"),
    [
        ("date_written", " 2023-07-26 ", "2023-07-26"),
        ("doc_no", "国发[2023]1号", "国发〔2023〕1号"),
        ("doc_no", "国发（2023）1 号", "国发〔2023〕1号"),
        ("doc_no", "内部 12-3", "内部12-3"),
        ("index_no", "0000 14349/2023-00001", "000014349/2023-00001"),
        ("title", "  关于  某事的\n通知 ", "关于 某事的通知"),
    ],
)
def test_values_are_brought_to_the_form_of_the_extraction(
    field: str, typed: str, stored: str
) -> None:
    assert checked_value(field, typed) == stored


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("date_written", "2023-02-30"),
        ("date_written", "2023-7-26"),
        ("date_expiry", "20230726"),
        ("doc_no", "通知"),
        ("index_no", "无"),
        ("title", " "),
        ("title", "长" * 301),
    ],
)
def test_values_that_a_field_cannot_have_are_refused(field: str, typed: str) -> None:
    with pytest.raises(Problem) as caught:
        checked_value(field, typed)
    assert caught.value.exit_code == 2
    assert caught.value.next_step


def test_rederive_reads_the_stored_bytes_with_the_workers(run: Any, tmp_path: Path) -> None:
    changed, ended = objects(run("rederive", "--dry-run", "--json"))
    assert (changed["event"], changed["from"], changed["to"]) == ("changed", "0", RULE_VERSION)
    assert {"title", "text", "doc_no"} <= set(changed["fields"])
    assert (ended["read"], ended["stored"], ended["dry_run"]) == (1, 0, True)
    assert objects(run("show", PAGE, "--json"))[0]["title"] == "通知"
    assert objects(run("rederive", PAGE, "--json"))[-1]["stored"] == 1
    [record] = objects(run("show", PAGE, "--json"))
    assert (record["title"], record["doc_no"]) == ("关于做好工作的通知", "渝科局函〔2023〕278号")
    [before] = objects(run("show", PAGE, "--rules", "0", "--json"))
    assert (before["title"], before["rule_versions"]) == ("通知", ["0", RULE_VERSION])
    assert run("show", PAGE, "--rules", "0", "--text").stdout == "旧的正文。"
    assert "0 versions read" in run("rederive", "kjj").stdout
    with pytest.raises(Problem):
        run("rederive", "nothing")
    with closing(open_database(tmp_path / "archive")) as database, database.read() as session:
        assert session.query(Derivation).count() == 2
