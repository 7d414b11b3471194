"""Dates: every printed form, precision kept, order undecided unless evident."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive import clock
from archive.records import Precision
from pipelines.extraction.dates import day_first_evidence, find_dates, parse_date

PRINTED = [
    ("2023-07-26", "2023-07-26", Precision.DAY),
    ("2020-10-10 19:48:26", "2020-10-10", Precision.SECOND),
    ("2023-07-26-15:32:00", "2023-07-26", Precision.SECOND),
    ("2017——04——12 21:37", "2017-04-12", Precision.MINUTE),
    ("2017–04–12", "2017-04-12", Precision.DAY),
    ("2012/11/02", "2012-11-02", Precision.DAY),
    ("2023.7.26", "2023-07-26", Precision.DAY),
    ("2022. 4. 13", "2022-04-13", Precision.DAY),
    ("2023年7月26日", "2023-07-26", Precision.DAY),
    ("2023 年 02 月 24 日 星期", "2023-02-24", Precision.DAY),
    ("2023 年 02 月 24 日 星期 08:00", "2023-02-24", Precision.MINUTE),
    ("2023年02月24日（星期五）08:30", "2023-02-24", Precision.MINUTE),
    ("２０２３年７月２６日", "2023-07-26", Precision.DAY),
    ("2026年\u00a04月 20\u3000日", "2026-04-20", Precision.DAY),
    ("2023年7月26号", "2023-07-26", Precision.DAY),
    ("2023-07-26 15时32分", "2023-07-26", Precision.MINUTE),
    ("2023年7月26日下午3:20", "2023-07-26", Precision.MINUTE),
    ("二〇二三年七月二十六日", "2023-07-26", Precision.DAY),
    ("二OO八年五月二十三日", "2008-05-23", Precision.DAY),
    ("二ＯＯ八年五月二十三日", "2008-05-23", Precision.DAY),
    ("二○○九年四月十一日", "2009-04-11", Precision.DAY),
    ("二零二一年十二月三十一日", "2021-12-31", Precision.DAY),
    ("二〇二一年元月廿一日", "2021-01-21", Precision.DAY),
    ("一九九六年七月十七日", "1996-07-17", Precision.DAY),
    ("二〇二三年4月12日", "2023-04-12", Precision.DAY),
    ("20230726", "2023-07-26", Precision.DAY),
    ("t20230726_123", "2023-07-26", Precision.DAY),
    ("20230726153200", "2023-07-26", Precision.SECOND),
    ("2026-\n01-\n23", "2026-01-23", Precision.DAY),
    ("22.04.2016  08:18", "2016-04-22", Precision.MINUTE),
    ("04/22/2016", "2016-04-22", Precision.DAY),
    ("06.06.2016", "2016-06-06", Precision.DAY),
    ("2023-07-26T10:32:00+08:00", "2023-07-26", Precision.SECOND),
    ("2023-07-26T18:32:00Z", "2023-07-27", Precision.SECOND),
    ("发布日期：2023-07-26", "2023-07-26", Precision.DAY),
    ("2023年7月", "2023-07", Precision.MONTH),
    ("2023-07", "2023-07", Precision.MONTH),
    ("2023年", "2023", Precision.YEAR),
    (" 2023 ", "2023", Precision.YEAR),
]

NO_DATE = [
    "",
    "2016-02-30",
    "2023-13-01",
    "20231301",
    "1949-09-30",
    "1949年9月",
    "1948年",
    "2019年度",
    "2018年第31号",
    "2023年以来",
    "2026-02-00018",
    "11500000MB15895317/2023-00093",
    "13.14.2016",
    "1.2.08.06.2016",
    "第0159号",
    "12:30",
]


@pytest.mark.parametrize(("raw", "value", "precision"), PRINTED)
def test_printed_date_is_read_with_its_precision(
    raw: str, value: str, precision: Precision
) -> None:
    found = parse_date(raw)
    assert found is not None
    assert (found.value, found.precision) == (value, precision)
    assert found.has_time is (precision in (Precision.MINUTE, Precision.SECOND))
    assert raw[found.start : found.end] == found.raw


@pytest.mark.parametrize("raw", NO_DATE)
def test_what_is_no_date_gives_none(raw: str) -> None:
    assert parse_date(raw) is None


def test_undecidable_order_keeps_both_readings() -> None:
    found = parse_date("08.06.2016  20:49")
    assert found is not None
    assert found.value == ""
    assert found.ambiguous == ("2016-06-08", "2016-08-06")
    assert found.has_time
    assert found.raw == "08.06.2016  20:49"


@pytest.mark.parametrize(
    ("raw", "day_first", "value"),
    [
        ("08.06.2016", True, "2016-06-08"),
        ("08.06.2016", False, "2016-08-06"),
        ("22.04.2016", False, "2016-04-22"),
        ("04.22.2016", True, "2016-04-22"),
        ("2016.08.06", True, "2016-08-06"),
    ],
)
def test_known_order_decides_unless_a_component_does(raw: str, day_first: bool, value: str) -> None:
    found = parse_date(raw, day_first=day_first)
    assert found is not None
    assert found.value == value
    assert not found.ambiguous


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("08.06.2016 一 22.04.2016", True),
        ("08.06.2016 一 04.22.2016", False),
        ("22.04.2016 一 04.22.2016", None),
        ("08.06.2016", None),
        ("2016-04-22", None),
        ("", None),
    ],
)
def test_only_a_component_above_twelve_is_evidence(text: str, expected: bool | None) -> None:
    assert day_first_evidence(text) is expected


def test_future_dates_are_believed_only_when_asked_for() -> None:
    year = clock.to_datetime(clock.now()).year
    assert parse_date(f"{year + 4}-12-31") is None
    found = parse_date(f"{year + 4}-12-31", far_future=True)
    assert found is not None
    assert found.value == f"{year + 4}-12-31"
    assert parse_date(f"{year}-01-01") is not None


def test_dates_of_a_text_come_in_reading_order_and_cut_it() -> None:
    text = "自２０１９年５月１日起至2020年底，2019-05-02 10:00 发布（二〇一九年五月三日）"
    found = find_dates(text)
    assert [one.value for one in found] == ["2019-05-01", "2019-05-02", "2019-05-03"]
    assert [text[one.start : one.end] for one in found] == [
        "２０１９年５月１日",
        "2019-05-02 10:00",
        "二〇一九年五月三日",
    ]


@given(st.text(alphabet="0123456789年月日-./: 二〇一十三廿T\nＯ０２－（星期五）Z+", max_size=60))
def test_finding_dates_never_raises_and_offsets_cut_the_raw_text(text: str) -> None:
    end = 0
    for found in find_dates(text):
        assert end <= found.start < found.end <= len(text)
        assert text[found.start : found.end] == found.raw
        assert found.value or len(found.ambiguous) == 2
        end = found.end


@given(
    st.dates(min_value=clock.to_datetime(0).date(), max_value=clock.to_datetime(clock.now()).date())
)
def test_any_day_is_read_from_every_form(day: object) -> None:
    iso = str(day)
    year, month, rest = iso.split("-")
    forms = (
        iso,
        f"{year}年{int(month)}月{int(rest)}日",
        f"{year}/{month}/{rest}",
        year + month + rest,
    )
    for form in forms:
        found = parse_date(form)
        assert found is not None
        assert found.value == iso


@pytest.mark.parametrize("unit", ["1", "2", "一", "年", "-", "2020-", "12.", " ", "号"])
def test_a_megabyte_of_one_sign_is_searched_within_a_second(unit: str) -> None:
    text = unit * (1_000_000 // len(unit))
    started = time.process_time()
    find_dates(text)
    day_first_evidence(text)
    assert time.process_time() - started < 1
