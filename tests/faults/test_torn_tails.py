"""A WARC file cut at any byte: told, repaired at the next start, and read by everyone after it."""

from __future__ import annotations

import logging
import random
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import pytest

from archive.models import Capture, WarcFile
from archive.problems import Problem
from archive.verify import verify
from archive.warc import read_record
from archive.warc.records import write_exchange
from tests.archive.writing.scenario import Scenario, page
from tests.conftest import NewArchive
from tests.faults.judges import by_fastwarc, by_warcio

RECORDS = 3
"""Pages committed to a file before it is cut."""


@pytest.fixture
def scenario(new_archive: NewArchive, tmp_path: Path) -> Iterator[Scenario]:
    made = Scenario(new_archive(tmp_path / "archive"))
    yield made
    made.close()


@dataclass
class Tearing:
    """Files of one archive, cut one after the other; ``bodies`` is what each page served."""

    scenario: Scenario
    dice: random.Random
    caplog: pytest.LogCaptureFixture
    made: int = 0

    def commit(self, pages: int) -> None:
        for _ in range(pages):
            self.made += 1
            url, noise = page(str(self.made)), self.dice.randbytes(self.dice.randrange(900)).hex()
            check = self.scenario.article(
                url, f"第{self.made}号", body=f"<p>{self.made} {noise}</p>"
            )
            self.scenario.commit(check)

    @property
    def newest(self) -> WarcFile:
        row: WarcFile = self.scenario.rows(WarcFile)[-1]
        return row

    def path(self, row: WarcFile) -> Path:
        return self.scenario.folder / "warc" / row.name

    def half_written(self) -> bytes:
        """Records that a kill left without the commit that would have counted them."""
        out = BytesIO()
        body = self.dice.randbytes(self.dice.randrange(1, 4000)).hex()
        write_exchange(out, self.scenario.exchange(page("lost"), body), None)
        return out.getvalue()

    def tear(self) -> str:
        """Cut the newest file anywhere, and hold what is promised; which part was hit."""
        self.commit(RECORDS)
        self.scenario.store.close()
        row = self.newest
        whole = self.path(row).read_bytes() + self.half_written()
        cut = self.dice.choice([at for at in range(len(whole)) if at != row.committed_end])
        self.path(row).write_bytes(whole[:cut])
        kinds = {found.kind for found in verify(self.scenario.database).findings}
        self.caplog.clear()
        self.scenario.store = self.scenario.open_store()
        if cut > row.committed_end:
            self.check_trimmed(row, whole, cut, kinds)
        else:
            self.check_marked(row, whole, cut, kinds)
        self.commit(1)
        newest = self.newest
        for readers in (by_warcio, by_fastwarc):
            assert readers(self.path(newest)) == newest.records
        return "tail" if cut > row.committed_end else "committed"

    def check_trimmed(self, row: WarcFile, whole: bytes, cut: int, kinds: set[str]) -> None:
        """Bytes past the end are named, cut off and kept, and nothing else is lost."""
        assert "warc_tail" in kinds
        assert self.path(row).read_bytes() == whole[: row.committed_end]
        (told,) = self.caplog.messages
        assert told.startswith(f"Trimmed {cut - row.committed_end} bytes off {self.path(row)}")
        folder = self.path(row).parent / ".quarantine"
        kept = max(folder.iterdir(), key=lambda file: file.stat().st_mtime_ns)
        assert kept.read_bytes() == whole[row.committed_end : cut]
        self.check_captures(row, len(whole))

    def check_marked(self, row: WarcFile, whole: bytes, cut: int, kinds: set[str]) -> None:
        """A file that lost what was committed to it is named and marked, and left as it is."""
        assert "warc_short" in kinds
        damaged = next(found for found in self.scenario.rows(WarcFile) if found.key == row.key)
        assert damaged.damage == f"holds {cut} of {row.committed_end} committed bytes"
        (told,) = self.caplog.messages
        assert damaged.damage in told
        assert self.path(row).read_bytes() == whole[:cut]
        self.check_captures(row, cut)

    def check_captures(self, row: WarcFile, end: int) -> None:
        """What lies before ``end`` is read as it was; what does not, is refused."""
        for capture in self.scenario.rows(Capture, Capture.warc_file_key == row.key):
            if capture.warc_offset + capture.warc_length <= end:
                number = capture.url.rsplit("/", 1)[-1].partition(".")[0]
                payload = read_record(self.scenario.database, capture).payload
                assert payload.startswith(f"<p>{number} ".encode())
            else:
                with pytest.raises(Problem, match="cannot be read"):
                    read_record(self.scenario.database, capture)


def tear(scenario: Scenario, caplog: pytest.LogCaptureFixture, cuts: int) -> Counter[str]:
    caplog.set_level(logging.WARNING)
    tearing = Tearing(scenario, random.Random(3), caplog)
    return Counter(tearing.tear() for _ in range(cuts))


def test_a3_a_file_cut_at_any_byte_is_told_and_repaired(
    scenario: Scenario, caplog: pytest.LogCaptureFixture
) -> None:
    parts = tear(scenario, caplog, 12)
    assert set(parts) == {"tail", "committed"}


@pytest.mark.nightly
def test_a3_three_hundred_cuts_are_told_and_repaired(
    scenario: Scenario, caplog: pytest.LogCaptureFixture
) -> None:
    parts = tear(scenario, caplog, 300)
    told = f"300 of 300 cuts found and repaired: {dict(parts)}\n"
    assert parts.total() == 300
    sys.stdout.write(told)
