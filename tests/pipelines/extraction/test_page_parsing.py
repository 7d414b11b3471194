"""One page, decoded once and parsed once, whatever its markup."""

from __future__ import annotations

import pytest

from pipelines.extraction.page import join, parse
from pipelines.extraction.text import text_of
from pipelines.reading import Job


@pytest.mark.parametrize(
    "body",
    [b"", b"   ", b"\x00", b"<!-- only a comment -->", b"<?xml version='1.0'?>", b"<html></html>"],
)
def test_page_without_text_is_a_page_without_text(body: bytes) -> None:
    assert text_of(parse(body).tree) == ""


@pytest.mark.parametrize("tag", ["div", "span", "table><tr><td"])
def test_deep_nesting_loses_no_text_and_is_marked(tag: str) -> None:
    markup = f"<html><body>{f'<{tag}>' * 10_000}深处的文字</body></html>"
    page = parse(markup.encode())
    assert "深处的文字" in text_of(page.tree)
    assert not page.complete


def test_deeply_nested_article_is_partial() -> None:
    from crawler.families.reader import read

    prose = "深处的文字也要读出来，不能悄悄地变成一个空的文档，这一点很重要。"
    markup = f"<html><body>{'<div>' * 5000}<p>{prose}</p></body></html>"
    extraction = read(Job(None, markup.encode())).extraction
    assert extraction is not None
    assert (extraction.outcome, extraction.text) == ("partial", prose)


@pytest.mark.parametrize(
    ("head", "url", "link"),
    [
        ("", "http://a.cn/x/y.html", "http://a.cn/x/f.pdf"),
        ("", None, "./f.pdf"),
        ('<base href="/files/">', "http://a.cn/x/y.html", "http://a.cn/files/f.pdf"),
        ('<base href="http://b.cn/z/">', None, "http://b.cn/z/f.pdf"),
        ('<base target="_blank">', None, "./f.pdf"),
    ],
)
def test_links_are_absolute_as_far_as_the_page_tells(head: str, url: str | None, link: str) -> None:
    page = parse(f"<html><head>{head}</head></html>".encode(), url=url)
    assert page.link("./f.pdf") == link


def test_unreadable_link_stays_as_written() -> None:
    assert join("http://a.cn/", "http://[bad/x.pdf") == "http://[bad/x.pdf"


def test_comments_are_kept_because_they_hold_data() -> None:
    tree = parse("<p>甲</p><!--enpproperty <title>乙</title>/enpproperty-->".encode()).tree
    assert any("enpproperty" in (each.text or "") for each in tree.xpath("//comment()"))
