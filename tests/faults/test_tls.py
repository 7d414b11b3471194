"""D10: every way in which TLS fails, in words; and the exceptions that a seed may declare."""

from __future__ import annotations

import json
import socket
import ssl
import struct
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest
from OpenSSL import SSL
from pydantic import ValidationError
from scrapy.exceptions import DownloadFailedError
from sqlalchemy import select
from twisted.python.failure import Failure
from twisted.web.client import ResponseFailed

from archive.database import Database, open_database
from archive.models import Capture, Observation, Resource
from crawler.middlewares.capture import told_by
from crawler.middlewares.failures import in_words
from crawler.seeds.model import Access
from tests.commandline import CommandLine
from tests.conftest import NewArchive
from tests.faults import bombs
from tests.faults.certificates import authority, old
from tests.faults.sections import LIST, article, listing, seed_text
from tests.faults.site import Connection, FaultSite, serving

FAULTS = {
    "expired": "has expired",
    "early": "is not valid yet",
    "self_signed": "is self-signed",
    "wrong_host": "is for another host",
    "unknown": "issued by an authority that is not trusted here",
    "old": "only old versions of TLS",
    "no_tls": "does not speak TLS on this port",
    "reset": "broke off",
    "hanging": "did not answer in time",
}
"""What each server is, and what must be told of it."""

REASON = "证书由本省自建机构签发"
TLS_RECORD = b"\x16\x03"
BASE = 41


@dataclass(frozen=True)
class Asked:
    """The servers by name, and what a run made of them."""

    line: CommandLine
    origins: dict[str, str]
    sites: dict[str, FaultSite]
    database: Database
    told: str

    def seen(self, name: str, path: str) -> list[tuple[str, str]]:
        with self.database.read() as session:
            rows = session.execute(
                select(Observation.observation, Observation.reason)
                .join(Resource, Resource.key == Observation.resource_key)
                .where(Resource.url == self.origins[name] + path)
            )
            return [(row[0], row[1] or "") for row in rows]

    def access(self, name: str) -> list[dict[str, str]]:
        """On what terms each capture of a server was made."""
        with self.database.read() as session:
            found = session.scalars(
                select(Capture.access).where(Capture.url.startswith(self.origins[name] + "/"))
            )
            return list(found)


Respond = Callable[[socket.socket], object]
HELLOS: list[bytes] = []
"""What clients said first to the server that speaks no TLS."""


@contextmanager
def raw(address: str, respond: Respond) -> Iterator[str]:
    """A port that treats every connection in one way; where it leads."""
    with closing(socket.socket()) as listener:
        listener.bind((address, 0))
        listener.listen(16)
        kept: list[socket.socket] = []

        def accept() -> None:
            while True:
                try:
                    client, _ = listener.accept()
                except OSError:
                    return
                kept.append(client)
                with suppress(OSError):
                    respond(client)

        threading.Thread(target=accept, daemon=True).start()
        yield f"https://{address}:{listener.getsockname()[1]}"
        listener.shutdown(socket.SHUT_RDWR)
        for client in kept:
            client.close()


def _hang_up(client: socket.socket) -> None:
    client.recv(1)
    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    client.close()


def _answer_plainly(client: socket.socket) -> None:
    HELLOS.append(client.recv(4096))
    client.sendall(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")
    client.close()


def _shake_hands(context: ssl.SSLContext) -> Respond:
    return partial(context.wrap_socket, server_side=True)


def asking(folder: Path, faults: Sequence[str]) -> Iterator[Asked]:
    """Crawl every server, good and bad, then look at what came of it."""
    good, unknown = authority(folder, "good"), authority(folder, "unknown")
    address = {name: f"127.0.0.{BASE + n}" for n, name in enumerate(FAULTS)}
    address |= {"good": "127.0.0.61", "legacy": "127.0.0.62", "declared": "127.0.0.63"}
    contexts = {
        "good": good.serve(address["good"]),
        "expired": good.serve(address["expired"], days=(-20, -10)),
        "early": good.serve(address["early"], days=(10, 20)),
        "self_signed": good.alone(address["self_signed"]),
        "wrong_host": good.serve(address["good"]),
        "unknown": unknown.serve(address["unknown"]),
        "legacy": old(good.serve(address["legacy"])),
        "declared": old(unknown.alone(address["good"])),
    }
    with ExitStack() as stack:
        sites = {
            name: stack.enter_context(serving({}, address[name], tls=context))
            for name, context in contexts.items()
        }
        origins = {name: f"https://{s.address}:{s.port}" for name, s in sites.items()}
        ports: dict[str, Respond] = {
            "old": _shake_hands(old(good.serve(address["old"]))),
            "no_tls": _answer_plainly,
            "reset": _hang_up,
            "hanging": id,
        }
        for name, respond in ports.items():
            origins[name] = stack.enter_context(raw(address[name], respond))
        for site in sites.values():
            site.routes |= {LIST: listing(["/a/1.html"]), "/a/1.html": article("关于一号的通知")}
        leaving = bombs.raw(_leading(origins["self_signed"] + "/a/9.html"))
        sites["declared"].routes |= {
            LIST: listing(["/a/1.html", "/a/2.html"]),
            "/a/2.html": leaving,
        }
        sites["good"].routes |= {LIST: listing(["/a/1.html", "/a/endless.html"])}
        sites["good"].routes["/a/endless.html"] = _endless
        seeds = folder / "seeds"
        seeds.mkdir()
        crawl = "delay = 0\ntimeout = 2"
        all_lists = [origins[name] + LIST for name in ("good", *faults)]
        (seeds / "faulty.toml").write_text(seed_text("faulty", all_lists, crawl))
        for name, mode in (("legacy", "legacy"), ("declared", "unverified")):
            text = seed_text(name, [origins[name] + LIST], crawl)
            text += f'[access]\ntls = "{mode}"\ntls_reason = "{REASON}"\n'
            (seeds / f"{name}.toml").write_text(text)
        extra = {"SSL_CERT_FILE": str(good.root)}
        line = CommandLine(folder / "archive", seeds, "127.0.0.0/8:*", extra)
        told = "".join(line.ended("crawl", "faulty", "legacy", "declared")[1:])
        with closing(open_database(line.folder)) as database:
            yield Asked(line, origins, sites, database, told)


def _leading(target: str) -> bytes:
    return f"HTTP/1.1 302 Found\r\nLocation: {target}\r\nContent-Length: 0\r\n\r\n".encode()


GONE: list[float] = []


async def _endless(connection: Connection) -> None:
    await connection.send(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n")
    try:
        # Over TLS a line that is gone takes bytes without a word, and never drains any faster.
        while not connection.writer.transport.is_closing():
            await connection.send(b" " * 65_536)
    finally:
        GONE.append(1.0)


def _a_good_certificate_under_a_trusted_root_passes(asked: Asked) -> None:
    assert asked.seen("good", "/a/1.html")[0][0] == "new"
    assert all("tls" not in access for access in asked.access("good"))


def _each_fault_is_told_in_words_and_nothing_is_fetched(asked: Asked, fault: str) -> None:
    observations = asked.seen(fault, "/robots.txt")
    assert {observation for observation, _ in observations} == {"error"}
    assert all(FAULTS[fault] in reason for _, reason in observations)
    assert asked.access(fault) == []
    # Neither without TLS nor in spite of its fault.
    assert fault not in asked.sites or asked.sites[fault].asked == []
    assert all(hello.startswith(TLS_RECORD) for hello in HELLOS)


def _a_declared_exception_is_used_and_recorded_in_every_capture(asked: Asked) -> None:
    for name, mode in (("legacy", "legacy"), ("declared", "unverified")):
        assert [seen[0] for seen in asked.seen(name, "/a/1.html")] == ["new"], name
        terms = asked.access(name)
        assert len(terms) >= 3
        assert all((one["tls"], one["tls_reason"]) == (mode, REASON) for one in terms)


def _an_exception_holds_for_no_other_host(asked: Asked) -> None:
    assert asked.seen("declared", "/a/2.html") == []  # it stays due
    assert f"the certificate of {asked.sites['self_signed'].address} is self-signed" in asked.told
    assert asked.sites["self_signed"].asked == []


def _an_endless_body_over_tls_is_cut_and_let_go(asked: Asked) -> None:
    assert [seen[0] for seen in asked.seen("good", "/a/endless.html")] == ["error"]
    assert GONE


def _an_exception_is_shown_wherever_its_captures_are(asked: Asked) -> None:
    url = asked.origins["declared"] + "/a/1.html"
    (row,) = [row for row in asked.line.rows("seeds", "list") if row["id"] == "declared"]
    assert row["access"] == {"tls": "unverified", "tls_reason": REASON}
    assert f"certificates are not verified: {REASON}" in asked.told
    assert asked.line.one("show", url)["version"]["access"]["tls"] == "unverified"
    assert "unverified" in json.dumps(asked.line.rows("log", url))


def test_d10_every_fault_of_tls_is_told_and_every_exception_declared(
    backend: str, new_archive: NewArchive, tmp_path: Path
) -> None:
    new_archive(tmp_path / "archive")
    # Most faults end before anything reaches the database, and some take their time.
    faults = tuple(FAULTS) if backend == "sqlite" else ("expired", "self_signed")
    for asked in asking(tmp_path, faults):
        _a_good_certificate_under_a_trusted_root_passes(asked)
        for fault in faults:
            _each_fault_is_told_in_words_and_nothing_is_fetched(asked, fault)
        _a_declared_exception_is_used_and_recorded_in_every_capture(asked)
        _an_exception_holds_for_no_other_host(asked)
        _an_exception_is_shown_wherever_its_captures_are(asked)
        _an_endless_body_over_tls_is_cut_and_let_go(asked)


def test_d10_a_connection_that_the_system_broke_off_is_tried_again() -> None:
    lost = SSL.SysCallError(104, "ECONNRESET")
    failed = DownloadFailedError()
    reasons = [Failure(lost)]  # type: ignore[no-untyped-call]
    failed.__cause__ = ResponseFailed(reasons)  # type: ignore[no-untyped-call]
    assert told_by(failed) is None
    assert "broke off" in in_words(failed)


@pytest.mark.parametrize(
    "table",
    [
        {"tls": "unverified"},
        {"tls": "legacy", "tls_reason": ""},
        {"tls": "none", "tls_reason": "x"},
        {"tls_reason": "x"},
    ],
)
def test_d10_an_exception_without_a_reason_is_no_seed(table: dict[str, str]) -> None:
    with pytest.raises(ValidationError):
        Access(**table)
