"""How long a host is left in peace, and when it is left alone."""

from datetime import UTC, datetime

import pytest

from crawler.middlewares.hosts import FAILURES, FIRST_PAUSE, Hosts, growing_pause, retry_after

NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


class Clock:
    def __init__(self):
        self.at = 100.0

    def __call__(self):
        return self.at


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        (None, None),
        ("0", 0.0),
        (" 120 ", 120.0),
        ("315360000", 315360000.0),
        ("Sat, 21 Nov 2026 12:00:30 GMT", 30.0),
        ("Sat, 21 Nov 2026 11:00:00 GMT", 0.0),
        ("-5", None),
        ("soon", None),
        ("", None),
        ("١٢", None),
        ("9" * 400, 999999999999.0),
        ("Mon, 01 Jan 2024 00:00:00 +99999999999999999999", None),
        ("Mon, 01 Jan 2024 00:00:00 +9999", None),
        ("Fri, 31 Dec 9999 23:59:59 -2359", 251607124739.0),
    ],
)
def test_retry_after_is_read_as_seconds_or_date(value, seconds):
    assert retry_after(value, NOON) == seconds


def test_the_longer_of_two_pauses_holds_and_ends():
    clock = Clock()
    hosts = Hosts(clock)
    hosts.pause("a", 10)
    hosts.pause("a", 2)
    assert hosts.wait("a") == 10
    assert hosts.wait("b") == 0
    clock.at += 11
    assert hosts.wait("a") == 0


def test_a_row_of_failures_ends_a_host_and_a_success_ends_the_row():
    hosts = Hosts(Clock())
    for _ in range(FAILURES - 1):
        hosts.failed("a", "HTTP 500")
    hosts.succeeded("a")
    hosts.failed("a", "HTTP 500")
    assert hosts.rest_reason("a") is None
    for _ in range(FAILURES):
        hosts.failed("a", "HTTP 500")
    assert "HTTP 500" in (hosts.rest_reason("a") or "")
    assert list(hosts.rests) == ["a"]


def test_the_first_reason_for_rest_is_kept():
    hosts = Hosts(Clock())
    hosts.back_off("a", "challenge")
    hosts.back_off("a", "later")
    assert hosts.rest_reason("a") == "challenge"


def test_repetitions_keep_the_pace_of_a_host_whatever_the_patience():
    assert [growing_pause(number, 2, 0) for number in range(3)] == [2, 2, 2]
    assert growing_pause(0, 0, 0) == FIRST_PAUSE
    assert [growing_pause(number, 2, 10) for number in range(4)] == [2, 4, 8, 10]
