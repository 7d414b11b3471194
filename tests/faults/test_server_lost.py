"""The line to a server breaks at a commit: what was committed counts once, and nothing is cut."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy import text, update

from archive import chain
from archive.database import open_database
from archive.models import Capture, Observation, WarcFile
from archive.problems import Problem
from archive.records import Check
from archive.store import Store, Writer
from archive.verify import verify
from tests.archive.writing.scenario import RECHECK, Scenario, page
from tests.databases import DATABASES

A, B = page("a"), page("b")


@pytest.fixture
def scenario(tmp_path: Path) -> Iterator[Scenario]:
    """An archive on the server."""
    DATABASES.place(tmp_path / "archive")
    made = Scenario(tmp_path / "archive")
    yield made
    made.close()


def use(scenario: Scenario, failpoint: Callable[[str], None]) -> None:
    scenario.store.close()
    scenario.store = scenario.open_store(failpoint=failpoint)


def break_after_commit(scenario: Scenario, patch: pytest.MonkeyPatch) -> None:
    """Let the next commit be done by the server, whose answer never arrives."""
    dialect = scenario.database.engine.dialect
    commit = dialect.do_commit

    def once(connection: Any) -> None:
        commit(connection)
        patch.setattr(dialect, "do_commit", commit)
        connection.driver_connection.close()
        raise psycopg.OperationalError("server closed the connection unexpectedly")

    patch.setattr(dialect, "do_commit", once)


def served(scenario: Scenario) -> list[Check]:
    return [scenario.article(page(name), f"正文{name}") for name in "123"]


def not_modified(scenario: Scenario) -> list[Check]:
    """Nothing of these is put into a WARC file, so that no end tells of them."""
    pages = [page(name) for name in "abc"]
    return [scenario.check(url, scenario.exchange(url, b"", 304)) for url in pages]


@pytest.mark.parametrize(
    ("checks", "told"), [(served, "new"), (not_modified, "not_modified")], ids=["bodies", "304"]
)
def test_a10_a_commit_whose_answer_was_lost_counts_once(
    scenario: Scenario,
    monkeypatch: pytest.MonkeyPatch,
    checks: Callable[[Scenario], list[Check]],
    told: str,
) -> None:
    scenario.commit(*[scenario.article(page(name), name) for name in "abc"])
    before = len(scenario.rows(Observation)), len(scenario.rows(Capture))
    writer = Writer(scenario.store, wait=1.0)
    group = checks(scenario)
    break_after_commit(scenario, monkeypatch)
    answers = [writer.submit(check) for check in group]
    assert [str(answer.result(30).observation) for answer in answers] == [told] * 3
    after = len(scenario.rows(Observation)), len(scenario.rows(Capture))
    assert after == (before[0] + 3, before[1] + 3 * (told == "new"))
    with scenario.database.read() as session:
        assert chain.last_kept(scenario.folder) == chain.current(session)
    writer.close()
    assert verify(scenario.database).is_clean


def test_a10_a_start_waits_for_a_commit_that_outlives_its_client(scenario: Scenario) -> None:
    scenario.commit(scenario.article(A))
    scenario.store.close()
    (row,) = scenario.rows(WarcFile)
    path = scenario.folder / "warc" / row.name
    with path.open("ab") as file:
        file.write(b"one more record")
    opened: list[Store] = []
    start = threading.Thread(target=lambda: opened.append(scenario.open_store()))
    # A connection without the archive's lock, which went with the client that was killed.
    with scenario.database.engine.connect() as committing:
        longer = {"committed_end": path.stat().st_size}
        committing.execute(update(WarcFile).values(longer))
        start.start()
        start.join(0.5)
        assert start.is_alive()
        committing.commit()
    start.join(30)
    scenario.store = opened[0]
    assert path.stat().st_size == longer["committed_end"]
    assert not (path.parent / ".quarantine").exists()


def test_a10_a_lock_lost_before_the_head_is_out_puts_no_head_behind(scenario: Scenario) -> None:
    def other_writer(reached: str) -> None:
        if reached != "committed":
            return
        end_connections(scenario, "query LIKE '%pg_advisory_lock%'")
        with closing(open_database(scenario.folder, scenario.database.url)) as database:
            other = Store(database, recheck=RECHECK, now=scenario.now)
            other.commit([scenario.article(B, "乙")])
            other.close()

    use(scenario, other_writer)
    scenario.commit(scenario.article(A))
    assert [head.number for head in chain.kept_heads(scenario.folder)] == [0, 1, 2]
    report = verify(scenario.database)
    assert report.is_clean, report.findings


def end_connections(scenario: Scenario, which: str) -> None:
    ended = (
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
        f"WHERE datname = current_database() AND pid <> pg_backend_pid() AND {which}"
    )
    with psycopg.connect(scenario.database.url) as connection:
        connection.execute(ended)


def test_a10_a_server_that_went_away_is_what_is_told(
    scenario: Scenario, monkeypatch: pytest.MonkeyPatch
) -> None:
    scenario.commit(scenario.article(A))

    def go_away(reached: str) -> None:
        if reached == "recorded":
            end_connections(scenario, "true")
            monkeypatch.setattr(
                scenario.database.engine.dialect, "connect", lambda *_, **__: refuse()
            )

    def refuse() -> None:
        raise psycopg.OperationalError("connection to server failed: Connection refused")

    with monkeypatch.context():
        use(scenario, go_away)
        for _ in range(2):
            with pytest.raises(Problem, match="The database server cannot be used"):
                scenario.commit(scenario.article(B, "乙"))
    monkeypatch.undo()
    use(scenario, lambda _: None)
    scenario.commit(scenario.article(B, "乙"))
    assert verify(scenario.database).is_clean


def test_a10_what_a_vanished_machine_began_ends_soon(scenario: Scenario) -> None:
    with scenario.database.write() as session:
        told = [
            session.scalar(text(f"SHOW {name}"))
            for name in ("tcp_keepalives_idle", "tcp_keepalives_count", "tcp_user_timeout")
        ]
    assert told == ["30", "3", "60000"]
