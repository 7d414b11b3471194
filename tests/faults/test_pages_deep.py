"""E1, E2 and A8: markup that strains a reader, here and in a worker at its limit."""

from __future__ import annotations

import resource
import sys
import time
from collections.abc import Iterator

import pytest

from archive.records import Extraction, Outcome
from crawler.families.reader import read
from crawler.settings import PAGE_READER, READ_MAX_PAGE
from pipelines.reading import Job
from pipelines.workers import MEMORY_LIMIT, TIME_LIMIT, Workers
from tests.faults.sections import PAGE, TEXT

HEAD = PAGE.partition("<p>")[0].format(title="关于申报的通知")
BODY = f"<p>{TEXT}</p>" * 6
SOUND = HEAD + BODY
MOST_SECONDS = 15.0
"""Of processor time: the 10 that a page is due, and half as much where others compute too."""

MOST_MEMORY = 500 << 20
PARAGRAPHS = 1_000_000


def nested(tag: str, depth: int, *, closed: bool = False) -> str:
    """The text below so many tags."""
    return HEAD + f"<{tag}>" * depth + BODY + f"</{tag}>" * depth * closed


def rows(count: int) -> str:
    return HEAD + "".join(f"<table><tr><td>第{number}条，{TEXT}" for number in range(count))


DEEP = {
    "closed_10k": nested("div", 10_000, closed=True),
    "closed_100k": nested("div", 100_000, closed=True),
    "open_100k": nested("span", 100_000),
    "bold_100k_inside": HEAD + BODY + "<b>" * 100_000 + BODY,
    "styled_30k": nested("div class='a b' style='color:red'", 30_000),
    "word_2k": HEAD + f"<font><b><i><p>{TEXT}" * 2000,
    "lists_10k": HEAD + "".join(f"<ul><li>第{number}条" for number in range(10_000)) + BODY,
    "tables_200": rows(200),
    "tables_2k": rows(2000),
}


def cheaply(source: str) -> Extraction:
    """A page's extraction, made within the time and memory that are a page's due."""
    before, started = _peak(), time.process_time()
    reading = read(Job("http://x.cn/a/1.html", source.encode()))
    assert time.process_time() - started <= MOST_SECONDS
    assert _peak() - before <= MOST_MEMORY
    assert reading.extraction is not None, reading.reason
    return reading.extraction


def _peak() -> int:
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit


@pytest.mark.parametrize("name", DEEP)
def test_e1_text_below_deep_markup_is_recovered(name: str) -> None:
    extraction = cheaply(DEEP[name])
    assert extraction.outcome in (Outcome.OK, Outcome.PARTIAL)
    assert (extraction.reason is not None) == (extraction.outcome is Outcome.PARTIAL)
    assert TEXT in extraction.text


def test_e1_each_block_that_was_too_deep_keeps_a_line_of_its_own() -> None:
    lines = cheaply(DEEP["word_2k"]).text.split("\n")
    assert set(lines) == {TEXT}
    assert len(lines) == 2000


def test_e1_every_row_of_unclosed_tables_is_read() -> None:
    text = cheaply(DEEP["tables_200"]).text
    assert all(f"第{number}条，" in text for number in range(200))


@pytest.mark.nightly
@pytest.mark.parametrize("source", [rows(10_000), DEEP["lists_10k"].replace(BODY, "") * 10])
def test_e1_the_long_forms_are_read_in_time_too(source: str) -> None:
    assert cheaply(source).text


@pytest.fixture(scope="module")
def workers() -> Iterator[Workers]:
    pool = Workers(PAGE_READER, processes=1)
    yield pool
    pool.close()


def answered(workers: Workers, source: str) -> Extraction:
    extraction = workers.submit(Job("http://x.cn/a/1.html", source.encode())).result(90).extraction
    assert extraction is not None
    return extraction


def test_e1_a_worker_at_its_limit_reads_deep_markup(workers: Workers) -> None:
    extraction = answered(workers, DEEP["closed_100k"])
    assert extraction.outcome is Outcome.PARTIAL
    assert TEXT in extraction.text


def test_e2_a_million_paragraphs_end_their_worker_within_its_limits(workers: Workers) -> None:
    started = time.monotonic()
    extraction = answered(workers, HEAD + "<p>公文的第一段。</p>" * PARAGRAPHS)
    assert extraction.outcome in (Outcome.OOM, Outcome.TIMEOUT)
    assert extraction.reason
    assert extraction.text == ""
    # The limit itself, and the time it takes to bring a new worker up on a busy machine.
    assert time.monotonic() - started < TIME_LIMIT + 60
    assert MEMORY_LIMIT < 1 << 30


def test_a8_the_page_behind_one_that_took_all_memory_is_read(workers: Workers) -> None:
    strained = HEAD + "<b><i>x</i></b>" * 1_500_000
    jobs = [Job("http://x.cn/a/1.html", each.encode()) for each in (strained, SOUND)]
    readings = [workers.submit(job) for job in jobs]
    failure, sound = (reading.result(90).extraction for reading in readings)
    assert failure is not None
    assert sound is not None
    assert failure.outcome in (Outcome.OOM, Outcome.TIMEOUT)
    assert (sound.outcome, sound.text.count(TEXT)) == (Outcome.OK, 6)


@pytest.mark.parametrize(
    "filler",
    [
        b"<br>",
        pytest.param(b" ", marks=pytest.mark.nightly),
        pytest.param(b"&nbsp;", marks=pytest.mark.nightly),
        pytest.param("公".encode(), marks=pytest.mark.nightly),
    ],
)
def test_d8_a_page_that_grew_as_large_as_one_may_be_is_read_or_failed(
    workers: Workers, filler: bytes
) -> None:
    """What comes out of a bomb below the cap: its text is there, or the reason why not."""
    body = SOUND.encode() + filler * ((READ_MAX_PAGE - len(SOUND)) // len(filler))
    extraction = workers.submit(Job("http://x.cn/a/1.html", body)).result(90).extraction
    assert extraction is not None
    if extraction.outcome is Outcome.OK:
        assert TEXT in extraction.text
    else:
        assert extraction.outcome in (Outcome.OOM, Outcome.TIMEOUT)
        assert (extraction.text, bool(extraction.reason)) == ("", True)
