"""Shows runs as they go: live rows on a terminal, plain lines elsewhere, JSON for programs."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol

from rich.console import Console, ConsoleOptions, RenderResult
from rich.live import Live

from archive.problems import Problem
from crawler.cli.output import console, print_json, print_problem
from crawler.cli.tables import table_lines
from crawler.cli.wording import counted

if TYPE_CHECKING:
    from crawler.runner.running import Progress, RunOutcome

COLUMNS = ("new", "changed", "unchanged", "not_modified", "noise", "blocked", "gone", "error")
LIVE_COLUMNS = ("seed", "run", "pages", "pages/s", "counts")
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
            line = progress_line(progress, moment - started)
            console.print(line, markup=False, soft_wrap=True)

    def ended(self, ended: RunOutcome | Problem) -> None:
        """Print how it ended."""
        if isinstance(ended, Problem):
            print_problem(ended)
        else:
            console.print(ending_line(ended), markup=False, soft_wrap=True)


class LiveBoard:
    """A row for each run that goes on, redrawn in place; ends are printed above and stay."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._going: dict[int, Progress] = {}
        self._started: dict[int, float] = {}
        self.problems: list[Problem] = []

    def progress(self, progress: Progress) -> None:
        """Remember it for the next redraw."""
        with self._lock:
            self._going[progress.run_id] = progress
            self._started.setdefault(progress.run_id, time.monotonic())

    def ended(self, ended: RunOutcome | Problem) -> None:
        """Print the end of a run; problems are kept to be printed when all has ended."""
        if isinstance(ended, Problem):
            self.problems.append(ended)
            return
        with self._lock:
            self._going.pop(ended.run_id, None)
        console.print(ending_line(ended), markup=False, soft_wrap=True)

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """The running ones as they stand now, figures below when the terminal is narrow."""
        moment = time.monotonic()
        with self._lock:
            rows = [self._row(progress, moment) for progress in self._going.values()]
        if rows:
            yield from table_lines(rows, LIVE_COLUMNS, options.max_width)

    def _row(self, progress: Progress, moment: float) -> dict[str, Any]:
        speed = rate(progress.pages, moment - self._started[progress.run_id])
        return {
            "seed": progress.seed,
            "run": progress.run_id,
            "pages": progress.pages,
            "pages/s": speed and float(speed),
            "counts": summary(progress.counts),
        }


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
        for problem in board.problems:
            print_problem(problem)


def figure(counts: Mapping[str, int], name: str) -> int:
    """One column's count; a soft 404 counts as gone."""
    extra = counts.get("soft_404", 0) if name == "gone" else 0
    return int(counts.get(name, 0)) + int(extra)


def summary(counts: Mapping[str, int]) -> str:
    """``new 3, unchanged 40``: the observations above zero."""
    return ", ".join(f"{name} {figure(counts, name)}" for name in COLUMNS if figure(counts, name))


def rate(pages: int, seconds: float) -> str | None:
    """Pages per second; None before there is anything to divide."""
    return f"{pages / seconds:.1f}" if pages and seconds >= 0.1 else None


def progress_line(progress: Progress, seconds: float) -> str:
    """``seed: run 7: 43 pages, 5.1 pages/s (new 3, …)``: how far a run is."""
    speed = rate(progress.pages, seconds)
    done = _figures(progress.pages, speed, progress.counts)
    return f"{progress.seed}: run {progress.run_id}: {done}"


def ending_line(outcome: RunOutcome) -> str:
    """``seed: run 7 done: 43 pages, 5.1 pages/s (new 3, …)`` with the reason if there is one."""
    pages = int(outcome.counts.get("pages", 0))
    figures = _figures(pages, rate(pages, _duration(outcome.row)), outcome.counts)
    line = f"{outcome.seed}: run {outcome.run_id} {outcome.state}: {figures}"
    return f"{line}: {outcome.reason}" if outcome.reason else line


def _figures(pages: int, speed: str | None, counts: Mapping[str, int]) -> str:
    told = counted(pages, "page") + (f", {speed} pages/s" if speed else "")
    seen = summary(counts)
    return f"{told} ({seen})" if seen else told


def _duration(row: Mapping[str, Any]) -> float:
    """Seconds that a ledger row's run took, 0 when it tells no such thing."""
    started, finished = row.get("started_at"), row.get("finished_at")
    if not started or not finished:
        return 0.0
    return (datetime.fromisoformat(finished) - datetime.fromisoformat(started)).total_seconds()
