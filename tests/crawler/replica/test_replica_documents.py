from __future__ import annotations

import io
import zipfile
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from replica_reading import bare, state, states

import crawler.replica
from archive.problems import Problem
from archive.records import FIELDS
from crawler.replica import addresses, binaries, numbering
from crawler.replica.facts import text_of
from crawler.replica.sites import World, checked, sites
from crawler.replica.truth import rows

TEXTS = Path(crawler.replica.__file__).parent / "texts"
DAYS = st.dates(date(1990, 1, 1), date(2049, 12, 31))

# Line ranges of the bodies, read off the texts by hand.
CUTS = {
    "000_bc794e7ec96f70d4": (13, 31),
    "001_5e48ca996d2b9a04": (7, 19),
    "002_96f4727d25e70a64": (4, 4),
    "003_d6c6b1012aeb5bc6": (23, 73),
    "004_6d581c0dd9f637d5": (1, 27),
}


def test_same_world_has_same_truth() -> None:
    world = World(8000, 60, 3, 7)
    assert list(rows(world)) == list(rows(world))


def test_another_number_makes_other_documents() -> None:
    titles = [[row["title"] for row in rows(World(8000, number=number))] for number in (1, 2)]
    assert len(set(titles[0]) & set(titles[1])) < len(titles[0]) / 2


@pytest.mark.parametrize("documents", [40, 50, 51, 53, 300])
def test_day_zero_holds_as_many_documents_as_asked(documents: int) -> None:
    assert len(list(rows(World(8000, documents)))) == documents


def test_too_small_or_impossible_worlds_are_refused() -> None:
    with pytest.raises(Problem, match="--documents 40"):
        checked(World(8000, documents=39))
    with pytest.raises(Problem, match="--day 0"):
        checked(World(8000, day=-1))


def test_each_seed_text_is_served_once_with_its_body_kept_to_the_character() -> None:
    found = {row["seed_text"]: row for row in rows(World(8000)) if row["seed_text"]}
    assert found.keys() == CUTS.keys()
    for name, (first, last) in CUTS.items():
        lines = (TEXTS / f"{name}.txt").read_text("utf-8").split("\n")[first - 1 : last]
        assert found[name]["text"].split("\n") == [line.strip() for line in lines if line.strip()]


def test_seed_fields_are_what_the_texts_state() -> None:
    found = {row["seed_text"]: row for row in rows(World(8000)) if row["seed_text"]}
    expected = {
        "000_bc794e7ec96f70d4": {
            "title": "重庆市科学技术局关于市六届人大一次会议第0159号建议办理情况的答复函",
            "index_no": "11500000MB15895317/2023-00093",
            "doc_no": "渝科局函〔2023〕278号",
            "issuer": "市科技局",
            "theme": "科技、教育",
            "genre": "人大建议办理",
            "date_written": "2023-07-26",
            "date_published": "2023-07-26",
            "date_signed": "2023-04-12",
        },
        "001_5e48ca996d2b9a04": {
            "title": "2024年重庆科技工作重点",
            "publisher": "发展规划处",
            "date_published": "2024-03-05",
        },
        "002_96f4727d25e70a64": {
            "title": "关于市四届人大四次会议第0701号建议的复函",
            "date_published": "2016-06-08",
            "date_signed": "2016-04-21",
        },
        "003_d6c6b1012aeb5bc6": {
            "title": "重庆实施高新技术企业和科技型企业“双倍增”行动",
            "subtitle": "今年力争科技型企业超过4.8万家、高新技术企业突破7000家",
            "kicker": "新时代新征程新重庆",
            "author": "张亦筑",
            "page_no": "008",
            "page_name": "重庆新闻",
            "date_published": "2023-02-24",
        },
    }
    for name, fields in expected.items():
        stated = {field: found[name][field] for field in FIELDS if found[name][field]}
        assert stated == fields
    untitled = found["004_6d581c0dd9f637d5"]
    assert {field for field in FIELDS if untitled[field]} == {"title", "date_published"}


@pytest.mark.parametrize("name", ["doc_no", "index_no", "url"])
def test_numbers_and_addresses_are_given_once(name: str) -> None:
    values = [row[name] for row in rows(World(8000, 600, 2)) if row[name]]
    assert len(values) > 100
    assert len(set(values)) == len(values)


def test_no_two_documents_share_their_text() -> None:
    texts = [bare(row["text"]) for row in rows(World(8000, 600))]
    assert len(set(texts)) == len(texts)


def test_bodies_hold_tables_lists_cited_numbers_and_the_words_of_furniture() -> None:
    facts = [held.facts(each) for held in states(documents=120) for each in held.held.known(0)]
    kinds = {str(block.kind) for fact in facts for block in fact.blocks}
    assert {"table", "items", "attachment", "signature", "masthead", "heading"} <= kinds
    texts = "\n".join(text_of(fact) for fact in facts)
    assert "引导和放大作用" in texts
    assert "号）" in texts
    assert min(len(text_of(fact)) for fact in facts) < 120


def test_real_credit_code_has_the_computed_check_characters() -> None:
    assert numbering.organ_code("MB158953") == "MB1589531"
    assert numbering.credit_code("500000", "MB158953") == "11500000MB15895317"
    assert numbering.organ_code("01527918") == "01527918X"


@pytest.mark.parametrize(
    ("day", "words"),
    [
        (date(2023, 7, 26), "二〇二三年七月二十六日"),
        (date(2010, 10, 10), "二〇一〇年十月十日"),
        (date(2024, 12, 31), "二〇二四年十二月三十一日"),
        (date(2024, 3, 20), "二〇二四年三月二十日"),
    ],
)
def test_dates_in_chinese_numerals(day: date, words: str) -> None:
    assert numbering.chinese_date(day) == words


@given(st.sampled_from(sorted(addresses.NUMBERING)), st.integers(0, 200_000))
def test_serial_leads_back_to_its_document(family: str, document: int) -> None:
    serial = addresses.serial_of(family, document)
    assert addresses.document_of(family, serial) == document
    assert addresses.document_of(family, serial + 1) is None


@given(st.sampled_from(sorted(addresses.NUMBERING)), st.integers(0, 9999), DAYS, st.booleans())
def test_paths_lead_back_to_their_serial(
    family: str, document: int, day: date, moved: bool
) -> None:
    serial = addresses.serial_of(family, document)
    path = addresses.article_path(family, serial, day, moved=moved)
    assert addresses.article_serial(family, path) == serial
    if family != "founder":
        file = addresses.file_path(family, path, serial, day, 1, "pdf")
        assert addresses.file_serial(family, file) == (serial, 1)


@given(st.sampled_from(["trs", "sudy", "municipal"]), st.integers(1, 5000))
def test_list_paths_lead_back_to_their_page(family: str, page: int) -> None:
    assert addresses.list_page(family, addresses.list_path(family, page)) == page


def test_seed_serials_are_no_generated_documents_serials() -> None:
    for site in sites():
        held = state(site.name)
        for at, seed in enumerate(held.held.seeds):
            assert addresses.document_of(site.name, seed.serial) is None
            assert held.document(seed.serial) == -1 - at


@pytest.mark.parametrize("extension", ["docx", "xlsx"])
def test_office_files_are_whole_packages(extension: str) -> None:
    body = binaries.content("申报书", extension, 1, "trs", 5, 0, 0)
    with zipfile.ZipFile(io.BytesIO(body)) as package:
        assert package.testzip() is None
        assert "[Content_Types].xml" in package.namelist()


def test_pdf_finds_its_objects_and_has_a_text_layer() -> None:
    body = binaries.content("申报书", "pdf", 1, "trs", 5, 0, 0)
    start = int(body.rsplit(b"startxref\n", 1)[1].split()[0])
    table = body[start:].splitlines()
    assert table[0] == b"xref"
    for number, line in enumerate(table[3:10], 1):
        assert body[int(line[:10]) :].startswith(b"%d 0 obj" % number)
    assert "申报书".encode("utf-16-be").hex().encode() in body


def test_replaced_file_has_other_bytes_and_the_same_name() -> None:
    first, second = (binaries.content("申报书", "txt", 1, "trs", 5, 0, each) for each in (0, 1))
    assert first != second
    assert first.decode("gb18030").splitlines()[0] == second.decode("gb18030").splitlines()[0]
