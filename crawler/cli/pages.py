"""Saved pages on the command line: paths and manifests in, readings out, in input order."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from archive.problems import Problem
from archive.records import Outcome
from pipelines.reading import Job, Reading
from pipelines.workers import Workers, failed

READER = "crawler.families.reader.read"
AHEAD = 32
"""Pages held in memory at a time, so that a manifest of any length can be read."""


@dataclass(frozen=True, slots=True)
class SavedPage:
    """A page on disk: the path as the user gave it, where it is, and its address if known."""

    path: str
    file: Path
    url: str | None = None


def load_manifest(manifest: Path, *keys: str) -> list[tuple[SavedPage, ...]]:
    """The pages of each manifest line under the given keys, relative to the manifest's folder.

    Raises:
        Problem: the file cannot be read, or a line is no JSON object with these keys.

    """
    try:
        lines = manifest.read_text("utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise _usage(f"cannot read {manifest}", str(error), "check the path") from error
    numbered = ((at, line) for at, line in enumerate(lines, 1) if line.strip())
    return [_row(manifest, at, line, keys) for at, line in numbered]


def given_pages(paths: Iterable[str], url: str | None) -> list[SavedPage]:
    """Pages named on the command line; ``url`` belongs to a single one.

    Raises:
        Problem: an address for several pages, or no page at all.

    """
    pages = [SavedPage(path, Path(path), url) for path in paths]
    if not pages:
        raise _usage("nothing to read", "no path was given", "give a PATH or --manifest FILE")
    if url is not None and len(pages) > 1:
        why = f"--url names one address, {len(pages)} paths were given"
        raise _usage("too many pages", why, "write a manifest with `path` and `url` per line")
    return pages


def read_pages(pages: Iterable[SavedPage]) -> Iterator[tuple[SavedPage, bytes | None, Reading]]:
    """Read pages in worker processes; one that cannot be read or kills its worker says so."""
    workers = Workers(READER)
    waiting: deque[tuple[SavedPage, bytes | None, Future[Reading]]] = deque()
    try:
        for page in pages:
            waiting.append((page, *_submit(workers, page)))
            if len(waiting) >= AHEAD:
                yield _next(waiting)
        while waiting:
            yield _next(waiting)
    finally:
        workers.close()


def _next(
    waiting: deque[tuple[SavedPage, bytes | None, Future[Reading]]],
) -> tuple[SavedPage, bytes | None, Reading]:
    page, body, answer = waiting.popleft()
    return page, body, answer.result()


def _submit(workers: Workers, page: SavedPage) -> tuple[bytes | None, Future[Reading]]:
    try:
        body = page.file.read_bytes()
    except OSError as error:
        answer: Future[Reading] = Future()
        answer.set_result(failed(Outcome.ERROR, f"cannot read the file: {error.strerror}"))
        return None, answer
    return body, workers.submit(Job(page.url, body))


def _row(manifest: Path, at: int, line: str, keys: Iterable[str]) -> tuple[SavedPage, ...]:
    try:
        row: Any = json.loads(line)
    except ValueError as error:
        raise _bad_line(manifest, at, f"it is no JSON: {error}") from error
    if not isinstance(row, dict):
        raise _bad_line(manifest, at, "it is no JSON object")
    url = row.get("url") or None
    pages = []
    for key in keys:
        path = row.get(key)
        if not isinstance(path, str) or not path:
            raise _bad_line(manifest, at, f"it has no {key!r}")
        pages.append(SavedPage(path, manifest.parent / path, url if isinstance(url, str) else None))
    return tuple(pages)


def _bad_line(manifest: Path, at: int, why: str) -> Problem:
    return _usage(f"line {at} of {manifest} cannot be used", why, "correct the line")


def _usage(what: str, why: str, next_step: str) -> Problem:
    return Problem(what, why, next_step, exit_code=2)
