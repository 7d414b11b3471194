from __future__ import annotations

import re
from string import Template

import pytest
from replica_reading import (
    NUMBERS,
    bare,
    body_text,
    date_forms,
    markup,
    served,
    state,
    states,
    tree,
    visible,
)

from archive.records import DATE_FIELDS, FIELDS
from crawler.replica import trs
from crawler.replica.facts import text_of
from crawler.replica.markup import Html, Parts, load
from crawler.replica.rendering import CLOCK, VISITS
from crawler.replica.sites import sites
from crawler.replica.state import SiteState

ALL = [(site.name, number) for site in sites() for number in NUMBERS]
SEED_ORDER = ["索引号", "发文字号", "主题分类", "体裁分类", "发布机构", "成文日期", "发布日期"]


def shown(held: SiteState, document: int) -> str:
    root = tree(held, served(held, document))
    return visible(root)


@pytest.mark.parametrize(("name", "number"), ALL)
def test_every_true_value_stands_on_the_page(name: str, number: int) -> None:
    held = state(name, number=number)
    for document in held.held.known(0):
        facts = held.facts(document)
        if facts.heading is None:
            continue
        text = shown(held, document)
        for field in FIELDS:
            value = facts.fields[field]
            if value is None:
                continue
            forms = date_forms(value) if field in DATE_FIELDS else [value]
            assert any(bare(form) in text for form in forms), (document, field, value)


@pytest.mark.parametrize(("name", "number"), ALL)
def test_body_on_the_page_is_the_true_text_and_nothing_else(name: str, number: int) -> None:
    held = state(name, number=number)
    for document in held.held.known(0):
        assert body_text(held, document) == bare(text_of(held.facts(document)))


@pytest.mark.parametrize(("name", "number"), ALL)
def test_attachments_are_linked_by_name_where_they_are_served(name: str, number: int) -> None:
    held = state(name, number=number)
    for document in held.held.known(0):
        root = tree(held, served(held, document))
        root.make_links_absolute("http://x" + held.path(document))
        links = {link.get("href"): link.text_content().strip() for link in root.iter("a")}
        for file in held.files(document):
            assert links["http://x" + file.path] == file.name


@pytest.mark.parametrize("name", [site.name for site in sites()])
def test_a_site_wears_another_variant_under_each_number(name: str) -> None:
    assert {state(name, number=number).variant for number in NUMBERS} == set("abc")


@pytest.mark.parametrize("name", [site.name for site in sites()])
def test_variants_differ_in_markup_around_the_same_words(name: str) -> None:
    parts = [load(name, variant) for variant in "abc"]
    outlines = {_outline(each) for each in parts}
    assert len(outlines) == 3


def _outline(parts: Parts) -> tuple[str, ...]:
    template = parts.templates["article"].template
    return tuple(re.findall(r'class="?([\w -]+)', template)[:8]) or (template[:200],)


@pytest.mark.parametrize("number", NUMBERS)
def test_page_of_004_states_neither_title_nor_date(number: int) -> None:
    held = state("trs", number=number)
    root = tree(held, served(held, -2))
    assert root.findtext(".//title") == held.site.title
    assert not root.xpath("//h1 | //meta[@name='ArticleTitle' or @name='PubDate'] | //table")
    text = visible(root)
    assert "2023年全市科技工作总结" not in text
    assert not re.search(r"2024-0?1-19|2024年0?1月19日", text)


def test_table_of_000_is_printed_twice_in_pairs_and_in_single_rows() -> None:
    root = tree(state("trs"), served(state("trs"), -1))
    wide, narrow = root.xpath("//table[contains(@class,'zwxl-table')]")
    assert [len(row) for row in wide.iter("tr")] == [4, 4, 4, 4]
    assert [len(row) for row in narrow.iter("tr")] == [2] * 7
    labels = [cell.text_content().strip("[ ]") for cell in narrow.xpath(".//td[1]")]
    assert labels == SEED_ORDER
    assert [bare(cell.text_content()) for cell in wide.xpath(".//tr[3]/td")][2:] == ["", ""]


def test_long_heading_of_000_is_broken_by_layout() -> None:
    page = markup(state("trs"), served(state("trs"), -1))
    assert "重庆市科学技术局<br/>关于市六届人大一次会议第0159号 建议办理情况的答复函" in page


@pytest.mark.parametrize("number", NUMBERS)
def test_table_stands_twice_in_every_trs_variant(number: int) -> None:
    held = state("trs", number=number)
    assert shown(held, -1).count("渝科局函〔2023〕278号") == 2
    assert trs.article(held, -1).count("11500000MB15895317/2023-00093") == 2


@pytest.mark.parametrize("number", NUMBERS)
def test_sudy_metadata_runs_on_without_separators(number: int) -> None:
    text = visible(tree(state("sudy", number=number), served(state("sudy", number=number), -1)))
    assert "发布者:发展规划处发布时间:2024-03-05浏览次数:" in text
    assert text.endswith("X")


@pytest.mark.parametrize("number", NUMBERS)
def test_old_portal_says_gb2312_and_means_gb18030(number: int) -> None:
    held = state("municipal", number=number)
    page = served(held, -1)
    assert b"charset=gb2312" in page.body
    assert "charset" not in page.content_type
    with pytest.raises(UnicodeDecodeError):
        page.body.decode("utf-8")
    assert bare("08.06.2016 20:49") in visible(tree(held, page))
    assert "08.06.2016 &nbsp;20:49" in markup(held, page)


@pytest.mark.parametrize("number", NUMBERS)
def test_newspaper_page_prints_contents_twice_and_leaves_the_weekday_out(number: int) -> None:
    held = state("founder", number=number)
    text = shown(held, -1)
    assert text.count("重庆实施高新技术企业和科技型企业“双倍增”行动") >= 3
    assert "2023年02月24日星期" in text
    assert not re.search("星期[一二三四五六日]", text)
    assert "3上一篇" in text
    assert "张亦筑" in text


def test_facts_cannot_break_a_page() -> None:
    parts = Parts({"heading": Template("<h1>$heading</h1>")})
    assert parts.fill("heading", heading='<b>&"') == "<h1>&lt;b&gt;&amp;&quot;</h1>"
    assert parts.fill("heading", heading=Html("<b/>")) == "<h1><b/></h1>"
    with pytest.raises(KeyError):
        parts.fill("heading")


@pytest.mark.parametrize("number", NUMBERS)
def test_no_slot_of_a_template_is_left_unfilled(number: int) -> None:
    for held in states(number=number):
        for document in held.held.known(0):
            source = markup(held, served(held, document))
            rest = source.replace(VISITS, "").replace(CLOCK, "")
            assert not re.search(r"\$\w|\{\{|\{[a-z_]+\}|None", rest)
