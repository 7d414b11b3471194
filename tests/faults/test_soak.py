"""A13: thirty minutes of a scheduler over fifty hosts, half of them faulty, killed all the time.

The whole day is a command: ``python -m tests.faults.soak --hours 24``.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.faults.soak import soak


@pytest.mark.nightly
@pytest.mark.timeout(3600)
def test_a13_half_an_hour_of_kills_and_faults(tmp_path: Path) -> None:
    assert soak(tmp_path, 1800, count=50, every=60, schedule="every 5m") == []
