"""Shows runs as they go: a live table on a terminal, plain lines elsewhere, JSON for programs."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol

from rich.live import Live
from rich.table import Table

from archive.problems import Problem
from crawler.cli.output import console, print_json, print_problem

if TYPE_CHECKING:
    from crawler.runner import Progress, RunOutcome

COLUMNS = ("new", "changed", "unchanged", "not_modified", "noise", "blocked", "gone", "error")
LINE_INTERVAL = 5.0


class Board(Protocol):
    """What is told of runs; called from the threads that carry them."""

    def progress(self, progress: Progress) -> None:
        """A run came further."""

    def ended(self, ended: RunOutcome | Problem) -> None:
        """A run ended, or could not begin."""


class JsonBoard:
    """One JSON line for each run that ended, as ``gongwen runs --json`` prints it."""

    def progress(self, progress: Progress) -> None:
        """Nothing: programs read the ends."""

    def ended(self, ended: RunOutcome | Problem) -> None:
        """Print the run's row."""
        if isinstance(ended, Problem):
            print_problem(ended)
        else:
            print_json(ended.row)


class LineBoard:
    """A line at a run's start, every few seconds, and at its end."""

    def __init__(self) -> None:
        self._started: dict[int, float] = {}
        self._told: dict[int, float] = {}

    def progress(self, progress: Progress) -> None:
        """Print a line, unless one was printed just now."""
        moment = time.monotonic()
        started = self._started.setdefault(progress.run_id, moment)
        if moment - self._told.get(progress.run_id, float("-inf")) >= LINE_INTERVAL:
            self._told[progress.run_id] = moment
            speed = rate(progress.pages, moment - started)
            figures = summary(progress.counts)
            name = f"{progress.seed}: run {progress.run_id}"
            console.print(f"{name}: {progress.pages} pages, {speed} pages/s {figures}".rstrip())

    def ended(self, ended: RunOutcome | Problem) -> None:
        """Print how it ended."""
        if isinstance(ended, Problem):
            print_problem(ended)
        else:
            console.print(ending_line(ended), soft_wrap=True)


class LiveBoard:
    """A table of all runs, redrawn in place."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._rows: dict[int, tuple[str, int, Mapping[str, int]]] = {}
        self._started: dict[int, float] = {}
        self._ends: dict[int, tuple[RunOutcome, float]] = {}
        self.problems: list[Problem] = []

    def progress(self, progress: Progress) -> None:
        """Remember it for the next redraw."""
        with self._lock:
            self._rows[progress.run_id] = (progress.seed, progress.pages, progress.counts)
            self._started.setdefault(progress.run_id, time.monotonic())

    def ended(self, ended: RunOutcome | Problem) -> None:
        """Remember it for the next redraw; problems are printed below the table."""
        with self._lock:
            if isinstance(ended, Problem):
                self.problems.append(ended)
                return
            moment = time.monotonic()
            self._ends[ended.run_id] = (ended, moment)
            self._started.setdefault(ended.run_id, moment)
            pages = int(ended.counts.get("pages", 0))
            self._rows[ended.run_id] = (ended.seed, pages, ended.counts)

    def __rich__(self) -> Table:
        """The table as it stands now."""
        table = Table(box=None, pad_edge=False, header_style="bold")
        for name in ("seed", "run", "pages", "pages/s", *COLUMNS, "state"):
            right = name not in ("seed", "state")
            table.add_column(name, justify="right" if right else "left", no_wrap=True)
        with self._lock:
            for run_id in self._rows:
                table.add_row(*self._cells(run_id))
        return table

    def _cells(self, run_id: int) -> list[str]:
        seed, pages, counts = self._rows[run_id]
        outcome, until = self._ends.get(run_id, (None, time.monotonic()))
        speed = rate(pages, until - self._started[run_id])
        state = "running" if outcome is None else str(outcome.state)
        figures = [str(figure(counts, name) or "") for name in COLUMNS]
        return [seed, str(run_id), str(pages), speed, *figures, state]


@contextmanager
def shown(*, as_json: bool) -> Iterator[Board]:
    """The board that fits where the output goes, while runs go on."""
    if as_json:
        yield JsonBoard()
    elif not console.is_terminal:
        yield LineBoard()
    else:
        board = LiveBoard()
        with Live(board, console=console, refresh_per_second=4):
            yield board
        for outcome, _ in board._ends.values():
            if outcome.reason:
                console.print(ending_line(outcome), soft_wrap=True)
        for problem in board.problems:
            print_problem(problem)


def figure(counts: Mapping[str, int], name: str) -> int:
    """One column's count; a soft 404 counts as gone."""
    extra = counts.get("soft_404", 0) if name == "gone" else 0
    return int(counts.get(name, 0)) + int(extra)


def summary(counts: Mapping[str, int]) -> str:
    """``new 3, unchanged 40``: the counts above zero, in brackets."""
    parts = [f"{name} {figure(counts, name)}" for name in COLUMNS if figure(counts, name)]
    return f"({', '.join(parts)})" if parts else ""


def rate(pages: int, seconds: float) -> str:
    """Pages per second, empty before there is anything to divide."""
    return f"{pages / seconds:.1f}" if seconds >= 0.1 else "–"


def ending_line(outcome: RunOutcome) -> str:
    """``seed: run 7 done: 43 pages (new 3, …)`` with the reason when there is one."""
    pages = outcome.counts.get("pages", 0)
    figures = summary(outcome.counts)
    line = f"{outcome.seed}: run {outcome.run_id} {outcome.state}: {pages} pages {figures}".rstrip()
    return f"{line}: {outcome.reason}" if outcome.reason else line
