"""A seed file is strict, its errors say where and what, and one broken file hides no other."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from archive.database import open_database
from archive.models import Seed as SeedRow
from archive.problems import Problem
from crawler.environment import SHIPPED_SEEDS
from crawler.seeds import ADHOC, Seeds, load_seeds
from crawler.seeds.registry import register

GOOD = """\
id = "cq-kjj"
title = "重庆市科学技术局 通知公告"
publisher = "重庆市科学技术局"
region = "500000"
rights = "official"
schedule = "30 8,14 * * mon-fri"
verified = true
[discover]
urls = ["https://kjj.example.cn/zw/tzgg/index.html"]
[expect]
min_items = 5
[crawl]
delay = 3
recheck = "12h"
"""

Load = Callable[..., Seeds]


@pytest.fixture
def load(tmp_path: Path) -> Load:
    def write(**files: str | bytes) -> Seeds:
        for name, content in files.items():
            raw = content if isinstance(content, bytes) else content.encode()
            (tmp_path / f"{name}.toml").write_bytes(raw)
        return load_seeds(tmp_path)

    return write


def test_a_seed_is_read_whole(load: Load) -> None:
    seeds = load(a=GOOD)
    seed = seeds["cq-kjj"]
    assert seeds.errors == ()
    assert (seed.rights, seed.verified, seed.expect.min_items) == ("official", True, 5)
    assert (seed.crawl.delay, seed.crawl.recheck_micros) == (3.0, 12 * 3_600_000_000)
    assert (seed.crawl.attachments, seed.crawl.max_pages, seed.expect.silent_days) == (
        True,
        None,
        None,
    )
    assert seed.hosts == {"kjj.example.cn"}
    assert seeds.files["cq-kjj"].text == GOOD
    assert seeds.files["cq-kjj"].digest.startswith("sha256:")


def test_what_is_left_out_has_safe_defaults(load: Load) -> None:
    seed = load(a='id="x"\ntitle="X"\n[discover]\nurls=["http://x.cn/"]')["x"]
    assert (seed.rights, seed.verified, seed.schedule, seed.timing) == (
        "unknown",
        False,
        None,
        None,
    )
    assert (seed.crawl.delay, seed.crawl.recheck, seed.expect.min_items) == (2.0, "1d", 1)


def changed(old: str, new: str) -> str:
    assert old in GOOD
    return GOOD.replace(old, new)


@pytest.mark.parametrize(
    ("text", "place", "parts"),
    [
        (changed('"cq-kjj"', '"CQ_kjj"'), "a.toml:1", ["id", "'CQ_kjj'", "a-z"]),
        (changed('"cq-kjj"', '"-cq"'), "a.toml:1", ["id", "'-cq'"]),
        (changed('"cq-kjj"', '"重庆"'), "a.toml:1", ["id", "'重庆'"]),
        (changed('"cq-kjj"', '"adhoc"'), "a.toml:1", ["id", "reserved"]),
        (changed("title =", "tilte ="), "a.toml:2", ["tilte", "did you mean title?"]),
        (changed("min_items", "min_item"), "a.toml:11", ["expect.min_item", "did you mean min"]),
        (changed("[expect]", "[expects]"), "a.toml:10", ["expects", "did you mean expect?"]),
        (changed("= 5", "= -1"), "a.toml:11", ["expect.min_items", "-1"]),
        (changed("= 5", '= "5"'), "a.toml:11", ["expect.min_items", "'5'", "integer"]),
        (changed("true", '"yes"'), "a.toml:7", ["verified", "'yes'", "boolean"]),
        (changed('"official"', '"public"'), "a.toml:5", ["rights", "'public'", "'official'"]),
        (changed('"500000"', "500000"), "a.toml:4", ["region", "500000", "string"]),
        (changed('"500000"', '"50"'), "a.toml:4", ["region", "'50'", "six digits"]),
        (changed("30 8,14", "60 8"), "a.toml:6", ["schedule", "minute '60'", "0 to 59", "'*/15'"]),
        (changed("30 8,14 * * mon-fri", "0 0 30 2 *"), "a.toml:6", ["schedule", "never fires"]),
        (changed("https:", "ftp:"), "a.toml:9", ["discover.urls.0", "ftp:", "http or https"]),
        (changed("https://", ""), "a.toml:9", ["discover.urls.0", "http or https"]),
        (changed("https://", "https://u:p@"), "a.toml:9", ["discover.urls.0", "password"]),
        (changed('["https://kjj.example.cn/zw/tzgg/index.html"]', "[]"), "a.toml", ["urls"]),
        (changed("[expect]", 'family = "tsr"\n[expect]'), "a.toml:10", ["discover.family", "trs"]),
        (changed("delay = 3", "delay = -1"), "a.toml:13", ["crawl.delay", "-1"]),
        (changed('"12h"', '"12"'), "a.toml:14", ["crawl.recheck", "'12'", "s, m, h, d", "10m"]),
        (changed('id = "cq-kjj"\n', ""), "a.toml", ["id", "missing"]),
        (GOOD + 'recheck = "1d"\n', "a.toml:15", ["TOML", "twice"]),
        (GOOD + "[discover]\n", "a.toml:15", ["TOML", "twice"]),
        (GOOD + "delay == 3\n", "a.toml:15", ["TOML"]),
        (GOOD + "x = ", "a.toml:15", ["TOML"]),
    ],
)
def test_an_error_names_file_line_field_value_and_what_is_allowed(
    load: Load, text: str, place: str, parts: list[str]
) -> None:
    seeds = load(a=text)
    assert "cq-kjj" not in seeds
    told = str(seeds.errors[0])
    assert told.startswith(f"{place}: ")
    for part in parts:
        assert part in told


@pytest.mark.parametrize(
    ("raw", "part"),
    [
        (b"\xef\xbb\xbf" + GOOD.encode(), "byte order mark"),
        (GOOD.encode("utf-16"), "byte order mark"),
        (GOOD.encode("gb18030"), "UTF-8"),
        (b"", "missing"),
    ],
)
def test_bytes_that_are_no_plain_utf8_are_told(load: Load, raw: bytes, part: str) -> None:
    assert part in str(load(a=raw).errors[0])


def test_a_known_family_is_accepted(load: Load) -> None:
    assert (
        load(a=changed("[expect]", 'family = "trs"\n[expect]'))["cq-kjj"].discover.family == "trs"
    )


def test_every_error_of_a_file_is_told_in_its_order(load: Load) -> None:
    text = changed('"official"', '"public"').replace("delay", "dealy").replace('"cq-kjj"', "7")
    assert [error.line for error in load(a=text).errors] == [1, 5, 13]


def test_one_broken_file_hides_no_other(load: Load) -> None:
    seeds = load(a="id = ", b=GOOD, c=b"\xff")
    assert list(seeds) == ["cq-kjj"]
    assert {error.file for error in seeds.errors} == {"a.toml", "c.toml"}


def test_an_id_that_two_files_claim_is_refused_to_both(load: Load) -> None:
    seeds = load(a=GOOD, b=GOOD.replace("tzgg", "zcwj"), c=GOOD.replace("cq-kjj", "other"))
    assert list(seeds) == ["other"]
    assert [str(error).partition(" (")[0] for error in seeds.errors] == [
        "a.toml:1: id: 'cq-kjj': this id stands in b.toml too",
        "b.toml:1: id: 'cq-kjj': this id stands in a.toml too",
    ]
    with pytest.raises(Problem, match=r"a\.toml and b\.toml.*gongwen seeds check"):
        seeds.find("cq-kjj")


def test_a_seed_whose_id_is_claimed_twice_keeps_its_row(load: Load, tmp_path: Path) -> None:
    with closing(open_database(tmp_path / "data")) as database, database.write() as session:
        register(session, load(a=GOOD), 1)
        (tmp_path / "a.toml").unlink()
        register(session, load(b=GOOD, c=GOOD), 2)
        row = session.query(SeedRow).filter_by(id="cq-kjj").one()
        assert row.retired_at is None
        (tmp_path / "c.toml").unlink()
        register(session, load(b=GOOD), 3)
        assert row.file_name == "b.toml"


def test_other_files_are_no_seeds(load: Load, tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("no seed")
    assert list(load(a=GOOD)) == ["cq-kjj"]


def test_a_missing_folder_is_a_problem(tmp_path: Path) -> None:
    with pytest.raises(Problem, match="GONGWEN_SEEDS"):
        load_seeds(tmp_path / "none")


def test_an_unknown_seed_names_its_neighbours(load: Load) -> None:
    with pytest.raises(Problem, match="Did you mean cq-kjj") as problem:
        load(a=GOOD).find("cq-kij")
    assert problem.value.exit_code == 1


def test_an_unknown_seed_points_at_broken_files(load: Load) -> None:
    with pytest.raises(Problem, match=r"files with errors: a\.toml\. Run: gongwen seeds check"):
        load(a="id=").find("cq-kjj")


def test_a_seed_whose_own_file_is_broken_names_only_that_file(load: Load) -> None:
    with pytest.raises(Problem) as problem:
        load(kjj="id=", other="id=", good=GOOD).find("kjj")
    assert problem.value.what == "Seed kjj cannot be used"
    assert problem.value.why == "kjj.toml has errors"
    assert problem.value.next_step == "Run: gongwen seeds check"


@pytest.mark.parametrize(
    ("url", "seed_id"),
    [
        ("https://kjj.example.cn/zw/tzgg/202301/t20230101_1.html", "cq-kjj"),
        ("https://kjj.example.cn/zw/tzgg/zc/202301/t20230101_1.html", "inner"),
        ("https://kjj.example.cn/zw/other/t1.html", ADHOC),
        ("https://other.example.cn/zw/tzgg/t1.html", ADHOC),
    ],
)
def test_a_page_belongs_to_the_section_that_holds_it_most_closely(
    load: Load, url: str, seed_id: str
) -> None:
    inner = GOOD.replace("cq-kjj", "inner").replace("tzgg/index", "tzgg/zc/index")
    assert load(a=GOOD, b=inner).covering(url).id == seed_id


def test_the_adhoc_seed_has_no_lists_and_expects_none() -> None:
    seed = Seeds(Path(), [], []).find(ADHOC)
    assert (seed.discover.urls, seed.expect.min_items, seed.schedule) == ((), 0, None)


def test_shipped_seeds_are_good_quick_and_unverified() -> None:
    start = time.perf_counter()
    seeds = load_seeds(SHIPPED_SEEDS)
    assert time.perf_counter() - start < 1
    assert seeds.errors == ()
    assert len(seeds) >= 12
    assert not any(seed.verified for seed in seeds.values())
    assert all(file.name == f"{seed_id}.toml" for seed_id, file in seeds.files.items())


def test_every_shipped_seed_says_why_it_is_slow_or_bounded() -> None:
    for file in load_seeds(SHIPPED_SEEDS).files.values():
        for line in file.text.splitlines():
            if line.startswith(("delay", "recheck", "max_pages", "silent_days = 3 ")):
                assert "#" in line, f"{file.name}: {line}"
