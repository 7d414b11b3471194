"""A demo that does not come to its end says what to do now, and never to use a full folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from archive.problems import Problem
from archive.records import RunState
from crawler import demo
from crawler.runner.children import Stopper
from crawler.runner.running import RunOutcome

KEPT = Path("kept")


def outcome(state: RunState) -> RunOutcome:
    return RunOutcome(7, "ok", state, "why", {}, 0, {})


@pytest.mark.parametrize("keep", [None, KEPT])
def test_a_stopped_demo_is_begun_anew_elsewhere(keep: Path | None) -> None:
    with pytest.raises(Problem) as caught:
        demo._expect_done([outcome(RunState.DONE), outcome(RunState.INTERRUPTED)], keep)
    assert caught.value.exit_code == 11
    assert "Run it again: gongwen demo" in caught.value.next_step
    assert "--keep kept" not in caught.value.next_step
    assert ("GONGWEN_DATA=kept gongwen docs" in caught.value.next_step) == (keep is KEPT)


def test_a_demo_stopped_between_two_runs_does_not_report() -> None:
    stopper = Stopper()
    demo._expect_going(stopper, None)
    stopper.request()
    with pytest.raises(Problem, match="was stopped"):
        demo._expect_going(stopper, None)


def test_a_failed_demo_points_at_what_it_kept() -> None:
    with pytest.raises(Problem, match="GONGWEN_DATA=kept gongwen runs") as caught:
        demo._expect_done([outcome(RunState.FAILED)], KEPT)
    assert caught.value.exit_code == 1
    with pytest.raises(Problem, match="gongwen demo --keep DIR"):
        demo._expect_done([outcome(RunState.FAILED)], None)
