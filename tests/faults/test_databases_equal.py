"""An archive that moves between databases is the same archive, and goes on."""

from __future__ import annotations

import json
import sqlite3
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from archive import chain, ledger, queries
from archive.copying import Copied, copy_database
from archive.correcting import correct
from archive.database import Database, open_database
from archive.models import Base, Capture, Derivation, Document, Version
from archive.moved import reclaim
from archive.problems import Problem
from archive.queries import parse_filters
from archive.records import Relation
from archive.verify import verify
from archive.warc import claim_slot
from tests.commandline import CommandLine
from tests.databases import DATABASES

sys.path.insert(0, str(Path(__file__).parents[1] / "archive" / "writing"))
sys.path.insert(0, str(Path(__file__).parents[1] / "archive" / "queries"))
from scenario import Scenario, page
from test_other_writers import tell
from written_archive import WrittenArchive, content
from written_library import FOUND, fill_library

ODD = {
    "a-10": "Abc 与 ＡＢＣ 的通知",
    "B-9": "ÄÖ i̇stanbul İ",
    "a-9": "100%_的/通知",
    "é": "𠮷野家关于ﬁ的通知",
    "Ａ": "ǅ ß SS ſ K",
}
ASKED = [
    *FOUND,
    "ABC",
    "abc",
    "ＡＢＣ",
    "ａｂｃ",
    "i",
    "İ",
    "ä",
    "Ä",
    "ss",
    "ß",
    "k",
    "𠮷",
    "%",
    "_",
    "/",
]
CORRUPT = {
    "sqlite": "CREATE TRIGGER corrupt AFTER INSERT ON seeds BEGIN "
    "UPDATE seeds SET title = title || '!' WHERE key = new.key; END",
    "postgresql": "CREATE FUNCTION corrupt() RETURNS trigger LANGUAGE plpgsql AS "
    "$$ BEGIN NEW.title := NEW.title || '!'; RETURN NEW; END $$; "
    "CREATE TRIGGER corrupt BEFORE INSERT ON seeds FOR EACH ROW EXECUTE FUNCTION corrupt()",
}


@dataclass(frozen=True)
class Moved:
    """An archive in SQLite, and its copy on a server."""

    folder: Path
    url: str
    copied: Copied

    @property
    def sqlite(self) -> str:
        return own_sqlite(self.folder)

    def both(self, ask: Callable[[Database], Any]) -> list[Any]:
        """What SQLite and PostgreSQL answer."""
        answers = []
        for url in (self.sqlite, self.url):
            with closing(open_database(self.folder, url)) as database:
                answers.append(ask(database))
        return answers


def own_sqlite(folder: Path) -> str:
    return f"sqlite:///{folder / 'gongwen.sqlite'}"


@contextmanager
def moved(folder: Path) -> Iterator[Moved]:
    url = DATABASES.server.empty()
    with closing(open_database(folder, own_sqlite(folder))) as database:
        copied = copy_database(database, url)
        # Both are looked at and copied again; nobody writes to either.
        reclaim(database)
    yield Moved(folder, url, copied)
    DATABASES.server.take_back(url)


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Moved]:
    """Edits, files, a moved page, a withdrawn one; chained, with their bytes."""
    folder = tmp_path_factory.mktemp("told") / "archive"
    with closing(Scenario(folder, own_sqlite(folder))) as scenario:
        tell(scenario)
        found = scenario.article(page("c"), "末篇")
        cited = (Relation("cites", "国发〔2022〕1号", None, None),)
        scenario.begin_run()
        scenario.commit(replace(found, extraction=replace(found.extraction, relations=cited)))
        scenario.end_run()
        correct(scenario.database, page("c"), "author", "张三", who="馆员", why="照片上有署名")
    with moved(folder) as made:
        yield made


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Moved]:
    """Documents for every filter, of seeds and with titles that servers sort and fold oddly."""
    folder = tmp_path_factory.mktemp("library") / "archive"
    with closing(WrittenArchive(folder, own_sqlite(folder))) as written:
        written.begin("2023-01-01")
        fill_library(written)
        for number, (seed, title) in enumerate(ODD.items()):
            address = written.page(f"odd{number}.html", seed=seed)
            written.run(seed)
            written.check(address, "2023-11-01", "new", content(title=title))
            changed = content("改。", title=title)
            written.check(
                address, f"2023-11-{number + 2:02d}", "changed", changed, change_class="substantive"
            )
    with moved(folder) as made:
        yield made


def test_c9_every_row_is_the_same_there_and_back(story: Moved, tmp_path: Path) -> None:
    there = story.copied
    with closing(open_database(story.folder, story.url)) as database:
        back = copy_database(database, f"sqlite:///{tmp_path / 'back.sqlite'}")
        reclaim(database)
    assert there.tables == back.tables
    assert {one.table for one in there.tables} == set(Base.metadata.tables)
    assert {one.table for one in there.tables if not one.rows} == set()
    with closing(open_database(story.folder, story.sqlite)) as one, one.read() as session:
        counted = {
            table.name: session.scalar(select(func.count()).select_from(table))
            for table in Base.metadata.sorted_tables
        }
    assert counted == {one.table: one.rows for one in there.tables}


def test_c9_the_copy_verifies_and_keeps_every_public_id(story: Moved) -> None:
    def look(database: Database) -> tuple[Any, ...]:
        report = verify(database)
        with database.read() as session:
            models = (Document, Version, Capture, Derivation)
            ids = [sorted(session.scalars(select(model.public_id))) for model in models]
            return report.is_clean, report.checked, chain.current(session), ids

    one, other = story.both(look)
    assert one == other
    assert one[0]
    assert one[1]["versions"] > 5


def test_c9_every_query_answers_alike(library: Moved) -> None:
    def ask(database: Database) -> dict[str, Any]:
        with database.read() as session:
            found = list(queries.documents(session))
            names = [row["id"] for row in found]
            return {
                "docs": found,
                "filtered": {
                    query: [row["url"] for row in queries.documents(session, parse_filters(query))]
                    for query in [*ASKED, "\ud800"]
                },
                "show": [queries.document(session, name) for name in names],
                "short": [queries.document(session, name[:9])["id"] for name in names],
                "log": [queries.log(session, name, noise=True) for name in names],
                "changes": queries.changes(session),
                "stats": queries.stats(session),
                "runs": ledger.history(session),
                "diff": [
                    repr(queries.compare_versions(session, row["id"]))
                    for row in found
                    if row["versions"] > 1
                ],
                "as of": [
                    queries.as_of(session, name, queries.parse_moment("2030-01-01")).row()
                    for name in names
                ],
            }

    one, other = library.both(ask)
    for name, answer in one.items():
        assert json.dumps(answer) == json.dumps(other[name]), name
    assert one["filtered"]["abc"] == one["filtered"]["ABC"] != []
    seeds = [row["seed"] for row in one["stats"]["seeds"]]
    assert seeds == sorted({"kjj", "cq-jw", *ODD} & set(seeds))
    assert len(seeds) > len(ODD)
    assert len(one["diff"]) > len(ODD)


def test_c9_writing_goes_on_in_the_copy(tmp_path: Path, postgresql_url: str) -> None:
    folder = tmp_path / "archive"
    places = [own_sqlite(folder), postgresql_url, f"sqlite:///{tmp_path / 'back.sqlite'}"]
    for number, url in enumerate(places, 1):
        with closing(Scenario(folder, url)) as scenario:
            scenario.begin_run(after=number * 90_000)
            (verdict,) = scenario.commit(scenario.article(page("a"), f"正文之{number}"))
            scenario.commit(scenario.article(page(f"new{number}"), f"又一篇{number}"))
            assert verdict.version == number
            assert verify(scenario.database).is_clean
            scenario.end_run()
        with closing(open_database(folder, url)) as database:
            for target in places[number : number + 1]:
                copy_database(database, target)


def test_c9_a_target_that_is_not_empty_is_refused_and_kept(story: Moved, tmp_path: Path) -> None:
    other = tmp_path / "other.sqlite"
    with closing(sqlite3.connect(other)) as stranger:
        stranger.execute("CREATE TABLE runs (what TEXT)")
    before = story.both(lambda one: verify(one).checked)
    with closing(open_database(story.folder, story.sqlite)) as database:
        for target, why in (
            (story.url, "holds an archive already"),
            (f"sqlite:///{other}", "a table runs that is not ours"),
            (story.sqlite, "the archive's own database"),
            (f"sqlite:///{tmp_path / 'none' / 'x.sqlite'}", "does not exist"),
        ):
            with pytest.raises(Problem, match=why):
                copy_database(database, target)
    assert story.both(lambda one: verify(one).checked) == before


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_c9_a_difference_is_refused_and_the_target_stays_empty(
    kind: str, story: Moved, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    server = kind == "postgresql"
    target = f"sqlite:///{tmp_path / 'target.sqlite'}"
    url = request.getfixturevalue("postgresql_url") if server else target
    with closing(open_database(tmp_path / "archive", url)) as empty:
        with empty.engine.begin() as connection:
            connection.exec_driver_sql(CORRUPT[kind])
        with (
            closing(open_database(story.folder, story.sqlite)) as database,
            pytest.raises(Problem, match="The copy of the table seeds differs"),
        ):
            copy_database(database, url)
        with empty.read() as session:
            for table in Base.metadata.sorted_tables:
                held = session.scalar(select(func.count()).select_from(table))
                assert held == (2 if table.name == "meta" else 0), table.name


def test_c9_what_stops_a_copy_leaves_no_new_file(story: Moved, tmp_path: Path) -> None:
    def stop(_: object) -> None:
        raise KeyboardInterrupt

    with (
        closing(open_database(story.folder, story.sqlite)) as database,
        pytest.raises(KeyboardInterrupt),
    ):
        copy_database(database, f"sqlite:///{tmp_path / 'new.sqlite'}", told=stop)
    assert list(tmp_path.iterdir()) == []


def test_c9_an_archive_in_use_is_not_copied(tmp_path: Path) -> None:
    folder, target = tmp_path / "archive", f"sqlite:///{tmp_path / 'new.sqlite'}"
    with closing(open_database(folder, own_sqlite(folder))) as database:
        with closing(claim_slot(database)), pytest.raises(Problem, match="writer slot"):
            copy_database(database, target)
        copy_database(database, target)


def test_c9_the_command_moves_an_archive_and_tells_no_password(
    story: Moved, tmp_path: Path, postgresql_url: str
) -> None:
    here = {"GONGWEN_DATABASE_URL": story.sqlite}
    gongwen = CommandLine(story.folder, tmp_path, "", here)
    secret = postgresql_url.replace("gongwen@", "gongwen:sesame@")
    printed = gongwen.one("db", "copy", "--to", secret)
    gongwen.one("db", "reclaim")
    assert "sesame" not in json.dumps(printed)
    assert {row["table"] for row in printed["tables"]} == set(Base.metadata.tables)
    there = CommandLine(story.folder, tmp_path, "", {"GONGWEN_DATABASE_URL": secret})
    assert there.rows("docs") == gongwen.rows("docs")
    code, output, errors = gongwen.ended("db", "copy", "--to", secret)
    assert (code, "The target is not empty" in errors) == (1, True)
    assert "sesame" not in output + errors
