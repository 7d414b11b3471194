"""Text that no database can hold is cleaned and flagged, alike on both; the bytes stay."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from itertools import count
from pathlib import Path
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from archive import ledger
from archive.characters import REPLACEMENT, UNSTORABLE
from archive.ledger import SeedFacts
from archive.models import Capture, ListRow, Resource, Seed
from archive.problems import Problem
from archive.queries import document, documents, parse_filters, raw
from archive.records import Assertion as Stated
from archive.records import AttachmentLink, Check, Conflict, Source
from archive.records import Relation as Cited
from archive.store.cleaning import REASON
from archive.verify import verify

sys.path.insert(0, str(Path(__file__).parents[1] / "archive" / "writing"))
from scenario import Scenario, extraction, page

NewArchive = Callable[[Path], Path]

ODD = [
    "\x00",
    "公\x00文",
    "\ud800",
    "\udfff\ud800",
    "𠀀𪚥𰻞",
    "\u202eשלום\u202c عربى",
    "\ufeff\u200b\u0085\u2028",
    "\\u0000 \\ud800",
    "\x01\x1f\x7f\x80",
    "\U0010ffff\ufffe",
    "%00 \" ' \\ $$ :name ?",
]
NUMBERS = count(1)


TEXTS = st.text(st.characters(exclude_categories=()), max_size=40)


@pytest.fixture(scope="module")
def scenario(
    new_archive: NewArchive, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Scenario]:
    """An archive that all of these tests write into, and that must verify at the end."""
    with closing(Scenario(new_archive(tmp_path_factory.mktemp("strings") / "archive"))) as made:
        yield made
        report = verify(made.database)
        assert report.is_clean, report.findings


def clean(text: str) -> str:
    return UNSTORABLE.sub(REPLACEMENT, text)


def with_text(scenario: Scenario, text: str, number: int) -> Check:
    """An article with the text in every place that takes one, and as its bytes."""
    made = replace(
        extraction(f"正文{number}{text}", issuer=text, doc_no=f"{text}{number}号"),
        assertions=(Stated("title", text, text, Source.TABLE, text),),
        attachments=(AttachmentLink(text, f"http://gov.example/{number}.pdf"),),
        relations=(Cited("cites", text, text, None),),
        conflicts=(Conflict(("title",), (text,), text),),
    )
    url = page(f"odd{number}")
    # As the crawler reads header lines: any byte but the ends of lines.
    line = as_bytes(text, number)[:200].translate(None, b"\r\n").decode("latin-1")
    served = scenario.exchange(url, as_bytes(text, number), ETag=line, Last_Modified=line)
    return scenario.check(url, served, extraction=made, reason=text)


def as_bytes(text: str, number: int) -> bytes:
    return f"{number}<p>{text}".encode("utf-8", "surrogatepass")


def store(scenario: Scenario, texts: Sequence[str]) -> dict[str, str]:
    """Write articles and the list that shows them; the texts by their addresses."""
    numbered = [(text, next(NUMBERS)) for text in texts]
    checks = [with_text(scenario, text, number) for text, number in numbered]
    listed = {check.url: text for check, text in zip(checks, texts, strict=True)}
    scenario.start()
    scenario.commit(scenario.list_check(listed), *checks)
    return listed


def check_stored(scenario: Scenario, listed: dict[str, str]) -> None:
    """Every text is there, cleaned; flagged where it had to be; the bytes as they came."""
    with scenario.database.read() as session:
        for url, text in listed.items():
            number = int(url.rpartition("odd")[2].removesuffix(".html"))
            row, kept = document(session, url), clean(text)
            assert row["text"] == f"正文{number}{kept}"
            assert (row["issuer"], row["doc_no"]) == (kept, f"{kept}{number}号")
            [stated] = row["assertions"]
            assert [stated[name] for name in ("value", "raw", "locator")] == [kept] * 3
            assert [file["name"] for file in row["attachments"]] == [kept]
            assert [(one["doc_no"], one["title"]) for one in row["relations"]] == [(kept, kept)]
            flags = [one["reason"] for one in row["conflicts"]]
            assert flags == [kept, REASON] if kept != text else flags == [kept]
            resource = session.scalars(select(Resource).where(Resource.url == url)).one()
            capture = session.get_one(Capture, resource.last_capture_key)
            assert raw(session, scenario.folder, capture) == as_bytes(text, number)
            shown = select(ListRow.title).where(ListRow.resource_key == resource.key)
            assert session.scalars(shown).one() == kept


def test_c10_odd_text_is_stored_cleaned_and_flagged(scenario: Scenario) -> None:
    check_stored(scenario, store(scenario, ODD))


@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
@given(texts=st.lists(TEXTS, min_size=5, max_size=12))
def test_c10_any_text_is_stored_cleaned_and_flagged(scenario: Scenario, texts: list[str]) -> None:
    check_stored(scenario, store(scenario, texts))


def test_c10_a_title_of_a_megabyte_is_stored_whole(scenario: Scenario) -> None:
    numbers = Random(1)
    long = "".join(chr(numbers.randrange(0x4E00, 0x9FA5)) for _ in range(350_000))
    check_stored(scenario, store(scenario, [long, long + "\x00"]))


def test_c10_text_that_cannot_be_stored_can_be_asked_for(scenario: Scenario) -> None:
    text = "甲\ud800乙\x00丙"
    [url] = store(scenario, [text])
    with scenario.database.read() as session:
        for query in (f"issuer:{text}", f"issuer:{clean(text)}", f"doc_no:{text}*"):
            assert [row["url"] for row in documents(session, parse_filters(query))] == [url]
        for ref in ("d\ud800" * 9, "http://gov.example/\udfff", "v\x00" * 9):
            with pytest.raises(Problem):
                document(session, ref)


def test_c10_the_words_of_a_run_are_cleaned(scenario: Scenario) -> None:
    with scenario.database.write() as session:
        request = {"url": "http://gov.example/\ud800"}
        run = ledger.add_manual_run(
            session, scenario.seed_key, trigger="manual", at=scenario.now(), request=request
        )
        problem = Problem("失败\x00", "\udfff", "")
        ledger.refuse(session, run, problem, scenario.now())
    with scenario.database.read() as session:
        row = ledger.get_run(session, run)
        assert row.reason == f"失败{REPLACEMENT}: {REPLACEMENT}"
        assert row.request == {"url": f"http://gov.example/{REPLACEMENT}"}


def test_c10_a_seed_whose_file_has_an_undecodable_name_is_kept(scenario: Scenario) -> None:
    facts = SeedFacts("odd", "题\x00", None, None, "official", "", "sha256:0", "\udcb9\udcab.toml")
    with scenario.database.write() as session:
        ledger.register_seed(session, facts, scenario.now())
    (row,) = scenario.rows(Seed, Seed.id == "odd")
    assert (row.title, row.file_name) == (f"题{REPLACEMENT}", f"{REPLACEMENT * 2}.toml")
