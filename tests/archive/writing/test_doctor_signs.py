"""What the doctor says, and that it changes nothing."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest
from scenario import Scenario, page

from archive import chain, machine
from archive.doctor import State, examine


def states(folder: Path) -> dict[str, State]:
    return {sign.name: sign.state for sign in examine(folder)}


def test_a_folder_without_an_archive_is_fine_and_stays_empty(tmp_path: Path) -> None:
    found = states(tmp_path / "none")
    assert found["archive"] is State.OK
    assert list(tmp_path.iterdir()) == []


def test_a_good_archive_has_no_bad_sign(scenario: Scenario) -> None:
    scenario.commit(scenario.article(page("a")))
    found = states(scenario.folder)
    assert found.keys() >= {"disk", "database", "schema", "chain", "warc"}
    assert State.FAIL not in found.values()


def test_a_chain_without_its_head_is_bad(scenario: Scenario) -> None:
    scenario.commit(scenario.article(page("a")))
    path = scenario.folder / chain.HEAD_NAME
    path.write_text("1 sha256:0 5\n")
    assert states(scenario.folder)["chain"] is State.FAIL


@pytest.mark.parametrize(("free", "state"), [(1 << 20, State.FAIL), (1 << 28, State.WARN)])
def test_little_space_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, free: int, state: State
) -> None:
    monkeypatch.setattr(machine.shutil, "disk_usage", lambda _: SimpleNamespace(free=free))
    assert states(tmp_path)["disk"] is state
