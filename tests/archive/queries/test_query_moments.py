"""What held at a moment, and how certain that is."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from written_archive import SITE, WrittenArchive, at, content

from archive.problems import Problem
from archive.queries import AsOf, as_of, parse_moment

PAGE = SITE + "1.html"


def ask(archive: WrittenArchive, ref: str, moment: str) -> AsOf:
    with archive.database.read() as session:
        return as_of(session, ref, parse_moment(moment))


@pytest.fixture(scope="module")
def watched(opener: Callable[[], WrittenArchive]) -> WrittenArchive:
    archive = opener()
    url = archive.page("1.html")
    archive.check(url, "2023-07-01T08:00", "new", content("甲"))
    archive.check(url, "2023-07-02T08:00:00.500000", "unchanged")
    archive.check(url, "2023-07-03T08:00", "error")
    archive.check(url, "2023-07-04T08:00", "noise", change_class="none")
    archive.check(url, "2023-07-06T08:00", "changed", content("乙"), change_class="substantive")
    archive.check(url, "2023-07-08T08:00", "gone")
    return archive


@pytest.mark.parametrize(
    ("moment", "version", "confirmed", "following", "certainty"),
    [
        ("2023-07-01T08:00:00", 1, "2023-07-01T08:00", "unchanged", "exact"),
        ("2023-07-01", 1, "2023-07-01T08:00", "unchanged", "exact"),
        ("2023-07-02T08:00:00", 1, "2023-07-02T08:00:00.500000", "noise", "exact"),
        ("2023-07-02T07:59:59", 1, "2023-07-01T08:00", "unchanged", "exact"),
        ("2023-07-03T12:00", 1, "2023-07-02T08:00:00.500000", "noise", "exact"),
        ("2023-07-05", 1, "2023-07-04T08:00", "changed", "bracketed"),
        ("2023-07-06T00:00:00Z", 2, "2023-07-06T08:00", "gone", "exact"),
        ("2023-07-07", 2, "2023-07-06T08:00", "gone", "bracketed"),
        ("2023-07-09", 2, "2023-07-06T08:00", None, "open"),
    ],
)
def test_evidence_says_how_certain(
    watched: WrittenArchive,
    moment: str,
    version: int,
    confirmed: str,
    following: str | None,
    certainty: str,
) -> None:
    answer = ask(watched, PAGE, moment)
    assert answer.version == version
    assert answer.last_confirmed == at(confirmed)
    assert (answer.next_observation, answer.certainty) == (following, certainty)


def test_page_that_is_gone_is_said_to_be(watched: WrittenArchive) -> None:
    assert ask(watched, PAGE, "2023-07-09").gone
    assert not ask(watched, PAGE, "2023-07-07").gone
    assert ask(watched, PAGE, "2023-07-09").row()["state"] == "gone"


def test_evidence_names_the_capture_that_holds_the_bytes(watched: WrittenArchive) -> None:
    row = ask(watched, PAGE, "2023-07-05").row()
    assert row["captured_at"] == "2023-07-01T08:00:00+08:00"
    assert row["capture"].startswith("c")
    assert row["next_observation"] == {
        "at": "2023-07-06T08:00:00+08:00",
        "observation": "changed",
    }


def test_before_the_first_capture_nothing_is_known(watched: WrittenArchive) -> None:
    with pytest.raises(Problem) as caught:
        ask(watched, PAGE, "2023-06-30")
    assert "2023-07-01T08:00:00+08:00" in caught.value.why


def test_bare_date_is_the_end_of_the_day_in_shanghai(written: WrittenArchive) -> None:
    url = written.page("1.html")
    written.check(url, "2023-07-01T23:59:59", "new", content("甲"))
    written.check(url, "2023-07-02T00:00", "changed", content("乙"), change_class="substantive")
    assert ask(written, url, "2023-07-01").version == 1
    assert ask(written, url, "2023-07-02").version == 2
    with pytest.raises(Problem):
        ask(written, url, "2023-07-01T23:59:58+08:00")


def test_moved_document_answers_from_the_page_of_that_time(written: WrittenArchive) -> None:
    old = written.page("old.html")
    written.check(old, "2023-07-01", "new", content("甲"))
    new = written.page("new.html", like=old)
    written.check(new, "2023-07-05", "new", content("甲"))
    written.set(old, lifecycle="moved")
    document = written.document_id(old)
    assert ask(written, document, "2023-07-03").url == old
    assert ask(written, document, "2023-07-06").url == new
    assert ask(written, old, "2023-07-06").url == old


def test_flapping_page_keeps_every_state(written: WrittenArchive) -> None:
    from archive.models import Observation

    url = written.page("1.html")
    written.check(url, "2023-07-01", "new", content("甲"))
    written.check(url, "2023-07-02", "changed", content("乙"), change_class="substantive")
    written.check(url, "2023-07-03", "noise")
    with written.database.write() as session:
        first, _, third = session.query(Observation).order_by(Observation.observed_at)
        third.version_key = first.version_key
    assert ask(written, url, "2023-07-02").version == 2
    assert ask(written, url, "2023-07-03").version == 1


@pytest.mark.parametrize("text", ["", "gestern", "2023-13-01", "2023-07", "07/26/2023"])
def test_unreadable_moment_is_a_usage_problem(text: str) -> None:
    with pytest.raises(Problem) as caught:
        parse_moment(text)
    assert caught.value.exit_code == 2


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("2023-07-26", "2023-07-26T23:59:59.999999"),
        ("2023-07-26T10:00", "2023-07-26T10:00:59.999999"),
        ("2023-07-26 10:00:00", "2023-07-26T10:00:00.999999"),
        ("2023-07-26T02:00:00Z", "2023-07-26T10:00:00.999999"),
        ("2023-07-26T10:00:00+08:00", "2023-07-26T10:00:00.999999"),
        ("2023-07-26T10:00:00.5", "2023-07-26T10:00:00.500000"),
    ],
)
def test_what_is_left_out_counts_to_its_end(text: str, meant: str) -> None:
    assert parse_moment(text) == at(meant)
