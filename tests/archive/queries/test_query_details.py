"""One document in full, its bytes, its history, and the archive's sums."""

from __future__ import annotations

import gzip
import json

import pytest
from written_archive import FILE, SITE, WrittenArchive, content

from archive.models import Capture, Document, Resource, Version
from archive.problems import Problem
from archive.queries import compare_versions, document, log, raw, resolve, stats


@pytest.fixture
def page(written: WrittenArchive) -> str:
    url = written.page("1.html")
    written.check(
        url, "2023-07-01", "new", content("第1条。", FILE, title="题", issuer="局"), body=b"one"
    )
    written.check(url, "2023-07-02", "noise", change_class="formatting")
    written.check(url, "2023-07-03", "unchanged")
    written.check(
        url,
        "2023-07-04",
        "changed",
        content("第2条。", title="题", issuer="委"),
        change_class="substantive",
        fields=["text", "issuer", "attachments"],
        body=b"two \xff",
    )
    written.event(url, "2023-07-04", "edited")
    return url


def test_document_holds_everything_and_is_json(written: WrittenArchive, page: str) -> None:
    with written.database.read() as session:
        record = document(session, page)
        first = document(session, page, 1)
    json.dumps(record)
    assert (record["text"], record["issuer"], record["version"]["number"]) == ("第2条。", "委", 2)
    assert record["version"]["fields"] == ["text", "issuer", "attachments"]
    assert [one["number"] for one in record["history"]] == [1, 2]
    assert {one["field"]: one["value"] for one in record["assertions"]} == {
        "title": "题",
        "issuer": "委",
    }
    assert record["relations"][0]["doc_no"] == "国发〔2022〕1号"
    assert record["witnesses"][0]["versions"] == 2
    assert (first["text"], first["issuer"], first["versions"]) == ("第1条。", "局", 2)
    assert first["attachments"][0]["digest"] == FILE.digest


def test_every_kind_of_reference_leads_there(written: WrittenArchive, page: str) -> None:
    done = written.check(page, "2023-07-05", "unchanged")
    with written.database.read() as session:
        version = session.query(Version).filter_by(number=1).one()
        made = session.get_one(Capture, version.capture_key)
        name = written.document_id(page)
        for ref in (page, page.replace("https", "http") + "?utm_source=x", name, name[:8]):
            assert resolve(session, ref).document.public_id == name  # type: ignore[union-attr]
        assert document(session, version.public_id)["text"] == "第1条。"
        assert resolve(session, made.public_id).version is version
        assert resolve(session, str(done.capture)).version is None


@pytest.mark.parametrize(
    "ref", ["", "dnone", "v" * 17, "c0", "x1", SITE + "none.html", "ftp://a/b", "d%"]
)
def test_unknown_reference_is_a_problem(written: WrittenArchive, page: str, ref: str) -> None:
    with written.database.read() as session, pytest.raises(Problem):
        resolve(session, ref)


def test_ambiguous_id_is_a_problem(written: WrittenArchive, page: str) -> None:
    with written.database.write() as session:
        session.add_all(Document(public_id=f"dzzzz{end}", created_at=0) for end in "ab")
    with written.database.read() as session, pytest.raises(Problem, match="ambiguous"):
        resolve(session, "dzzzz")


def test_merged_document_leads_to_the_one_it_joined(written: WrittenArchive, page: str) -> None:
    target = written.document_id(page)
    with written.database.write() as session:
        joined = resolve(session, page).document
        assert joined is not None
        session.add(Document(public_id="dold", created_at=0, merged_into=joined.key))
    with written.database.read() as session:
        assert document(session, "dold")["id"] == target


def test_raw_gives_the_bytes_of_each_version(written: WrittenArchive, page: str) -> None:
    with written.database.read() as session:
        captures = session.query(Capture).order_by(Capture.fetched_at).all()
        folder = written.database.folder
        assert raw(session, folder, captures[0]) == b"one"
        assert raw(session, folder, captures[3]) == b"two \xff"
        served = raw(session, folder, captures[0], as_served=True)
    assert served != b"one"
    assert gzip.decompress(served) == b"one"


@pytest.mark.parametrize("column", ["withheld_at", "purged_at"])
def test_hidden_version_is_refused(written: WrittenArchive, page: str, column: str) -> None:
    with written.database.write() as session:
        version = session.query(Version).filter_by(number=2).one()
        setattr(version, column, 1)
    with written.database.read() as session:
        with pytest.raises(Problem, match=column.removesuffix("_at")):
            document(session, page)
        with pytest.raises(Problem, match=column.removesuffix("_at")):
            raw(session, written.database.folder, session.get_one(Capture, version.capture_key))
        assert document(session, page, 1)["history"][1]["hidden"]


def test_log_hides_noise_until_asked(written: WrittenArchive, page: str) -> None:
    with written.database.read() as session:
        told = [row["what"] for row in log(session, page)]
        everything = log(session, written.document_id(page), noise=True)
    assert told == ["new", "unchanged", "changed", "edited"]
    assert [row["what"] for row in everything] == ["new", "noise", "unchanged", "changed", "edited"]
    assert everything[1]["change_class"] == "formatting"
    assert [row["version"] for row in everything] == [1, None, None, 2, None]
    assert {row["url"] for row in everything} == {page}
    json.dumps(everything)


def test_difference_of_the_last_two_versions(written: WrittenArchive, page: str) -> None:
    with written.database.read() as session:
        found = compare_versions(session, page)
        back = compare_versions(session, page, "2", "1")
        same = compare_versions(session, page, found.old["id"], "v1")
    assert found.decision.fields == ("text", "issuer", "attachments")
    assert [(c.field, c.old, c.new) for c in found.fields] == [("issuer", "局", "委")]
    assert [(c.kind, c.name) for c in found.files] == [("removed", FILE.name)]
    assert [(f.old, f.new) for f in found.figures] == [("1", "2")]
    assert (back.old["number"], back.new["number"]) == (2, 1)
    assert not same.decision.makes_version


@pytest.mark.parametrize(("old", "new"), [("3", None), ("1", "9"), ("vnone", None), ("0", None)])
def test_unknown_version_is_a_problem(
    written: WrittenArchive, page: str, old: str, new: str | None
) -> None:
    with written.database.read() as session, pytest.raises(Problem):
        compare_versions(session, page, old, new)


def test_single_version_has_no_difference(written: WrittenArchive) -> None:
    url = written.page("2.html")
    written.check(url, "2023-07-01", "new", content())
    with written.database.read() as session, pytest.raises(Problem, match="1 version"):
        compare_versions(session, url)


def test_moved_document_counts_its_versions_across_addresses(written: WrittenArchive) -> None:
    old = written.page("old.html")
    written.check(old, "2023-07-01", "new", content("甲"))
    written.check(old, "2023-07-02", "changed", content("乙"), change_class="substantive")
    new = written.page("new.html", like=old)
    written.check(new, "2023-07-03", "new", content("乙"))
    portal = written.page("3.html", like=old, seed="portal")
    written.check(portal, "2023-07-02", "new", content("丁"))
    with written.database.write() as session:
        moved = session.query(Resource).filter_by(url=old).one()
        moved.lifecycle = "moved"
        moved.moved_to = session.query(Resource.key).filter_by(url=new).scalar()
    name = written.document_id(old)
    with written.database.read() as session:
        assert [document(session, name, n)["text"] for n in (1, 2)] == ["甲", "乙"]
        assert document(session, name)["version"]["number"] == 1
        assert document(session, new, 1)["text"] == "乙"
        found = compare_versions(session, name)
        assert [p.text for p in found.pieces] == ["甲", "乙"]
        with pytest.raises(Problem, match="1 to 2"):
            document(session, name, 3)


def test_statistics_count_what_is_kept(written: WrittenArchive, page: str) -> None:
    written.page("2.html", seed="other")
    written.run()
    with written.database.read() as session:
        counted = stats(session)
        size = sum(
            file.stat().st_size for file in (written.database.folder / "warc").glob("*.warc.gz*")
        )
        assert session.query(Resource).count() == 2
    assert (counted["documents"], counted["versions"], counted["captures"]) == (1, 2, 4)
    assert counted["observations"] == {"changed": 1, "new": 1, "noise": 1, "unchanged": 1}
    assert counted["runs"] == {"done": 1}
    assert counted["warc"]["bytes"] == size > 0
    assert counted["seeds"] == [{"seed": "kjj", "documents": 1, "versions": 2, "captures": 4}]


def test_statistics_leave_robots_out_of_the_observations(
    written: WrittenArchive, page: str
) -> None:
    robots = written.page("robots.txt")
    written.set(robots, kind="robots")
    written.check(robots, "2023-07-10", "gone")
    with written.database.read() as session:
        assert "gone" not in stats(session)["observations"]
