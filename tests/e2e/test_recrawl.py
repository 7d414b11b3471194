"""Looking again: an unchanged day costs almost nothing, and a recrawl answers at once."""

from __future__ import annotations

from contextlib import closing

from sqlalchemy import update

from archive.database import open_database
from archive.models import Derivation
from tests.e2e.conftest import Gongwen

STATIC = ("replica-trs", "replica-founder", "replica-municipal")


def test_unchanged_day_makes_no_versions_and_is_answered_by_304(gongwen: Gongwen) -> None:
    gongwen.run("crawl", "--all")
    before = gongwen.one("stats")
    gongwen.run("crawl", "--all")
    after = gongwen.one("stats")
    assert after["versions"] == before["versions"]
    assert after["documents"] == before["documents"]
    runs = {row["seed"]: row["counts"] for row in gongwen.rows("runs", "--limit", "4")}
    assert {counts.get("changed", 0) for counts in runs.values()} == {0}
    for seed in STATIC:
        counts = runs[seed]
        assert counts["not_modified"] >= 0.95 * counts["pages"], (seed, counts)
    assert runs["replica-sudy"]["noise"] > 0


def test_recrawl_prints_what_it_concluded(gongwen: Gongwen) -> None:
    gongwen.run("crawl", "replica-trs")
    document = gongwen.rows("docs", "--limit", "1")[0]
    (row,) = gongwen.rows("recrawl", document["url"])
    assert (row["observation"], row["version"]) == ("not_modified", 1)
    (row,) = gongwen.rows("recrawl", document["id"], "--refetch")
    assert row["observation"] in ("unchanged", "noise")
    assert row["document"] == document["id"]


def test_page_outside_every_seed_goes_to_adhoc(gongwen: Gongwen) -> None:
    url = f"{gongwen.replica.origin('trs')}/fault/soft404"
    (row,) = gongwen.rows("recrawl", url)
    assert (row["observation"], row["version"]) == ("soft_404", None)
    (run,) = gongwen.rows("runs", "--limit", "1")
    assert (run["seed"], run["trigger"], run["due_at"]) == ("adhoc", "recrawl", None)


def test_an_upgrade_alone_makes_no_versions(gongwen: Gongwen) -> None:
    """Pages that older rules read otherwise are read again before they are compared."""
    gongwen.run("crawl", "replica-sudy")
    before = gongwen.one("stats")
    with closing(open_database(gongwen.folder)) as database, database.write() as session:
        older = {"rule_version": "0", "text": "由旧规则读出的正文。", "region_digest": None}
        session.execute(update(Derivation).where(Derivation.format.is_(None)).values(**older))
    gongwen.run("crawl", "replica-sudy")
    (run,) = gongwen.rows("runs", "--limit", "1")
    assert (run["counts"].get("changed", 0), run["counts"]["noise"] > 0) == (0, True)
    assert gongwen.one("stats")["versions"] == before["versions"]
    shown = gongwen.one("show", gongwen.rows("docs", "--limit", "1")[0]["id"])
    assert shown["rule_versions"] == ["0", shown["rule_version"]]
