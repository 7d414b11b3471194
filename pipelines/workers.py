"""Worker processes that read pages: bounded in time and memory, replaced when they fail.

Workers come from a fork server that is started by exec, so a process with a running reactor or
with threads is never forked. A page that kills its worker yields a Reading that says so.
"""

from __future__ import annotations

import multiprocessing
import resource
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError, Future
from concurrent.futures import TimeoutError as FutureTimeout
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from importlib import import_module
from multiprocessing import forkserver
from pathlib import Path
from types import ModuleType

from pebble import ProcessExpired, ProcessPool

from archive.records import FIELDS, Encoding, Extraction, Outcome, PageKind
from pipelines.reading import Job, Reading

TIME_LIMIT = 20.0
"""Seconds one page may take."""

MEMORY_LIMIT = 360 << 20
"""Bytes a worker may map beyond what it needs to start: no page brings one to 400 MB."""

PROCESSES = 2
KILLED = -9


class Workers:
    """A pool that reads pages. ``reader`` is the dotted path of ``(Job) -> Reading``."""

    def __init__(
        self,
        reader: str,
        processes: int = PROCESSES,
        time_limit: float = TIME_LIMIT,
        memory_limit: int = MEMORY_LIMIT,
    ) -> None:
        self._reader = reader
        self._processes = processes
        self._time_limit = time_limit
        self._memory_limit = memory_limit
        self._pool: ProcessPool | None = None
        self._closed = False
        # A pool's tasks settle in threads of its own.
        self._changing = threading.RLock()

    def start(self) -> None:
        """Start the worker processes. Call it before the reactor runs."""
        launch(self._reader)
        with self._changing, _bare_main():
            pool = ProcessPool(
                max_workers=self._processes,
                initializer=_limit_memory,
                initargs=(self._memory_limit,),
                context=multiprocessing.get_context("forkserver"),
            )
            # pebble starts its processes with the first task.
            pool.schedule(_nothing)
            self._pool, self._closed = pool, False

    def submit(self, job: Job) -> Future[Reading]:
        """Read one page. The future always holds a Reading; failures are named in its reason."""
        answer: Future[Reading] = Future()
        self._schedule(job, answer, retry=True)
        return answer

    def close(self) -> None:
        """Stop the workers at once; what is still waiting is answered with a failed Reading."""
        with self._changing:
            pool, self._pool, self._closed = self._pool, None, True
        if pool is not None:
            pool.stop()  # type: ignore[no-untyped-call]
            pool.join()

    def _schedule(self, job: Job, answer: Future[Reading], *, retry: bool) -> None:
        pool = None
        try:
            pool = self._current()
            task = pool.schedule(_read, args=(self._reader, job), timeout=self._time_limit)
        except RuntimeError as error:
            # A pool whose workers all died at start refuses further work for good.
            self._abandon(pool)
            if retry:
                self._schedule(job, answer, retry=False)
            else:
                answer.set_result(failed(Outcome.ERROR, f"no worker could be started: {error}"))
            return
        task.add_done_callback(lambda done: self._settle(pool, job, done, answer, retry=retry))

    def _current(self) -> ProcessPool:
        with self._changing:
            # A task that breaks while all stop must not bring new processes to life.
            if self._closed:
                raise RuntimeError("the workers were stopped")
            if self._pool is None:
                self.start()
            assert self._pool is not None
            return self._pool

    def _abandon(self, pool: ProcessPool | None) -> None:
        """Let go of a broken pool; the next page starts a fresh one.

        All its tasks say that it broke, some of them when the fresh one is at work already.
        """
        with self._changing:
            if pool is None or self._pool is not pool:
                return
            self._pool = None
        pool.stop()  # type: ignore[no-untyped-call]

    def _settle(
        self,
        pool: ProcessPool,
        job: Job,
        done: Future[Reading],
        answer: Future[Reading],
        *,
        retry: bool,
    ) -> None:
        if answer.cancelled():
            return
        try:
            reading = done.result()
        except BrokenProcessPool:
            self._abandon(pool)
            if retry:
                self._schedule(job, answer, retry=False)
                return
            reading = failed(Outcome.ERROR, "the worker pool broke")
        except (Exception, CancelledError) as error:
            reading = explain(error, self._time_limit)
        answer.set_result(reading)


def launch(reader: str) -> None:
    """Let the fork server load the reader's module in the background; returns at once."""
    multiprocessing.get_context("forkserver").set_forkserver_preload([reader.rpartition(".")[0]])
    with _bare_main():
        forkserver.ensure_running()


def explain(error: BaseException, time_limit: float) -> Reading:
    """The Reading of a page whose worker failed: timeout, oom or error, with the reason."""
    if isinstance(error, FutureTimeout | TimeoutError):
        return failed(Outcome.TIMEOUT, f"reading took longer than {time_limit:g} s")
    if isinstance(error, MemoryError):
        return failed(Outcome.OOM, "reading needed more memory than a worker may use")
    if isinstance(error, ProcessExpired):
        code = error.exitcode
        if code == KILLED:
            return failed(Outcome.OOM, "the worker was killed, probably for its memory")
        return failed(Outcome.ERROR, f"the worker died (exit code {code})")
    if isinstance(error, CancelledError):
        return failed(Outcome.ERROR, "reading was cancelled")
    return failed(Outcome.ERROR, f"{type(error).__name__}: {error}"[:300])


def failed(outcome: Outcome, reason: str) -> Reading:
    """A Reading without content; the page's bytes are kept, so it can be read again later."""
    extraction = Extraction(
        kind=PageKind.OTHER,
        outcome=outcome,
        family="generic",
        fields=dict.fromkeys(FIELDS),
        text="",
        encoding=Encoding("unknown", "unread"),
        reason=reason,
    )
    return Reading(PageKind.OTHER, extraction=extraction, reason=reason)


def load_reader(path: str) -> Callable[[Job], Reading]:
    """The function a dotted path names."""
    module, _, name = path.rpartition(".")
    reader: Callable[[Job], Reading] = getattr(import_module(module), name)
    return reader


@contextmanager
def _bare_main() -> Iterator[None]:
    """Hide this process's script, which new processes would otherwise run again to import it."""
    script = sys.modules["__main__"]
    sys.modules["__main__"] = ModuleType("__main__")
    try:
        yield
    finally:
        sys.modules["__main__"] = script


def _nothing() -> None:
    """A task that only wakes the workers."""


def _read(path: str, job: Job) -> Reading:
    return load_reader(path)(job)


def _limit_memory(limit: int) -> None:
    """Cap the address space relative to now: what is mapped at start differs per machine.

    Only for this process: what it starts brings limits of its own.
    """
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    ceiling = pages * resource.getpagesize() + limit
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (ceiling, hard))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
