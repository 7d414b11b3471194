# ruff: noqa: E501 - markup stays on the lines its systems print
"""`extract` and `compare` on saved pages: every page has its row, in order, whatever happens."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner, Result

from archive.problems import Problem
from crawler.cli import extract as commands
from crawler.cli import pages
from tests import made_files

KEYS = [
    "path",
    "url",
    "family",
    "kind",
    "outcome",
    "title",
    "subtitle",
    "kicker",
    "index_no",
    "doc_no",
    "issuer",
    "theme",
    "genre",
    "source",
    "author",
    "publisher",
    "date_written",
    "date_signed",
    "date_published",
    "date_effective",
    "date_expiry",
    "validity",
    "keywords",
    "page_no",
    "page_name",
    "attachments",
    "relations",
    "text",
    "assertions",
    "conflicts",
    "encoding",
    "rule_version",
]
PAGE = """<html><head><title>关于做好工作的通知_某局</title></head><body><h1>关于做好工作的通知</h1>
<p>发布时间：2023-07-26 来源：某局 浏览次数：{visits}</p><div><p>现将有关事项通知如下，请认真贯彻执行，{word}。</p>
<p>各单位要高度重视，加强组织领导，明确责任分工。</p><p>附件：<a href="./a.pdf?token={visits}">表.pdf</a></p></div></body></html>"""
CHALLENGE = """<html><body><script>document.cookie="__jsl_clearance=1";location.reload()</script></body></html>"""

app = typer.Typer()
app.command("extract")(commands.extract)
app.command("compare")(commands.compare)


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, [str(each) for each in arguments])


def rows(result: Result, exit_code: int = 0) -> list[dict[str, Any]]:
    assert result.exit_code == exit_code, result.output
    return [json.loads(line) for line in result.output.splitlines()]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Saved pages by name."""
    place = tmp_path_factory.mktemp("saved")
    pages = {
        "one": PAGE.format(visits=191, word="确保完成"),
        "counted": PAGE.format(visits=192, word="确保完成"),
        "edited": PAGE.format(visits=193, word="按期完成"),
        "challenge": CHALLENGE,
    }
    for name, markup in pages.items():
        (place / f"{name}.html").write_text(markup, "utf-8")
    return place


def manifest(folder: Path, *lines: str) -> Path:
    path = folder / f"m{abs(hash(lines))}.jsonl"
    path.write_text("\n".join(lines), "utf-8")
    return path


def test_every_page_has_its_row_with_every_key_in_order(folder: Path) -> None:
    path = manifest(
        folder,
        '{"path": "one.html", "url": "http://a.cn/b/c.html", "note": "unknown keys are fine"}',
        '{"path": "challenge.html", "url": null}',
        '{"path": "missing.html"}',
        "",
        '{"path": "edited.html"}',
    )
    found = rows(run("extract", "--manifest", path))
    assert [row["path"] for row in found] == [
        "one.html",
        "challenge.html",
        "missing.html",
        "edited.html",
    ]
    assert [row["kind"] for row in found] == ["document", "challenge", "other", "document"]
    assert [row["outcome"] for row in found] == ["ok", "ok", "error", "ok"]
    assert all([key for key in row if key in KEYS] == KEYS for row in found)
    one = found[0]
    assert (one["title"], one["date_published"], one["source"]) == (
        "关于做好工作的通知",
        "2023-07-26",
        "某局",
    )
    assert one["attachments"] == [{"name": "表.pdf", "url": "http://a.cn/b/a.pdf?token=191"}]
    assert one["encoding"]["name"] == "utf-8"
    assert "191" not in one["text"]
    assert {"field", "value", "raw", "precision", "source", "locator"} == set(one["assertions"][0])


def test_path_is_printed_as_given_and_addresses_stay_without_a_url(folder: Path) -> None:
    given = f"{folder}/../{folder.name}/one.html"
    (row,) = rows(run("extract", "--json", given))
    assert (row["path"], row["url"]) == (given, None)
    assert row["attachments"][0]["url"] == "./a.pdf?token=191"


def test_people_get_a_record_and_the_text(folder: Path) -> None:
    printed = run("extract", "--url", "http://a.cn/b/c.html", folder / "one.html").output
    assert re.search(r"date_published\s+2023-07-26", printed)
    assert "现将有关事项通知如下" in printed
    assert not printed.startswith("{")


@pytest.mark.parametrize(
    ("new", "observation", "change_class", "version"),
    [
        ("one", "unchanged", None, False),
        ("counted", "noise", "none", False),
        ("edited", "changed", "substantive", True),
        ("challenge", "blocked", None, False),
        ("missing", "error", None, False),
    ],
)
def test_two_saved_pages_are_compared(
    folder: Path, new: str, observation: str, change_class: str | None, version: bool
) -> None:
    result = run("compare", "--json", folder / "one.html", folder / f"{new}.html")
    (row,) = rows(result, exit_code=int(observation == "error"))
    got = (row["observation"], row["change_class"], row["version"])
    assert got == (observation, change_class, version)
    assert row["reason"]


def test_manifest_names_pairs_to_compare(folder: Path) -> None:
    lines = [f'{{"old": "one.html", "new": "{new}.html"}}' for new in ("one", "edited")]
    found = rows(run("compare", "--manifest", manifest(folder, *lines)))
    assert [row["observation"] for row in found] == ["unchanged", "changed"]
    assert found[1]["fields"] == ["text"]


@pytest.mark.parametrize(
    ("arguments", "what"),
    [
        (["extract"], "Nothing to read"),
        (["extract", "--url", "http://a.cn/", "a.html", "b.html"], "Too many pages"),
        (["extract", "--manifest", "no-such-file.jsonl"], "Cannot read"),
        (["compare", "a.html"], "Nothing to compare"),
        (["extract", "--url", "nonsense", "a.html"], "nonsense is no address"),
        (["extract", "--url", "ftp://a.cn/x", "a.html"], "is no address"),
        (["compare", "--url", "nonsense", "a.html", "b.html"], "nonsense is no address"),
    ],
)
def test_misuse_is_explained(arguments: list[str], what: str) -> None:
    result = run(*arguments)
    assert isinstance(result.exception, Problem)
    assert result.exception.exit_code == 2
    assert what in result.exception.what


def test_a_missing_manifest_is_told_in_words(tmp_path: Path) -> None:
    problem = run("extract", "--manifest", tmp_path / "none.jsonl").exception
    assert isinstance(problem, Problem)
    assert problem.why == "No such file or directory"


def test_extract_fails_when_no_page_could_be_read(folder: Path) -> None:
    missing = folder / "missing.html"
    assert [row["outcome"] for row in rows(run("extract", "--json", missing), 1)] == ["error"]
    assert len(rows(run("extract", "--json", missing, folder / "one.html"))) == 2
    assert rows(run("extract", "--manifest", manifest(folder, "")), 0) == []


def test_equal_bytes_are_compared_without_reading_the_pages(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("a page was read")

    monkeypatch.setattr(pages.Workers, "submit", refuse)
    (row,) = rows(run("compare", "--json", folder / "one.html", folder / "one.html"))
    assert (row["observation"], row["reason"]) == ("unchanged", "the bytes are equal")


def test_people_are_told_where_a_field_stood(folder: Path) -> None:
    printed = run("extract", folder / "one.html").output
    assert re.search(r"date_published +2023-07-26 +header 发布时间", printed)


@pytest.mark.parametrize("line", ["{", "[]", '{"url": "http://a.cn/"}', '{"path": ""}'])
def test_bad_manifest_line_is_named(folder: Path, line: str) -> None:
    result = run("extract", "--manifest", manifest(folder, '{"path": "one.html"}', line))
    assert isinstance(result.exception, Problem)
    assert "Line 2" in result.exception.what


def test_a_saved_file_that_is_no_page_is_read_as_an_attached_one(tmp_path: Path) -> None:
    bodies = {
        "a.doc": made_files.docx(made_files.paragraph("办法正文")),
        "b.pdf": made_files.pdf([b"0 0 m 9 9 l S"]),
        "c.png": b"\x89PNG\r\n\x1a\n" + bytes(range(99)),
    }
    for name, body in bodies.items():
        (tmp_path / name).write_bytes(body)
    found = rows(run("extract", "--json", *(tmp_path / name for name in bodies)))
    told = [(row["kind"], row["outcome"], row["text"], row["title"]) for row in found]
    assert told == [
        ("document", "ok", "办法正文", None),
        ("other", "partial", "", None),
        ("other", "ok", "", None),
    ]
    assert [row["reason"] for row in found] == [
        None,
        "needs_ocr: no text layer",
        "no page: a PNG picture",
    ]
