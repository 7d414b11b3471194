"""One thread that commits in groups, so that many pages share one fsync."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from concurrent.futures import Future
from queue import Empty, Queue
from time import monotonic

from archive.problems import Problem
from archive.records import Check, Verdict
from archive.store.store import Store

IDLE = 0.02
"""Seconds without a new check after which a group is committed as it is."""

_Item = tuple[Check, "Future[Verdict]"]


class Writer:
    """Takes checks from any thread; a future is done once its check is durable.

    A group is committed at ``batch`` checks, after ``wait`` seconds, or when nothing more comes.
    ``submit`` blocks while ``queue`` checks are waiting.
    """

    def __init__(
        self, store: Store, *, batch: int = 50, wait: float = 0.5, queue: int = 200
    ) -> None:
        self._store = store
        self._batch = batch
        self._wait = wait
        self._queue: Queue[_Item | None] = Queue(queue)
        self._gate = threading.Lock()
        self._closed = False
        self._thread = threading.Thread(target=self._work, name="archive-writer", daemon=True)
        self._thread.start()

    def submit(self, check: Check) -> Future[Verdict]:
        """Queue one check; its future carries the verdict or the reason it is not durable."""
        answer: Future[Verdict] = Future()
        with self._gate:
            if self._closed:
                raise Problem(
                    "The writer is closed", "the run has ended", "Start another: gongwen crawl"
                )
            self._queue.put((check, answer))
        return answer

    def close(self) -> None:
        """Commit what is queued, then let the store go."""
        with self._gate:
            already, self._closed = self._closed, True
        if already:
            return
        self._queue.put(None)
        self._thread.join()
        self._store.close()

    def _work(self) -> None:
        ended = False
        while not ended:
            group, ended = self._gather()
            if group:
                self._commit(group)

    def _gather(self) -> tuple[list[_Item], bool]:
        """The next group, and whether it is the last."""
        first = self._queue.get()
        if first is None:
            return [], True
        group = [first]
        deadline = monotonic() + self._wait
        while len(group) < self._batch:
            patience = min(IDLE, deadline - monotonic())
            try:
                item = self._queue.get(timeout=max(patience, 0)) if patience > 0 else None
            except Empty:
                break
            if patience <= 0:
                break
            if item is None:
                return group, True
            group.append(item)
        return group, False

    def _commit(self, group: Sequence[_Item]) -> None:
        group = [item for item in group if item[1].set_running_or_notify_cancel()]
        if group:
            self._try(group)

    def _try(self, group: Sequence[_Item]) -> None:
        try:
            verdicts = self._store.commit([check for check, _ in group])
        except BaseException as error:
            if len(group) > 1 and self._may_be_one(error):
                # One check that cannot be stored must not take the others with it.
                for item in group:
                    self._try([item])
                return
            for _, answer in group:
                answer.set_exception(error)
            return
        for (_, answer), verdict in zip(group, verdicts, strict=True):
            answer.set_result(verdict)

    def _may_be_one(self, error: BaseException) -> bool:
        return self._store.is_usable and not isinstance(error, (Problem, KeyboardInterrupt))
