"""Four crawls at once into one archive, while others read it all the time."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from archive import queries
from archive.database import open_database
from archive.verify import verify
from crawler.replica.process import running
from tests.commandline import CommandLine
from tests.conftest import NewArchive
from tests.databases import DATABASES
from tests.e2e.conftest import Gongwen

WORDS = ("is locked", "is busy", "Traceback")


@dataclass
class Readers:
    """Threads that look at an archive until they are told to stop."""

    gongwen: CommandLine
    looks: int = 0
    commands: int = 0
    troubles: list[str] = field(default_factory=list)
    done: threading.Event = field(default_factory=threading.Event)

    def read(self) -> None:
        """As a server does: one open archive, many sessions."""
        try:
            url = DATABASES.url_of(self.gongwen.folder)
            with closing(open_database(self.gongwen.folder, url)) as database:
                before = 0
                while not self.done.wait(0.005):
                    with database.read() as session:
                        found = queries.stats(session)["versions"]
                    assert found >= before, f"{found} versions after {before}"
                    before = found
                    self.looks += 1
        except Exception as error:
            self.troubles.append(f"{type(error).__name__}: {error}")

    def command(self, *names: str) -> None:
        """As people do: one command after the other."""
        while not self.done.is_set():
            for name in names:
                code, output, errors = self.gongwen.ended(name)
                if code or any(word in output + errors for word in WORDS):
                    self.troubles.append(f"{name}: {code} {output[-500:]} {errors[-500:]}")
                self.commands += 1


def check_crawls(gongwen: CommandLine, seeds: list[str]) -> None:
    readers = Readers(gongwen)
    threads = [
        threading.Thread(target=readers.read),
        threading.Thread(target=readers.read),
        threading.Thread(target=readers.command, args=("docs", "verify", "runs")),
    ]
    for thread in threads:
        thread.start()
    code, output, errors = gongwen.ended("crawl", *seeds, "--jobs", "4")
    readers.done.set()
    for thread in threads:
        thread.join(60)
    assert code == 0, f"{output[-2000:]}\n{errors[-2000:]}"
    assert not any(word in output + errors for word in WORDS)
    logs = [path.read_text(errors="replace") for path in (gongwen.folder / "logs").iterdir()]
    assert not any(word in text for text in logs for word in WORDS)
    assert readers.troubles == []
    assert readers.looks > 10
    assert readers.commands > 0
    with closing(open_database(gongwen.folder, DATABASES.url_of(gongwen.folder))) as database:
        report = verify(database)
    assert report.is_clean, report.findings
    assert report.checked["versions"] > 0


@pytest.fixture
def four_seeds(tmp_path: Path, new_archive: NewArchive) -> Iterator[tuple[Gongwen, list[str]]]:
    with running(documents=40, seeds_dir=tmp_path / "seeds") as replica:
        seeds = sorted(path.stem for path in (tmp_path / "seeds").glob("*.toml"))[:4]
        assert len(seeds) == 4
        yield Gongwen(new_archive(tmp_path / "archive"), replica), seeds


@pytest.mark.sqlite
def test_c1_four_crawls_and_their_readers_see_no_lock(
    four_seeds: tuple[Gongwen, list[str]],
) -> None:
    check_crawls(*four_seeds)


@pytest.mark.nightly
def test_c1_four_crawls_and_their_readers_see_no_lock_on_either_database(
    four_seeds: tuple[Gongwen, list[str]],
) -> None:
    check_crawls(*four_seeds)
