"""Outside judges of what we archive: programs that know nothing of us."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPResponse, IncompleteRead
from pathlib import Path

import pytest
from fastwarc.warc import ArchiveIterator
from warcio.archiveiterator import ArchiveIterator as WarcioIterator

PYWB = "GONGWEN_TEST_PYWB"
COLLECTION = "gongwen"
START_SECONDS = 60.0
ASKING = {"Connection": "close", "Accept-Encoding": "gzip"}
"""Bodies come back in the encoding that they were served in."""
_KEYS = """
import json, sys
from pywb.utils.canonicalize import canonicalize
json.dump([canonicalize(url) for url in json.load(sys.stdin)], sys.stdout)
"""


@pytest.fixture
def pywb() -> Path:
    """The bin folder of pywb's own environment; skipped where there is none, except in CI."""
    named = os.environ.get(PYWB)
    if named is None:
        if os.environ.get("CI"):
            pytest.fail(f"{PYWB} names no environment, and CI skips nothing")
        pytest.skip(f"{PYWB} names no environment; make one with .ci/pywb DIR")
    return Path(named)


def pywb_keys(pywb: Path, urls: Sequence[str]) -> list[str]:
    """The keys under which pywb looks addresses up."""
    ran = subprocess.run(
        [pywb / "python", "-c", _KEYS],
        input=json.dumps(list(urls)),
        capture_output=True,
        text=True,
        check=True,
    )
    return list(json.loads(ran.stdout))


def pywb_index(pywb: Path, files: Sequence[Path]) -> list[str]:
    """The lines of pywb's own index of WARC files."""
    ran = subprocess.run(
        [pywb / "cdx-indexer", "--cdxj", "--sort", *files],
        capture_output=True,
        text=True,
        check=True,
    )
    return ran.stdout.splitlines()


@dataclass(frozen=True, slots=True)
class Replayed:
    """What pywb answered."""

    status: int
    body: bytes


@dataclass(frozen=True, slots=True)
class Wayback:
    """A running pywb with one collection."""

    port: int

    def ask(self, timestamp: str, url: str, modifier: str = "id_") -> Replayed:
        """A capture as served (``id_``), or rewritten for a browser (``mp_``)."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            path = f"/{COLLECTION}/{timestamp}{modifier}/{url}"
            connection.request("GET", path, headers=ASKING)
            answer = connection.getresponse()
            return Replayed(answer.status, _read(answer))
        finally:
            connection.close()


def _read(answer: HTTPResponse) -> bytes:
    """The body, also where the length that was served, and is replayed, lies."""
    try:
        return answer.read()
    except IncompleteRead as error:
        return error.partial


@contextmanager
def wayback(pywb: Path, place: Path, index: Path, warcs: Path) -> Iterator[Wayback]:
    """pywb serving an index and the WARC files it is about, where they lie."""
    paths = {"index_paths": str(index), "archive_paths": f"{warcs}/"}
    # JSON is YAML.
    (place / "config.yaml").write_text(json.dumps({"collections": {COLLECTION: paths}}))
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [pywb / "wayback", "-b", "127.0.0.1", "-p", str(port), "-d", place]
    with (place / "pywb.log").open("wb") as log:
        server = subprocess.Popen(command, stdout=log, stderr=log)
        try:
            _await(server, port, place / "pywb.log")
            yield Wayback(port)
        finally:
            server.terminate()
            server.wait(10)


def _await(server: subprocess.Popen[bytes], port: int, log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and server.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise AssertionError(f"pywb did not start: {log.read_text()[-2000:]}")


def warcio_check(files: Sequence[Path]) -> str:
    """What warcio complains of; empty when every digest and frame is right."""
    command = [Path(sys.executable).parent / "warcio", "check", *files]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    return "" if ran.returncode == 0 else ran.stdout + ran.stderr


def by_warcio(file: Path) -> int:
    """How many records warcio reads, every digest checked."""
    with file.open("rb") as stream:
        return sum(1 for _ in WarcioIterator(stream, check_digests="raise"))


def by_fastwarc(file: Path) -> int:
    """How many records FastWARC reads; it passes over those whose digest is missing or wrong."""
    with file.open("rb") as stream:
        return sum(1 for _ in ArchiveIterator(stream, verify_digests=True))
