"""The five seed documents come out right, through the crawl, in the one-line demo."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from collections import Counter
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from archive import queries
from archive.database import open_database
from archive.records import DATE_FIELDS, FIELDS
from tests.measure import body_f1

BODIES = sorted((Path(__file__).parent.parent / "seeds").glob("*.txt"))
LIMIT = 60.0
EXPECTED: dict[str, dict[str, str | None]] = {
    "000": {
        "title": "重庆市科学技术局关于市六届人大一次会议第0159号建议办理情况的答复函",
        "index_no": "11500000MB15895317/2023-00093",
        "doc_no": "渝科局函〔2023〕278号",
        "theme": "科技、教育",
        "genre": "人大建议办理",
        "issuer": "市科技局",
        "date_written": "2023-07-26",
        "date_published": "2023-07-26",
        "date_signed": "2023-04-12",
    },
    "001": {
        "title": "2024年重庆科技工作重点",
        "publisher": "发展规划处",
        "author": None,
        "date_published": "2024-03-05",
    },
    "002": {
        "title": "关于市四届人大四次会议第0701号建议的复函",
        "date_published": "2016-06-08",
        "date_signed": "2016-04-21",
    },
    "003": {
        "title": "重庆实施高新技术企业和科技型企业“双倍增”行动",
        "subtitle": "今年力争科技型企业超过4.8万家、高新技术企业突破7000家",
        "kicker": "新时代新征程新重庆",
        "author": "张亦筑",
        "page_no": "008",
        "page_name": "重庆新闻",
        "date_published": "2023-02-24",
        "source": None,
    },
}


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, Any], Path]:
    folder = tmp_path_factory.mktemp("demo") / "kept"
    started = time.monotonic()
    output = subprocess.run(
        [sys.executable, "-P", "-m", "crawler", "demo", "--json", "--keep", str(folder)],
        env=os.environ | {"GONGWEN_DATA": "/nonexistent", "GONGWEN_SEEDS": "/nonexistent"},
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    assert time.monotonic() - started < LIMIT
    return json.loads(output), folder


def document(demo: tuple[dict[str, Any], Path], number: str) -> dict[str, Any]:
    rows = demo[0]["seed_documents"]
    return next(row for row in rows if row["seed_text"].startswith(number))


def text_of(folder: Path, url: str, version: int | None = None) -> str:
    with closing(open_database(folder)) as database, database.read() as session:
        return str(queries.document(session, url, version)["text"])


def flat(value: str | None) -> str | None:
    return None if value is None else re.sub(r"\s+", "", value)


@pytest.mark.parametrize("number", EXPECTED)
def test_seed_fields_come_out_right(demo: tuple[dict[str, Any], Path], number: str) -> None:
    row = document(demo, number)
    assert {name: flat(row[name]) for name in EXPECTED[number]} == EXPECTED[number]


@pytest.mark.parametrize("body", BODIES, ids=lambda path: path.stem)
def test_seed_texts_come_out_whole(demo: tuple[dict[str, Any], Path], body: Path) -> None:
    url = document(demo, body.stem)["url"]
    assert body_f1(body.read_text("utf-8"), text_of(demo[1], url, 1)) >= 0.99


def test_disagreeing_dates_are_flagged(demo: tuple[dict[str, Any], Path]) -> None:
    conflicts = document(demo, "000")["conflicts"]
    assert ["date_written", "date_signed"] in [conflict["fields"] for conflict in conflicts]


def test_table_printed_twice_gives_one_assertion_per_field(
    demo: tuple[dict[str, Any], Path],
) -> None:
    table = [
        one["field"] for one in document(demo, "000")["assertions"] if one["source"] == "table"
    ]
    assert Counter(table) == dict.fromkeys(
        ("index_no", "doc_no", "theme", "genre", "issuer", "date_written", "date_published"), 1
    )
    assert "索引号" not in text_of(demo[1], document(demo, "000")["url"])


def test_view_counter_is_outside_the_text(demo: tuple[dict[str, Any], Path]) -> None:
    assert "浏览次数" not in text_of(demo[1], document(demo, "001")["url"])


def test_clock_time_stays_in_the_assertion(demo: tuple[dict[str, Any], Path]) -> None:
    dates = [one for one in document(demo, "002")["assertions"] if one["field"] == "date_published"]
    assert any("20:49" in one["raw"] for one in dates)


def test_newspaper_furniture_is_outside_the_text(demo: tuple[dict[str, Any], Path]) -> None:
    text = text_of(demo[1], document(demo, "003")["url"])
    assert not re.search(r"上一篇|下一篇|上一版|版权所有|重庆水警春季练兵|^3|4$", text, re.M)


def test_page_without_title_takes_it_from_the_list_or_not_at_all(
    demo: tuple[dict[str, Any], Path],
) -> None:
    row = document(demo, "004")
    listed = {one["field"] for one in row["assertions"] if one["source"] == "list"}
    stated = {name for name in ("title", *DATE_FIELDS) if row[name] is not None}
    assert stated <= listed & {"title", "date_published"}


def test_report_has_the_promised_shape(demo: tuple[dict[str, Any], Path]) -> None:
    report, folder = demo
    assert [run["state"] for run in report["runs"]] == ["done"] * 8
    assert len(report["seed_documents"]) == 5
    assert all(FIELDS.keys() < row.keys() and "text" not in row for row in report["seed_documents"])
    assert document(demo, "000")["versions"] == 2
    assert {"document", "from", "to", "change_class", "fields"} <= report["changed"][0].keys()
    assert report["versions"] == report["documents"] + len(report["changed"])
    assert sum(report["observations"].values()) > report["documents"]
    assert (folder / "head.log").exists()
