"""One thread, one fsync for many pages, and an answer for every page."""

from __future__ import annotations

import threading
from concurrent.futures import Future
from dataclasses import replace

import pytest
from scenario import Scenario, page

from archive.problems import Problem
from archive.records import Check, Verdict
from archive.store import Writer


class Counting:
    """A store that counts its commits, and may fail."""

    def __init__(self, scenario: Scenario, error: BaseException | None = None) -> None:
        self.groups: list[int] = []
        self.error = error
        self.is_usable = True
        self._store = scenario.store
        self.hold = threading.Event()
        self.hold.set()

    def commit(self, checks: list[Check]) -> list[Verdict]:
        self.hold.wait(10)
        self.groups.append(len(checks))
        if self.error is not None:
            raise self.error
        return self._store.commit(checks)

    def close(self) -> None:
        pass


def submit(writer: Writer, scenario: Scenario, count: int) -> list[Future[Verdict]]:
    return [
        writer.submit(scenario.article(page(str(number)), str(number))) for number in range(count)
    ]


def test_many_checks_share_few_commits(scenario: Scenario) -> None:
    store = Counting(scenario)
    store.hold.clear()
    writer = Writer(store, batch=10)  # type: ignore[arg-type]
    answers = submit(writer, scenario, 31)
    store.hold.set()
    verdicts = [answer.result(30) for answer in answers]
    writer.close()
    assert [verdict.url for verdict in verdicts] == [page(str(n)) for n in range(31)]
    assert max(store.groups) == 10
    assert len(store.groups) <= 5


def test_a_lone_check_does_not_wait_for_company(scenario: Scenario) -> None:
    writer = Writer(Counting(scenario), wait=30)  # type: ignore[arg-type]
    assert submit(writer, scenario, 1)[0].result(5).version == 1
    writer.close()


def test_a_failure_reaches_everyone_who_waits(scenario: Scenario) -> None:
    problem = Problem("The disk is full", "no space", "Free some")
    store = Counting(scenario, problem)
    store.hold.clear()
    writer = Writer(store)  # type: ignore[arg-type]
    answers = submit(writer, scenario, 5)
    store.hold.set()
    assert [answer.exception(10) for answer in answers] == [problem] * 5
    writer.close()


def test_one_bad_check_does_not_take_the_others_with_it(scenario: Scenario) -> None:
    store = Counting(scenario)
    store.hold.clear()
    writer = Writer(store)  # type: ignore[arg-type]
    good = submit(writer, scenario, 3)
    bad = writer.submit(replace(scenario.article(page("bad")), run=99_999))
    store.hold.set()
    assert [answer.result(10).version for answer in good] == [1, 1, 1]
    assert bad.exception(10) is not None
    writer.close()


def test_closing_commits_what_waits_and_refuses_more(scenario: Scenario) -> None:
    writer = Writer(Counting(scenario), wait=5)  # type: ignore[arg-type]
    answers = submit(writer, scenario, 7)
    writer.close()
    writer.close()
    assert all(answer.done() and answer.result().version == 1 for answer in answers)
    with pytest.raises(Problem, match="writer is closed"):
        submit(writer, scenario, 1)
