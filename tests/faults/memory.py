"""How much memory each process of a command takes at most, beyond what it had when first seen."""

from __future__ import annotations

import re
import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil

INTERVAL = 0.02
_PEAK = re.compile(r"VmHWM:\s+(\d+) kB")


@dataclass
class MemoryWatch:
    """Follows a process and all it starts until the block ends; figures are in bytes.

    The kernel keeps each process's peak, so nothing is missed between two looks.
    """

    pid: int
    starts: dict[int, int] = field(default_factory=dict)
    peaks: dict[int, int] = field(default_factory=dict)
    names: dict[int, str] = field(default_factory=dict)
    _done: threading.Event = field(default_factory=threading.Event)

    def __enter__(self) -> MemoryWatch:
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: Any) -> None:
        self._done.set()
        self._thread.join()

    @property
    def growth(self) -> dict[str, int]:
        """Bytes above its start, by process: its number and what it runs."""
        return {
            f"{pid} {self.names[pid]}": self.peaks[pid] - self.starts[pid] for pid in self.peaks
        }

    def _watch(self) -> None:
        while not self._done.wait(INTERVAL):
            try:
                root = psutil.Process(self.pid)
                processes = [root, *root.children(recursive=True)]
            except psutil.Error:
                return
            for process in processes:
                self._look(process)

    def _look(self, process: psutil.Process) -> None:
        try:
            status = Path(f"/proc/{process.pid}/status").read_text()
            name = " ".join(process.cmdline()[1:5])
            size = process.memory_info().rss
        except (OSError, psutil.Error):
            return
        found = _PEAK.search(status)
        if found is not None:
            self.starts.setdefault(process.pid, size)
            self.names[process.pid] = name
            self.peaks[process.pid] = int(found.group(1)) << 10
