"""Challenges make runs leave a host alone, longer each time, until it answers again."""

import pytest

from archive.clock import SECOND
from archive.database import open_database
from archive.frontier import ensure_host
from crawler.middlewares.hosts import Hosts, Rest
from crawler.spiders.resting import remember, rest_seconds, resting

HOST = "x.cn"


@pytest.mark.parametrize(
    ("rest", "blocked", "seconds"),
    [
        (Rest("challenge", blocked=True), 1, 120),
        (Rest("challenge", blocked=True), 2, 900),
        (Rest("challenge", blocked=True), 3, 3600),
        (Rest("challenge", blocked=True), 4, 7200),
        (Rest("challenge", blocked=True), 99, 86_400),
        (Rest("asked", seconds=600), 0, 600),
        (Rest("asked", seconds=1e9), 0, 86_400),
        (Rest("failed"), 0, 0),
    ],
)
def test_rest_grows_with_every_challenge(rest, blocked, seconds):
    assert rest_seconds(rest, blocked) == seconds


def test_rest_is_remembered_ends_and_is_forgotten_once_the_host_is_fine(tmp_path):
    database = open_database(tmp_path)
    with database.write() as session:
        ensure_host(session, HOST)
    for challenges, seconds in ((1, 120), (2, 900)):
        hosts = Hosts()
        hosts.back_off(HOST, "challenge", blocked=True)
        with database.write() as session:
            remember(session, hosts, 1000)
            assert "challenge" in resting(session, 1001)[HOST], challenges
            assert resting(session, 1000 + seconds * SECOND) == {}
    fine = Hosts()
    fine.succeeded(HOST)
    with database.write() as session:
        remember(session, fine, 2000)
        assert resting(session, 2001) == {}
    again = Hosts()
    again.back_off(HOST, "challenge", blocked=True)
    with database.write() as session:
        remember(session, again, 3000)
        assert resting(session, 3000 + 121 * SECOND) == {}
    database.close()
