"""Secrets in the environment and on the web: looked for in everything that a crawl leaves."""

from __future__ import annotations

import json
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, suppress
from pathlib import Path

import psutil
import pytest
from fastwarc.warc import ArchiveIterator, WarcRecordType
from sqlalchemy import MetaData, make_url, select, text
from typer.testing import CliRunner

from archive.database import default_url, open_database
from crawler.cli.commands import app
from tests.commandline import CommandLine
from tests.faults.sections import LIST, PAGE, TEXT, seed_text
from tests.faults.site import Connection, FaultSite, Route, serving

MARK = "zq9Hidden"
"""Every secret holds it; the rest of the word tells which one it was."""

PROXY = f"http://proxyuser:{MARK}Proxy@127.0.0.1:9"
PAGES = 4
ANSWERS = (WarcRecordType.response, WarcRecordType.revisit)


def cookie(connection: Connection) -> tuple[tuple[str, str], ...]:
    return (("Set-Cookie", f"JSESSIONID={MARK}Cookie{len(connection.asked.target)}; Path=/"),)


def slow_page(title: str) -> Route:
    """An article that takes a moment, sets a cookie and links a file with a password in it."""

    async def route(connection: Connection) -> None:
        host = connection.asked.header("host")
        link = f"<p><a href='http://u:{MARK}Link@{host}/file.pdf'>附件：名单.pdf</a></p>"
        body = PAGE.format(title=title).replace("</div>", f"{link}</div>")
        await connection.answer(200, body, cookie(connection))

    return route


def routes(origin: str) -> dict[str, Route]:
    userinfo = origin.replace("//", f"//reader:{MARK}Item@")

    async def listed(connection: Connection) -> None:
        targets = [*(f"/a/{number}.html" for number in range(PAGES)), f"{userinfo}/named.html"]
        targets.append("/away.html")
        rows = "".join(
            f"<li><a href='{target}'>申报通知之{number}</a><span>2023-07-1{number}</span></li>"
            for number, target in enumerate(targets)
        )
        await connection.answer(
            200, f"<html><body><ul>{rows}</ul></body></html>", cookie(connection)
        )

    async def away(connection: Connection) -> None:
        await connection.answer(302, TEXT, (("Location", f"{userinfo}/there.html"),))

    async def file(connection: Connection) -> None:
        await connection.answer(200, b"%PDF-1.4 x", (("Content-Type", "application/pdf"),))

    pages = {f"/a/{number}.html": slow_page(f"关于第{number}号的通知") for number in range(PAGES)}
    named = {"/named.html": slow_page("链接里带口令的通知"), "/file.pdf": file}
    return {LIST: listed, "/away.html": away, **pages, **named}


def with_password(url: str) -> str:
    """A server's address with a secret as password; one that needs its own keeps that."""
    address = make_url(url)
    if address.password is None:
        address = address.set(password=f"{MARK}Database")
    return address.render_as_string(hide_password=False)


@pytest.fixture
def gongwen(
    backend: str, tmp_path: Path, request: pytest.FixtureRequest
) -> Iterator[tuple[CommandLine, FaultSite]]:
    """A site, a seed, and an environment full of secrets."""
    database = ""
    if backend == "postgresql":
        database = with_password(request.getfixturevalue("postgresql_url"))
    extra = {
        "GONGWEN_DATABASE_URL": database,
        "HTTP_PROXY": PROXY,
        "HTTPS_PROXY": PROXY,
        "http_proxy": PROXY,
        "all_proxy": PROXY,
        "PGPASSWORD": f"{MARK}Pg",
        "AWS_SECRET_ACCESS_KEY": f"{MARK}Aws",
    }
    with serving({}) as site:
        site.routes = routes(site.origin)
        (tmp_path / "seeds").mkdir()
        text = seed_text("secret", [site.origin + LIST])
        (tmp_path / "seeds" / "secret.toml").write_text(text)
        yield CommandLine(tmp_path / "archive", tmp_path / "seeds", site.allowed, extra), site


def watched(process: subprocess.Popen[str]) -> list[str]:
    """The command lines of a process and of all that it started, while it runs."""
    seen: set[str] = set()
    while process.poll() is None:
        with suppress(psutil.Error):
            parent = psutil.Process(process.pid)
            for one in (parent, *parent.children(recursive=True)):
                with suppress(psutil.Error):
                    seen.add(" ".join(one.cmdline()))
        time.sleep(0.1)
    return sorted(seen)


def rows_of(gongwen: CommandLine) -> str:
    """Every row of every table, as text."""
    url = gongwen.environment.get("GONGWEN_DATABASE_URL") or default_url(gongwen.folder)
    with closing(open_database(gongwen.folder, url)) as database, database.read() as session:
        tables = MetaData()
        tables.reflect(session.connection())
        assert len(tables.tables) > 10
        found = (session.execute(select(table)) for table in tables.tables.values())
        return "\n".join(str(row) for rows in found for row in rows)


def files_of(folder: Path) -> Mapping[str, bytes]:
    """Every file of the archive; of WARC files only what is not a site's own answer."""
    found = {}
    for path in folder.rglob("*"):
        if path.is_file():
            held = _but_answers(path) if path.name.endswith(".warc.gz") else path.read_bytes()
            found[str(path.relative_to(folder))] = held
    return found


def _but_answers(path: Path) -> bytes:
    with path.open("rb") as stream:
        return b"".join(
            str(record.headers).encode() + record.reader.read()
            for record in ArchiveIterator(stream, parse_http=False)
            if record.record_type not in ANSWERS
        )


def answers_of(folder: Path) -> bytes:
    found = b""
    for path in folder.rglob("*.warc.gz"):
        with path.open("rb") as stream:
            for record in ArchiveIterator(stream, parse_http=False):
                if record.record_type in ANSWERS:
                    found += record.reader.read()
    return found


def said(gongwen: CommandLine, monkeypatch: pytest.MonkeyPatch) -> str:
    """What every command prints that only looks, in this process."""
    for name, value in gongwen.environment.items():
        monkeypatch.setenv(name, value)
    page = next(row["url"] for row in gongwen_rows("docs") if row["url"].endswith("/a/0.html"))
    commands = [
        ["show", page],
        ["log", page],
        ["stats"],
        ["runs"],
        ["verify"],
        ["head"],
        ["doctor"],
        ["seeds", "list"],
        ["seeds", "show", "secret"],
        ["schedule", "list"],
        ["schedule", "history"],
    ]
    return "".join(invoke(*command, "--json") + invoke(*command) for command in commands)


def gongwen_rows(*arguments: str) -> list[dict[str, str]]:
    return [json.loads(line) for line in invoke(*arguments, "--json").splitlines()]


def invoke(*arguments: str) -> str:
    done = CliRunner().invoke(app, list(arguments))
    assert done.exit_code in (0, 1), (arguments, done.output, done.exception)
    assert done.exit_code == 0 or arguments[0] in ("doctor", "schedule"), (arguments, done.output)
    return done.output


def test_g12_a_crawl_and_all_that_looks_at_it_hold_no_secret(
    gongwen: tuple[CommandLine, FaultSite], monkeypatch: pytest.MonkeyPatch
) -> None:
    command, site = gongwen
    process = command.start("crawl", "secret")
    lines = watched(process)
    output, errors = process.communicate()
    assert process.returncode == 0, errors
    assert len(lines) > 2, "the child and its workers were not seen"
    assert MARK not in "\n".join(lines)
    assert MARK not in output + errors
    assert MARK not in rows_of(command)
    assert [name for name, held in files_of(command.folder).items() if MARK.encode() in held] == []
    # What a site sent is kept as it sent it, and nothing of it is ever sent back.
    assert f"{MARK}Cookie".encode() in answers_of(command.folder)
    assert all(MARK not in str(asked) for asked in site.asked)
    assert site.hits("/named.html")
    assert MARK not in said(command, monkeypatch)
    crash(command)
    assert [name for name, held in files_of(command.folder).items() if MARK.encode() in held] == []


def crash(command: CommandLine) -> None:
    """A mistake of ours shows its traceback, with the statement and without secrets."""
    url = command.environment.get("GONGWEN_DATABASE_URL") or default_url(command.folder)
    with closing(open_database(command.folder, url)) as database, database.write() as session:
        session.execute(text("ALTER TABLE resources RENAME TO resources_gone"))
    # A server's address has a password: there a run breaks, too.
    runs = [["crawl", "secret"]] if url.startswith("postgresql") else []
    for arguments in (["stats"], *runs):
        code, output, errors = command.ended(*arguments)
        assert MARK not in output + errors, arguments
        if arguments == ["stats"]:
            assert code == 1
            assert "resources" in errors
    logs = "".join(path.read_text() for path in (command.folder / "logs").iterdir())
    assert ("resources" in logs) is bool(runs)
