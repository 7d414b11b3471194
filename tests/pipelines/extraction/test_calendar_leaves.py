"""A date set as a calendar leaf is read when its parts make one day, and never guessed."""

from __future__ import annotations

import pytest

from pipelines.extraction.calendars import calendar_assertions


@pytest.mark.parametrize(
    "lines",
    [
        ["26", "2023-07"],
        ["2023.07", "26"],
        ["26日", "2023年7月"],
        ["2023", "07/26", "10:33"],
        ["07-26", "2023"],
        ["2023 07/26 10:11:12"],
        ["要闻", "26", "2023-07", "分享"],
    ],
)
def test_day_month_and_year_on_their_own_make_a_date(lines: list[str]) -> None:
    assert [each.value for each in calendar_assertions(lines)] == ["2023-07-26"]


@pytest.mark.parametrize(
    "lines", [["07-26"], ["26"], ["2023-07"], ["45", "2023-07"], ["共26条", "2023-07"], []]
)
def test_parts_that_leave_the_day_open_make_none(lines: list[str]) -> None:
    assert calendar_assertions(lines) == []
