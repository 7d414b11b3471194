"""docs, show, log, diff and stats on a real archive: exact bytes, JSON for programs, problems."""

from __future__ import annotations

import io
import json
import re
import sys
from pathlib import Path
from typing import Any

import pytest
import typer
from click.testing import Result
from rich.console import Console
from typer.testing import CliRunner

from archive.problems import Problem
from archive.records import FIELDS
from crawler.cli import differences, documents, inspect

sys.path.insert(0, str(Path(__file__).parents[2] / "archive" / "queries"))
from written_archive import FILE, SITE, WrittenArchive, content

app = typer.Typer()
for command in (inspect.docs, inspect.show, inspect.log, inspect.diff, inspect.stats):
    app.command()(command)

PAGE = SITE + "1.html"
OLD_TEXT = "第一段。\n完成1,286部。\n[ 注 ] 第三段。"
NEW_TEXT = "第一段。\n完成1,288部。\n[ 注 ] 第三段。"


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("inspected") / "archive"
    written = WrittenArchive(folder)
    written.begin("2023-01-01")
    written.page("1.html")
    first = content(OLD_TEXT, FILE, title="[b] 通知", doc_no="渝函〔2023〕1号")
    second = content(NEW_TEXT, title="[b] 通知", doc_no="渝函〔2023〕2号")
    written.check(PAGE, "2023-07-01T08:00", "new", first, body=b"\xff\xfeold\r\n")
    for day in (2, 3, 4):
        written.check(PAGE, f"2023-07-0{day}", "unchanged")
    written.check(PAGE, "2023-07-05", "noise", change_class="none")
    changed = ("text", "doc_no", "attachments")
    written.check(
        PAGE,
        "2023-07-06",
        "changed",
        second,
        change_class="substantive",
        fields=changed,
        body=b"new",
    )
    written.close()
    return folder


@pytest.fixture
def run(archive: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setenv("GONGWEN_DATA", str(archive))
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


def test_docs_prints_one_json_line_per_document(run: Any) -> None:
    [row] = objects(run("docs", "--json"))
    assert list(row)[:6] == ["id", "url", "seed", "title", "versions", "lifecycle"]
    assert set(FIELDS) <= set(row)
    assert (row["versions"], row["doc_no"]) == (2, "渝函〔2023〕2号")
    assert objects(run("docs", "doc_no:渝函〔2023〕1号", "--json")) == []


def test_docs_prints_a_table_for_people(run: Any) -> None:
    output = run("docs", "通知").stdout
    assert "[b] 通知" in output
    assert "渝函〔2023〕2号" in output
    assert "No documents" in run("docs", "nothing").stderr


def test_show_raw_is_exactly_the_bytes(run: Any) -> None:
    assert run("show", PAGE, "--version", "1", "--raw").stdout_bytes == b"\xff\xfeold\r\n"
    assert run("show", PAGE, "--raw").stdout_bytes == b"new"
    assert run("show", PAGE, "--as-of", "2023-07-04", "--raw").stdout_bytes == b"\xff\xfeold\r\n"


def test_show_text_is_exactly_the_text(run: Any) -> None:
    assert run("show", PAGE, "--text").stdout_bytes == NEW_TEXT.encode()
    assert run("show", PAGE, "--version", "1", "--text").stdout_bytes == OLD_TEXT.encode()
    assert run("show", PAGE, "--as-of", "2023-07-01", "--text").stdout_bytes == OLD_TEXT.encode()


def test_show_takes_ids_of_documents_versions_and_captures(run: Any) -> None:
    [record] = objects(run("show", PAGE, "--json"))
    first = record["history"][0]
    assert run("show", record["id"], "--text").stdout_bytes == NEW_TEXT.encode()
    assert run("show", first["id"], "--text").stdout_bytes == OLD_TEXT.encode()
    assert run("show", first["capture"], "--text").stdout_bytes == OLD_TEXT.encode()
    quiet = objects(run("log", PAGE, "--json"))[1]["capture"]
    assert run("show", quiet, "--raw").stdout_bytes == b"<html></html>"
    with pytest.raises(Problem):
        run("show", quiet, "--text")


def test_show_as_of_prints_its_evidence(run: Any) -> None:
    [record] = objects(run("show", PAGE, "--as-of", "2023-07-04", "--json"))
    assert record["as_of"]["certainty"] == "exact"
    assert record["as_of"]["last_confirmed"] == "2023-07-04T00:00:00+08:00"
    assert record["doc_no"] == "渝函〔2023〕1号"
    assert "bracketed" in run("show", PAGE, "--as-of", "2023-07-05T12:00").stdout


def test_show_for_people_has_fields_history_and_text(run: Any) -> None:
    output = run("show", PAGE).stdout
    for part in ("发文字号", "渝函〔2023〕2号", "substantive", "完成1,288部。", "[ 注 ] 第三段。"):
        assert part in output


def test_show_tells_where_each_field_came_from(run: Any) -> None:
    [line] = [line for line in run("show", PAGE).stdout.splitlines() if " doc_no " in line]
    assert re.search(r"渝函〔2023〕2号 +table 发文字号$", line)


def test_history_tells_addresses_only_when_they_differ(run: Any) -> None:
    assert run("show", PAGE).stdout.count(PAGE) == 1


def test_log_tells_events_from_checks(run: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    check = {"at": "2023-07-01T08:00:00+08:00", "kind": "observation", "what": "new", "url": PAGE}
    rows = [check, check | {"kind": "event"}]
    assert [row["what"] for row in documents.readable_log(rows)] == ["new", "event: new"]


def test_log_folds_quiet_checks_for_people_only(run: Any) -> None:
    assert [row["what"] for row in objects(run("log", PAGE, "--json"))] == [
        "new",
        "unchanged",
        "unchanged",
        "unchanged",
        "changed",
    ]
    assert "noise" in [row["what"] for row in objects(run("log", PAGE, "--noise", "--json"))]
    output = run("log", PAGE).stdout
    assert output.count("unchanged") == 1
    assert "×3 until 2023-07-04 00:00:00" in output


def test_diff_is_one_json_object(run: Any) -> None:
    [difference] = objects(run("diff", PAGE, "--json"))
    assert (difference["from"]["number"], difference["to"]["number"]) == (1, 2)
    assert difference["change_class"] == "substantive"
    assert difference["changed"] == ["text", "doc_no", "attachments"]
    assert [(c["field"], c["new"]) for c in difference["fields"]] == [("doc_no", "渝函〔2023〕2号")]
    assert difference["attachments"][0]["kind"] == "removed"
    joined = "".join(p["text"] for p in difference["text"] if p["kind"] != "delete")
    assert joined == NEW_TEXT


def test_diff_names_its_document_first(run: Any) -> None:
    [difference] = objects(run("diff", PAGE, "--json"))
    assert difference["document"].startswith("d")
    assert (difference["title"], difference["url"]) == ("[b] 通知", PAGE)
    title, address, versions = run("diff", PAGE).stdout.splitlines()[:3]
    assert title == f"[b] 通知  {difference['document']}"
    assert address == PAGE
    assert versions.startswith("version 1 (2023-07-01 08:00:00) → version 2")


def test_diff_without_colour_marks_what_changed(run: Any) -> None:
    output = run("diff", PAGE).stdout
    assert "~ 完成[-1,286-]{+1,288+}部。" in output
    assert "  [ 注 ] 第三段。" in output
    assert output.index("doc_no") < output.index("完成")
    assert "No difference" in run("diff", PAGE, "2", "2").stdout


def test_diff_strikes_red_and_inserts_green(run: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    out = io.StringIO()
    terminal = Console(file=out, force_terminal=True, color_system="standard", highlight=False)
    monkeypatch.setattr(differences, "console", terminal)
    run("diff", PAGE, "1", "2")
    assert "\x1b[9;31m1,286\x1b[0m\x1b[32m1,288\x1b[0m" in out.getvalue()


def test_stats_counts(run: Any) -> None:
    [counted] = objects(run("stats", "--json"))
    assert (counted["documents"], counted["versions"], counted["captures"]) == (1, 2, 6)
    assert counted["observations"]["unchanged"] == 3
    assert counted["warc"]["bytes"] > 0
    assert "kjj" in run("stats").stdout


@pytest.mark.parametrize(
    ("arguments", "exit_code"),
    [
        (("show", "dnothing"), 1),
        (("show", PAGE, "--version", "9"), 1),
        (("show", PAGE, "--as-of", "2023-06-01"), 1),
        (("show", PAGE, "--as-of", "soon"), 2),
        (("show", PAGE, "--raw", "--text"), 2),
        (("show", PAGE, "--as-served"), 2),
        (("show", PAGE, "--version", "1", "--as-of", "2023-07-01"), 2),
        (("docs", "colour:red"), 2),
        (("diff", PAGE, "1", "7"), 1),
        (("log", SITE + "none.html"), 1),
    ],
)
def test_problem_says_what_to_do(run: Any, arguments: tuple[str, ...], exit_code: int) -> None:
    with pytest.raises(Problem) as caught:
        run(*arguments)
    assert caught.value.exit_code == exit_code
    assert caught.value.next_step


@pytest.mark.parametrize("command", [("docs",), ("show", PAGE), ("log", PAGE), ("stats",)])
def test_looking_makes_no_archive(
    run: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: tuple[str, ...]
) -> None:
    monkeypatch.setenv("GONGWEN_DATA", str(tmp_path / "none"))
    with pytest.raises(Problem, match="gongwen crawl SEED") as caught:
        run(*command)
    assert caught.value.exit_code == 1
    assert not (tmp_path / "none").exists()


def test_commands_import_nothing_heavy_to_start() -> None:
    import subprocess

    code = (
        "import sys, crawler.cli.inspect, crawler.cli.differences;"
        "print([m for m in ('sqlalchemy', 'rjieba', 'scrapy', 'fastwarc') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
