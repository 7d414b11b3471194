"""Values that only inline scripts write."""

from __future__ import annotations

import pytest

from pipelines.extraction.attachments import find_attachments
from pipelines.extraction.page import parse
from pipelines.extraction.scripts import script_assertions, script_body, script_links


@pytest.mark.parametrize(
    ("script", "wanted"),
    [
        ("var file_status = '失效（提前废止）';", {"validity": "失效（提前废止）"}),
        (
            'var doctitle = "第七届设计双年展闭幕"; var subTitle="展至15日"',
            {"title": "第七届设计双年展闭幕", "subtitle": "展至15日"},
        ),
        ("let fileNum='某科发〔2020〕3号'", {"doc_no": "某科发〔2020〕3号"}),
        ("var pubDate = '2023-02-03 10:11';", {"date_published": "2023-02-03"}),
        ("var file_status = 'loading';", {}),
        ("var title = document.title; var name='张三'; status='失效'", {}),
        ("var doctitle = '';", {}),
    ],
)
def test_telling_variables_assert(script: str, wanted: dict[str, str]) -> None:
    page = parse(f"<script>{script}</script>".encode())
    assert {each.field: each.value for each in script_assertions(page, None)} == wanted


def test_file_written_by_a_script_is_attached() -> None:
    script = """var file_appendix='<a href="./P020210204603553127170.doc">决定.doc</a>';"""
    page = parse(f"<script>{script}</script>".encode(), url="http://a.cn/b/c.html")
    (found,) = find_attachments(page, [], script_links(page))
    assert (found.name, found.url) == ("决定.doc", "http://a.cn/b/P020210204603553127170.doc")


def test_longest_escaped_markup_is_the_text() -> None:
    long = "\\u003Cp\\u003E" + "正文" * 150 + "\\u003C/p\\u003E"
    page = parse(f'<script>window._CONFIG={{"content":"{long}"}}</script>'.encode())
    body = script_body(page)
    assert body is not None
    assert body.text_content() == "正文" * 150
    assert script_body(parse(b"<script>var content = 1</script>")) is None
