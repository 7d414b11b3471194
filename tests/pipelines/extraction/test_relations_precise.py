"""Relations that lists, short names and links state; and what a document never says of itself."""

from __future__ import annotations

import time

import pytest

from archive.records import Relation
from pipelines.extraction.page import Page, parse
from pipelines.extraction.related_links import cited_addresses, related_links
from pipelines.extraction.relations import find_relations

NOTICE = "某市人民政府关于印发某市某某办法的通知"


def page(body: str) -> Page:
    markup = f"<html><body>{body}</body></html>".encode()
    return parse(markup, "text/html; charset=utf-8", "http://a.example/zc/1.html")


def test_own_number_is_never_cited() -> None:
    text = "某府发〔2023〕1号文件全文如下。参见某府发〔2022〕9号文件。"
    assert find_relations(NOTICE, text, "某府发〔2023〕1号")[1:] == (
        Relation("cites", "某府发〔2022〕9号"),
    )


@pytest.mark.parametrize(
    "text",
    [
        "现将《某市某某办法》执行中的问题说明。",
        "《关于印发某市某某办法的通知》由本局解释。",
        "按照《某市某某办法》执行。",
        "按照《办法》和《总体规划》执行，见《实施方案》。",
        "填写《家庭经济状况核对报告》。",
        "符合《政策性照顾学生清单》（附件4）条件的儿童。",
    ],
)
def test_a_document_cites_neither_itself_nor_its_forms_and_annexes(text: str) -> None:
    assert find_relations(NOTICE, text) == (Relation("issues", title="某市某某办法"),)


def test_a_short_name_means_what_it_stands_for() -> None:
    text = (
        "根据《某省某某条例》（某发〔2020〕3号，以下简称《某条例》），制定本办法。"
        "违反《某条例》的，依法处理。《某某旧办法》（以下简称《旧办法》）和有关规定。《旧办法》同时废止。"
    )
    assert find_relations(None, text) == (
        Relation("based_on", "某发〔2020〕3号", "某省某某条例"),
        Relation("repeals", None, "某某旧办法"),
    )


@pytest.mark.parametrize(
    ("title", "text", "expected"),
    [
        (
            "某局转发民政部关于清理社会团体意见的通知",
            "现将《民政部关于清理社会团体的意见》（民发〔1997〕2号）转发给你们。",
            Relation("forwards", "民发〔1997〕2号", "民政部关于清理社会团体意见"),
        ),
        (
            None,
            "现将《某省关于开展检查的通知》（某发〔2020〕3号）转发给你们，请遵照执行。",
            Relation("forwards", "某发〔2020〕3号", "某省关于开展检查的通知"),
        ),
        (
            "某局关于转发《某厅关于印发〈某某办法〉的通知》的通知",
            "",
            Relation("forwards", None, "某厅关于印发〈某某办法〉的通知"),
        ),
        (
            "《某市某某办法》政策解读",
            "《某市某某办法》（某府发〔2023〕1号）自8月1日起施行。",
            Relation("interprets", "某府发〔2023〕1号", "某市某某办法"),
        ),
        ("某市老年人优待办法解读", "", Relation("interprets", None, "某市老年人优待办法")),
        ("一图读懂某市老年人优待办法", "", Relation("interprets", None, "某市老年人优待办法")),
    ],
)
def test_number_and_title_stand_together(title: str | None, text: str, expected: Relation) -> None:
    assert find_relations(title, text) == (expected,)


@pytest.mark.parametrize("title", ["深度解读", "某市召开新闻发布会解读", "图解春运"])
def test_talk_that_names_no_document_interprets_none(title: str) -> None:
    assert find_relations(title, "") == ()


def test_a_wish_amends_nothing() -> None:
    text = "请抓紧对《某库区水污染防治规划》进行修订。"
    assert find_relations(None, text) == (Relation("cites", title="某库区水污染防治规划"),)
    amended = find_relations(None, "现对《某市市容管理条例》进行修改，" + "将第三条修改为：")
    assert amended == (Relation("amends", title="某市市容管理条例"),)


def test_titles_that_share_an_end_are_two() -> None:
    text = "执行《企业会计准则》或《小企业会计准则》的规定。"
    assert {each.title for each in find_relations(None, text)} == {
        "企业会计准则",
        "小企业会计准则",
    }


def test_a_table_of_repealed_documents_repeals_each() -> None:
    text = (
        "经研究，决定废止部分文件。\n废止的行政规范性文件目录\n序号 | 文件名称 | 发文字号\n"
        "1 | 某市人民政府关于印发某某办法的通知 | 某府发〔2001〕3号\n"
        "2 | 某市某某暂行规定 | 某府发〔2002〕14号\n继续有效的行政规范性文件目录\n"
        "序号 | 文件名称 | 发文字号\n1 | 某市档案管理办法 | 某府发〔2010〕7号"
    )
    assert find_relations("某市人民政府关于废止部分行政规范性文件的通知", text) == (
        Relation("repeals", "某府发〔2001〕3号", "某市人民政府关于印发某某办法的通知"),
        Relation("repeals", "某府发〔2002〕14号", "某市某某暂行规定"),
        Relation("cites", "某府发〔2010〕7号", "某市档案管理办法"),
    )


def test_a_numbered_list_takes_its_heading() -> None:
    text = (
        "下列文件自发布之日起废止：\n1.《某市甲类办法》（某府发〔2001〕3号）\n"
        "2.《某市乙类规定》\n三、其他\n1.《某市丙类规定》继续执行。"
    )
    assert find_relations("某市人民政府公告", text) == (
        Relation("repeals", "某府发〔2001〕3号", "某市甲类办法"),
        Relation("repeals", None, "某市乙类规定"),
        Relation("cites", None, "某市丙类规定"),
    )


@pytest.mark.parametrize(
    "heading",
    [
        "第九条 有下列情形之一的，予以废止：",
        "第九条 具有以下情形的许可证件失效，如下：",
        "下列文件予以废止：",
    ],
)
def test_cases_that_name_documents_repeal_none(heading: str) -> None:
    text = (
        f"{heading}\n1.《某市某某条例》规定的许可失效的；\n2.违反《某市某某管理办法》的；\n"
        "3.不符合《某市某某规定》，"
    )
    assert {each.kind for each in find_relations(None, text)} == {"cites"}


def test_a_case_lists_no_documents_even_when_it_is_but_a_title() -> None:
    text = "有下列情形之一的，予以废止：\n1.《某市某某条例》；"
    assert find_relations(None, text) == (Relation("cites", None, "某市某某条例"),)


@pytest.mark.parametrize(
    "entry",
    [
        "1.《某市某某办法》；",
        "1.市政府关于印发《某市某某办法》",
        "(1)《某市某某办法》(1999年3月1日某市人民政府令第3号公布，根据2004年某令修正)。",
        "1、《某市某某办法》（某部令）、《某市某某规定》（某部令）",
        "1.《某市某某办法》予以废止；",
        "一、《某市某某办法》自2020年1月1日起停止执行。",
    ],
)
def test_an_entry_is_a_title_with_what_belongs_to_it(entry: str) -> None:
    found = find_relations(None, f"下列文件予以废止：\n{entry}\n")
    assert ("repeals", "某市某某办法") in {(each.kind, each.title) for each in found}


def test_an_amended_entry_says_how() -> None:
    text = "对下列规章作如下修改：\n1.《某市某某办法》删去第九条，第十条改为第九条。"
    assert find_relations(None, text) == (Relation("amends", None, "某市某某办法"),)


def test_a_table_elsewhere_repeals_nothing() -> None:
    text = (
        "序号 | 文件名称 | 发文字号\n1 | 某市某某办法 | 某府发〔2001〕3号\n本办法自发布之日起施行。"
    )
    assert {each.kind for each in find_relations("某市某某工作总结", text)} <= {"cites"}


RELATED = (
    '<div class="related"><h3>{label}</h3><ul><li><a href="../jd/2.html">{name}</a></li>'
    '<li><a href="/x.html">更多</a></li></ul></div>'
)


def test_a_policy_links_its_interpretation_and_an_interpretation_its_policy() -> None:
    policy = page(RELATED.format(label="相关解读：", name="《某市某某办法》政策解读"))
    assert related_links(policy, NOTICE) == (
        Relation("interpreted_by", None, "《某市某某办法》政策解读", "http://a.example/jd/2.html"),
    )
    reading = page(RELATED.format(label="相关文件", name=f"《{NOTICE}》"))
    assert related_links(reading, "《某市某某办法》政策解读") == (
        Relation("interprets", None, NOTICE, "http://a.example/jd/2.html"),
    )


@pytest.mark.parametrize(
    ("label", "title"),
    [
        ("政策解读", NOTICE),
        ("相关文件", NOTICE),
        ("相关新闻", NOTICE),
        ('<a href="/jd/">相关解读</a>', NOTICE),
        ("相关解读", "《某市某某办法》政策解读"),
    ],
)
def test_menus_and_other_lists_state_nothing(label: str, title: str) -> None:
    assert (
        related_links(page(RELATED.format(label=label, name="某市某某规定的有关说明")), title) == ()
    )


def test_links_end_at_the_next_heading_and_after_the_most() -> None:
    link = '<a href="/jd/{0}.html">某市某某办法政策解读之{0}号文</a>'
    links = "".join(link.format(number) for number in range(20))
    short = page(
        f"<div><b>相关解读</b><h3>{link.format(1)}{link.format(2)}</h3><h4>热点</h4>{links}</div>"
    )
    assert [each.url for each in related_links(short, NOTICE)] == [
        "http://a.example/jd/1.html",
        "http://a.example/jd/2.html",
    ]
    long = page(f"<div>{'<b>相关解读</b>' * 3}{links}</div>")
    assert len(related_links(long, NOTICE)) == 8
    outside = page(f"<div><div><div><div><b>相关解读</b></div></div></div>{links}</div>")
    assert related_links(outside, NOTICE) == ()


@pytest.mark.parametrize("link", ["", '<a href="/jd/1.html">更多</a>'])
def test_a_page_of_nothing_but_labels_is_read_in_time(link: str) -> None:
    made = page(f"<div>{'<p><b>相关解读</b></p>' * 5_000}{link * 5_000}</div>")
    start = time.process_time()
    assert related_links(made, NOTICE) == ()
    assert time.process_time() - start < 2


def test_a_linked_citation_has_its_address() -> None:
    made = page('<p>根据<a href="/zc/9.html">《某省某某条例》</a>，制定本办法。</p>')
    found = find_relations(
        None, "根据《某省某某条例》，制定本办法。", addresses=cited_addresses(made.tree, made)
    )
    assert found == (Relation("based_on", None, "某省某某条例", "http://a.example/zc/9.html"),)
