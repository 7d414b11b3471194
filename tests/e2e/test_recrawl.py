"""Looking again: an unchanged day costs almost nothing, and a recrawl answers at once."""

from __future__ import annotations

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
