"""One value per field: by where it was found and how it was labelled; dates never fill dates."""

from __future__ import annotations

import pytest

from archive.records import FIELDS, Assertion, Precision, Source
from pipelines.extraction.resolve import choose, find_conflicts, unique


def dated(
    field: str, value: str, source: Source, locator: str = "", precision: Precision = Precision.DAY
) -> Assertion:
    return Assertion(field, value, value, source, locator, precision)


def test_every_field_has_a_value_or_none() -> None:
    assert choose([]) == dict.fromkeys(FIELDS)


@pytest.mark.parametrize(
    ("assertions", "field", "wanted"),
    [
        (
            [
                dated("date_published", "2023-01-02", Source.META),
                dated("date_published", "2023-01-01", Source.HEADER),
            ],
            "date_published",
            "2023-01-01",
        ),
        (
            [
                dated("date_published", "2023-01-02", Source.HEADER, "更新时间"),
                dated("date_published", "2023-01-01", Source.META),
            ],
            "date_published",
            "2023-01-01",
        ),
        (
            [
                dated("date_written", "2023-01-02", Source.TABLE, "发文日期"),
                dated("date_written", "2023-01-01", Source.TABLE, "成文日期"),
            ],
            "date_written",
            "2023-01-01",
        ),
        (
            [dated("date_published", "2023", Source.HEADER, precision=Precision.YEAR)],
            "date_published",
            None,
        ),
        ([dated("date_signed", "2023-01-01", Source.TABLE)], "date_signed", None),
        ([Assertion("issuer", "某局", "某局", Source.SIGNATURE, "")], "issuer", None),
        (
            [
                Assertion("title", "列表标题", "", Source.LIST, ""),
                Assertion("title", "标题", "", Source.HEADING, ""),
            ],
            "title",
            "标题",
        ),
        ([Assertion("title", "列表标题", "", Source.LIST, "")], "title", "列表标题"),
    ],
)
def test_best_source_and_label_win(
    assertions: list[Assertion], field: str, wanted: str | None
) -> None:
    assert choose(assertions)[field] == wanted


def test_no_date_fills_another() -> None:
    only = choose([dated("date_published", "2023-01-01", Source.TABLE)])
    assert {name for name, value in only.items() if value} == {"date_published"}


def test_disagreement_is_kept_and_shown() -> None:
    found = [
        dated("date_published", "2023-01-01", Source.TABLE),
        dated("date_published", "2023-01-02", Source.META),
        dated("date_published", "2023-05-05", Source.HEADER, "更新时间"),
        dated("date_written", "2023-01-01", Source.TABLE),
        dated("date_signed", "2022-12-31", Source.SIGNATURE),
    ]
    conflicts = find_conflicts(found, choose(found))
    assert [(each.fields, each.values) for each in conflicts] == [
        (("date_published",), ("2023-01-01", "2023-01-02")),
        (("date_written", "date_signed"), ("2023-01-01", "2022-12-31")),
    ]


def test_statement_repeated_by_a_second_table_counts_once() -> None:
    one = Assertion("theme", "科技、教育", "科技、教育", Source.TABLE, "主题分类")
    assert unique([one, one]) == [one]
