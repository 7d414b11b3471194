"""Settings come from the environment, and a wrong one names itself and what it may be."""

from __future__ import annotations

from pathlib import Path

import pytest

from archive.problems import Problem
from crawler.environment import SHIPPED_SEEDS, Environment, parse_addresses

NAMES = ("DATA", "DATABASE_URL", "SEEDS", "CONTACT", "ALLOW_ADDRESSES")


@pytest.fixture(autouse=True)
def _clean(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in NAMES:
        monkeypatch.delenv(f"GONGWEN_{name}", raising=False)
    monkeypatch.chdir(tmp_path)


def test_nothing_set_means_the_folder_below_and_the_shipped_seeds(tmp_path: Path) -> None:
    environment = Environment()
    assert environment.data == tmp_path / "gongwen-data"
    assert environment.seeds == SHIPPED_SEEDS
    assert (environment.contact, environment.database_url) == (None, None)
    assert environment.allow_addresses == ()


def test_an_empty_variable_counts_as_unset(monkeypatch: pytest.MonkeyPatch) -> None:
    before = Environment()
    for name in NAMES:
        monkeypatch.setenv(f"GONGWEN_{name}", "")
    assert Environment() == before


def test_a_child_gets_the_same_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    given = Environment(
        data=tmp_path / "a b",
        contact="https://me.example/",
        allow_addresses=parse_addresses("127.0.0.0/8:8000, [::1]/128:*"),
    )
    for name, value in given.variables().items():
        monkeypatch.setenv(name, value)
    assert Environment() == given


@pytest.mark.parametrize(
    ("text", "address", "port", "admitted"),
    [
        ("127.0.0.0/8:8000", "127.0.0.11", 8000, True),
        ("127.0.0.0/8:8000", "127.0.0.11", 8001, False),
        ("127.0.0.0/8:8000", "10.0.0.1", 8000, False),
        ("[::1]/128:*", "::1", 99, True),
        ("[::1]/128:*", "::2", 99, False),
        ("10.1.2.3:80", "10.1.2.3", 80, True),
    ],
)
def test_an_allowed_address_admits_its_network_and_port(
    text: str, address: str, port: int, admitted: bool
) -> None:
    assert parse_addresses(text)[0].admits(address, port) is admitted


@pytest.mark.parametrize(
    "text", ["127.0.0.1", "127.0.0.1/8:80", "localhost:80", "127.0.0.0/8:0", "1.2.3.4/32:x", ":80"]
)
def test_a_wrong_address_names_variable_value_and_form(
    monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    monkeypatch.setenv("GONGWEN_ALLOW_ADDRESSES", f"127.0.0.0/8:1,{text}")
    with pytest.raises(Problem) as problem:
        Environment()
    assert "GONGWEN_ALLOW_ADDRESSES" in str(problem.value)
    assert repr(text) in str(problem.value)
    assert "Value error" not in str(problem.value)
    assert "127.0.0.0/8:8000" in problem.value.next_step
    assert problem.value.exit_code == 2
