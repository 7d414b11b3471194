# ruff: noqa: E501 - one case per line
"""A document's own number, where no label gives it."""

from __future__ import annotations

import pytest

from pipelines.extraction.masthead import masthead_number

LONG = "根据《国务院关于印发某办法的通知》（国发〔2016〕51号）精神，结合我市实际，现就有关事项通知如下，请遵照执行，并请各单位于年底前将落实情况书面报送我局。"


@pytest.mark.parametrize(
    ("lines", "headline", "number"),
    [
        (("穗民规字〔2024〕3号", LONG), "通知", "穗民规字〔2024〕3号"),
        (("（穗府[2020]1号）", LONG), None, "穗府〔2020〕1号"),
        (("广州市人民政府令", "第179号", LONG), "办法", "广州市人民政府令第179号"),
        (("各区人民政府：", LONG, "穗府〔2020〕1号"), "通知", None),
        ((LONG,), "通知", None),
        ((LONG,), "关于采取出具警示函措施的决定〔2021〕1号", "〔2021〕1号"),
        ((LONG,), "关于转发某文件的通知（某科发〔2021〕12号）", "某科发〔2021〕12号"),
        ((LONG,), "关于国办发〔2017〕47号文件的解读", None),
        (("根据国发〔2016〕51号文件精神执行",), "通知", None),
        ((), "海关总署公告2024年第6号《关于调整进口税则的公告》解读", None),
        ((), "国家税务总局公告2023年第12号 政策解读", None),
        ((), "国务院令第698号 答记者问", None),
        ((), "海关总署公告2024年第6号（图解）", None),
        (
            (),
            "海关总署公告2024年第6号（关于调整进口税则的公告）",
            "海关总署公告2024年第6号",
        ),
        ((), None, None),
    ],
)
def test_own_number(lines: tuple[str, ...], headline: str | None, number: str | None) -> None:
    found = masthead_number(lines, headline)
    assert (found.value if found else None) == number
