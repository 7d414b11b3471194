"""One bit flipped anywhere: told in words, never a traceback, never wrong bytes as right ones."""

from __future__ import annotations

import json
import random
import sys
from collections import Counter
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from sqlalchemy import select, update
from typer.testing import CliRunner, Result

from archive import queries
from archive.database import open_database
from archive.models import Capture, Resource, Version
from archive.problems import Problem
from archive.records import Check
from crawler.cli.commands import app
from crawler.cli.main import problem_of
from tests.archive.writing.scenario import Scenario, file, page
from tests.conftest import NewArchive

PAGES = 8
COMMANDS = ("docs", "log", "show", "doctor")
"""What is run over every flipped archive, beside `verify`, `show --raw` and every capture."""


def populate(folder: Path) -> None:
    """Pages in two versions, attachments, a list, a revisit, a redirect and a failure."""
    dice = random.Random(4)
    scenario = Scenario(folder)
    try:
        urls = [page(f"p{number}") for number in range(PAGES)]
        rows = {url: f"关于第{number}件事的通知" for number, url in enumerate(urls)}
        scenario.walk(rows, [article(scenario, url, dice) for url in urls])
        scenario.commit(scenario.attachment(file("a.pdf"), dice.randbytes(3000)))
        scenario.begin_run(after=3600)
        again = [article(scenario, url, dice) for url in urls[:2]]
        scenario.commit(*again, *again[:1], scenario.moved(page("old"), page("new"), "移动"))
        scenario.commit(scenario.answer(urls[-1], 500))
        scenario.end_run()
    finally:
        scenario.close()


def article(scenario: Scenario, url: str, dice: random.Random) -> Check:
    text = "".join(dice.choices("各区县科技局有关单位现将事项通知如下请遵照执行第一二三条", k=400))
    body = f"<p>{text}</p>{dice.randbytes(300).hex()}"
    return scenario.article(url, text, [file("a.pdf")], body=body, issuer="科技局")


@dataclass
class Flipping:
    """One archive, flipped and put right again.

    ``sound`` is what its captures hold, ``pages`` what its pages do.
    """

    folder: Path
    counts: Counter[str] = field(default_factory=Counter)
    sound: dict[str, bytes] = field(default_factory=dict)
    pages: dict[str, bytes] = field(default_factory=dict)

    def learn(self) -> None:
        with closing(open_database(self.folder)) as database, database.read() as session:
            for capture in session.scalars(select(Capture)):
                self.sound[capture.public_id] = queries.raw(session, self.folder, capture)
            self.pages = {
                row["url"]: self.sound[queries.document(session, row["id"])["version"]["capture"]]
                for row in queries.documents(session)
            }

    def files(self, kind: str) -> list[Path]:
        patterns = {"warc": "warc/*.warc.gz", "head": "head.log", "database": "*.sqlite"}
        return sorted(self.folder.glob(patterns[kind]))

    def flip(self, kind: str, dice: random.Random) -> None:
        target = dice.choice(self.files(kind))
        before = target.read_bytes()
        at, bit = dice.randrange(len(before)), dice.randrange(8)
        changed = bytearray(before)
        changed[at] ^= 1 << bit
        target.write_bytes(changed)
        try:
            self.examine(kind, f"{kind} bit {at}.{bit} of {len(before)}")
        finally:
            target.write_bytes(before)
            for beside in self.folder.glob("*.sqlite-*"):
                beside.unlink()

    def examine(self, kind: str, where: str) -> None:
        """Run everything; what cannot be right is refused in words."""
        self.counts[kind] += 1
        url = sorted(self.pages)[self.counts[kind] % len(self.pages)]
        for name in COMMANDS:
            self.run(where, name, *([url] if name in ("log", "show") else []), "--json")
        raw = self.run(where, "show", url, "--raw")
        if raw.exit_code == 0 and raw.exception is None:
            assert raw.stdout_bytes == self.pages[url], f"{where}: wrong bytes of {url}"
        changed = self.captures_changed(where)
        verified = self.run(where, "verify", "--json")
        found = verified.exit_code != 0
        self.counts[f"{kind} found" if found else f"{kind} not found"] += 1
        if changed:
            self.counts[f"{kind} payloads"] += 1
            assert found, f"{where}: verify did not find it"

    def captures_changed(self, where: str) -> bool:
        """Whether any capture is refused; none may give other bytes than it held."""
        changed = False
        try:
            with closing(open_database(self.folder)) as database, database.read() as session:
                for capture in session.scalars(select(Capture)).all():
                    try:
                        given = queries.raw(session, self.folder, capture)
                    except Problem:
                        changed = True
                        continue
                    self.compare(where, capture.public_id, given)
        except Exception as error:
            if problem_of(error) is None:
                raise
            changed = True
        return changed

    def compare(self, where: str, capture: str, given: bytes) -> None:
        # A capture whose own id was flipped is one that nobody asks for.
        if capture in self.sound:
            assert given == self.sound[capture], f"{where}: wrong bytes of {capture}"

    def run(self, where: str, *arguments: str) -> Result:
        """Run a command; whatever it cannot do it says in words."""
        ran = CliRunner().invoke(app, arguments)
        error = ran.exception
        if isinstance(error, Exception):
            assert problem_of(error) is not None, f"{where}: {arguments} broke: {error!r}"
        return ran


@pytest.fixture
def flipping(new_archive: NewArchive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Flipping:
    folder = new_archive(tmp_path / "archive")
    populate(folder)
    with closing(open_database(folder)) as database:
        monkeypatch.setenv("GONGWEN_DATABASE_URL", database.url)
    monkeypatch.setenv("GONGWEN_DATA", str(folder))
    made = Flipping(folder)
    made.learn()
    return made


def flip(flipping: Flipping, kinds: dict[str, int]) -> Counter[str]:
    dice = random.Random(8)
    assert json.loads(flipping.run("sound", "verify", "--json").stdout)["clean"]
    for kind, count in kinds.items():
        for _ in range(count if flipping.files(kind) else 0):
            flipping.flip(kind, dice)
    assert json.loads(flipping.run("sound", "verify", "--json").stdout)["clean"]
    return flipping.counts


def test_c8_a_flipped_bit_is_told_and_never_served(flipping: Flipping) -> None:
    counts = flip(flipping, {"warc": 10, "head": 2, "database": 8})
    assert counts["warc"] == 10
    assert counts["warc payloads"] >= 5


def test_c8_a_version_that_leads_to_other_bytes_is_refused(flipping: Flipping) -> None:
    url, other = sorted(flipping.pages)[:2]
    with closing(open_database(flipping.folder)) as database, database.write() as session:
        keys = select(Version.key).join(Resource, Resource.key == Version.resource_key)
        wrong = session.scalars(keys.where(Resource.url == url)).all()
        target = session.scalars(select(Capture.key).where(Capture.url == other)).first()
        session.execute(update(Version).where(Version.key.in_(wrong)).values(capture_key=target))
    shown = flipping.run("another capture", "show", url, "--raw")
    assert isinstance(shown.exception, Problem)
    assert flipping.run("another capture", "verify").exit_code == 1


@pytest.mark.nightly
@pytest.mark.timeout(3600)
def test_c8_a_thousand_flipped_bits_are_told_and_never_served(flipping: Flipping) -> None:
    counts = flip(flipping, {"warc": 400, "head": 100, "database": 500})
    told = ", ".join(f"{name} {count}" for name, count in sorted(counts.items()))
    assert counts["warc payloads"] >= 100
    sys.stdout.write(f"flipped bits: {told}\n")
