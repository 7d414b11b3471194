"""Runs as they go: live rows on a terminal, lines elsewhere."""

from __future__ import annotations

import io

import pytest
from rich.cells import cell_len
from rich.console import Console

from archive.records import RunState
from crawler.cli import board as boards
from crawler.cli.board import LineBoard, LiveBoard, ending_line, progress_line, summary
from crawler.runner.running import Progress, RunOutcome

COUNTS = {"new": 5, "changed": 3, "unchanged": 22, "not_modified": 130, "noise": 1, "blocked": 4}
TIMES = {"started_at": "2026-11-22T04:01:34+08:00", "finished_at": "2026-11-22T04:01:38+08:00"}


def outcome(
    state: RunState = RunState.DONE, reason: str | None = None, pages: int = 4
) -> RunOutcome:
    counts = {"new": 2, "soft_404": 1, "gone": 1, "pages": pages}
    return RunOutcome(7, "ok", state, reason, counts, 0, {"id": 7, **TIMES})


def drawn(board: LiveBoard, width: int) -> list[str]:
    out = io.StringIO()
    Console(file=out, width=width).print(board)
    return out.getvalue().splitlines()


def test_the_live_rows_show_every_run_that_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    out = io.StringIO()
    monkeypatch.setattr(boards, "console", Console(file=out, width=120))
    board = LiveBoard()
    board.progress(Progress(7, "ok", 3, {"new": 1}))
    board.progress(Progress(8, "slow", 1, {"blocked": 1, "soft_404": 1, "gone": 1}))
    header, first, second = drawn(board, 120)
    assert header.split()[:3] == ["seed", "run", "pages"]
    assert (first.split()[:3], first[-5:]) == (["ok", "7", "3"], "new 1")
    assert second.endswith("blocked 1, gone 2")
    board.ended(outcome())
    assert len(drawn(board, 120)) == 2
    assert out.getvalue().startswith("ok: run 7 done")


@pytest.mark.parametrize("width", [60, 80, 120])
def test_the_live_rows_fit_the_terminal_and_hide_no_figure(width: int) -> None:
    board = LiveBoard()
    board.progress(Progress(7, "replica-municipal", 165, COUNTS))
    lines = drawn(board, width)
    assert all(cell_len(line) <= width for line in lines)
    told = " ".join(line.strip() for line in lines)
    assert all(f"{name} {count}" in told for name, count in COUNTS.items())
    assert "…" not in "".join(lines)


def test_lines_are_told_seldom(capsys: pytest.CaptureFixture[str]) -> None:
    board = LineBoard()
    for pages in range(50):
        board.progress(Progress(7, "ok", pages, {}))
    assert len(capsys.readouterr().out.splitlines()) <= 1


def test_a_line_has_a_speed_only_when_there_is_one() -> None:
    assert progress_line(Progress(7, "ok", 1, {"new": 1}), 0.0) == "ok: run 7: 1 page (new 1)"
    assert progress_line(Progress(7, "ok", 0, {}), 3.0) == "ok: run 7: 0 pages"
    assert progress_line(Progress(7, "ok", 6, {}), 3.0) == "ok: run 7: 6 pages, 2.0 pages/s"


def test_an_end_tells_figures_speed_and_reason() -> None:
    line = ending_line(outcome(RunState.FAILED, "no list could be read"))
    figures = "4 pages, 1.0 pages/s (new 2, gone 2)"
    assert line == f"ok: run 7 failed: {figures}: no list could be read"
    assert ending_line(outcome(pages=1)).startswith("ok: run 7 done: 1 page, ")
    assert summary({"new": 0, "pages": 3}) == ""
