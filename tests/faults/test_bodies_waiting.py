"""D8 and D9: large bodies of many hosts wait for each other, and no run waits for ever."""

from __future__ import annotations

import asyncio
import gzip
import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from subprocess import Popen

import pytest

from tests.faults.hosts import asked_of, many_hosts, on_host
from tests.faults.memory import MemoryWatch
from tests.faults.sections import PAGE, section
from tests.faults.site import Connection

FAILING, SOUND = 0, 1
QUIET = 2.0
"""Seconds without a request after which a host is taken to be left alone."""

MOST = 400_000_000
"""Bytes that a process may take beyond its start."""

HOSTS = 16
BROKEN = b"<p>" + b"x" * (28 << 20)
PACKED = (("Content-Encoding", "gzip"),)


def packed(size: int) -> bytes:
    """A page that unpacks to more than so many bytes."""
    filling = f"<!--{os.urandom(size // 2).hex()}-->"
    return gzip.compress((PAGE.format(title="关于大页的通知") + filling).encode(), 1)


@contextmanager
def ended(process: Popen[str]) -> Iterator[Popen[str]]:
    """Leave no run behind that hangs."""
    try:
        yield process
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.communicate()


def test_d8_a_text_that_was_given_up_leaves_its_room_to_others(tmp_path: Path) -> None:
    """Large error pages of a host that is left alone, then a page that needs all the room."""
    failure, sound = packed(600_000), packed(3_000_000)
    paths = [f"/a{number}.html" for number in range(12)]

    async def route(connection: Connection) -> None:
        if (connection.asked.header("host") or "").startswith("127.0.1.10:"):
            # After one sound page several are asked for at a time.
            first = connection.asked.target == paths[0]
            answer = (200, PAGE.format(title="小页的通知"), ()) if first else (503, failure, PACKED)
            await connection.answer(*answer)
            return
        while time.monotonic() - asked_of(site, FAILING)[-1].at < QUIET:
            await asyncio.sleep(0.2)
        await connection.answer(200, sound, PACKED)

    with many_hosts(dict.fromkeys(paths, route)) as site:
        targets = [on_host(site, FAILING, path) for path in paths]
        targets.append(on_host(site, SOUND, paths[0]))
        line = section(tmp_path, site, targets, crawl="delay = 0.3\npatience = 1")
        with ended(line.start("crawl", "faulty")) as process:
            output, errors = process.communicate(timeout=45)
    assert "new 3" in output, (output, errors)


@pytest.mark.nightly
@pytest.mark.timeout(600)
def test_d9_large_bodies_that_break_off_on_many_hosts_stay_within_memory(tmp_path: Path) -> None:
    async def route(connection: Connection) -> None:
        await connection.answer(200, BROKEN, length=len(BROKEN) + 1000)

    with many_hosts({"/p.html": route}) as site:
        targets = [on_host(site, number, "/p.html") for number in range(HOSTS)]
        line = section(tmp_path, site, targets)
        with ended(line.start("crawl", "faulty")) as process, MemoryWatch(process.pid) as watch:
            process.communicate(timeout=500)
    assert {name: grown for name, grown in watch.growth.items() if grown >= MOST} == {}
