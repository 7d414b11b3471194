# ruff: noqa: E501 - markup stays on the lines its systems print
"""Files of a document: by ending or by handler, named by the page, never an icon or a page."""

from __future__ import annotations

import pytest

from pipelines.extraction.attachments import find_attachments
from pipelines.extraction.page import parse

BASE = "http://a.cn/b/c.html"


def files(markup: str, url: str | None = BASE) -> list[tuple[str, str | None]]:
    page = parse(markup.encode(), url=url)
    return [(each.name, each.url) for each in find_attachments(page, [page.tree])]


@pytest.mark.parametrize(
    ("markup", "wanted"),
    [
        ("<a href='./P0.pdf'>附件1.pdf</a>", [("附件1.pdf", "http://a.cn/b/P0.pdf")]),
        (
            "<a href='x.DOCX?v=1' title='申报表'>点击下载</a>",
            [("申报表", "http://a.cn/b/x.DOCX?v=1")],
        ),
        (
            "<a href='/module/download/downfile.jsp?classid=0&amp;showname=表.xls&amp;filename=9.xls'></a>",
            [
                (
                    "表.xls",
                    "http://a.cn/module/download/downfile.jsp?classid=0&showname=表.xls&filename=9.xls",
                )
            ],
        ),
        (
            "<a href='/system/_content/download.jsp?urltype=news.DownloadAttachUrl&amp;wbfileid=7'>名单</a>",
            [
                (
                    "名单",
                    "http://a.cn/system/_content/download.jsp?urltype=news.DownloadAttachUrl&wbfileid=7",
                )
            ],
        ),
        (
            "<a href='/_upload/article/files/a/b/u' sudyfile-attr=\"{'title':'附件：表.doc'}\"><img src=i.gif></a>",
            [("附件：表.doc", "http://a.cn/_upload/article/files/a/b/u")],
        ),
        ("<div class=wp_pdf_player pdfsrc='/u/f.pdf'></div>", [("f.pdf", "http://a.cn/u/f.pdf")]),
        ("<iframe src='/viewer.html?file=/u/f.pdf'></iframe>", [("f.pdf", "http://a.cn/u/f.pdf")]),
        (
            "<a onclick=\"window.open('/u/f.ofd')\" href='javascript:;'>文件</a>",
            [("文件", "http://a.cn/u/f.ofd")],
        ),
        ("<a href='扫描件.jpg'>附件2：扫描件</a>", [("附件2：扫描件", "http://a.cn/b/扫描件.jpg")]),
        ("<a href='x.pdf'>甲</a><a href='./x.pdf'>乙</a>", [("甲", "http://a.cn/b/x.pdf")]),
        ("<a href='photo.jpg'><img src='photo.jpg'></a>", []),
        ("<img src='/images/icon_pdf.gif'><a href='t2.html'>附件说明</a>", []),
        ("<a href='mailto:a@b.cn'>邮箱</a><a href='javascript:void(0)'>附件</a>", []),
    ],
)
def test_file(markup: str, wanted: list[tuple[str, str]]) -> None:
    assert files(markup) == wanted


def test_address_stays_as_written_while_the_page_has_none() -> None:
    assert files("<a href='./x.pdf'>甲</a>", None) == [("甲", "./x.pdf")]
