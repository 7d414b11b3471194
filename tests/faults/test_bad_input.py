"""E3: bytes that no page should have, read in a worker's stead, and by workers at their limit."""

from __future__ import annotations

import json
from dataclasses import asdict

import pytest

from archive.records import Outcome, ResourceKind
from crawler.families.reader import read
from crawler.settings import PAGE_READER
from pipelines.reading import Job
from pipelines.workers import Workers
from tests.faults.sections import PAGE

SOUND = PAGE.format(title="关于申报的通知")
SURROGATES = "&#xD800;&#56320;&#xDFFF;"
BODIES = {
    "nothing": b"",
    "mark": b"\xef\xbb\xbf",
    "wide_mark": b"\xff\xfe",
    "binary": bytes(range(256)) * 64,
    "nul": SOUND.replace("，", "\0，\0").encode(),
    "nul_alone": b"\0" * 5000,
    "references": SOUND.replace("，", SURROGATES).encode(),
    "in_title": PAGE.format(title=SURROGATES + "通知&#0;&#x110000;&#xFFFE;").encode(),
    "cesu": SOUND.encode().replace("，".encode(), b"\xed\xa0\xbd\xed\xb8\x80"),
    "wide_lone": SOUND.encode("utf-16").replace("，".encode("utf-16-le"), b"\x00\xd8"),
    "half_tag": b"<html><body><p title='" + b"x" * 200_000,
    "references_without_end": b"<p>" + b"&#" * 100_000,
}


@pytest.mark.parametrize("kind", [ResourceKind.ARTICLE, ResourceKind.LIST])
@pytest.mark.parametrize("name", BODIES)
def test_e3_no_bytes_raise_and_all_that_comes_out_can_be_stored(
    name: str, kind: ResourceKind
) -> None:
    headers = (("Content-Type", "text/html; charset=utf-8"),)
    if name == "wide_lone":
        headers = (("Content-Type", "text/html; charset=utf-16"),)
    reading = read(Job("http://x.cn/a/1.html", BODIES[name], kind, headers=headers))
    if reading.extraction is not None:
        # Neither database takes a lone surrogate, and PostgreSQL no NUL.
        stored = json.dumps(asdict(reading.extraction), ensure_ascii=False, default=str)
        stored.encode("utf-8")
        assert "\\u0000" not in stored
    if name in ("nothing", "mark", "wide_mark", "binary", "nul_alone"):
        assert reading.reason


def test_e3_workers_end_what_would_take_all_memory_and_go_on() -> None:
    workers = Workers(PAGE_READER, processes=1, time_limit=60.0)
    attribute = b"<html><body title='" + b"x" * 50_000_000 + "通".encode() + b"'>x</body></html>"
    tags = b"<html><body>" + b"<p><b>x</b>" * 3_000_000
    try:
        large = [workers.submit(Job(None, body)) for body in (attribute, tags)]
        sound = workers.submit(Job("http://x.cn/a/1.html", SOUND.encode()))
        readings = [future.result(timeout=120) for future in large]
        after = sound.result(timeout=60)
    finally:
        workers.close()
    for reading in readings:
        # Read or not: it is told, and nothing is made up.
        assert reading.extraction is not None
        assert reading.reason or reading.extraction.outcome is Outcome.OK
        assert len(reading.extraction.text) < 10
    assert readings[1].extraction is not None
    assert readings[1].extraction.outcome in (Outcome.OOM, Outcome.TIMEOUT)
    assert readings[1].reason
    assert after.extraction is not None
    assert after.extraction.outcome is Outcome.OK
