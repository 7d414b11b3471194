# ruff: noqa: E501
"""List pages as the families print them: rows, full titles, dates, and where the list goes on."""

import pytest

from archive.records import ListItem
from crawler.families.family import Family
from crawler.families.listing import read_list
from pipelines.extraction.page import parse

URL = "http://www.example.gov.cn/zwgk/tzgg/index.html"
NAV = (
    "<div class='nav'>"
    + "".join(f"<li><a href='/col{n}/index.html'>栏目名称第{n}个</a></li>" for n in range(30))
    + "</div>"
)
FOOT = "<div class='footer'><a href='/about.html'>网站地图</a><a href='/b.html'>联系我们</a></div>"
HOT = (
    "<div class='hot'><h3>热点排行</h3><ul>"
    + "".join(
        f"<li><a href='./202301/t20230101_{n}.html'>排行榜里的一条很长很长的新闻标题第{n}条</a></li>"
        for n in range(9)
    )
    + "</ul></div>"
)


def read(body, url=URL, **options):
    source = f"<html><head><meta charset='utf-8'></head><body>{body}</body></html>"
    return read_list(
        parse(source.encode(), "text/html; charset=utf-8", url), Family("x"), **options
    )


def rows(form, count=6):
    return "".join(form.format(n=n, day=f"{n + 10}") for n in range(count))


TITLE = "关于开展第{n}批科技项目申报工作的通知"

FORMS = {
    "span after the link": (
        "<ul>"
        + rows(f"<li><a href='t{{n}}123.html'>{TITLE}</a><span>2023-07-{{day}}</span></li>")
        + "</ul>"
    ),
    "date inside the link": (
        "<ul>"
        + rows(f"<li><a href='t{{n}}123.html'><span>2023/07/{{day}}</span>{TITLE}</a></li>")
        + "</ul>"
    ),
    "title cut, whole in the attribute": (
        "<ul>"
        + rows(
            f"<li>[2023.07.{{day}}] <a href='t{{n}}123.html' title='{TITLE}'>关于开展第{{n}}批科技…</a></li>"
        )
        + "</ul>"
    ),
    "category link before": (
        "<ul>"
        + rows(
            f"<li><a href='/c/'>[通知]</a><a href='t{{n}}123.html'>{TITLE}</a><i>2023年07月{{day}}日</i></li>"
        )
        + "</ul>"
    ),
    "day above month in a card": (
        "<div>"
        + rows(
            f"<div class='card'><a href='t{{n}}123.html'><div><b>{{day}}</b><span>2023-07</span></div>"
            f"<h3>{TITLE}</h3><p>各区县科技局，有关单位：现就有关事项通知如下，请认真组织。</p></a></div>"
        )
        + "</div>"
    ),
    "month and day above the year": (
        "<ul>"
        + rows(
            f"<li><div><span>07-{{day}}</span><i>2023</i></div><a href='t{{n}}123.html'>{TITLE}</a></li>"
        )
        + "</ul>"
    ),
    "year and month above the day": (
        "<ul>"
        + rows(f"<li><p>2023.07</p><b>{{day}}</b><a href='t{{n}}123.html'>{TITLE}</a></li>")
        + "</ul>"
    ),
    "definition list": (
        "<dl>"
        + rows(f"<dt><a href='t{{n}}123.html'>{TITLE}</a></dt><dd>2023-07-{{day}} 09:30</dd>")
        + "</dl>"
    ),
    "paragraph-like links": (
        "<div>"
        + rows(f"<a href='t{{n}}123.html'>{TITLE}</a><span>2023-07-{{day}}</span><br>")
        + "</div>"
    ),
    "table cells": (
        "<table>"
        + rows(
            f"<tr><td>·</td><td><a href='t{{n}}123.html'>{TITLE}</a></td><td>2023-07-{{day}}</td></tr>"
        )
        + "</table>"
    ),
    "blocks of two rows": "".join(
        "<ul class='list'>"
        + "".join(
            f"<li><a href='t{n}123.html'>{TITLE.format(n=n)}</a><span>2023-07-{n + 10}</span></li>"
            for n in pair
        )
        + "</ul>"
        for pair in ((0, 1), (2, 3), (4, 5))
    ),
    "month and day with the year in the address": (
        "<ul>"
        + rows(
            f"<li><a href='./202307/t202307{{day}}_{{n}}.html'>{TITLE}</a><em>07-{{day}}</em></li>"
        )
        + "</ul>"
    ),
}


@pytest.mark.parametrize("name", FORMS)
def test_rows_titles_and_dates_are_found_in_every_form(name):
    listing = read(NAV + HOT + f"<div class='content'>{FORMS[name]}</div>" + FOOT)
    assert [(item.title, item.date) for item in listing.items] == [
        (TITLE.format(n=n), f"2023-07-{n + 10}") for n in range(6)
    ]


def test_day_first_dates_are_read_by_the_evidence_of_their_neighbours():
    body = "<ul>{}</ul>"
    form = "<li><a href='/a{}123.html'>关于第{}号建议的复函内容</a><span>{}  20:49</span></li>"
    days = ["08.06.2016", "25.05.2016", "03.02.2016"]
    listing = read(body.format("".join(form.format(n, n, day) for n, day in enumerate(days))))
    assert listing.day_first is True
    assert [item.date for item in listing.items] == ["2016-06-08", "2016-05-25", "2016-02-03"]


def test_an_ambiguous_order_stays_unknown_unless_the_site_is_known():
    form = "<li><a href='/a{0}123.html'>关于第{0}号建议的复函内容</a><span>08.06.2016</span></li>"
    body = f"<ul>{form.format(1)}{form.format(2)}</ul>"
    assert [item.date for item in read(body).items] == [None, None]
    assert read(body).day_first is None
    assert [item.date for item in read(body, day_first=True).items] == ["2016-06-08"] * 2


def test_a_labelled_table_gives_its_cells_even_with_one_row():
    body = (
        "<table><tr><th>名称</th><th>索引号</th><th>发布机构</th><th>成文日期</th><th>发布日期</th></tr>"
        "<tr><td><a href='/a/t20230726_1.html'>关于印发工作方案的通知</a></td>"
        "<td>11500000MB15895317/2023-00093</td><td>市科技局</td><td>2023-07-20</td>"
        "<td>2023-07-26</td></tr></table>"
    )
    assert read(NAV + body).items == (
        ListItem(
            "http://www.example.gov.cn/a/t20230726_1.html",
            "关于印发工作方案的通知",
            "2023-07-26",
            {
                "index_no": "11500000MB15895317/2023-00093",
                "issuer": "市科技局",
                "date_written": "2023-07-20",
            },
        ),
    )


def test_labels_beside_a_title_become_cells():
    form = (
        "<li><a href='/a{n}123.html'>关于印发第{n}号方案的通知</a>"
        "<p>文号：渝科局发〔2023〕{n}号</p><span>2023-07-{day}</span></li>"
    )
    items = read(f"<ul>{rows(form, 3)}</ul>").items
    assert [item.fields.get("doc_no") for item in items] == [
        f"渝科局发〔2023〕{n}号" for n in range(3)
    ]
    assert items[0].date == "2023-07-10"


def test_a_date_that_another_label_claims_is_not_the_date_of_publication():
    form = "<li><a href='/a{n}123.html'>关于印发第{n}号方案的通知</a><i>成文日期：2023-07-{day}</i></li>"
    item = read(f"<ul>{rows(form, 3)}</ul>").items[0]
    assert (item.date, item.fields) == (None, {"date_written": "2023-07-10"})


def test_titles_are_kept_as_printed_and_only_white_space_is_folded():
    body = "<ul>" + "".join(
        f"<li><a href='/a{n}123.html'>关于（第{n}批）“双倍增”：  ①申报</a>2023-07-0{n + 1}</li>"
        for n in range(3)
    )
    assert read(body).items[1].title == "关于（第1批）“双倍增”： ①申报"


PAGERS = [
    ("<script>createPageHTML(21, 0, 'index', 'html');</script>", "index_1.html", 21),
    ("<script>createPageHTML(21, 20, 'index', 'html');</script>", None, 21),
    ('<script>createPage(5,2,"index_123","shtml")</script>', "index_123_3.shtml", 5),
    ("<script>createPageHTML('pages', 9, 1, 'list', 'htm', 80)</script>", "list_2.htm", 9),
    (
        "<script>var currentPage=1;var countPage=4;document.write("
        '"<a href=\\"index"+"_"+nextPage+"."+"shtml\\">下一页</a>")</script>',
        "index_2.shtml",
        4,
    ),
    (
        "<span class='p_no_d'>1</span><span class='p_no'><a href='tzgg/10.htm'>2</a></span>"
        "<span class='p_no'><a href='tzgg/1.htm'>11</a></span>"
        "<span class='p_next'><a href='tzgg/10.htm'>下页</a></span>"
        "<span class='p_last'><a href='tzgg/1.htm'>尾页</a></span>",
        "tzgg/10.htm",
        11,
    ),
    (
        "<em class='all_pages'>9</em><a class='next' href='list2.htm'><span>下一页&gt;&gt;</span></a>",
        "list2.htm",
        9,
    ),
    ("<a href='?page=2'>下一页</a> 共 12 页", "?page=2", 12),
    ("<a>上一页</a><a href='javascript:void(0)'>下一页</a> 第3/3页", None, 3),
    (
        "<a href=\"javascript:go('2')\">下一页</a>"
        "<script>function go(p){if(p=='1')location='a.jsp?c=1';else window.location=\"a.jsp?c=1&p=\"+p;}"
        "</script>",
        "a.jsp?c=1&p=2",
        None,
    ),
    (
        "<div><span class='cur'>1</span><a href='p2.html'>2</a><a href='p3.html'>3</a></div>",
        "p2.html",
        3,
    ),
    (
        "<select><option value='l_1.asp'>第1页</option><option value='l_2.asp' selected>第2页</option>"
        "<option value='l_3.asp'>第3页</option></select>",
        "l_3.asp",
        3,
    ),
    (
        "<select><option value='http://a.cn/'>友情链接</option><option value='/b/'>某局</option></select>",
        None,
        None,
    ),
    ("", None, None),
]


@pytest.mark.parametrize(("pager", "following", "total"), PAGERS)
def test_a_list_goes_on_where_its_pager_says(pager, following, total):
    listing = read(FORMS["span after the link"] + f"<div class='page'>{pager}</div>")
    base = URL.rpartition("/")[0] + "/"
    if following and following.startswith("?"):
        base = URL
    assert listing.next_page == (base + following if following else None)
    assert listing.total_pages == total
    assert len(listing.items) == 6


def test_hanweb_records_are_read_from_their_script():
    record = (
        "<record><![CDATA[<li><a href='/art/2023/7/{day}/art_1_{n}.html' title='{t}'>{t}</a>"
        "<span>2023-\n07-{day}</span></li>]]></record>"
    )
    records = "".join(record.format(n=n, day=n + 10, t=TITLE.format(n=n)) for n in range(4))
    body = (
        f"{NAV}<script type='text/xml'><datastore><totalrecord>90</totalrecord>"
        "<totalpage>6</totalpage><nextgroup><![CDATA[<a href='/module/web/jpage/dataproxy.jsp?"
        f"page=2&amp;col=1'></a>]]></nextgroup><recordset>{records}</recordset></datastore></script>"
    )
    listing = read(body)
    assert [(item.title, item.date) for item in listing.items] == [
        (TITLE.format(n=n), f"2023-07-{n + 10}") for n in range(4)
    ]
    assert listing.total_pages == 6
    assert listing.next_page == (
        "http://www.example.gov.cn/module/web/jpage/dataproxy.jsp?page=2&col=1"
    )


ISSUE = """
<map name="PagePicMap"><area coords="1,2,3,4" shape="polygon" href="content_1.htm?div=0">
<area coords="1,2,3,4" shape="polygon" href="content_2.htm"></map>
<div id="titleList"><ul><li><a href="content_1.htm?div=-1">重庆实施“双倍增”行动</a></li>
<li><a href="content_2.htm"><script>document.write(view("川渝携手<br>共建中心 "))</script></a></li>
</ul></div>
<a id="pageLink" href="./node_8.htm">第08版：重庆新闻</a><a href="../../../x.pdf">pdf</a>
<a id="pageLink" href="node_9.htm">第09版：综合</a>
<a href="../23/node_2.htm">上一期</a> <a class="preart" href="node_9.htm">下一版</a>
"""


def test_a_newspaper_page_gives_its_articles_its_issue_and_the_issue_before():
    base = "http://paper.example.cn/html/2023-02/24/"
    listing = read(ISSUE, base + "node_8.htm")
    assert [(item.url, item.title) for item in listing.items] == [
        (base + "content_1.htm?div=-1", "重庆实施“双倍增”行动"),
        (base + "content_2.htm", "川渝携手共建中心"),
    ]
    assert listing.next_page == base + "node_9.htm"
    assert listing.total_pages == 2
    assert listing.pages == (
        base + "node_8.htm",
        base + "node_9.htm",
        "http://paper.example.cn/html/2023-02/23/node_2.htm",
    )


@pytest.mark.parametrize(
    "head",
    [
        "<meta http-equiv='REFRESH' content=\"0; URL='html/2023-02/24/node_2.htm'\">",
        "<meta http-equiv=refresh content='0;url=html/2023-02/24/node_2.htm'>",
        "<script>window.location.href = 'html/2023-02/24/node_2.htm';</script>",
    ],
)
def test_a_landing_page_leads_to_the_newest_issue(head):
    listing = read(head, "http://paper.example.cn/index.htm")
    assert listing.items == ()
    assert listing.next_page == "http://paper.example.cn/html/2023-02/24/node_2.htm"


@pytest.mark.parametrize("body", ["", "<p>维护中</p>", NAV + FOOT, "<ul></ul>", "\x00<li><a>"])
def test_a_page_without_a_list_has_no_dated_items(body):
    assert not any(item.date for item in read(body).items)


def test_rows_of_a_short_list_with_classes_of_their_own_are_all_read():
    titles = ("中药传承创新工作要点", "关于转发产学研协同创新项目申报指南的通知")
    items = "".join(
        f"<li class='n{n}'><span><a href='/2024/0{n}29/c3a100{n}/page.htm'>{title}</a></span>"
        f"<span>2024-0{n}-29</span></li>"
        for n, title in enumerate(titles, 1)
    )
    pager = "<div><a class='next' href='javascript:void(0);'>下一页</a><em>4</em>/<em>4</em></div>"
    listing = read(f"{NAV}<div><ul>{items}</ul></div>{pager}{FOOT}")
    assert [item.title for item in listing.items] == list(titles)
