"""pywb replays every capture from the archive's own files, by the archive's own index."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import defaultdict
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from gzip import compress
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from archive import queries
from archive.database import open_database
from archive.models import Capture
from archive.warc import claim_slot
from crawler.replica.process import running
from tests.commandline import CommandLine
from tests.faults.judges import Wayback, by_fastwarc, pywb, pywb_index, warcio_check, wayback
from tests.faults.sections import PAGE, article, section
from tests.faults.site import Connection, FaultSite, Route, serving

__all__ = ["pywb"]

DOCUMENTS = 40
UNSHOWABLE = "/repeated_header.html"
"""pywb's own web server refuses a repeated header with UTF-8 in it; the record is as served."""
GBK = PAGE.replace("utf-8", "gbk").format(title="关于国标编码的通知").encode("gbk")
FILE = bytes(range(256)) * 40


async def gbk(connection: Connection) -> None:
    await connection.answer(200, GBK, (("Content-Type", "text/html; charset=gbk"),))


async def packed(connection: Connection) -> None:
    body = compress(PAGE.format(title="关于压缩的通知").encode())
    await connection.answer(200, body, (("Content-Encoding", "gzip"),))


async def chunked(connection: Connection) -> None:
    body = PAGE.format(title="关于分块的通知").encode()
    head = "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\n"
    await connection.send(head.encode() + b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body))


async def moved(connection: Connection) -> None:
    await connection.answer(302, b"", (("Location", "/target.html"),))


async def cut(connection: Connection) -> None:
    await connection.answer(200, PAGE.format(title="关于断开的通知"), length=99_999)


async def odd_headers(connection: Connection) -> None:
    body = PAGE.format(title="关于标头的通知").encode()
    head = f"HTTP/1.1 200\r\nX-Empty:\r\nSet-Cookie: a=1\r\nX-Name: 公文\r\nX-Name: {'b' * 999}"
    await connection.send(head.encode("gbk") + b"\r\nConnection: close\r\n\r\n" + body)


async def repeated_header(connection: Connection) -> None:
    await connection.answer(
        200, PAGE.format(title="关于编码的通知"), (("X-Name", "公文"), ("X-Name", "b"))
    )


async def attached(connection: Connection) -> None:
    page = PAGE.format(title="关于附件的通知")
    link = "<a href='/files/附件.pdf'>附件1：工作计划.pdf</a></div>"
    await connection.answer(200, page.replace("</div>", link))


async def file(connection: Connection) -> None:
    headers = (("Content-Type", "application/pdf"),)
    await connection.answer(200, b"%PDF-1.4 " + FILE, headers)


async def robots(connection: Connection) -> None:
    headers = (("Content-Type", "text/plain"),)
    await connection.answer(200, b"User-agent: *\nDisallow: /closed/\n", headers)


async def gone(connection: Connection) -> None:
    await connection.answer(410, "<html><body>410</body></html>")


def odd_site() -> dict[str, Route]:
    """One route for everything that an index or a WARC file may get wrong."""
    return {
        "/robots.txt": robots,
        "/gbk.html": gbk,
        "/packed.html": packed,
        "/chunked.html": chunked,
        "/moved.html": moved,
        "/target.html": article("关于目标的通知"),
        "/cut.html": cut,
        "/headers.html": odd_headers,
        "/repeated_header.html": repeated_header,
        "/attached.html": attached,
        "/files/%E9%99%84%E4%BB%B6.pdf": file,
        "/%E9%80%9A%E7%9F%A5/%E4%B8%80.html": article("关于中文地址的通知"),
        "/%B9%AB%CE%C4.html": article("关于国标地址的通知"),
        "/Case/ART.html?b=2&a=%E4%B8%AD&C": article("关于参数的通知"),
        "/case/art.html?b=3&a=1": article("关于参数次序的通知"),
        "/gone.html": gone,
    }


TARGETS = [path for path in odd_site() if path.endswith((".html", "C", "1"))]


@dataclass(frozen=True)
class Kept:
    """Two days of the replica and of the odd site, exported while the archive was open."""

    gongwen: CommandLine
    index: Path
    captures: list[Capture]

    @property
    def warcs(self) -> list[Path]:
        return sorted((self.gongwen.folder / "warc").glob("*.warc.gz"))

    def lines(self) -> list[tuple[str, str, dict[str, Any]]]:
        parts = [line.split(" ", 2) for line in self.index.read_text("ascii").splitlines()]
        return [(key, moment, json.loads(fields)) for key, moment, fields in parts]


def crawl_days(folder: Path, *seeds: str) -> Kept:
    """Crawl both sites on two days, and export while a writer has the archive open."""
    with serving(odd_site()) as site, running(documents=DOCUMENTS) as replica:
        gongwen = sections(folder, site, replica.seeds_dir, replica.allowed)
        gongwen.run("crawl", *seeds, "--jobs", "2")
        replica.set_day(1)
        gongwen.run("crawl", *seeds, "--jobs", "2")
    index = folder / "index.cdxj"
    with closing(open_database(gongwen.folder)) as database:
        slot = claim_slot(database)
        gongwen.run("export", "--format", "cdxj", "--output", str(index))
        slot.close()
        with database.read() as session:
            captures = list(session.scalars(select(Capture)))
    return Kept(gongwen, index, captures)


def sections(folder: Path, site: FaultSite, replica_seeds: Path, allowed: str) -> CommandLine:
    """One archive for both the replica and the odd site."""
    made = section(folder, site, TARGETS, crawl='delay = 0\nrecheck = "1s"')
    for file in replica_seeds.glob("*.toml"):
        (made.seeds_dir / file.name).write_text(file.read_text())
    return CommandLine(made.folder, made.seeds_dir, f"{allowed},{site.allowed}")


def key_of(line: tuple[str, str, dict[str, Any]]) -> tuple[str, ...]:
    key, moment, fields = line
    names = ("url", "digest", "length", "offset", "filename")
    return (key, moment, *(str(fields[name]) for name in names))


def moment_of(capture: Capture) -> str:
    moment = datetime.fromtimestamp(capture.fetched_at // 1_000_000, UTC)
    return moment.strftime("%Y%m%d%H%M%S")


def check_variety(kept: Kept) -> None:
    """The crawl met everything that an index or a judge may get wrong."""
    met = {(c.record_type, c.status, c.truncated is not None) for c in kept.captures}
    expected = {("response", 200, False), ("response", 200, True), ("response", 302, False)}
    assert met >= expected | {("revisit", 200, False), ("revisit", 410, False)}
    types = {(c.content_type or "").partition(";")[0] for c in kept.captures}
    assert types >= {"text/html", "text/plain", "application/pdf"}
    assert {"gbk", "packed", "chunked", "headers"} <= {Path(c.url).stem for c in kept.captures}


def check_index(kept: Kept, pywb: Path) -> None:
    """Every capture once, sorted bytewise, and each line the one pywb makes of the files."""
    lines = kept.index.read_bytes().splitlines()
    assert lines == sorted(lines)
    places = [(fields["filename"], fields["offset"]) for _, _, fields in kept.lines()]
    assert len(places) == len(set(places)) == len(kept.captures)
    theirs = [line.split(" ", 2) for line in pywb_index(pywb, kept.warcs)]
    expected = [(key, moment, json.loads(fields)) for key, moment, fields in theirs]
    found = kept.lines()
    assert sorted(map(key_of, found)) == sorted(map(key_of, expected))
    ours = {key_of(line): line[2] for line in found}
    for line in expected:
        same = ours[key_of(line)]
        assert same["mime"] == line[2]["mime"]
        # pywb gives a revisit no status; a status of its own does no harm there.
        assert same["status"] == line[2].get("status", same["status"])


def replayed_wrongly(kept: Kept, judge: Wayback) -> list[Capture]:
    """The captures of which pywb shows other bytes or another status than we do."""
    twins: dict[tuple[str, str], set[bytes]] = defaultdict(set)
    wrong = []
    with closing(open_database(kept.gongwen.folder)) as database, database.read() as session:
        served = {
            capture.key: queries.raw(session, database.folder, capture, as_served=True)
            for capture in kept.captures
        }
        # What was asked for again within a second stands under one and the same timestamp.
        for capture in kept.captures:
            twins[capture.url, moment_of(capture)].add(served[capture.key])
    for capture in kept.captures:
        moment = moment_of(capture)
        shown = judge.ask(moment, capture.url)
        if shown.status != capture.status or shown.body not in twins[capture.url, moment]:
            wrong.append(capture)
    return wrong


def check_replay(kept: Kept, pywb: Path, place: Path) -> int:
    """pywb shows every capture as it was served; how many."""
    with wayback(pywb, place, kept.index, kept.gongwen.folder / "warc") as judge:
        wrong = replayed_wrongly(kept, judge)
        assert {capture.url.endswith(UNSHOWABLE) for capture in wrong} <= {True}
        page = next(c for c in kept.captures if c.url.endswith("/gbk.html"))
        rewritten = judge.ask(moment_of(page), page.url, "mp_")
        assert rewritten.status == 200
        assert "关于国标编码的通知".encode("gbk") in rewritten.body
        assert judge.ask("2026", page.url.replace("gbk", "never")).status == 404
    return len(kept.captures) - len(wrong)


def check_files(kept: Kept) -> None:
    """warcio, FastWARC and gzip read every file whole."""
    assert warcio_check(kept.warcs) == ""
    for file in kept.warcs:
        subprocess.run(["gzip", "-t", file], check=True)
    records = sum(map(by_fastwarc, kept.warcs))
    assert records == len(kept.warcs) + 2 * len(kept.captures)


def test_outside_judges_agree_with_every_capture(tmp_path: Path, pywb: Path) -> None:
    kept = crawl_days(tmp_path / "kept", "replica-trs", "faulty")
    before = {file: file.stat().st_mtime_ns for file in kept.warcs}
    check_variety(kept)
    check_index(kept, pywb)
    check_files(kept)
    check_replay(kept, pywb, tmp_path)
    assert {file: file.stat().st_mtime_ns for file in kept.warcs} == before


@pytest.mark.nightly
def test_outside_judges_agree_with_every_capture_of_all_sites(tmp_path: Path, pywb: Path) -> None:
    kept = crawl_days(tmp_path / "kept", "--all")
    check_index(kept, pywb)
    check_files(kept)
    replayed = check_replay(kept, pywb, tmp_path)
    sys.stdout.write(f"pywb replayed {replayed} of {len(kept.captures)} captures byte for byte\n")
