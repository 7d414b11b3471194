"""Rows of documents: which page speaks, how versions count, what filters choose."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from written_archive import FILE, SITE, WrittenArchive, content
from written_library import FOUND, fill_library

from archive.problems import Problem
from archive.queries import documents, parse_filters
from archive.records import FIELDS, AttachmentState


def rows(
    archive: WrittenArchive, query: str = "", limit: int | None = None
) -> list[dict[str, Any]]:
    with archive.database.read() as session:
        return list(documents(session, parse_filters(query, limit=limit)))


def test_row_has_the_promised_keys(written: WrittenArchive) -> None:
    page = written.page("1.html")
    written.check(page, "2023-07-26T10:00", "new", content(title="通知", doc_no="渝科〔2023〕1号"))
    written.check(page, "2023-07-27T10:00", "unchanged")
    [row] = rows(written)
    assert list(row)[:6] == ["id", "url", "seed", "title", "versions", "lifecycle"]
    assert set(FIELDS) | {"first_seen", "last_changed", "last_confirmed", "aliases"} <= set(row)
    assert row["id"] == written.document_id(page)
    assert (row["title"], row["versions"], row["lifecycle"]) == ("通知", 1, "live")
    assert row["first_seen"] == row["last_changed"] == "2023-07-26T10:00:00+08:00"
    assert row["last_confirmed"] == "2023-07-27T10:00:00+08:00"


def test_latest_version_gives_the_fields(written: WrittenArchive) -> None:
    page = written.page("1.html")
    written.check(page, "2023-07-01", "new", content(title="旧"))
    written.check(page, "2023-07-02", "changed", content(title="新"), change_class="substantive")
    written.check(page, "2023-07-03", "error")
    [row] = rows(written)
    assert (row["title"], row["versions"]) == ("新", 2)
    assert row["last_changed"] == row["last_confirmed"] == "2023-07-02T00:00:00+08:00"


def test_page_without_a_version_is_no_document_yet(written: WrittenArchive) -> None:
    written.check(written.page("1.html"), "2023-07-01", "error")
    assert rows(written) == []


def test_moved_document_shows_its_new_address_and_counts_once(written: WrittenArchive) -> None:
    old = written.page("old.html")
    written.check(old, "2023-07-01", "new", content("甲", title="题"))
    new = written.page("new.html", like=old)
    written.check(new, "2023-07-05", "new", content("甲 ", title="题"))
    written.check(old, "2023-07-06", "unchanged")
    written.set(old, lifecycle="moved", moved_to=written.resource_key(new))
    [row] = rows(written)
    assert (row["url"], row["aliases"], row["versions"]) == (new, [old], 1)
    assert row["lifecycle"] == "moved"
    assert rows(written, "lifecycle:moved") == [row]
    assert rows(written, "lifecycle:live") == []
    assert row["last_changed"] == "2023-07-01T00:00:00+08:00"
    written.check(
        new, "2023-07-08", "changed", content("乙", title="题"), change_class="substantive"
    )
    assert rows(written)[0]["versions"] == 2


def test_twin_whose_files_are_not_read_yet_counts_once(written: WrittenArchive) -> None:
    one = written.page("1.html")
    written.check(one, "2023-07-01", "new", content("甲", AttachmentState(FILE.name, FILE.url)))
    two = written.page("2.html", like=one)
    written.check(two, "2023-07-02", "new", content("甲", FILE))
    three = written.page("3.html", like=one)
    written.check(three, "2023-07-03", "new", content("丙", FILE))
    [row] = rows(written)
    assert (row["url"], row["versions"]) == (three, 2)


def test_page_on_its_site_speaks_before_one_that_was_confirmed_later(
    written: WrittenArchive,
) -> None:
    one = written.page("1.html")
    written.check(one, "2023-07-01", "new", content("甲"))
    two = written.page("2.html", like=one, seed="portal")
    written.check(two, "2023-07-02", "new", content("甲"))
    written.set(two, lifecycle="withdrawn")
    [row] = rows(written)
    assert (row["url"], row["seed"], row["lifecycle"]) == (one, "kjj", "live")


@pytest.fixture(scope="module")
def library(opener: Callable[[], WrittenArchive]) -> WrittenArchive:
    written = opener()
    fill_library(written)
    return written


@pytest.mark.parametrize(("query", "found"), FOUND.items())
def test_filters_choose(library: WrittenArchive, query: str, found: str) -> None:
    assert "".join(row["url"][-6] for row in rows(library, query)) == found


def test_limit_keeps_the_last_changed(library: WrittenArchive) -> None:
    assert [row["url"] for row in rows(library, limit=2)] == [SITE + "3.html", SITE + "2.html"]


@pytest.mark.parametrize(
    "query",
    [
        "isuer:市",
        "published:gestern",
        "published:2023-13",
        "published:..",
        "published:2024..2023",
        "changed:0001",
        "class:nope",
        "class:formatting",
        "lifecycle:dead",
        "rights:bad",
        "conflict:nope",
        "conflict:",
        'title:""',
        "issuer: 市科技局",
    ],
)
def test_unreadable_filter_is_a_usage_problem(query: str) -> None:
    with pytest.raises(Problem) as caught:
        parse_filters(query)
    assert caught.value.exit_code == 2


def test_hidden_version_shows_no_values(written: WrittenArchive) -> None:
    from archive.models import Version

    written.check(written.page("1.html"), "2023-07-01", "new", content(title="密"))
    with written.database.write() as session:
        session.query(Version).one().withheld_at = 1
    assert rows(written)[0]["title"] is None


@pytest.mark.parametrize(
    ("query", "allowed"),
    [
        ("class:substantiv", "class:substantive"),
        ("lifecycle:life", "lifecycle:live"),
        ("rights:bad", "official, press, unknown"),
        ("conflict:date_sign", "conflict:date_signed"),
        ("published:2024..2023", "published:2023..2024"),
    ],
)
def test_wrong_value_names_what_is_allowed(query: str, allowed: str) -> None:
    with pytest.raises(Problem) as caught:
        parse_filters(query)
    assert allowed in str(caught.value)


def test_unknown_filter_is_named_without_its_colon() -> None:
    with pytest.raises(Problem) as caught:
        parse_filters("bogus:1")
    assert caught.value.what == "There is no filter bogus"


def test_unknown_seed_names_its_neighbours(library: WrittenArchive) -> None:
    with pytest.raises(Problem, match="Did you mean cq-jw") as caught:
        rows(library, "seed:cq-yw")
    assert caught.value.exit_code == 2
