"""The replica as a child process, for tests and for the demo."""

from __future__ import annotations

import http.client
import json
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import crawler
from archive.problems import Problem
from crawler.replica.sites import FIRST_ADDRESS, World, sites

START_SECONDS = 30.0
STOP_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class RunningReplica:
    """A replica being served. ``allowed`` is what GONGWEN_ALLOW_ADDRESSES must say to crawl it."""

    port: int
    seeds_dir: Path
    pid: int

    @property
    def allowed(self) -> str:
        """The sites' network and port in the address gate's notation."""
        return f"127.0.0.0/8:{self.port}"

    def origin(self, name: str) -> str:
        """Scheme, address and port of a site, by its name."""
        world = World(self.port)
        return next(world.origin(site) for site in sites() if site.name == name)

    def set_day(self, day: int) -> None:
        """Let the same server be as on another day; URLs and validators keep working."""
        self.control(f"day/{day}")

    def requests(self) -> dict[str, Any]:
        """How often each status was answered, and which forbidden paths were fetched."""
        return self.control("requests")

    def asked(self) -> dict[str, int]:
        """How often each address was asked for."""
        return self.control("asked")

    def control(self, order: str) -> dict[str, Any]:
        """Send an order to the server's control path; a Problem when it refuses."""
        connection = http.client.HTTPConnection(FIRST_ADDRESS, self.port, timeout=STOP_SECONDS)
        try:
            connection.request("GET", f"/__control__/{order}")
            answer = connection.getresponse()
            told = json.loads(answer.read())
        finally:
            connection.close()
        if answer.status != 200:
            raise Problem("The replica refused an order", order, "Use day/N or requests")
        return dict(told)


@contextmanager
def running(
    port: int | None = None,
    documents: int = 50,
    day: int = 0,
    number: int = 1,
    seeds_dir: Path | None = None,
) -> Iterator[RunningReplica]:
    """Serve a replica while the block runs. No port, or 0, takes one that is free everywhere.

    Without ``seeds_dir`` the seed files stand in a temporary folder that goes with the block.
    """
    with tempfile.TemporaryDirectory(prefix="gongwen-replica-") as folder:
        child = _start(port or 0, documents, day, number, seeds_dir or Path(folder))
        try:
            yield _await_ready(child)
        finally:
            _stop(child)


def _start(
    port: int, documents: int, day: int, number: int, seeds_dir: Path
) -> subprocess.Popen[str]:
    options = {"port": port, "documents": documents, "day": day, "number": number}
    command = [sys.executable, "-P", "-m", "crawler.replica"]
    for name, value in options.items():
        command += [f"--{name}", str(value)]
    command += ["--seeds-dir", str(seeds_dir)]
    # The child must load the same gongwen as we do, also from a checkout that is not installed.
    home = str(Path(crawler.__file__ or "").parents[1])
    path = os.pathsep.join(filter(None, (home, os.environ.get("PYTHONPATH"))))
    return subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        env={**os.environ, "PYTHONPATH": path},
        start_new_session=True,
    )


def _await_ready(child: subprocess.Popen[str]) -> RunningReplica:
    """Read the ready line; a child that says nothing in time is killed."""
    timer = threading.Timer(START_SECONDS, child.kill)
    timer.start()
    try:
        line = child.stdout.readline() if child.stdout else ""
    finally:
        timer.cancel()
    sites_part, _, folder = line.strip().partition(" seeds ")
    words = sites_part.split()
    if len(words) < 2 or words[0] != "ready":
        raise Problem(
            "The replica did not start",
            f"its process said {line.strip()!r}",
            "Run it in the foreground to see why: gongwen dev replica serve --port 0",
        )
    return RunningReplica(urlsplit(words[1]).port or 0, Path(folder), child.pid)


def _stop(child: subprocess.Popen[str]) -> None:
    child.terminate()
    try:
        child.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()
    for pipe in (child.stdin, child.stdout):
        if pipe:
            pipe.close()
