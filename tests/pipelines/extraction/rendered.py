"""Markdown as a reader sees it: rendered by CommonMark with tables, and its text taken."""

from __future__ import annotations

import re
from collections.abc import Iterable

from markdown_it import MarkdownIt
from markdown_it.token import Token

from pipelines.extraction.page import Page, parse
from pipelines.extraction.structure import Structure, structure_of
from pipelines.extraction.text import join_lines, lines

URL = "http://www.example.gov.cn/zwgk/202311/t20231116_1.html"
READER = MarkdownIt("commonmark").enable(["table", "strikethrough"])
BLANK = re.compile(r"[\s\u200b-\u200d\u2060\ufeff\u00ad]+")


def page_of(body: str) -> Page:
    return parse(f"<meta charset=utf-8><body><div id=text>{body}</div>".encode(), None, URL)


def structure(body: str) -> Structure:
    """The structure of a body all of which is the document."""
    page = page_of(body)
    region = page.tree.get_element_by_id("text")
    return structure_of(page, region, lines(region), named=[region])


def printed_text(body: str) -> str:
    return join_lines(lines(page_of(body).tree.get_element_by_id("text")))


def rendered_text(markdown: str) -> str:
    return "".join(_texts(READER.parse(markdown)))


def _texts(tokens: Iterable[Token]) -> Iterable[str]:
    for token in tokens:
        if token.type == "image":
            continue
        if token.children:
            yield from _texts(token.children)
        elif token.content != "<br>":
            yield token.content


def words(text: str) -> str:
    """A text without white space and without the bars between the cells of a row."""
    return BLANK.sub("", text).replace("|", "")
