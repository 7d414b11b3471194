"""Document numbers and index numbers: canonical form, where they stand, what is not one."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.extraction.numbers import (
    find_doc_nos,
    index_no_check,
    normalise_index_no,
    parse_doc_no,
)

SAMPLES = [
    [part.strip() for part in line.split("|")]
    for line in (Path(__file__).parent / "number_samples.txt").read_text("utf-8").splitlines()
    if not line.startswith("#")
]

ADVERSARIAL: list[tuple[str, str | None]] = [
    ("苏州市住房和城乡建设局苏住建规〔2011〕4号", "苏住建规〔2011〕4号"),
    ("重庆市科学技术局关于印发通知的函渝科局函 〔2023〕 278 号", "渝科局函〔2023〕278号"),
    ("渝科局函〔２０２３〕２７８号", "渝科局函〔2023〕278号"),
    ("渝科局函〔2023]278号", "渝科局函〔2023〕278号"),
    ("财综字[1999]第12号", "财综字〔1999〕12号"),
    ("京政发〔2023〕第5号", "京政发〔2023〕5号"),
    ("财预〔2020〕15号、财预〔2021〕16号", "财预〔2020〕15号"),
    ("中华人民共和国主席令（第五十九号）", "中华人民共和国主席令第59号"),
    ("工信部联企业〔2011〕300号", "工信部联企业〔2011〕300号"),
    ("〔93〕国发5号", "国发〔1993〕5号"),
    ("(86)国发93号", "国发〔1986〕93号"),
    ("第0159号建议", None),
    ("〔2021〕5号", None),
    ("渝科局函 2023 278号", None),
    ("中华人民共和国国务院公报2023年第12号", None),
    ("国统制〔2021〕34号", None),
    ("（2023）渝01民终123号", None),
    ("（12）其他事项5号", None),
    ("GB/T 9704-2012", None),
    ("市六届人大一次会议第0159号", None),
    ("责令2023年第5号", None),
    ("渝科局函〔2023〕", None),
    ("", None),
]

FURTHER: list[tuple[str, str | None]] = [
    ("渝 科 局 函〔2023〕278号", "渝科局函〔2023〕278号"),
    ("财科教【2017】6号", "财科教〔2017〕6号"),
    ("粤律协﹝2020﹞41号", "粤律协〔2020〕41号"),
    ("国发（2009）12号", "国发〔2009〕12号"),
    ("渝府发〔2013〕5-1号", "渝府发〔2013〕5-1号"),
    ("渝府发〔2013〕0093号", "渝府发〔2013〕93号"),
    ("以国办发〔2017〕47号印发", "国办发〔2017〕47号"),
    ("国家卫生健康委办公厅国卫办医政函〔2023〕9号", "国卫办医政函〔2023〕9号"),
    ("人力资源社会保障部人社部发〔2020〕3号", "人社部发〔2020〕3号"),
    ("渝城管执法局办发〔2021〕8号", "渝城管执法局办发〔2021〕8号"),
    ("渝大数据发〔2021〕8号", "渝大数据发〔2021〕8号"),
    ("即政发〔2021〕8号", "即政发〔2021〕8号"),
    ("广州市老年人优待办法穗府规〔2021〕3号", "穗府规〔2021〕3号"),
    ("广州市人民政府令\n第179号", "广州市人民政府令第179号"),
    ("根据国务院令第711号", "国务院令第711号"),
    ("国务院第711号令", "国务院令第711号"),
    ("国务院令711号", "国务院令第711号"),
    ("市委办公室岳办发〔2017〕2号", "岳办发〔2017〕2号"),
    ("市政府办公厅渝府办发〔2021〕3号", "渝府办发〔2021〕3号"),
    ("市人民政府办发〔2021〕3号", "市人民政府办发〔2021〕3号"),
    ("小区公告5号楼", None),
    ("上证公告（交易）〔2020〕007号", "上证公告(交易)〔2020〕7号"),
    ("某市管理办法（试行）〔2020〕7号", None),
    ("最高人民法院公告法释〔2021〕1号", "法释〔2021〕1号"),
    ("国令第706号", "国令第706号"),
    ("财政部 税务总局 2023年第1号公告", "财政部税务总局公告2023年第1号"),
    ("中国人民银行公告〔2023〕第1号", "中国人民银行公告〔2023〕1号"),
    ("渝科局函〔2023〕278", "渝科局函〔2023〕278号"),
]


def canonical(raw: str) -> str | None:
    found = parse_doc_no(raw)
    return found.canonical if found else None


@pytest.mark.parametrize(("raw", "expected", "code", "year", "serial", "form"), SAMPLES)
def test_real_number_has_its_canonical_form_and_parts(
    raw: str, expected: str, code: str, year: str, serial: str, form: str
) -> None:
    found = parse_doc_no(raw)
    assert found is not None
    assert found.canonical == expected
    assert found.code == "".join(code.split())
    assert found.year == (int(year) if year else None)
    assert found.serial == int(serial)
    assert found.form == form


@pytest.mark.parametrize(("raw", "expected"), ADVERSARIAL + FURTHER)
def test_number_is_read_without_the_words_before_it(raw: str, expected: str | None) -> None:
    assert canonical(raw) == expected


def test_there_are_all_samples() -> None:
    assert len(SAMPLES) == 63


def test_bare_number_is_given_only_when_asked_for() -> None:
    headline = "关于对某某采取出具警示函措施的决定〔2021〕1号"
    assert parse_doc_no(headline) is None
    found = parse_doc_no(headline, bare=True)
    assert found is not None
    assert (found.canonical, found.code) == ("〔2021〕1号", "")
    assert headline[found.start : found.end] == "〔2021〕1号"


def test_every_number_of_a_text_is_found_in_order_and_cuts_it() -> None:
    text = "根据（穗府规〔2018〕19号）和穗人社〔２０１８〕１号，国务院令第711号同时废止。"
    found = find_doc_nos(text)
    assert [text[one.start : one.end] for one in found] == [
        "穗府规〔2018〕19号",
        "穗人社〔２０１８〕１号",
        "国务院令第711号",
    ]


@given(
    st.sampled_from(["渝科局函", "国办发", "工信部联企业", "穗人社规字", "沪府办规"]),
    st.integers(1949, 2026),
    st.integers(1, 99999),
    st.sampled_from(["〔〕", "[]", "【】", "（）", "﹝﹞", "［］"]),
    st.sampled_from(["", "第"]),
    st.sampled_from(["", " ", "　"]),
)
def test_canonical_form_is_its_own_canonical_form(
    code: str, year: int, serial: int, brackets: str, ordinal: str, gap: str
) -> None:
    raw = f"{code}{gap}{brackets[0]}{year}{brackets[1]}{gap}{ordinal}{serial}{gap}号"
    once = canonical(raw)
    assert once == f"{code}〔{year}〕{serial}号"
    assert canonical(once) == once


@given(st.text(alphabet="国发函令公告第号〔〕[]（）2023年五十一 \n，的按照", max_size=80))
def test_found_numbers_lie_in_the_text_and_apart(text: str) -> None:
    end = 0
    for found in find_doc_nos(text):
        assert end <= found.start < found.end <= len(text)
        end = found.end
        assert canonical(found.canonical) == found.canonical


@pytest.mark.parametrize("unit", ["号", "1", "〔", "令", "第", "公告第", "〔2020〕", " ", "一"])
def test_a_megabyte_of_one_sign_is_searched_within_a_second(unit: str) -> None:
    started = time.process_time()
    find_doc_nos(unit * (1_000_000 // len(unit)))
    assert time.process_time() - started < 1


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("11500000MB15895317/2023-00093", True),
        ("11500000MB15895318/2023-00093", False),
        ("000014349/2017-00110", True),
        ("00001434-9/2017-00110", True),
        ("000014348/2017-00110", False),
        ("01527918X-2020-153077", True),
        ("11500000MB15895317／2023-00093", True),
        ("2026-02-00018", None),
        ("GSD0122-01-001-2019-3", None),
        ("", None),
    ],
)
def test_index_number_is_checked_by_the_code_in_front(value: str, expected: bool | None) -> None:
    assert index_no_check(value) is expected


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (" 11500000MB15895317／2023-00093 ", "11500000MB15895317/2023-00093"),
        ("０００014349/2017\u00a0-00110", "000014349/2017-00110"),
        ("本地编号①", "本地编号①"),
    ],
)
def test_index_number_is_normalised_but_never_repaired(raw: str, expected: str) -> None:
    assert normalise_index_no(raw) == expected
