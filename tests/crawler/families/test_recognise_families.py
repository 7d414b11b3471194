# ruff: noqa: E501 - markup stays on the lines its systems print
"""Families are told from a page's own source; the more evidence, the surer."""

from __future__ import annotations

import pytest

from archive.problems import Problem
from archive.records import PageKind, ResourceKind
from crawler.families import FAMILIES, GENERIC, family_named, recognise
from crawler.families.reader import read
from pipelines.extraction.page import parse
from pipelines.reading import Job

PAGES = {
    "gkmlpt": "<script>window._CONFIG={SID:1}</script><a href='/gkmlpt/content/1/1234/post_1234567.html'>甲</a>",
    "hanweb": "<a href='/art/2023/7/26/art_123_456.html'>甲</a><!--<$[标题]>begin-->甲<!--<$[标题]>end-->",
    "trs": "<script>createPageHTML(3, 0, 'index', 'html')</script><a href='./202307/t20230726_12183944.html'>甲</a>",
    "sudy": "<p class=arti_metas></p><div class=wp_articlecontent></div><a href='/2017/0317/c19271a175506/page.htm'>甲</a>",
    "vsb": "<div class=v_news_content></div><script>_showDynClicks('wbnews', 1, 2)</script>",
    "founder": "<div id=ozoom><founder-content>甲</founder-content></div><map name=PagePicMap></map>",
    "nfcms": "<span id=NFCMS-POST-VISIT-2></span><a class=nfw-cms-attachment href=/attachment/7/7/77/7.pdf>甲</a>",
    "ucap": "<td id=UCAP-CONTENT></td><a href=/zhengce/content/2018-11/09/content_5338761.htm>甲</a>",
    "generic": "<div class=content>甲</div>",
}


@pytest.mark.parametrize("name", PAGES)
def test_page_is_of_the_family_with_most_evidence(name: str) -> None:
    found = recognise(parse(PAGES[name].encode(), url="http://www.some-other-system.gov.cn/"))
    assert found.family.name == name
    assert bool(found.evidence) is (name != "generic")


def test_one_link_to_another_system_does_not_decide() -> None:
    page = parse(f"{PAGES['sudy']}<a href='http://b.cn/t20230726_1.html'>乙</a>".encode())
    assert recognise(page).family.name == "sudy"


def test_every_family_has_a_name_of_its_own_and_evidence() -> None:
    names = [family.name for family in (*FAMILIES, GENERIC)]
    assert len(set(names)) == len(names)
    assert all(family.evidence for family in FAMILIES)
    assert [family_named(name).name for name in names] == names


def test_unknown_family_names_the_known_ones() -> None:
    with pytest.raises(Problem, match="generic"):
        family_named("trs2")


def test_job_may_name_the_family() -> None:
    body = f"<h1>关于某事的通知</h1><p>{'现将有关事项通知如下，请认真贯彻执行。' * 5}</p>".encode()
    assert read(Job(None, body, family="sudy")).extraction.family == "sudy"  # type: ignore[union-attr]
    assert read(Job(None, body)).extraction.family == "generic"  # type: ignore[union-attr]


def test_guard_stops_a_page_before_it_is_read() -> None:
    reading = read(Job(None, b"<html><body></body></html>"))
    assert (reading.kind, reading.extraction, reading.listing) == (PageKind.OTHER, None, None)
    assert reading.reason


def test_list_job_yields_a_listing() -> None:
    rows = "".join(
        f"<li><a href='./202307/t2023072{at}_1{at}.html'>关于第{at}号事项的通知</a><span>2023-07-2{at}</span></li>"
        for at in range(1, 8)
    )
    markup = f"<html><body><ul>{rows}</ul></body></html>"
    reading = read(Job("http://a.cn/z/", markup.encode(), kind=ResourceKind.LIST))
    assert reading.kind is PageKind.LIST
    assert reading.listing is not None
    assert len(reading.listing.items) == 7
