"""A page may hang, eat memory or kill its worker: the run loses neither the page nor the pool."""

import os

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
