"""What moves by itself is taken out; what only has a suspicious name stays."""

from __future__ import annotations

import pytest

from pipelines.extraction.page import parse
from pipelines.extraction.text import text_of
from pipelines.extraction.volatile import remove_volatile


def left(markup: str, *selectors: str) -> str:
    tree = parse(markup.encode()).tree
    remove_volatile(tree, selectors)
    return text_of(tree)


@pytest.mark.parametrize(
    "markup",
    [
        "甲<span class=WP_VisitCount>191</span>乙",
        "甲<div class='bdsharebuttonbox'>分享</div>乙",
        "甲<span id=dynclicks_wbnews_7>7</span>乙",
        "甲<ul class='share-list'><li>微博</li></ul>乙",
        "甲<div class=footer>地址：某路1号</div>乙",
        "甲<a href=#>打印</a>乙",
    ],
)
def test_moving_part_is_removed_and_the_text_after_it_stays(markup: str) -> None:
    assert "".join(left(markup).split()) == "甲乙"


@pytest.mark.parametrize(
    "markup",
    [
        "<div id=print-content>短通知</div>",
        "<div class=print>现将有关事项通知如下。</div>",
        "<div class=share><h1>标题</h1></div>",
        "<div class=related><a href=a.pdf>附件1</a></div>",
        "<a href=a.docx>下载</a>",
        "<div class=shareholder>股东名单</div>",
    ],
)
def test_document_in_a_suspicious_box_stays(markup: str) -> None:
    assert left(markup)


def test_hook_removes_whatever_it_names() -> None:
    assert left("<div class=x>现将有关事项通知如下。</div>留", ".x") == "留"
