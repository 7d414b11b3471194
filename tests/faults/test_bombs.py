"""D8, D9 and E3: everything that fills memory or breaks readers, in one run that must go on."""

from __future__ import annotations

import gzip
import re
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import select

from archive.database import Database, open_database
from archive.models import Capture, Derivation, Observation, Resource, Version
from archive.warc import read_record
from crawler import settings
from tests.commandline import CommandLine
from tests.conftest import NewArchive
from tests.faults import bombs
from tests.faults.memory import MemoryWatch
from tests.faults.sections import LIST, PAGE, article, section, seed_text
from tests.faults.site import Connection, Route, serving

PATIENCE = 240.0
MOST = 400_000_000
"""Bytes that a process may take beyond its start."""

GROWN = 128
"""Mebibytes that come out of a bomb in the usual run."""

CUT = "length"
HEAD = "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"
FILES = ("bomb.zip", "bomb.docx", "bomb.ofd", "coated.pdf", "huge.pdf")
SOUND = ("first", "last", "with_files", "zipped_twice")

ROBOTS = b"User-agent: *\nDisallow: /forbidden\n"
LONG_URL = "/long/" + "a" * (1 << 20)

REFUSED: dict[str, str] = {
    **{f"bomb_{name}": "bytes come out of" for name in bombs.MAKERS if name != "many"},
    "bomb_many": "10 encodings are laid over each other",
    "bomb_chunked": "bytes come out of",
    "coding_unknown": "gongwen knows gzip",
    "coding_lie": "gzip cannot be taken off",
    "coding_torn": "its bytes end too early",
    "attribute_50": "the body is incomplete",
    "announced": "the body is incomplete",
    "undeclared": "the body is incomplete",
    "head_endless": "the headers are longer than",
    "head_many": "the headers are longer than",
    "head_line": "a header is longer than",
    "location_long": "a header is longer than",
    "location_odd": "the URL has 160.. characters",
    "empty": "the body is empty",
    "mark_only": ".",
    "binary": "no page",
}
"""What must fail, and a pattern for the reason it must give."""

LARGE = ("line_30", "tags_million", "attribute_50", "undeclared")
READABLE = ("nul", "surrogates", "cesu", "placed")
STRAINING = ("line_30", "tags_million")
"""Pages that strain a worker: they may be read, or fail with a reason."""


def bomb_routes(size: int) -> dict[str, Route]:
    """D8: what grows when it is unpacked."""
    routes = {
        f"bomb_{name}": bombs.encoded(make(bombs.OPENING, size), coding)
        for name, (coding, make) in bombs.MAKERS.items()
    }
    sound = PAGE.format(title="两次压缩的通知").encode()
    return routes | {
        "bomb_chunked": bombs.chunked(bombs.gzip_stream(bombs.OPENING, size), "gzip"),
        "coding_unknown": bombs.encoded(b"?" * 100, "compress"),
        "coding_lie": bombs.encoded(bombs.OPENING, "gzip"),
        "coding_torn": bombs.encoded(gzip.compress(bombs.OPENING)[:-9], "gzip"),
        "zipped_twice": bombs.encoded(gzip.compress(gzip.compress(sound)), "gzip, x-gzip"),
    }


def body_routes() -> dict[str, Route]:
    """D9: bodies, heads and addresses without end."""
    return {
        "announced": bombs.announcing(2 << 30),
        "undeclared": bombs.endless(HEAD + "\r\n", b"<p>" + b" " * 65_533),
        "head_endless": bombs.endless(HEAD, b"X-Filler: " + b"x" * 1000 + b"\r\n"),
        "head_many": bombs.raw(HEAD.encode() + b"X: 1\r\n" * 100_000 + b"\r\n"),
        "head_line": bombs.raw(HEAD.encode() + b"X: " + b"x" * bombs.MIB + b"\r\n\r\n"),
        "location_long": _redirect(LONG_URL),
        "location_odd": _redirect("/long/" + "b" * 16_000),
    }


def odd_routes() -> dict[str, Route]:
    """E3: bytes that no page should have."""
    texts = {
        "nul": PAGE.format(title="带空字节的通知").replace("，", "，\0").encode(),
        "surrogates": PAGE.format(title="代理字符&#xD800;的通知&#56320;").encode(),
        "cesu": PAGE.format(title="代理字节的通知").encode() + b"<p>\xed\xa0\x80\xed\xb0\x80</p>",
        "empty": b"",
        "mark_only": b"\xef\xbb\xbf",
        "binary": bytes(range(256)) * 400,
        "line_30": bombs.OPENING + b"<p>" + "公文".encode() * 5_000_000,
        "tags_million": bombs.OPENING + b"<b><i>x</i></b>" * 500_000,
        "attribute_50": b"<html><body title='" + b"x" * 50_000_000 + b"'>x</body></html>",
    }
    routes = {name: bombs.plain(body) for name, body in texts.items()}
    # Only a redirect's body is worth little: this one is a page that names its own address.
    placed = PAGE.format(title="自报地址的通知").encode() + b" " * (2 << 20)
    return routes | {"placed": bombs.plain(placed, Location="/a/placed.html")}


def _redirect(target: str) -> Route:
    head = f"HTTP/1.1 302 Found\r\nLocation: {target}\r\nContent-Length: 0\r\n\r\n"
    return bombs.raw(head.encode())


def file_routes(size: int) -> dict[str, Route]:
    """Bombs as attachments: stored as bytes, and refused by those who read files."""
    packed = bombs.gzip_stream(b"%PDF-1.7\n", size)
    return {
        "bomb.zip": bombs.plain(bombs.zipped("a.txt", size), "application/zip"),
        "bomb.docx": bombs.plain(bombs.zipped("word/document.xml", size), "application/zip"),
        "bomb.ofd": bombs.plain(bombs.zipped("OFD.xml", size), "application/ofd"),
        "coated.pdf": bombs.plain(packed, "application/pdf", Content_Encoding="gzip"),
        "huge.pdf": bombs.announcing(1 << 40),
    }


async def _robots(connection: Connection) -> None:
    body = bombs.gzip_stream(ROBOTS + b"#" * 600_000 + b"\nDisallow: /\n", GROWN)
    headers = (("Content-Type", "text/plain"), ("Content-Encoding", "gzip"))
    await connection.answer(200, body, headers)


async def _with_files(connection: Connection) -> None:
    links = "".join(f"<p><a href='/files/{name}'>附件{name}</a></p>" for name in FILES)
    page = PAGE.format(title="带附件的通知").replace("</div>", links + "</div>")
    await connection.answer(200, page)


@dataclass(frozen=True)
class Crawled:
    """What a run over the bombs left behind."""

    line: CommandLine
    origin: str
    database: Database
    growth: dict[str, int]
    code: int
    seconds: float
    pages: set[str]

    def seen(self, path: str) -> list[tuple[str, str]]:
        """Observations of a path and their reasons."""
        with self.database.read() as session:
            rows = session.execute(
                select(Observation.observation, Observation.reason)
                .join(Resource, Resource.key == Observation.resource_key)
                .where(Resource.url == self.origin + path)
                .order_by(Observation.key)
            )
            return [(row[0], row[1] or "") for row in rows]

    def captures(self, path: str) -> list[Capture]:
        with self.database.read() as session:
            rows = session.scalars(select(Capture).where(Capture.url == self.origin + path)).all()
            session.expunge_all()
            return list(rows)

    def versions(self) -> set[str]:
        """The paths that have a version."""
        with self.database.read() as session:
            rows = session.scalars(
                select(Resource.url).join(Version, Version.resource_key == Resource.key)
            )
            return {url.removeprefix(self.origin) for url in rows}


def crawl(folder: Path, size: int, without: tuple[str, ...] = ()) -> Iterator[Crawled]:
    """Walk a section of bombs, with sound pages before and behind them."""
    pages = bomb_routes(size) | body_routes() | odd_routes()
    pages = {name: route for name, route in pages.items() if name not in without}
    routes: dict[str, Route] = {f"/a/{name}.html": route for name, route in pages.items()}
    routes |= {f"/files/{name}": route for name, route in file_routes(size).items()}
    routes |= {f"/a/{name}.html": article(f"{name}的通知") for name in ("first", "last")}
    routes["/a/with_files.html"] = _with_files
    routes["/robots.txt"] = _robots
    routes["/forbidden/a.html"] = article("不许抓取的通知")
    routes["/list/bomb.html"] = bombs.encoded(bombs.gzip_stream(bombs.OPENING, size), "gzip")
    targets = ["/a/first.html", *(f"/a/{name}.html" for name in pages), "/a/with_files.html"]
    targets += ["/forbidden/a.html", LONG_URL, "/a/last.html"]
    with serving(routes) as site:
        line = section(folder, site, targets)
        lists = [site.origin + LIST, site.origin + "/list/bomb.html"]
        (line.seeds_dir / "faulty.toml").write_text(seed_text("faulty", lists))
        started = time.monotonic()
        process = line.start("crawl", "faulty")
        with MemoryWatch(process.pid) as watch:
            output, errors = process.communicate(timeout=PATIENCE)
        seconds = time.monotonic() - started
        figures = f"{seconds:.1f} s, bytes above start: {watch.growth}"
        print(output, errors, figures, sep="\n")  # noqa: T201
        with closing(open_database(line.folder)) as database:
            yield Crawled(
                line, site.origin, database, watch.growth, process.returncode, seconds, set(pages)
            )


def _all_is_refused_with_a_reason(crawled: Crawled) -> None:
    expected = {name: why for name, why in REFUSED.items() if name in crawled.pages}
    told = {name: crawled.seen(f"/a/{name}.html") for name in expected}
    assert {name for name, seen in told.items() if len(seen) != 1} == set()
    wrong = {
        name: told[name]
        for name, why in expected.items()
        if told[name][0][0] != "error" or not re.search(why, told[name][0][1])
    }
    assert wrong == {}


def _the_run_goes_on_and_nothing_refused_becomes_a_version(crawled: Crawled) -> None:
    assert crawled.code == 0
    versions = crawled.versions()
    assert {f"/a/{name}.html" for name in SOUND} <= versions
    assert not versions & {f"/a/{name}.html" for name in REFUSED}
    assert crawled.seconds < PATIENCE / 2


def _the_bytes_of_a_bomb_are_kept_as_served(crawled: Crawled) -> None:
    packed = bombs.gzip_stream(bombs.OPENING, GROWN)
    for path in ("/a/bomb_gzip.html", "/a/bomb_chunked.html", "/list/bomb.html"):
        (capture,) = crawled.captures(path)
        assert read_record(crawled.database, capture).payload == packed
        assert (capture.status, capture.truncated) == (200, None)


def _files_are_stored_and_refuse_to_be_read(crawled: Crawled) -> None:
    for name in ("bomb.zip", "bomb.docx", "bomb.ofd"):
        assert [seen[0] for seen in crawled.seen(f"/files/{name}")] == ["new"]
        (capture,) = crawled.captures(f"/files/{name}")
        assert capture.payload_length < GROWN * bombs.MIB / 500
        with crawled.database.read() as session:
            read = session.scalars(
                select(Derivation).where(Derivation.capture_key == capture.key)
            ).one()
            assert len(read.text) < 100
            assert read.outcome != "ok"
            assert read.reason
    (coated,) = crawled.seen("/files/coated.pdf")
    assert coated[0] == "error"
    assert "bytes come out of" in coated[1]


def _a_bomb_as_robots_txt_counts_as_far_as_rules_count(crawled: Crawled) -> None:
    assert [seen[0] for seen in crawled.seen("/forbidden/a.html")] == ["blocked"]
    assert [seen[0] for seen in crawled.seen("/robots.txt")] == ["new"]


def _no_process_takes_400_mb_beyond_its_start(crawled: Crawled) -> None:
    assert len(crawled.growth) >= 5  # the command, its child, the fork server, two workers
    assert {name: grown for name, grown in crawled.growth.items() if grown >= MOST} == {}


def _other_commands_unpack_no_bomb_either(crawled: Crawled) -> None:
    (capture,) = crawled.captures("/a/bomb_members.html")
    saved = crawled.line.seeds_dir / "bomb.html"
    saved.write_bytes(crawled.line.raw("show", capture.public_id, "--raw", "--as-served"))
    for arguments, code in (
        (("show", capture.public_id, "--raw"), 1),
        (("verify", "--json"), 0),
        (("extract", str(saved), "--json"), 0),
    ):
        process = crawled.line.start(*arguments)
        with MemoryWatch(process.pid) as watch:
            output, errors = process.communicate(timeout=PATIENCE)
        assert process.returncode == code, (output[-500:], errors)
        assert max(watch.growth.values()) < MOST, watch.growth
        assert code == 0 or "bytes come out of" in errors


def _what_is_cut_says_so_and_keeps_what_came(crawled: Crawled) -> None:
    for path in ("/a/announced.html", "/files/huge.pdf"):
        (capture,) = crawled.captures(path)
        # Announced beyond the cap: status and headers, nothing of the body.
        assert (capture.status, capture.truncated, capture.payload_length) == (200, CUT, 0)
    for capture in crawled.captures("/a/undeclared.html"):
        cap = settings.READ_MAX_PAGE
        assert capture.truncated == CUT
        assert cap < capture.payload_length <= cap + (1 << 20)


def _an_endless_address_is_left_out_and_told(crawled: Crawled) -> None:
    (seen,) = crawled.seen(LIST)
    assert "1 left out" in seen[1]
    assert crawled.seen(LONG_URL) == []


def _bytes_that_no_page_should_have_break_nothing(crawled: Crawled) -> None:
    for name in READABLE:
        assert [seen[0] for seen in crawled.seen(f"/a/{name}.html")] == ["new"], name
    for name in set(STRAINING) & crawled.pages:
        (seen,) = crawled.seen(f"/a/{name}.html")
        assert seen[0] == "new" or (seen[0] == "error" and seen[1]), name


CHECKS = (
    _all_is_refused_with_a_reason,
    _the_run_goes_on_and_nothing_refused_becomes_a_version,
    _the_bytes_of_a_bomb_are_kept_as_served,
    _files_are_stored_and_refuse_to_be_read,
    _a_bomb_as_robots_txt_counts_as_far_as_rules_count,
    _no_process_takes_400_mb_beyond_its_start,
    _other_commands_unpack_no_bomb_either,
    _what_is_cut_says_so_and_keeps_what_came,
    _an_endless_address_is_left_out_and_told,
    _bytes_that_no_page_should_have_break_nothing,
)


def test_d8_bombs_endless_bodies_and_bad_bytes_stop_no_run(
    backend: str, new_archive: NewArchive, tmp_path: Path
) -> None:
    """D8, D9 and E3 in one test, so that all is crawled once."""
    new_archive(tmp_path / "archive")
    # What is large says nothing about the database, and takes long.
    for crawled in crawl(tmp_path, GROWN, without=() if backend == "sqlite" else LARGE):
        for check in CHECKS:
            check(crawled)


@pytest.mark.nightly
@pytest.mark.timeout(900)
def test_d8_bombs_of_two_gigabytes_in_one_stream(tmp_path: Path) -> None:
    """The long form: the same walk, each bomb unpacking to 2 GiB."""
    for crawled in crawl(tmp_path, 2048):
        _all_is_refused_with_a_reason(crawled)
        _the_run_goes_on_and_nothing_refused_becomes_a_version(crawled)
        _no_process_takes_400_mb_beyond_its_start(crawled)
        _other_commands_unpack_no_bomb_either(crawled)
