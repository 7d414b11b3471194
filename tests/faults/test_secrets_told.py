"""What is refused or goes wrong is told without the secrets in it."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest
from typer.testing import CliRunner

from archive.connecting import make_engine, read_url
from archive.problems import Problem
from crawler.cli import main
from crawler.cli.commands import app
from crawler.spiders.log import log_to, masked
from tests.faults.sections import seed_text

MARK = "zq9Hidden"

WRONG = (
    "postgresql://u:{secret}@h:port/d",
    "mysql://u:{secret}@h/d",
    "postgresql+nosuch://u:{secret}@h/d",
    "oracle://u@h/d?password={secret}",
    "postgresql:/u:{secret}@h",
    "host=h user=u password={secret}",
    "u:{secret}@h/d",
    "{secret}",
)


@pytest.mark.parametrize("wrong", WRONG)
def test_g12_a_database_address_that_cannot_be_used_is_told_without_its_password(
    wrong: str,
) -> None:
    with pytest.raises(Problem) as caught:
        make_engine(read_url(wrong.format(secret=MARK)), writes=False)
    assert MARK not in str(caught.value)
    assert "GONGWEN_DATABASE_URL" in str(caught.value) or "driver" in str(caught.value)


@pytest.mark.parametrize("command", ["docs", "doctor", "crawl secret", "db upgrade"])
def test_g12_a_server_that_refuses_is_told_without_the_password(
    command: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    (tmp_path / "seeds").mkdir()
    (tmp_path / "seeds" / "secret.toml").write_text(seed_text("secret", ["http://127.0.0.21:9/x"]))
    monkeypatch.setenv("GONGWEN_DATA", str(tmp_path / "archive"))
    monkeypatch.setenv("GONGWEN_SEEDS", str(tmp_path / "seeds"))
    monkeypatch.setenv("GONGWEN_ALLOW_ADDRESSES", "127.0.0.21/32:9")
    url = f"postgresql://u:{MARK}Login@127.0.0.1:9/d?sslpassword={MARK}Key"
    monkeypatch.setenv("GONGWEN_DATABASE_URL", url)
    monkeypatch.setattr("sys.argv", ["gongwen", *command.split()])
    with pytest.raises(SystemExit) as ended:
        main.main()
    printed = capsys.readouterr()
    assert ended.value.code == 1
    assert "The database server cannot be used" in printed.out + printed.err
    assert MARK not in printed.out + printed.err


def test_g12_a_seed_or_an_address_with_a_password_is_refused_without_printing_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GONGWEN_DATA", str(tmp_path / "archive"))
    monkeypatch.setenv("GONGWEN_SEEDS", str(tmp_path / "seeds"))
    (tmp_path / "seeds").mkdir()
    secret = f"http://reader:{MARK}@127.0.0.21:9/x.html"
    (tmp_path / "seeds" / "secret.toml").write_text(seed_text("secret", [secret]))
    for arguments in (["seeds", "check"], ["seeds", "check", "--json"], ["seeds", "list"]):
        done = CliRunner().invoke(app, arguments)
        assert MARK not in done.output + str(done.exception), arguments
    (tmp_path / "seeds" / "secret.toml").unlink()
    done = CliRunner().invoke(app, ["recrawl", secret])
    assert isinstance(done.exception, Problem)
    assert "user name or password" in done.exception.why
    assert done.exception.exit_code == 2
    assert MARK not in str(done.exception) + done.output
    assert MARK.encode() not in b"".join(
        path.read_bytes() for path in (tmp_path / "archive").rglob("*") if path.is_file()
    )


@pytest.mark.parametrize(
    "line",
    [
        "GET http://user:{secret}@x.example/a",
        "Retrying <GET https://{secret}@x.example/> (failed 1 times)",
        "postgresql+psycopg://u:{secret}@h/d",
        "connection to server failed: password={secret} host=h",
        "b'Proxy-Authorization': [b'Basic {secret}']",
        "Set-Cookie: a={secret}; Path=/",
    ],
)
def test_g12_what_a_library_logs_is_masked_before_it_is_written(line: str, tmp_path: Path) -> None:
    handler = log_to(tmp_path / "run.jsonl")
    try:
        logging.getLogger("some.library").error(line.format(secret=MARK))
        try:
            raise ValueError(line.format(secret=MARK))
        except ValueError:
            logging.getLogger("some.library").exception("broke")
    finally:
        logging.getLogger().removeHandler(handler)
        handler.close()
    written = (tmp_path / "run.jsonl").read_text()
    assert len(written.splitlines()) == 2
    assert "***" in written
    assert "ValueError" in written
    assert MARK not in written


def test_g12_ordinary_lines_are_logged_as_they_are() -> None:
    for line in (
        "GET https://x.example/@user/a?b=c@d",
        "10 pages at 3@h",
        "the cookie jar is empty",
    ):
        assert masked(line) == line
