"""What stands in a WARC file, as other readers see it."""

from __future__ import annotations

import gzip
import hashlib
import random
import zlib
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from fastwarc.warc import ArchiveIterator as FastIterator
from scenario import Scenario, extraction, page
from warcio.archiveiterator import ArchiveIterator
from warcio.checker import Checker

from archive.models import Capture, WarcFile
from archive.problems import Problem
from archive.records import Exchange, Observation
from archive.verify import verify
from archive.warc import decode_payload, read_record
from archive.warc.scanning import scan

A = page("a")


def warc(scenario: Scenario) -> Path:
    (row,) = scenario.rows(WarcFile)
    return scenario.folder / "warc" / row.name


def by_warcio(path: Path) -> list[tuple[str, Any, bytes]]:
    with path.open("rb") as stream:
        return [
            (record.rec_type, record.rec_headers, record.raw_stream.read())
            for record in ArchiveIterator(stream)
        ]


def by_fastwarc(path: Path) -> list[tuple[str | None, bytes]]:
    records = FastIterator(str(path), parse_http=True)
    return [(record.headers.get("WARC-Type"), record.reader.read()) for record in records]


def test_two_independent_readers_read_the_same(scenario: Scenario) -> None:
    scenario.commit(scenario.article(A), scenario.article(page("b"), "乙"))
    scenario.commit(scenario.article(A))
    path = warc(scenario)
    ours = by_warcio(path)
    kinds = [kind for kind, _, _ in ours]
    assert kinds == ["warcinfo", *["response", "request"] * 2, "revisit", "request"]
    theirs = by_fastwarc(path)
    assert [kind for kind, _ in theirs] == kinds
    payloads = [body for kind, _, body in ours if kind == "response"]
    assert [body for kind, body in theirs if kind == "response"] == payloads


def test_warcio_finds_every_digest_right(
    scenario: Scenario, capsys: pytest.CaptureFixture[str]
) -> None:
    scenario.commit(scenario.article(A), scenario.article(page("b"), "乙"))
    command: Any = type("Command", (), {"inputs": [str(warc(scenario))], "verbose": True})
    checker = Checker(command)
    checker.process_all()
    assert checker.exit_value == 0
    assert "digest pass" in capsys.readouterr().out


def test_a_response_names_its_digest_address_and_time(scenario: Scenario) -> None:
    check = scenario.article(A)
    scenario.commit(check)
    _, headers, body = by_warcio(warc(scenario))[1]
    assert headers.protocol == "WARC/1.1"
    assert headers["WARC-Payload-Digest"] == "sha256:" + hashlib.sha256(body).hexdigest()
    assert headers["WARC-IP-Address"] == "127.0.0.1"
    assert headers["WARC-Target-URI"] == A
    assert headers["WARC-Date"].endswith("Z")
    request = by_warcio(warc(scenario))[2][1]
    assert request["WARC-Concurrent-To"] == headers["WARC-Record-ID"]


def test_a_revisit_follows_to_its_original(scenario: Scenario) -> None:
    scenario.commit(scenario.article(A))
    scenario.commit(scenario.article(A))
    first, second = scenario.rows(Capture)
    _, headers, body = by_warcio(warc(scenario))[3]
    assert headers["WARC-Profile"].endswith("/1.1/revisit/identical-payload-digest")
    assert headers["WARC-Refers-To"] == f"<{first.record_id}>"
    assert body == b""
    one, two = (read_record(scenario.database, capture) for capture in (first, second))
    assert one.payload == two.payload != b""


def test_a_storm_of_equal_answers_is_kept_once(scenario: Scenario) -> None:
    tries = [scenario.exchange(A, "busy", status=503) for _ in range(3)]
    scenario.commit(scenario.check(A, *tries, observation=Observation.ERROR, reason="HTTP 503"))
    first, *others = scenario.rows(Capture)
    assert [c.record_type for c in (first, *others)] == ["response", "revisit", "revisit"]
    assert {c.refers_to for c in others} == {first.key}
    assert [read_record(scenario.database, c).payload for c in others] == [b"busy"] * 2
    assert verify(scenario.database).is_clean


def test_another_address_with_the_same_bytes_is_no_revisit(scenario: Scenario) -> None:
    scenario.commit(scenario.article(A, body="same"))
    scenario.commit(scenario.article(page("b"), body="same"))
    assert [c.record_type for c in scenario.rows(Capture)] == ["response", "response"]


def exchange(scenario: Scenario, body: bytes, *headers: tuple[str, str]) -> Exchange:
    from dataclasses import replace

    return replace(scenario.exchange(A, body), response_headers=headers)


def test_headers_and_payload_come_back_as_served(scenario: Scenario) -> None:
    body = gzip.compress("正文".encode(), mtime=0)
    headers = (
        ("Content-Encoding", "gzip"),
        ("X-Odd", "caf\xe9"),
        ("Set-Cookie", "a=1"),
        ("Set-Cookie", "b=2"),
        ("Transfer-Encoding", "chunked"),
    )
    scenario.commit(scenario.check(A, exchange(scenario, body, *headers), extraction=extraction()))
    record = read_record(scenario.database, scenario.rows(Capture)[0])
    assert (record.status, record.payload, record.headers) == (200, body, headers)
    assert record.body().decode() == "正文"


def test_a_header_cannot_smuggle_in_another(scenario: Scenario) -> None:
    sly = ("X-Sly", "a\r\nX-Extra: b\r\n\r\n<html>")
    scenario.commit(scenario.check(A, exchange(scenario, b"body", sly), extraction=extraction()))
    record = read_record(scenario.database, scenario.rows(Capture)[0])
    assert record.payload == b"body"
    assert [name for name, _ in record.headers] == ["X-Sly"]


def test_damaged_bytes_are_never_handed_out(scenario: Scenario) -> None:
    scenario.commit(scenario.article(A))
    (capture,) = scenario.rows(Capture)
    content = bytearray(warc(scenario).read_bytes())
    content[capture.warc_offset + capture.warc_length // 2] ^= 0xFF
    warc(scenario).write_bytes(content)
    with pytest.raises(Problem, match="cannot be read"):
        read_record(scenario.database, capture)


def test_every_flipped_byte_is_found_in_its_record(scenario: Scenario) -> None:
    scenario.commit(*(scenario.article(page(str(n)), f"正文{n}" * 50) for n in range(4)))
    path = warc(scenario)
    good = path.read_bytes()
    bounds = [(record.offset, record.end) for record in scan(path, len(good))]
    dice = random.Random(8)
    for position in [*range(10), *(dice.randrange(len(good)) for _ in range(60))]:
        path.write_bytes(good[:position] + bytes([good[position] ^ 0x10]) + good[position + 1 :])
        bad = [(r.offset, r.end) for r in scan(path, len(good)) if r.problem]
        (where,) = (bound for bound in bounds if bound[0] <= position < bound[1])
        if position == where[1] - 9:
            continue  # The last byte of the compressed data has bits that mean nothing.
        # A flip in the first record's gzip flavour makes all the others differ from it.
        assert bad == [where] or position in (8, 9)
        assert bad


def zstd(data: bytes) -> bytes:
    packed: bytes = import_module("backports.zstd").compress(data)
    return packed


def brotli(data: bytes) -> bytes:
    packed: bytes = import_module("brotli").compress(data)
    return packed


PLAIN = b"<p>" + bytes(range(256)) * 400
CODINGS = [
    ("gzip", gzip.compress(PLAIN)),
    ("x-gzip", gzip.compress(PLAIN[:5000]) + gzip.compress(PLAIN[5000:])),
    ("deflate", zlib.compress(PLAIN)),
    ("deflate", zlib.compress(PLAIN)[2:-4]),
    ("br", brotli(PLAIN)),
    ("zstd", zstd(PLAIN)),
    ("gzip, br", brotli(gzip.compress(PLAIN))),
    ("identity", PLAIN),
    ("gzip", gzip.compress(PLAIN) + b"\0\0padding"),
]


@pytest.mark.parametrize(("coding", "packed"), CODINGS)
def test_content_encodings_come_off(coding: str, packed: bytes) -> None:
    assert decode_payload(packed, [("Content-Encoding", coding)]) == PLAIN


@pytest.mark.parametrize("pack", [gzip.compress, zlib.compress, brotli, zstd])
def test_a_bomb_stops_at_the_limit(pack: Any) -> None:
    names = {gzip.compress: "gzip", zlib.compress: "deflate", brotli: "br", zstd: "zstd"}
    packed = pack(b"\0" * 30_000_000)
    with pytest.raises(Problem, match="more than 100000 bytes"):
        decode_payload(packed, [("Content-Encoding", names[pack])], limit=100_000)


@pytest.mark.parametrize(
    ("coding", "body"), [("gzip", b"no gzip"), ("secret", b"x"), ("br", b"\xff")]
)
def test_a_broken_or_unknown_encoding_is_told(coding: str, body: bytes) -> None:
    with pytest.raises(Problem, match="cannot be taken off"):
        decode_payload(body, [("Content-Encoding", coding)])
