"""Images of a document: its scans, charts and figures, and nothing of the page's own graphics."""

from __future__ import annotations

import sys
import time
from pathlib import Path

import pytest

from archive.records import AttachmentLink
from crawler.families.reader import read
from crawler.replica.facts import BlockKind
from crawler.replica.responding import respond
from crawler.replica.sites import World, sites
from crawler.replica.state import SiteState
from pipelines.extraction.structure import structure_of
from pipelines.extraction.text import lines
from pipelines.reading import Job

sys.path.insert(0, str(Path(__file__).parent))
from rendered import URL, page_of, structure

FOLDER = "http://www.example.gov.cn/zwgk/202311/"
SCAN = "./W020231116583920184751.jpg"

MOST_SECONDS = 10.0
"""Of processor time, with slack: it takes a fraction where nothing else computes."""

SHOWN = [
    (f'<img src="{SCAN}">', "W020231116583920184751.jpg", SCAN[2:]),
    ('<img src="a.png" alt="增速图" title="图">', "增速图", "a.png"),
    ('<img src="a.png" alt="a.png" title="增速图">', "增速图", "a.png"),
    ('<img src="/images/loading.gif" data-src="a.png">', "a.png", "a.png"),
    ('<img src="data:image/gif;base64,R0lGOD" data-original="a.jpeg">', "a.jpeg", "a.jpeg"),
    ('<img data-lazy-src="a.jpg" src="blank.gif" alt="">', "a.jpg", "a.jpg"),
    ('<img srcset="s.jpg 480w, l.jpg 1080w">', "l.jpg", "l.jpg"),
    ('<img src="pic.jsp?id=3&amp;n=1" data-src="/img/show?id=3">', "show", "/img/show?id=3"),
    ('<a href="big.jpg"><img src="a.jpg" width="600" height="20%"></a>', "a.jpg", "a.jpg"),
    ('<img src="%E5%9B%BE%E8%A1%A8.png">', "图表.png", "%E5%9B%BE%E8%A1%A8.png"),
    ('<img src="a.png"></p><p>图1　研发投入强度', "图1　研发投入强度", "a.png"),
    ('<figure><img src="a.png"><figcaption>现场</figcaption></figure>', "现场", "a.png"),
    ('<img src="/upload/2024/top10.png">', "top10.png", "/upload/2024/top10.png"),
    ('<img src="line1.jpg" width="640" height="400">', "line1.jpg", "line1.jpg"),
    ('<img src="./bg2024.jpg">', "bg2024.jpg", "bg2024.jpg"),
    ('<img src="/print/1.png">', "1.png", "/print/1.png"),
    ('<img src="/u/header/1.png">', "1.png", "/u/header/1.png"),
    ('<img src="/upload/icon/1.png">', "1.png", "/upload/icon/1.png"),
    ('<img src="/u/weixin_20240102.jpg">', "weixin_20240102.jpg", "/u/weixin_20240102.jpg"),
]

NOT_SHOWN = [
    '<img src="data:image/png;base64,iVBORw0KGgo=">',
    '<img src="file:///C:/Users/a/1.png">',
    '<img src="/images/spacer.gif">',
    '<img src="t.gif" width="1" height="1">',
    '<img src="line.png" height="2">',
    '<img src="/u/btn1.png" width="100" height="30">',
    '<img src="/u/dot.png">一、总则<img src="/u/dot.png">二、附则',
    '<img src="/icons/1.png">',
    '<img src="a.png" style="width: 16px; height:16px">',
    '<img src="/_ueditor/themes/default/images/icon_doc.gif">',
    '<img src="/system/resource/images/fileTypeImages/icon_pdf.gif">',
    '<img src="http://img.baidu.com/hi/jx2/emoji/j_0002.gif">',
    '<img src="/ueditor/dialogs/emotion/images/jx2/j_0002.gif">',
    '<img src="/images/share_wx.png">',
    '<img src="/upload/qrcode_2023.png">',
    '<img src="/u/1.png" alt="扫一扫关注公众号">',
    '<img src="/u/1.png" title="打印">',
    '<img src="/u/logo.png">',
    '<span class="share"><img src="/u/1.png"></span>',
    '<img src="/u/1.png"><a href="a.pdf">附件：名单.pdf</a>',
    '<a href="a.docx"><img src="/u/1.png"> 名单.docx</a>',
    '<img src="/u/1.png"><br>长按识别二维码，关注我们',
    '<img src="">',
    "<img>",
    '<noscript><img src="/u/1.png"></noscript>',
    '<div style="display:none"><img src="/u/1.png"></div>',
]


@pytest.mark.parametrize(("markup", "name", "address"), SHOWN)
def test_an_image_of_the_text_has_a_name_and_an_address(
    markup: str, name: str, address: str
) -> None:
    (image,) = structure(f"<p>正文。</p><p>{markup}</p>").images
    site = "http://www.example.gov.cn"
    assert image == AttachmentLink(name, (site if address[0] == "/" else FOLDER) + address)


@pytest.mark.parametrize("markup", NOT_SHOWN)
def test_graphics_of_the_page_are_no_images_of_the_document(markup: str) -> None:
    found = structure(f"<p>正文。</p><p>{markup}</p><p>正文。</p>")
    assert found.images == ()
    assert "![" not in found.markdown


def test_an_address_is_named_once_and_shown_where_it_stands() -> None:
    found = structure("<p><img src=a.png></p><p>正文</p><p><img src=a.png></p>")
    assert len(found.images) == 1
    assert found.markdown.count("![") == 2


def test_very_many_images_are_read_in_time_and_only_the_first_are_kept() -> None:
    """Before, each looked through all others for the lines beside it: 14 s for so many."""
    images = "".join(f"<p><img src=/u/{number}.jpg></p>" for number in range(20_000))
    started = time.process_time()
    found = structure(f"<p>正文。</p>{images}<p>正文。</p>")
    assert time.process_time() - started < MOST_SECONDS
    assert [image.name for image in found.images[-1:]] == ["299.jpg"]
    assert (len(found.images), found.surplus) == (300, 19_700)
    assert found.markdown.count("![") == 300


def test_a_page_tells_that_it_shows_more_images_than_are_kept() -> None:
    shown = "".join(f"<p>图中文字。</p><img src=/u/{number}.jpg>" for number in range(301))
    extraction = read(article(shown)).extraction
    assert extraction is not None
    assert len(extraction.images) == 300
    told = [each.reason for each in extraction.conflicts if each.fields == ("images",)]
    assert told == ["only the first 300 of 301 images are kept"]


def test_images_go_with_the_lines_around_them() -> None:
    body = (
        "<p>来源：某报</p><p><img src=first.jpg></p><p>正文</p><p><img src=last.jpg></p>"
        "<p>责任编辑：甲</p><p><img src=other.jpg></p><p>相关新闻</p>"
    )
    page = page_of(body)
    region = page.tree.get_element_by_id("text")
    kept = [line for line in lines(region) if line.text == "正文"]
    found = structure_of(page, region, kept).images
    assert [image.name for image in found] == ["first.jpg", "last.jpg"]


def article(body: str, title: str = "关于公布名单的通知") -> Job:
    page = (
        f"<html><head><meta charset=utf-8><title>{title}</title></head><body>"
        "<div class=header><img src=/images/top_1.png><a href=/>首页</a></div>"
        f"<div class=main><h1>{title}</h1><p>发布时间：2023-11-16　来源：某局</p>"
        f"<div class=TRS_Editor>{body}</div></div>"
        "<div class=footer><img src=/u/gh.png><p>主办单位：某局 ICP备05000000号</p></div>"
        "</body></html>"
    )
    return Job(URL, page.encode(), headers=(("content-type", "text/html; charset=utf-8"),))


def test_a_page_of_scans_has_no_text_but_names_its_images() -> None:
    scans = "".join(f"<p><img src=./W02023111658392018475{n}.png></p>" for n in range(3))
    extraction = read(article(scans)).extraction
    assert extraction is not None
    assert extraction.text == ""
    assert [image.url for image in extraction.images] == [
        f"{FOLDER}W02023111658392018475{n}.png" for n in range(3)
    ]
    assert extraction.markdown.count("![") == 3


PLAIN = (
    "<html><head><meta charset=utf-8><title>关于某项目的公示</title></head><body>"
    "<div class=head><img src=/images/school.png><a href=/>首页</a></div><div class=wrap>"
    "<div class=left><a href=/zt/><img src=/u/zt.jpg></a></div>{}</div>"
    "<div class=bottom><img src=/images/gh.png><p>地址：某市某路1号</p><p>版权所有 某校</p></div>"
    "</body></html>"
)
TITLE = "<h1>关于某项目的公示</h1><div>发布时间：2023-11-16　来源：某报</div>"
STORY = "<p>11月16日，大桥正式通车，当天共有三千辆车从桥上驶过。</p>"


@pytest.mark.parametrize(
    "body",
    [
        f"{TITLE}<div class=c><p><img src=/u/1.jpg></p></div>",
        f"{TITLE}<div class=c><p>公示如下：</p><p><img src=/u/1.jpg></p></div>",
        f"{TITLE}<div class=c><img src=/u/1.jpg></div><div><a href=/a/1.htm>上一篇：甲</a></div>",
        f"{TITLE}<div class=pic><img src=/u/1.jpg></div><div class=c>{STORY * 3}</div>",
        f"{TITLE}<div class=c><p><a href=3.htm><img src=/u/1.jpg></a></p>{STORY}</div>",
        f"{TITLE}<a href=/ad/><img src=/u/ad.jpg></a><p><img src=/u/1.jpg></p>{STORY * 2}",
    ],
)
def test_an_image_below_the_headline_of_an_unknown_template_is_found(body: str) -> None:
    extraction = read(Job(URL, PLAIN.format(body).encode())).extraction
    assert extraction is not None
    assert [image.url for image in extraction.images] == ["http://www.example.gov.cn/u/1.jpg"]


def test_a_known_region_keeps_its_markdown_and_images() -> None:
    job = article(f"<h3>一、总体要求</h3><p>现将名单予以公布，请认真执行。</p><img src={SCAN}>")
    first = read(job).extraction
    assert first is not None
    known = Job(
        URL, job.body, headers=job.headers, known_region=first.region_digest, known_text=first.text
    )
    again = read(known).extraction
    assert again is not None
    assert (again.markdown, again.images) == (first.markdown, first.images)
    assert again.markdown.startswith("### 一、总体要求\n\n现将名单")


@pytest.mark.parametrize("family", ["trs", "sudy"])
@pytest.mark.parametrize("day", [0, 40])
def test_images_of_the_replica_are_found_in_every_variant(family: str, day: int) -> None:
    site = next(site for site in sites() if site.name == family)
    world = World(8000, 200, day, 1)
    state = SiteState(world, site)
    shown = [
        each
        for each in state.listed
        if any(block.kind is BlockKind.FIGURE for block in state.facts(each).blocks)
    ]
    assert shown
    for document in shown[:4]:
        path = state.path(document)
        answer = respond(state, path)
        headers = (("content-type", answer.content_type),)
        extraction = read(Job(world.origin(site) + path, answer.body, headers=headers)).extraction
        assert extraction is not None
        wanted = [world.origin(site) + image for image in state.images(document)]
        assert [image.url for image in extraction.images] == wanted
        assert respond(state, state.images(document)[0]).body.startswith(b"\x89PNG")
