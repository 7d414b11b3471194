"""Tables and records fit their terminal, keep addresses whole, and leave out what is empty."""

from __future__ import annotations

from typing import Any

import pytest
from rich.cells import cell_len

from archive import clock
from archive.problems import Problem
from crawler.cli import output
from crawler.cli.tables import record_lines, table_lines
from crawler.cli.wording import counted, sentence, short_moment, told

URL = "http://127.0.0.11:37365/zwgk/fdzdgknr/202307/t20230726_12183944.html?channel=zfxxgk&id=1"
THIS_YEAR = clock.to_datetime(clock.now()).year
ROWS: list[dict[str, Any]] = [
    {
        "id": "dkqm9ehzqcg692650",
        "title": "关于印发《文化遗产数字化科研平台管理细则》的通知" * 3,
        "versions": 12,
        "at": f"{THIS_YEAR}-11-22T04:01:45+08:00",
        "verified": True,
        "reason": None,
        "url": URL,
    },
    {
        "id": "d6dz82268db4w3zh0",
        "title": "",
        "versions": 1,
        "at": "2023-07-01T08:00:00+08:00",
        "verified": False,
        "reason": None,
        "url": None,
    },
]
NAMES = ("id", "title", "versions", "at", "verified", "reason", "url")


def plain(width: int | None) -> list[str]:
    return [line.plain for line in table_lines(ROWS, NAMES, width)]


@pytest.mark.parametrize("width", [40, 80, 120])
def test_lines_fit_the_terminal_and_addresses_stay_whole(width: int) -> None:
    lines = plain(width)
    assert all(cell_len(line) <= width for line in lines if URL not in line)
    assert [line.strip() for line in lines if URL in line] == [URL]


def test_without_a_terminal_every_row_is_one_line() -> None:
    lines = plain(None)
    assert len(lines) == 3
    assert ROWS[0]["title"] in lines[1]


def test_columns_without_values_are_left_out() -> None:
    assert plain(None)[0].split() == ["id", "title", "versions", "at", "verified", "url"]


def test_figures_stand_to_the_right() -> None:
    header, first, *_, second = plain(80)
    ends = [line.index(text) + len(text) for line, text in ((first, " 12"), (second, "  1"))]
    assert ends == [header.index("versions") + len("versions")] * 2


def test_what_does_not_fit_goes_under_its_row_by_name() -> None:
    rows = [{"id": 1, "file": "x" * 30, "reason": "why " * 10}]
    lines = [line.plain for line in table_lines(rows, ("id", "file", "reason"), 40)]
    assert lines[0].split() == ["id", "file"]
    assert lines[2] == "    " + "why why why why why why why why why"


def test_moments_lose_their_zone_and_the_present_year() -> None:
    assert short_moment(f"{THIS_YEAR}-11-22T04:01:45+08:00") == "11-22 04:01:45"
    assert short_moment("2023-07-01T08:00:00+08:00") == "2023-07-01 08:00:00"
    assert short_moment("2023-07-01") == "2023-07-01"


def test_a_record_keeps_year_and_zone_to_be_written_down() -> None:
    [line] = record_lines({"at": f"{THIS_YEAR}-11-22T04:01:45+08:00"}, 80)
    assert line.plain == f"at  {THIS_YEAR}-11-22 04:01:45 +08:00"


def test_a_leading_address_goes_under_its_row_too() -> None:
    rows = [{"url": URL, "observation": "changed", "document": "dkqm9ehzqcg692650"}]
    lines = [line.plain for line in table_lines(rows, ("url", "observation", "document"), 80)]
    assert lines == [
        "observation  document",
        "changed      dkqm9ehzqcg692650",
        "    " + URL,
    ]


def test_values_read_as_people_write_them() -> None:
    assert (told(True), told(False), told(None)) == ("yes", "no", "")
    assert told({"new": 3, "gone": 0, "changed": 1}) == "new 3, changed 1"
    assert told({"name": "utf-8", "evidence": None}) == "name=utf-8"
    assert told(["text", "title"]) == "text, title"
    assert [counted(count, "page") for count in (0, 1, 2)] == ["0 pages", "1 page", "2 pages"]


def test_a_note_stands_beside_its_value_or_below_it() -> None:
    record = {"doc_no": "渝函〔2023〕2号", "title": "关于做好工作的通知", "empty": None}
    notes = {"doc_no": "table 发文字号", "title": "heading h1", "empty": "never"}
    wide = [line.plain for line in record_lines(record, 80, notes)]
    assert wide == [
        "doc_no  渝函〔2023〕2号     table 发文字号",
        "title   关于做好工作的通知  heading h1",
    ]
    narrow = [line.plain for line in record_lines(record, 32, notes)]
    assert len(narrow) == 4
    assert all(cell_len(line) <= 32 for line in narrow)


def test_nothing_to_show_is_told_to_people_only(capsys: pytest.CaptureFixture[str]) -> None:
    output.print_rows([], ("id",), as_json=False, empty="No runs yet.")
    output.print_rows([], ("id",), as_json=True)
    printed = capsys.readouterr()
    assert (printed.out, printed.err) == ("", "No runs yet.\n")


def test_hints_begin_alike(capsys: pytest.CaptureFixture[str]) -> None:
    assert sentence("gongwen show d1 --raw") == "Run: gongwen show d1 --raw"
    output.print_problem(Problem("d1 has no version 9", "it has 1 only", "give another"))
    assert capsys.readouterr().err == "d1 has no version 9: it has 1 only\n  Give another\n"


@pytest.mark.parametrize(("asked", "width"), [("80", 80), ("", None), ("x", None)])
def test_columns_are_as_many_as_asked_for(
    monkeypatch: pytest.MonkeyPatch, asked: str, width: int | None
) -> None:
    monkeypatch.setenv("COLUMNS", asked)
    assert output.screen_width() == width
