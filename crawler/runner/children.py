"""Child processes: started apart, read line by line, stopped by passed-on signals.

A child has its own session, so a terminal's Ctrl-C reaches only us and we pass it on. It holds
the other end of a pipe as its standard input: when we die, however, it reads the end and dies.
"""

from __future__ import annotations

import os
import queue
import signal
import subprocess
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType

POLL = 0.1
DRAIN = 1.0
"""Seconds to wait for the last lines of a child that ended; its helpers may hold the pipe open."""

STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
STOPPING = b"Stopping: finishing what is in flight. Once more stops at once.\n"


class Child:
    """One running child process. ``errors`` is the file that takes its standard error."""

    def __init__(self, command: Sequence[str], variables: Mapping[str, str], errors: Path) -> None:
        errors.parent.mkdir(parents=True, exist_ok=True)
        self.errors = errors
        with errors.open("wb") as stream:
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=stream,
                env=variables,
                start_new_session=True,
            )
        self.pid = self._process.pid
        self.ended = False
        self._lines: queue.SimpleQueue[str | None] = queue.SimpleQueue()
        threading.Thread(target=self._read, daemon=True).start()

    def lines(self) -> Iterator[str]:
        """What the child prints, until it has ended and everything was read."""
        while True:
            try:
                line = self._lines.get(timeout=POLL)
            except queue.Empty:
                if not self._exited():
                    continue
                yield from self._rest()
                return
            if line is None:
                return
            yield line

    def signal(self, number: int) -> None:
        """Send a signal, unless the child has been waited for."""
        if not self.ended:
            with suppress(ProcessLookupError):
                os.kill(self.pid, number)

    def wait(self) -> int:
        """Wait for the end and clear away whatever the child left behind; its exit code."""
        os.waitid(os.P_PID, self.pid, os.WEXITED | os.WNOWAIT)
        return self._reap()

    def kill(self) -> None:
        """End the child and its helpers now."""
        if not self.ended:
            self.signal(signal.SIGKILL)
            self.wait()

    def last_words(self) -> str | None:
        """The last line it wrote to standard error; the file goes when it is empty."""
        text = self.errors.read_text(errors="replace").strip()
        if not text:
            self.errors.unlink()
            return None
        return text.splitlines()[-1]

    def _reap(self) -> int:
        # Before it is reaped its pid still names its group, and nobody else's.
        self.ended = True
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self.pid, signal.SIGKILL)
        code = self._process.wait()
        if self._process.stdin is not None:
            with suppress(BrokenPipeError):
                self._process.stdin.close()
        return code

    def _exited(self) -> bool:
        flags = os.WEXITED | os.WNOWAIT | os.WNOHANG
        return os.waitid(os.P_PID, self.pid, flags) is not None

    def _rest(self) -> Iterator[str]:
        with suppress(queue.Empty):
            while (line := self._lines.get(timeout=DRAIN)) is not None:
                yield line

    def _read(self) -> None:
        stream = self._process.stdout
        if stream is None:
            return
        with stream, suppress(ValueError, OSError):
            for line in stream:
                self._lines.put(line.decode(errors="replace").rstrip("\n"))
        self._lines.put(None)


class Stopper:
    """Passes stop signals on to the children that run: the first asks, the third kills."""

    def __init__(self) -> None:
        self.requests = 0
        self._children: set[Child] = set()

    @property
    def stopping(self) -> bool:
        """Whether anybody asked to stop."""
        return self.requests > 0

    def request(self, number: int = signal.SIGINT) -> None:
        """Ask every child to stop. May run inside a signal handler, so it takes no lock."""
        self.requests += 1
        # A child knows nothing of terminals that hang up.
        asked = signal.SIGTERM if number == signal.SIGHUP else number
        passed = asked if self.requests < 3 else signal.SIGKILL
        for child in tuple(self._children):
            child.signal(passed)

    @contextmanager
    def watching(self, child: Child) -> Iterator[None]:
        """Include a child in what stop signals reach."""
        self._children.add(child)
        try:
            if self.stopping:
                child.signal(signal.SIGINT)
            yield
        finally:
            self._children.discard(child)

    @contextmanager
    def listening(self) -> Iterator[None]:
        """Take SIGINT, SIGTERM and a terminal's SIGHUP; only in the main thread.

        A process started with ``nohup`` goes on ignoring the terminal's end.
        """

        def on_signal(number: int, _frame: FrameType | None) -> None:
            self.request(number)
            if self.requests == 1:
                # Not print: a handler must not meet the lock of a stream that is being written.
                with suppress(OSError):
                    os.write(2, STOPPING)

        deaf = signal.getsignal(signal.SIGHUP) == signal.SIG_IGN
        taken = [number for number in STOP_SIGNALS if not (deaf and number == signal.SIGHUP)]
        earlier = {number: signal.signal(number, on_signal) for number in taken}
        try:
            yield
        finally:
            for number, handler in earlier.items():
                signal.signal(number, handler)
