"""A page may hang, eat memory or kill its worker: the run loses neither the page nor the pool."""

import os
from concurrent.futures import Future
from concurrent.futures.process import BrokenProcessPool

import pytest

from archive.records import Outcome, PageKind
from pipelines.reading import Job
from pipelines.workers import Workers

MISBEHAVIOUR = [
    ("hang", Outcome.TIMEOUT, "longer than"),
    ("eat", Outcome.OOM, "memory"),
    ("killed", Outcome.OOM, "killed"),
    ("crash", Outcome.ERROR, "died"),
    ("raise", Outcome.ERROR, "broken page"),
]


@pytest.fixture(scope="module")
def workers():
    pool = Workers("worker_readers.read", processes=1, time_limit=1.0, memory_limit=1 << 29)
    pool.start()
    yield pool
    pool.close()


def read(workers, command):
    return workers.submit(Job(None, command.encode())).result(30)


@pytest.mark.parametrize(("command", "outcome", "reason"), MISBEHAVIOUR)
def test_a_failing_page_is_named_and_the_next_one_is_read(workers, command, outcome, reason):
    failure = read(workers, command)
    assert failure.extraction is not None
    assert failure.extraction.outcome == outcome
    assert reason in (failure.reason or "")
    assert (read(workers, "fine").reason or "").startswith("fine")


def test_workers_are_not_forked_from_this_process(workers):
    parent = int((read(workers, "fine").reason or "").split()[1])
    assert parent != os.getpid()


def test_pages_after_a_crash_are_not_lost(workers):
    commands = ["fine", "crash", "fine", "raise", "fine"]
    readings = [workers.submit(Job(None, command.encode())) for command in commands]
    kinds = [future.result(30).kind for future in readings]
    assert kinds == [
        PageKind.DOCUMENT,
        PageKind.OTHER,
        PageKind.DOCUMENT,
        PageKind.OTHER,
        PageKind.DOCUMENT,
    ]


class FakePool:
    """Keeps what it is given until the test says what came of it."""

    def __init__(self):
        self.tasks = []
        self.is_stopped = False

    def schedule(self, *_args, **_options):
        self.tasks.append(Future())
        return self.tasks[-1]

    def stop(self):
        self.is_stopped = True


def test_a_task_that_breaks_while_all_stop_starts_no_new_pool(monkeypatch):
    pools = []

    def start(self):
        pools.append(FakePool())
        self._pool = pools[-1]

    monkeypatch.setattr(Workers, "start", start)
    monkeypatch.setattr(FakePool, "join", lambda _self: None, raising=False)
    pool = Workers("worker_readers.read")
    answers = [pool.submit(Job(None, b"fine"))]
    pool.close()
    pools[0].tasks[0].set_exception(BrokenProcessPool("all workers expired"))
    answers.append(pool.submit(Job(None, b"fine")))
    assert len(pools) == 1
    assert ["the workers were stopped" in answer.result(0).reason for answer in answers] == [
        True,
        True,
    ]


def test_a_pool_that_breaks_late_leaves_its_successor_at_work(monkeypatch):
    pools = []

    def start(self):
        pools.append(FakePool())
        self._pool = pools[-1]

    monkeypatch.setattr(Workers, "start", start)
    pool = Workers("worker_readers.read")
    answers = [pool.submit(Job(None, b"fine")) for _ in range(2)]
    for task in pools[0].tasks:
        task.set_exception(BrokenProcessPool("all workers expired"))
    assert [len(made.tasks) for made in pools] == [2, 2]
    assert [made.is_stopped for made in pools] == [True, False]
    for number, task in enumerate(pools[1].tasks):
        task.set_result(number)
    assert [answer.result(0) for answer in answers] == [0, 1]
