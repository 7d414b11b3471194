"""Saved pages on the command line: paths and manifests in, readings out, in input order."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import ada_url

from archive.problems import Problem
from archive.records import Outcome, ResourceKind
from pipelines.extraction.files import is_readable_file
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


Item = TypeVar("Item")
ReadPair = tuple[tuple[SavedPage, SavedPage], tuple[Reading, Reading] | None]


def load_manifest(manifest: Path, *keys: str) -> list[tuple[SavedPage, ...]]:
    """The pages of each manifest line under the given keys, relative to the manifest's folder.

    Raises:
        Problem: the file cannot be read, or a line is no JSON object with these keys.

    """
    try:
        lines = manifest.read_text("utf-8-sig").splitlines()
    except OSError as error:
        why = str(error.strerror or error)
        raise _usage(f"Cannot read {manifest}", why, "Check the path") from error
    except UnicodeDecodeError as error:
        why = f"it is not UTF-8 at byte {error.start}"
        raise _usage(f"Cannot read {manifest}", why, "Save it as UTF-8") from error
    numbered = ((at, line) for at, line in enumerate(lines, 1) if line.strip())
    return [_row(manifest, at, line, keys) for at, line in numbered]


def given_pages(paths: Iterable[str], url: str | None) -> list[SavedPage]:
    """Pages named on the command line; ``url`` belongs to a single one.

    Raises:
        Problem: an address for several pages, no address at all, or no page.

    """
    pages = [SavedPage(path, Path(path), url) for path in paths]
    if not pages:
        raise _usage("Nothing to read", "no path was given", "Give a PATH or --manifest FILE")
    if url is not None and len(pages) > 1:
        why = f"--url names one address, {len(pages)} paths were given"
        raise _usage("Too many pages", why, "Write a manifest with `path` and `url` per line")
    if url is not None and not _is_address(url):
        why = "--url takes the http or https address at which the page was served"
        raise _usage(f"{url} is no address", why, "Leave --url out if it is not known")
    return pages


def read_pages(pages: Iterable[SavedPage]) -> Iterator[tuple[SavedPage, bytes | None, Reading]]:
    """Read pages in worker processes; one that cannot be read or kills its worker says so.

    A file that is no page is read as an attached one.
    """
    with closing(Workers(READER)) as workers:
        asked = ((page, *_submit(workers, page, _content(page), files=True)) for page in pages)
        for page, body, answer in _ahead(asked, AHEAD):
            yield page, body, answer.result()


def read_pairs(pairs: Iterable[tuple[SavedPage, ...]]) -> Iterator[ReadPair]:
    """Read pages in pairs; None in place of the readings when both hold the same bytes."""
    with closing(Workers(READER)) as workers:
        asked = ((pair, _submit_pair(workers, *pair)) for pair in pairs)
        for (old, new), answers in _ahead(asked, AHEAD // 2):
            readings = answers and (answers[0].result(), answers[1].result())
            yield (old, new), readings


def _ahead(items: Iterable[Item], count: int) -> Iterator[Item]:
    """The same items, fetched up to ``count`` before they are used."""
    waiting: deque[Item] = deque()
    for item in items:
        waiting.append(item)
        if len(waiting) >= count:
            yield waiting.popleft()
    yield from waiting


def _submit_pair(
    workers: Workers, old: SavedPage, new: SavedPage
) -> tuple[Future[Reading], Future[Reading]] | None:
    before, after = _content(old), _content(new)
    if isinstance(before, bytes) and before == after:
        return None
    return _submit(workers, old, before)[1], _submit(workers, new, after)[1]


def _content(page: SavedPage) -> bytes | OSError:
    try:
        return page.file.read_bytes()
    except OSError as error:
        return error


def _submit(
    workers: Workers, page: SavedPage, content: bytes | OSError, *, files: bool = False
) -> tuple[bytes | None, Future[Reading]]:
    if isinstance(content, bytes):
        file = files and is_readable_file(content)
        kind = ResourceKind.ATTACHMENT if file else ResourceKind.ARTICLE
        return content, workers.submit(Job(page.url, content, kind))
    answer: Future[Reading] = Future()
    answer.set_result(failed(Outcome.ERROR, f"cannot read the file: {content.strerror}"))
    return None, answer


def _is_address(url: str) -> bool:
    try:
        return ada_url.URL(url).protocol in ("http:", "https:")
    except ValueError:
        return False


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
    return _usage(f"Line {at} of {manifest} cannot be used", why, "Correct the line")


def _usage(what: str, why: str, next_step: str) -> Problem:
    return Problem(what, why, next_step, exit_code=2)
