"""The ledger's rules: one row per slot, one running row per seed, nothing lost, nothing twice."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from archive import frontier, ledger
from archive.clock import SECOND
from archive.database import Database, open_database
from archive.ledger import SeedFacts
from archive.models import Observation, Seed
from archive.owners import is_dead, owner_of
from archive.problems import Problem
from archive.records import ResourceKind, RunState

T = 1_800_000_000 * SECOND
ALIVE = owner_of()
ELSEWHERE = "other-machine/00000000:1:1.0"
LIST = ResourceKind.LIST
STORED = [
    (ResourceKind.LIST, "new", 200),
    (ResourceKind.ARTICLE, "new", 200),
    (ResourceKind.ARTICLE, "blocked", None),
    (ResourceKind.ROBOTS, "new", 200),
]


def facts(seed_id: str = "one", file_name: str = "one.toml", title: str = "One") -> SeedFacts:
    return SeedFacts(seed_id, title, None, None, "official", "text", "sha256:0", file_name)


@pytest.fixture
def database(new_archive: Callable[[Path], Path], tmp_path: Path) -> Iterator[Database]:
    with closing(open_database(new_archive(tmp_path))) as opened:
        yield opened


@pytest.fixture
def seed(database: Database) -> int:
    with database.write() as session:
        return ledger.register_seed(session, facts(), T)


def begin(database: Database, seed: int, at: int = T, owner: str = ALIVE, **request: object) -> int:
    with database.write() as session:
        run_id = ledger.add_manual_run(session, seed, trigger="manual", at=at, request=request)
        assert ledger.claim(session, run_id, owner=owner, at=at).state == RunState.RUNNING
        return run_id


def end(database: Database, run_id: int, state: RunState = RunState.DONE, at: int = T) -> bool:
    with database.write() as session:
        return ledger.finish(session, run_id, state, at=at)


def rows(database: Database) -> dict[int, dict[str, object]]:
    with database.read() as session:
        return {row["id"]: row for row in ledger.history(session)}


def test_a_seed_keeps_its_key_when_its_file_changes(database: Database, seed: int) -> None:
    with database.write() as session:
        changed = facts(title="Renamed", file_name="two.toml")
        assert ledger.register_seed(session, changed, T + 1) == seed
    with database.read() as session:
        row = session.get_one(Seed, seed)
        assert (row.title, row.file_name, row.first_seen_at) == ("Renamed", "two.toml", T)


def test_a_seed_without_file_is_retired_and_can_return(database: Database, seed: int) -> None:
    with database.write() as session:
        assert ledger.retire_missing(session, {"other"}, T + 1) == ["one"]
        assert ledger.retire_missing(session, {"other"}, T + 2) == []
        assert session.get_one(Seed, seed).retired_at == T + 1
        ledger.register_seed(session, facts(), T + 3)
        assert session.get_one(Seed, seed).state == "active"


def test_a_broken_file_retires_no_seed(database: Database, seed: int) -> None:
    with database.write() as session:
        assert ledger.retire_missing(session, set(), T, broken_files={"one.toml"}) == []


def test_one_slot_has_one_row(database: Database, seed: int) -> None:
    with database.write() as session:
        first = ledger.ensure_due(session, seed, T, at=T)
        assert first is not None
        assert ledger.ensure_due(session, seed, T, at=T) is None
        assert ledger.record_missed(session, seed, T, reason="late", at=T) is None
        assert ledger.last_slot(session, seed) == T


def test_many_schedulers_add_and_run_each_slot_once(database: Database, seed: int) -> None:
    claimed: list[int] = []

    def work() -> None:
        own = open_database(database.folder, database.url)
        for place in range(20):
            with own.write() as session:
                ledger.ensure_due(session, seed, T + place, at=T)
            with own.write() as session:
                for run, _ in ledger.due_runs(session, T + place):
                    if ledger.claim(session, run.id, owner=ALIVE, at=T).state == RunState.RUNNING:
                        claimed.append(run.id)
                        ledger.finish(session, run.id, RunState.DONE, at=T)
        own.close()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(claimed) == len(set(claimed)) == 20
    assert {row["state"] for row in rows(database).values()} == {"done"}


def test_a_scheduled_run_skips_when_its_seed_is_running(database: Database, seed: int) -> None:
    running = begin(database, seed)
    with database.write() as session:
        slot = ledger.ensure_due(session, seed, T + 5, at=T + 5)
        assert slot is not None
        assert ledger.claim(session, slot, owner=ALIVE, at=T + 5).state == RunState.SKIPPED_OVERLAP
    assert rows(database)[slot]["reason"] == f"run {running} was still going"


def test_a_run_by_hand_is_refused_while_its_seed_is_running(database: Database, seed: int) -> None:
    begin(database, seed)
    with pytest.raises(Problem, match="already being crawled"):
        begin(database, seed)
    assert len(rows(database)) == 1, "the refused run leaves no row"


def test_a_claimed_run_is_not_claimed_again(database: Database, seed: int) -> None:
    run_id = begin(database, seed)
    with database.write() as session:
        assert ledger.claim(session, run_id, owner=ELSEWHERE, at=T).owner == ALIVE


def test_a_heartbeat_keeps_the_run_and_its_hosts(database: Database, seed: int) -> None:
    run_id = begin(database, seed)
    late = T + 2 * ledger.LEASE
    with database.write() as session:
        assert ledger.lease_host(session, "http://a", run_id, T)
        assert ledger.heartbeat(session, run_id, T + ledger.LEASE)
        assert ledger.interrupt_lost(session, late) == []
        assert ledger.interrupt_lost(session, late + 1) == [run_id]
        assert not ledger.heartbeat(session, run_id, late + 2)
    assert str(rows(database)[run_id]["reason"]).startswith("no heartbeat since 2027-")


def test_an_ended_run_is_not_ended_again(database: Database, seed: int) -> None:
    run_id = begin(database, seed)
    assert end(database, run_id, RunState.INTERRUPTED)
    assert not end(database, run_id, RunState.DONE)
    assert rows(database)[run_id]["state"] == "interrupted"


@pytest.mark.parametrize(
    ("owner", "dead"),
    [(ALIVE, False), (ELSEWHERE, None), (owner_of(1) + "9", True)],
    ids=["ours", "elsewhere", "gone"],
)
def test_an_owner_is_known_dead_only_on_its_own_machine(owner: str, dead: bool | None) -> None:
    assert is_dead(owner) is dead


def test_an_owner_of_an_earlier_boot_is_dead() -> None:
    place, pid, start = ALIVE.rsplit(":", 2)
    machine = place.rpartition("/")[0]
    assert is_dead(f"{machine}/ffffffff:{pid}:{start}") is True


def test_a_run_is_lost_at_once_when_its_process_ended(database: Database, seed: int) -> None:
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as process:
        run_id = begin(database, seed, owner=owner_of(process.pid))
        with database.write() as session:
            assert ledger.interrupt_lost(session, T) == []
        process.kill()
        process.wait()
    with database.write() as session:
        assert ledger.interrupt_lost(session, T) == [run_id]
    assert rows(database)[run_id]["reason"] == "its process died"


def test_a_resumption_keeps_the_horizon_of_the_first_run(database: Database, seed: int) -> None:
    first = begin(database, seed, refetch=True)
    end(database, first, RunState.INTERRUPTED)
    second = begin(database, seed, at=T + 60 * SECOND)
    end(database, second, RunState.INTERRUPTED)
    third = begin(database, seed, at=T + 120 * SECOND)
    with database.read() as session:
        run = ledger.get_run(session, third)
        assert (run.resumes, run.horizon_at, run.request) == (second, T, {"refetch": True})
        assert ledger.attempts(session, run) == 3


def test_a_finished_walk_is_not_resumed(database: Database, seed: int) -> None:
    end(database, begin(database, seed), RunState.INTERRUPTED)
    end(database, begin(database, seed, at=T + 1))
    with database.read() as session:
        assert ledger.resumable(session, seed, T + 2) is None


def test_runs_of_single_pages_neither_resume_nor_hide_a_lost_walk(
    database: Database, seed: int
) -> None:
    lost = begin(database, seed)
    end(database, lost, RunState.INTERRUPTED)
    single = begin(database, seed, at=T + 1, resources=[7])
    end(database, single, RunState.INTERRUPTED)
    with database.read() as session:
        assert ledger.get_run(session, single).resumes is None
        found = ledger.resumable(session, seed, T + 2)
        assert found is not None
        assert found.id == lost


def test_a_walk_lost_long_ago_is_not_resumed(database: Database, seed: int) -> None:
    end(database, begin(database, seed), RunState.INTERRUPTED)
    with database.read() as session:
        day = 24 * 3_600 * SECOND
        assert ledger.resumable(session, seed, T + day) is not None
        assert ledger.resumable(session, seed, T + day + 1) is None


def test_a_seed_gets_one_resumption_at_a_time(database: Database, seed: int) -> None:
    run_id = begin(database, seed)
    end(database, run_id, RunState.INTERRUPTED)
    with database.write() as session:
        lost = ledger.get_run(session, run_id)
        assert ledger.add_resumption(session, lost, T) is not None
        assert ledger.add_resumption(session, lost, T) is None


def test_of_waiting_slots_only_the_latest_runs(database: Database, seed: int) -> None:
    with database.write() as session:
        slots = [ledger.ensure_due(session, seed, T + place, at=T) for place in range(3)]
        assert ledger.supersede_due(session, seed, at=T + 5) == 2
        assert [run.id for run, _ in ledger.due_runs(session, T + 5)] == [slots[-1]]


def test_a_run_is_due_only_when_its_slot_has_come(database: Database, seed: int) -> None:
    with database.write() as session:
        ledger.ensure_due(session, seed, T + 1, at=T)
        assert ledger.due_runs(session, T) == []
        assert [name for _, name in ledger.due_runs(session, T + 1)] == ["one"]


def test_a_host_is_held_by_one_run_until_it_ends_or_is_lost(database: Database) -> None:
    with database.write() as session:
        first, second = (ledger.register_seed(session, facts(name), T) for name in ("a", "b"))
    one, two = begin(database, first), begin(database, second)
    with database.write() as session:
        assert ledger.lease_host(session, "http://a", one, T)
        assert ledger.lease_host(session, "http://a", one, T)
        assert not ledger.lease_host(session, "http://a", two, T)
        assert ledger.lease_host(session, "http://b", two, T)
    end(database, one)
    with database.write() as session:
        assert ledger.lease_host(session, "http://a", two, T)
        assert not ledger.lease_host(session, "http://a", one, T + 30 * SECOND)
        assert ledger.lease_host(session, "http://a", one, T + 30 * SECOND + 1)


def test_history_shows_the_latest_first(database: Database, seed: int) -> None:
    by_hand = begin(database, seed)
    end(database, by_hand)
    with database.write() as session:
        slot = ledger.ensure_due(session, seed, T, at=T)
    with database.read() as session:
        assert [row["id"] for row in ledger.history(session)] == [slot, by_hand]
        assert [row["id"] for row in ledger.history(session, scheduled=True)] == [slot]
        assert ledger.history(session, seed="none") == []
        row = ledger.history(session, limit=1)[0]
        assert (row["seed"], row["due_at"]) == ("one", "2027-01-15T16:00:00+08:00")


def test_an_unknown_run_is_a_problem(database: Database) -> None:
    with database.read() as session, pytest.raises(Problem, match="No run 7"):
        ledger.get_run(session, 7)


def test_a_refused_run_never_started_and_a_running_one_is_left_alone(
    database: Database, seed: int
) -> None:
    problem = Problem("Seed one was not crawled", "it may not be asked", "x", exit_code=2)
    running = begin(database, seed)
    with database.write() as session:
        run_id = ledger.add_manual_run(session, seed, trigger="manual", at=T)
        assert ledger.refuse(session, run_id, problem, T + 1).state == RunState.REFUSED
        assert ledger.refuse(session, running, problem, T + 1).state == RunState.RUNNING
    row = rows(database)[run_id]
    assert row["reason"] == "Seed one was not crawled: it may not be asked"
    assert row["started_at"] is None


def test_a_run_that_wants_more_than_the_lost_walk_begins_anew(
    database: Database, seed: int
) -> None:
    end(database, begin(database, seed), RunState.INTERRUPTED)
    again = begin(database, seed, T + 1, refetch=False)
    assert rows(database)[again]["resumes"] is None
    end(database, again, RunState.INTERRUPTED)
    end(database, plain := begin(database, seed, T + 2), RunState.INTERRUPTED)
    assert rows(database)[plain]["resumes"] == again, "a crawl takes up a recrawl"
    once_more = begin(database, seed, T + 3, refetch=False)
    assert rows(database)[once_more]["resumes"] == plain


def test_a_lost_run_is_counted_from_what_it_stored(database: Database, seed: int) -> None:
    run_id = begin(database, seed)
    with database.write() as session:
        for number, (kind, observation, status) in enumerate(STORED):
            page = frontier.ensure_resource(session, seed, f"http://a.cn/{number}", kind, T)
            session.add(
                Observation(
                    resource_key=page.key,
                    run_id=run_id,
                    observed_at=T,
                    observation=observation,
                    status=status,
                )
            )
        session.flush()
        assert ledger.interrupt_lost(session, T, dead=lambda _: True) == [run_id]
        counts = ledger.get_run(session, run_id).counts
    assert (counts["new"], counts["blocked"], counts["error"], counts["pages"]) == (2, 1, 0, 2)


def test_the_lists_of_a_walk_are_those_asked_for_since_it_began(
    database: Database, seed: int
) -> None:
    run_id = begin(database, seed)
    with database.write() as session:
        for number, (at, led_to) in enumerate([(T - 1, T + 1), (T + 1, T + 1), (T + 1, T - 1)]):
            page = frontier.ensure_resource(session, seed, f"http://a.cn/{number}", LIST, T)
            page.last_checked_at, page.led_to_at, page.items = at, led_to, [1, 2, 3]
            for observation in ("error", "not_modified"):
                session.add(
                    Observation(
                        resource_key=page.key,
                        run_id=run_id,
                        observed_at=at,
                        observation=observation,
                    )
                )
                session.flush()
        found = ledger.walked_lists(session, seed, T)
    assert [(one.url, one.observation, one.items) for one in found] == [
        ("http://a.cn/1", "not_modified", 3)
    ]
