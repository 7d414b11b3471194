"""Who wrote it: people, not units; writers, not photographers or editors."""

from __future__ import annotations

import pytest

from pipelines.extraction.people import find_bylines, is_person, split_people


@pytest.mark.parametrize("name", ["张亦筑", "王帆", "欧阳修", "刘 佳", "阿卜力克木·买买提", "梁爽"])
def test_person(name: str) -> None:
    assert is_person(name)


@pytest.mark.parametrize(
    "text",
    [
        "发展规划处",
        "重庆日报",
        "新华社",
        "综合科",
        "教务处",
        "管理员",
        "关于开展",
        "市科技局",
        "本网",
    ],
)
def test_unit_is_no_person(text: str) -> None:
    assert not is_person(text)


@pytest.mark.parametrize(
    ("byline", "people"),
    [
        ("记者 郑晨子", ("郑晨子",)),
        ("首席记者 张 三 李四光 通讯员 王五一", ("张三", "李四光", "王五一")),
        ("南都见习记者 林子沛", ("林子沛",)),
        ("张三丰、李四光，王小二", ("张三丰", "李四光", "王小二")),
        ("武汉大学历史学院郭伦", ("郭伦",)),
        ("市政府办公室", ()),
        ("刘□佳", ("刘佳",)),
        ("", ()),
    ],
)
def test_byline_names(byline: str, people: tuple[str, ...]) -> None:
    assert split_people(byline) == people


@pytest.mark.parametrize(
    ("lines", "people"),
    [
        (("本报讯 (记者 张亦筑)2月23日,大会召开。", "正文"), ["张亦筑"]),
        (("正文第一段。",) * 5 + ("……产业发展。（记者 陈俊伶）",), ["陈俊伶"]),
        (("正文。",) * 5 + ("（特约通讯员：林兴勇）",), ["林兴勇"]),
        (("正文。",) * 5 + ("采写：南都见习记者 林子沛",), ["林子沛"]),
        (("记者梁爽报道　6月10日，比赛开幕。", "正文"), ["梁爽"]),
        (("新华社北京5月19日电（刘艺、杨吉）专家介绍",), []),
        (("正文。",) * 3 + ("中间（记者 张三丰）",) + ("正文。",) * 6, []),
    ],
)
def test_bylines_stand_at_the_edges_of_a_text(lines: tuple[str, ...], people: list[str]) -> None:
    assert [name for name, _ in find_bylines(lines)] == people


@pytest.mark.parametrize(
    ("line", "people"),
    [
        ("□本报记者 王小明", ("王小明",)),
        ("■ 本报记者 王小明 李大力", ("王小明", "李大力")),
        ("本报首席记者　王 平　记者　李大力", ("王平", "李大力")),
        ("临江日报全媒体记者 王小明 实习生 李大力", ("王小明", "李大力")),
        ("南方日报记者 王小明 通讯员 粤应急宣", ("王小明",)),
        ("记者 王小明 编辑 李大力", ("王小明",)),
        ("作者：王小明（临江大学教授）", ("王小明",)),
        ("文/王小明 图/李大力", ("王小明",)),
        ("文/图 王小明", ("王小明",)),
        ("撰稿 | 王小明", ("王小明",)),
        ("本报讯 记者张三丰报道 今天上午，大会召开。", ("张三丰",)),
        ("新华社记者 李响 摄", ()),
        ("（新华社记者李响摄）", ()),
        ("图为会议现场。王小明 摄", ()),
        ("记者从市教育局获悉，今年中考将于6月举行。", ()),
        ("（作者单位：临江市委党校）", ()),
        ("编辑 李大力", ()),
    ],
)
def test_writers_are_read_from_credit_lines_and_photographers_are_not(
    line: str, people: tuple[str, ...]
) -> None:
    text = ("第一段文字内容。", "第二段文字。", "第三段。", line)
    assert tuple(name for name, _ in find_bylines(text)) == people


@pytest.mark.parametrize("name", ["林芝", "左权", "文山", "安康", "金华", "梁山", "明天"])
def test_place_is_a_person_only_behind_a_label(name: str) -> None:
    assert split_people(f"作者：{name}") == (name,)
    assert split_people(f"本报记者 {name}") == (name,)
    assert not is_person(name)
    assert split_people(name, labelled=False) == ()
