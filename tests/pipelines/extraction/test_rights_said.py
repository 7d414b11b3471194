"""What a page says of its document's rights, and what is no word on them."""

from __future__ import annotations

import pytest

from archive.records import FIELDS, Assertion, Rights, RightsClass, Source
from pipelines.extraction.press import is_press
from pipelines.extraction.rights import find_rights

STORY = "本市昨日举行会议。\n会议指出，要加强工作。\n会议要求，抓好落实。\n（完）"
LAW = "第一条 为了规范管理，制定本办法。\n第二条 本市适用本办法。"


def rights(
    *said: tuple[str, str, Source],
    printed: tuple[str, ...] = (),
    text: str = STORY,
    names: tuple[str, ...] = (),
    **fields: str,
) -> Rights | None:
    values = {**dict.fromkeys(FIELDS), **fields, **{field: value for field, value, _ in said}}
    stated = [Assertion(field, value, value, source, "x") for field, value, source in said]
    return find_rights(values, stated, printed, text, names)


def press(evidence: str, locator: str) -> Rights:
    return Rights(RightsClass.PRESS, evidence, locator)


@pytest.mark.parametrize(
    "name",
    [
        "新华社",
        "人民日报",
        "《廊坊日报》",
        "南方日报网络版",
        "光明网-《光明日报》",
        "某市广播电视台",
        "中国新闻网",
        "人民日报客户端",
        "某县融媒体中心",
        "南方都市报",
        "第一财经",
        "求是网",
        "红网",
        "央视新闻客户端",
        "人民网重庆频道",
        "光明日报、新华社",
        "市政府办公室 新华社",
        "新华社记者 张三",
        "新华社北京3月5日电",
        "西部商报",
        "人民日报评论员",
        "新浪微博",
        "《求是》杂志",
    ],
)
def test_papers_agencies_and_broadcasters_are_press(name: str) -> None:
    assert is_press(name)


@pytest.mark.parametrize(
    "name",
    [
        "市科技局",
        "国务院办公厅",
        "中国政府网",
        "某大学新闻网",
        "政府公报",
        "工作简报",
        "宣传部",
        "校报编辑部",
        "广东省通信管理局",
        "办公室",
        "某局网站",
        "合作社",
        "情报研究所",
        "求是学院",
        "求是书院",
        "经济网信办",
        "国家经济网络中心",
        "中国网信网",
        "中国网络空间安全协会",
        "某市红网格服务中心",
        "东方网格",
        "上观村村委会",
        "津云街道办事处",
        "腾讯公益慈善基金会",
        "省统计局统计快报",
        "工信部信息报",
    ],
)
def test_organs_and_their_sites_are_not(name: str) -> None:
    assert not is_press(name)


def test_a_reprint_names_the_printed_line() -> None:
    found = rights(
        ("source", "某某日报", Source.HEADER),
        printed=(
            "相关：某某日报的其他文章",
            "2024-09-12 来源：某某日报 浏览：3",
            *STORY.split("\n"),
        ),
    )
    assert found == press("2024-09-12 来源：某某日报 浏览：3", "reprint")


def test_an_agency_dispatch_is_the_agencys_whoever_prints_it() -> None:
    line = "新华社北京2月23日电（记者 张三）国务院日前决定。"
    assert rights(text=f"{line}\n后文。") == press(line, "reprint")
    assert rights(text=f"本市消息。据新华社北京2月23日电，某事。\n{STORY}") is None


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("某某日报版权所有 未经书面授权 不得复制或建立镜像", "某某"),
        ("本报所有图文未经授权不得转载", "某某"),
        ("某某新闻网版权所有，未经某某日报授权不得转载", "某某日报"),
        ("澎湃新闻，未经授权不得转载", "澎湃新闻"),
    ],
)
def test_a_copyright_line_of_the_press_itself_counts(line: str, name: str) -> None:
    assert rights(printed=(*STORY.split("\n"), line), names=(name,)) == press(line, "copyright")


@pytest.mark.parametrize(
    "line", ["未经央视授权不得转载", "视频来自某某日报，未经许可禁止转载", "未经本网授权不得转载"]
)
def test_the_press_of_others_says_nothing_of_an_organs_page(line: str) -> None:
    assert rights(printed=(line, *STORY.split("\n"))) is None
    assert rights(printed=(*STORY.split("\n"), line)) is None


def test_a_copyright_line_stands_in_the_foot() -> None:
    line = "未经授权，禁止转载"
    below = tuple(f"第{number}条链接" for number in range(40))
    assert rights(printed=(*below, line), names=("某某晚报",)) == press(line, "copyright")
    assert rights(printed=(line, *below), names=("某某晚报",)) is None
    ending = f"{STORY}\n{line}"
    printed = (*ending.split("\n"), *below)
    found = rights(printed=printed, text=ending, names=("某某晚报",))
    assert found == press(line, "copyright")


def test_a_copyright_line_without_a_name_counts_on_a_page_of_the_press() -> None:
    line = "未经授权，禁止转载"
    assert rights(printed=(line,)) is None
    assert rights(printed=(line,), names=("某某晚报",)) == press(line, "copyright")
    assert rights(printed=(line,), page_no="008") == press(line, "copyright")
    paper = "本报讯 (记者 张三)某事。\n后文。"
    assert rights(printed=(line,), text=paper) == press(line, "copyright")


def test_news_that_an_organ_tells_after_a_paper_is_no_dispatch() -> None:
    assert rights(text=f"据人民日报消息，我市经济平稳运行。\n{STORY}") is None
    line = "据新华社2月3日消息，某事。"
    assert rights(text=f"{line}\n{STORY}") == press(line, "reprint")


@pytest.mark.parametrize(
    "line",
    [
        "版权所有：某市人民政府",
        "某市科学技术局 版权所有 渝ICP备05000000号",
        "某市人民政府版权所有 未经授权不得转载",
        "Copyright 2014 某大学版权所有 All Rights Reserved",
        "未经法定程序擅自改变规划用途的，应当依法处理。",
    ],
)
def test_the_foot_of_an_organs_page_says_nothing(line: str) -> None:
    assert rights(printed=(line,)) is None


def test_a_story_about_copyright_says_nothing_of_itself() -> None:
    line = "法院认为，某某日报的文章未经许可不得转载。"
    text = "\n".join((line, *STORY.split("\n")))
    assert rights(text=text, printed=tuple(text.split("\n")), names=("某某日报",)) is None


def test_a_document_with_number_and_issuer_is_official_also_when_a_paper_prints_it() -> None:
    found = rights(
        ("doc_no", "渝府发〔2023〕1号", Source.MASTHEAD),
        ("issuer", "重庆市人民政府", Source.SIGNATURE),
        ("source", "重庆日报", Source.HEADER),
    )
    assert found == Rights(RightsClass.OFFICIAL, "渝府发〔2023〕1号", "document")


def test_a_number_alone_or_found_in_meta_tags_is_not_enough() -> None:
    number = ("doc_no", "渝府发〔2023〕1号", Source.MASTHEAD)
    assert rights(number) is None
    assert rights(number, ("issuer", "某某报社", Source.META)) is None


@pytest.mark.parametrize(
    ("title", "issuer", "source"),
    [
        ("某市老年人优待办法（试行）", None, None),
        ("中华人民共和国某某法", None, "某某网"),
        ("国家某某总局某某规定", None, None),
        ("某省大学生创业规定", None, None),
        ("某某自治县某某条例", None, None),
        ("某某规则", "某市财政局", None),
        ("城市供水条例", None, "国务院办公厅"),
        ("行业协会条例", "某省人大", None),
    ],
)
def test_the_text_of_a_law_is_official(title: str, issuer: str | None, source: str | None) -> None:
    found = rights(text=LAW, title=title, issuer=issuer or "", source=source or "")
    assert found == Rights(RightsClass.OFFICIAL, title, "document")


@pytest.mark.parametrize(
    ("title", "source"),
    [
        ("某某协会章程", None),
        ("某市某某协会章程", "某市民政局"),
        ("某市某某有限公司章程", None),
        ("某市某某有限公司采购办法", "某市国资委"),
        ("评分规则", None),
        ("某市某某项目评分规则", "某市财政局"),
        ("投稿办法", "编辑部"),
        ("某市某小区业主大会议事规则", "某小区业主委员会"),
        ("小区停车管理规定", None),
        ("科研管理办法", "某大学办公室"),
        ("某市第一中学考勤管理办法", None),
        ("某省某某大学科研管理办法", "某省某某大学办公室"),
        ("校区管理办法", "某大学"),
        ("城市供水办法", "某某供水公司办公室"),
    ],
)
def test_the_rules_of_those_who_are_no_organ_of_state_are_not(
    title: str, source: str | None
) -> None:
    assert rights(text=LAW, title=title, source=source or "") is None


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("《某市老年人优待办法》解读", LAW),
        ("某市出台老年人优待办法", STORY),
        ("某市优待办法草案", LAW),
    ],
)
def test_talk_of_a_law_is_not_the_law(title: str, text: str) -> None:
    assert rights(title=title, text=text) is None
