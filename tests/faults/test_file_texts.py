"""D8, E3, E4 and E7 for attached files: hostile ones are refused, or end their worker alone."""

from __future__ import annotations

import multiprocessing
import os
import socket
import stat
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import psutil
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from archive.database import open_database
from archive.models import Version
from archive.queries import raw
from archive.queries.files import attached_file, file_rows
from archive.records import Outcome, ResourceKind
from crawler.settings import PAGE_READER
from pipelines.extraction.files import office, read_file
from pipelines.reading import Job, Reading
from pipelines.workers import Workers
from tests import made_files as made
from tests.faults import bombs
from tests.faults.bombs import plain
from tests.faults.memory import MemoryWatch
from tests.faults.sections import PAGE, section
from tests.faults.site import Connection, serving

SENTINEL = "sentinel-of-the-machine"
QUICK = 2.0
"""Seconds of computing that a refusal may take; the clock on the wall depends on the machine."""

MOST = 400_000_000
MIB = 1 << 20
TEXT = "有字的附件"
SOUND = made.pdf([TEXT])
DENSE = made.docx("<w:p/>" * 7_000_000)
"""Few bytes that make a tree of several hundred mebibytes."""


# --- E4: markup that expands, fetches or includes

LAUGHS = '<!ENTITY e0 "ha">' + "".join(
    f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 12)
)
QUADRATIC = f'<!ENTITY e11 "{"ha" * 50_000}">'


def _declaring(entities: str, outside: str = "") -> str:
    return f"<!DOCTYPE x {outside}[{entities}]>"


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    """A port that nobody may come to."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)
        yield server


def _attacks(secret: Path, server: socket.socket) -> dict[str, tuple[str, str]]:
    """What stands before the root of a document, and what in its text."""
    place = f"http://127.0.0.1:{server.getsockname()[1]}/x"
    return {
        "laughs": (_declaring(LAUGHS), "&e11;"),
        "quadratic": (_declaring(QUADRATIC), "&e11;" * 10_000),
        "file": (_declaring(f'<!ENTITY e SYSTEM "{secret.as_uri()}">'), "&e;"),
        "http": (_declaring(f'<!ENTITY e SYSTEM "{place}">'), "&e;"),
        "parameter": (_declaring(f'<!ENTITY % p SYSTEM "{place}"> %p;'), "&e;"),
        "type": (_declaring("", f'SYSTEM "{place}" '), "x"),
        "include": ("", _included(secret.as_uri()) + _included(place)),
    }


def _included(place: str) -> str:
    return (
        '<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" parse="text" '
        f'href="{place}"><xi:fallback>no</xi:fallback></xi:include>'
    )


def _holders(prolog: str, text: str) -> dict[str, bytes]:
    """The same attack in every kind of file that is made of markup."""
    strings = f'{prolog}<sst xmlns="{made.SHEET}"><si><t>{text}</t></si></sst>'
    first = '<row r="1"><c r="A1" t="s"><v>0</v></c></row>'
    wide = '<?xml version="1.0" encoding="UTF-16"?>' + prolog
    hidden = '<?xml version="1.0" encoding="UTF-7"?>' + prolog.replace("<", "+ADw-")
    slide = f'{prolog}<p xmlns:a="{made.DRAWING}"><a:p><a:t>{text}</a:t></a:p></p>'
    return {
        "docx": made.docx(made.paragraph(text), prolog=prolog),
        "docx_wide": made.docx(made.paragraph(text), prolog=wide, codec="utf-16"),
        "docx_hidden": made.docx(made.paragraph(text), prolog=hidden),
        "xlsx_book": made.xlsx({"甲": made.cells("x")}, prolog=prolog),
        "xlsx_strings": made.xlsx({"甲": first}, shared=strings),
        "pptx": made.zipped({"ppt/presentation.xml": "<p/>", "ppt/slides/slide1.xml": slide}),
        "ofd": made.ofd([text], prolog),
        "xml": f'<?xml version="1.0"?>{prolog}<a><b>{text}</b></a>'.encode(),
        "zip": made.zipped({"a.docx": made.docx(made.paragraph(text), prolog=prolog)}),
    }


@pytest.mark.parametrize(
    "attack", ["laughs", "quadratic", "file", "http", "parameter", "type", "include"]
)
def test_e4_nothing_is_expanded_fetched_or_included(
    attack: str, tmp_path: Path, listener: socket.socket
) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text(SENTINEL)
    prolog, text = _attacks(secret, listener)[attack]
    for name, body in _holders(prolog, text).items():
        started = time.process_time()
        file = read_file(body)
        assert time.process_time() - started < QUICK + 2.0 * (attack == "quadratic"), name
        assert SENTINEL not in f"{file.text}{file.reason}", name
        assert "hahaha" not in file.text, name
        if prolog and name != "zip":
            assert (file.text, file.outcome) == ("", Outcome.ERROR), name
            assert (file.reason or "").startswith("refused: "), (name, file.reason)
        elif prolog:
            assert "refused: " in (file.reason or ""), (name, file.reason)
    with pytest.raises(BlockingIOError):
        listener.accept()


def test_e4_links_of_a_document_to_elsewhere_are_not_followed(listener: socket.socket) -> None:
    place = f"http://127.0.0.1:{listener.getsockname()[1]}/x.dotx"
    linked = made.relations("attachedTemplate", place).replace("/>", ' TargetMode="External"/>', 1)
    body = made.docx(
        made.paragraph(TEXT),
        more={"word/_rels/document.xml.rels": linked, "word/vbaProject.bin": b"macro"},
    )
    assert read_file(body).text == TEXT
    with pytest.raises(BlockingIOError):
        listener.accept()


# --- E7: files of every trouble

FORM_LOOP = made.numbered(
    (
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] /Contents 4 0 R"
        b" /Resources << /XObject << /X 5 0 R >> >> >>",
        b"<< /Length 5 >>\nstream\n/X Do\nendstream",
        b"<< /Type /XObject /Subtype /Form /BBox [0 0 9 9] /Length 11"
        b" /Resources << /XObject << /X 5 0 R >> >> >>\nstream\n/X Do /X Do\nendstream",
    )
)
TREE_LOOP = made.numbered(
    (b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [2 0 R 2 0 R] /Count 2 >>")
)
TROUBLED = {
    "encrypted": (made.pdf(["密"], made.ENCRYPTED), Outcome.ERROR, "encrypted: "),
    "encrypted_office": (made.compound("EncryptedPackage"), Outcome.ERROR, "encrypted: "),
    "encrypted_docx": (made.locked(made.docx("")), Outcome.ERROR, "encrypted: "),
    "encrypted_zip": (made.locked(made.zipped({"a": "b"})), Outcome.ERROR, "encrypted: "),
    "torn_pdf": (SOUND[: len(SOUND) // 2], Outcome.ERROR, "broken: "),
    "torn_docx": (made.docx(made.paragraph(TEXT))[:-30], Outcome.ERROR, "broken: "),
    "torn_ofd": (made.zipped({"OFD.xml": "<ofd:OFD>"}), Outcome.ERROR, "broken: "),
    "tree_loop": (TREE_LOOP, Outcome.ERROR, "broken: "),
    "many_pages": (made.pdf([TEXT] * 10_000), Outcome.PARTIAL, "cut after 5,000 of 10,000 pages"),
    "deep": (made.docx("<w:p>" * 9_000 + "</w:p>" * 9_000), Outcome.ERROR, "broken: "),
    "scan": (made.pdf([b"0 0 m 9 9 l S"]), Outcome.PARTIAL, "needs_ocr: no text layer"),
    "old": (made.compound("WordDocument"), Outcome.ERROR, "needs LibreOffice"),
    "wide": (
        made.xlsx({"甲": "".join(f'<row><c r="XFD{n}"/></row>' for n in range(1, 200))}),
        Outcome.ERROR,
        "cut after 2,000,000 cells",
    ),
}


@pytest.mark.parametrize("name", TROUBLED)
def test_e7_a_troubled_file_has_a_named_reason(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(office, "PROGRAMS", ())
    body, outcome, reason = TROUBLED[name]
    file = read_file(body, "http://x.cn/附件.pdf")
    assert file.outcome is outcome
    assert (file.reason or "").startswith(reason)


def test_e7_a_table_of_contents_that_points_astray_is_mended() -> None:
    file = read_file(SOUND.replace(b"startxref\n", b"startxref\n9"))
    assert (file.text, file.outcome) == (TEXT, Outcome.OK)


@pytest.mark.parametrize(
    "prolog",
    [
        " " * (3 * MIB // 2) + _declaring(LAUGHS),
        "\ufeff" + "\n" * (MIB + 7) + _declaring(LAUGHS),
        f'<?xml version="1.0"{" " * 150}encoding="UTF-7"?>' + "+ADw-!DOCTYPE x []>",
        f'<?xml version="1.0"{" " * 2 * MIB}encoding="UTF-7"?>' + "+ADw-!DOCTYPE x []>",
        " " * (MIB - 3) + '<?xml version="1.0" encoding="UTF-7"?>' + "+ADw-!DOCTYPE x []>",
    ],
)
def test_e4_a_document_type_behind_padding_is_refused(prolog: str) -> None:
    file = read_file(made.docx(made.paragraph("x"), prolog=prolog))
    assert (file.text, file.outcome) == ("", Outcome.ERROR)
    assert (file.reason or "").startswith("refused: ")


@pytest.mark.parametrize("ending", ["doc", "pdf", "xls", "zip", ""])
def test_e7_a_wrong_ending_changes_nothing(ending: str) -> None:
    url = f"http://x.cn/a.{ending}"
    assert read_file(made.docx(made.paragraph(TEXT)), url).text == TEXT
    assert read_file(f"<html><body>{TEXT}".encode(), url).text == TEXT
    assert read_file(SOUND, url).text == TEXT


def _program(folder: Path, script: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Put a stand-in for LibreOffice first among the programs of the machine."""
    program = folder / "soffice"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")


def test_e7_old_formats_are_converted_where_libreoffice_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "made.docx").write_bytes(made.docx(made.paragraph(TEXT)))
    told = tmp_path / "told"
    script = (
        f'echo "$@" > {told}; cat profile/user/*.xcu >> {told}; cp {tmp_path}/made.docx file.docx'
    )
    _program(tmp_path, script, monkeypatch)
    file = read_file(made.compound("WordDocument"))
    assert (file.format, file.text, file.outcome) == ("doc", TEXT, Outcome.OK)
    asked = told.read_text()
    assert "--headless" in asked
    assert "--convert-to docx" in asked
    assert "DisableMacrosExecution" in asked
    assert "BlockUntrustedRefererLinks" in asked
    assert asked.count("/Content/Update") == 2


def test_e7_a_converter_that_hangs_is_killed_with_all_it_started(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _program(tmp_path, f"sleep 600 & echo $! > {tmp_path}/pid; wait", monkeypatch)
    started = time.monotonic()
    file = read_file(made.compound("Workbook"), until=started + office.LEFT_TO_READ + 1.0)
    # Its one second, and what killing takes on a busy machine; the command itself sleeps 600.
    assert time.monotonic() - started < 60.0
    assert (file.outcome, file.reason) == (Outcome.ERROR, "LibreOffice took longer than 1 s")
    assert _ends(int((tmp_path / "pid").read_text()))


def test_e7_a_converter_ends_with_a_worker_that_is_killed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _program(
        tmp_path,
        f"sleep 600 & echo $! > {tmp_path}/new; mv {tmp_path}/new {tmp_path}/pid; wait",
        monkeypatch,
    )
    body = made.compound("Workbook")
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    worker = multiprocessing.get_context("fork").Process(
        target=read_file, args=(body,), kwargs={"until": time.monotonic() + 500}
    )
    worker.start()
    assert _soon((tmp_path / "pid").exists)
    worker.kill()
    worker.join()
    assert _ends(int((tmp_path / "pid").read_text()))


def test_e7_what_a_killed_worker_left_is_swept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    old, running, other = (
        tmp_path / name for name in ("gongwen-office-a", "gongwen-office-b", "c")
    )
    for folder in (old, running, other):
        (folder / "profile").mkdir(parents=True)
    for folder in (old, other):
        os.utime(folder, (0, 0))
    _program(tmp_path, "exit 1", monkeypatch)
    read_file(made.compound("Workbook"))
    assert [folder.exists() for folder in (old, running, other)] == [False, True, True]


def test_e7_no_converter_starts_when_no_time_is_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _program(tmp_path, f"touch {tmp_path}/started", monkeypatch)
    file = read_file(made.compound("Workbook"), until=time.monotonic() + office.LEFT_TO_READ - 0.1)
    assert (file.outcome, file.reason) == (Outcome.ERROR, "no time was left for LibreOffice")
    assert not (tmp_path / "started").exists()


def _soon(holds: Callable[[], bool]) -> bool:
    """Whether something comes to hold within a time that suffices on a busy machine."""
    until = time.monotonic() + 60.0
    while not holds() and time.monotonic() < until:
        time.sleep(0.05)
    return holds()


def _ends(process: int) -> bool:
    def gone() -> bool:
        try:
            return bool(psutil.Process(process).status() == psutil.STATUS_ZOMBIE)
        except psutil.NoSuchProcess:
            return True

    return _soon(gone)


def test_e7_a_converter_that_makes_nothing_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _program(tmp_path, "exit 1", monkeypatch)
    file = read_file(made.compound("WordDocument"))
    assert file.outcome is Outcome.ERROR
    assert (file.reason or "").startswith("LibreOffice could not convert it")


# --- D8: bombs, through the workers that a run has


def _read_all(bodies: dict[str, bytes], seconds: float) -> dict[str, Reading]:
    workers = Workers(PAGE_READER, processes=1, time_limit=seconds)
    kind = ResourceKind.ATTACHMENT
    with closing(workers):
        asked = {name: workers.submit(Job(None, body, kind)) for name, body in bodies.items()}
        return {name: answer.result(timeout=120) for name, answer in asked.items()}


def test_d8_bombs_in_files_end_with_a_reason_and_little_memory() -> None:
    strings = f'<sst xmlns="{made.SHEET}">' + "<si><t/></si>" * 2_500_000 + "</sst>"
    bodies = {
        "zip": bombs.zipped("a.txt", 200),
        "docx": made.inflated(made.docx("x"), "word/document.xml", 250 * MIB),
        "docx_tree": made.inflated(made.docx("x"), "word/document.xml", 60 * MIB),
        "xlsx": made.inflated(made.xlsx({"甲": ""}), "xl/worksheets/s1.xml", 250 * MIB),
        "ofd": made.inflated(made.ofd(["x"]), "OFD.xml", 250 * MIB),
        "nested": made.zipped({"in.zip": made.zipped({"a.txt": b"0" * (20 * MIB)})}),
        "dense": DENSE,
        "strings": made.xlsx({"甲": ""}, shared=strings),
        "pdf": made.pdf([made.Deflated(b" " * MIB, 500)]),
        "forms": FORM_LOOP,
        "sound": SOUND,
    }
    with MemoryWatch(os.getpid()) as watch:
        readings = _read_all(bodies, 4.0)
    sound = readings.pop("sound").file
    assert sound is not None
    assert (sound.text, sound.outcome) == (TEXT, Outcome.OK)
    for name, reading in readings.items():
        told = reading.file or reading.extraction
        assert told is not None
        assert told.outcome is not Outcome.OK, name
        assert reading.reason, name
        assert len(told.text) < 100, name
    workers = {name: size for name, size in watch.growth.items() if "forkserver" in name}
    assert len(workers) >= 2
    assert {name: size for name, size in workers.items() if size >= MOST} == {}


# --- E3: bytes that no file should have

SEEDS = (
    made.docx(made.paragraph(TEXT)),
    made.xlsx({"甲": made.cells(TEXT)}),
    made.ofd([TEXT]),
    made.pptx(TEXT),
    made.zipped({"a.txt": TEXT}),
    made.compound("WordDocument"),
    b"{\\rtf1\\ansi\\u-10179?\\'b9\\'d8 x}",
    b"MIME-Version: 1.0\r\nContent-Type: text/html\r\n\r\n<p>x",
    f"<html><body><p>{TEXT}\0&#xD800;&#0;".encode(),
    b"<?xml version='1.0'?><a>x</a>",
    b'a,b\n1,"2\n\0,\xff',
    "带空字节\0和代理".encode() + b"\xed\xa0\x80",
)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.sampled_from(SEEDS),
    st.lists(st.tuples(st.integers(0, 5_000), st.binary(max_size=4))),
    st.data(),
)
def test_e3_no_bytes_of_a_file_raise_and_what_comes_out_can_be_stored(
    monkeypatch: pytest.MonkeyPatch,
    body: bytes,
    changes: list[tuple[int, bytes]],
    data: st.DataObject,
) -> None:
    monkeypatch.setattr(office, "PROGRAMS", ())
    broken = bytearray(body)
    for at, piece in changes:
        place = at % len(broken)
        broken[place : place + len(piece)] = piece
    file = read_file(bytes(broken[: data.draw(st.integers(0, len(broken)))]))
    file.text.encode("utf-8")
    assert "\0" not in file.text
    assert file.reason or file.outcome is Outcome.OK
    assert file.text or file.reason


# --- all of it in a run

FILES = {
    "sound.pdf": SOUND,
    "laughs.docx": made.docx(made.paragraph("&e11;"), prolog=_declaring(LAUGHS)),
    "bomb.xlsx": made.inflated(made.xlsx({"甲": ""}), "xl/worksheets/s1.xml", 250 * MIB),
    "dense.docx": DENSE,
    "secret.pdf": made.pdf(["密"], made.ENCRYPTED),
    "page.doc": f"<html><body><p>{TEXT}</p></body></html>".encode(),
    "page.pdf": b"<html><body><p>an error page</p></body></html>",
}


async def _with_files(connection: Connection) -> None:
    links = "".join(f"<p><a href='/files/{name}'>附件{name}</a></p>" for name in FILES)
    page = PAGE.format(title="带附件的通知").replace("</div>", links + "</div>")
    await connection.answer(200, page)


def test_e7_a_run_keeps_the_bytes_of_every_file_and_the_text_of_those_that_have_one(
    tmp_path: Path,
) -> None:
    routes = {f"/files/{name}": plain(body, "application/pdf") for name, body in FILES.items()}
    with serving({"/a/with.html": _with_files, **routes}) as site:
        line = section(tmp_path, site, ["/a/with.html"])
        line.run("crawl", "faulty")
    with closing(open_database(line.folder)) as database, database.read() as session:
        version = session.scalars(select(Version)).one()
        rows = file_rows(session, version)
        files = {row["url"].rpartition("/")[2]: row for row in rows}
        told = {name: (file["format"], file["outcome"]) for name, file in files.items()}
        sound = attached_file(session, version, files["sound.pdf"]["number"])
        dense = attached_file(session, version, files["dense.docx"]["number"])
        assert dense.capture is not None
        kept = raw(session, database.folder, dense.capture)
    assert told == {
        "sound.pdf": ("pdf", "ok"),
        "laughs.docx": ("docx", "error"),
        "bomb.xlsx": ("xlsx", "error"),
        "dense.docx": ("docx", "oom"),
        "secret.pdf": ("pdf", "error"),
        "page.doc": ("html", "ok"),
        "page.pdf": (None, None),
    }
    assert sound.text == TEXT
    assert kept == DENSE
    assert {name for name in FILES if not files[name]["digest"]} == {"page.pdf"}
    assert all(
        files[name]["reason"] for name, (_, outcome) in told.items() if outcome != "ok" and outcome
    )
