"""A file that is no text is no document, whatever words a decoder could make of its bytes."""

from __future__ import annotations

import random

import pytest

from archive.records import PageKind
from crawler.families.reader import read
from pipelines.extraction.foreign import foreign_content
from pipelines.reading import Job

NOISE = random.Random(7).randbytes(20_000)


@pytest.mark.parametrize(
    "body",
    [
        NOISE,
        NOISE[:64],
        b"\x89PNG\r\n\x1a\n",
        b"%PDF-1.7\n1 0 obj",
        b"PK\x03\x04word/document.xml",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(100),
        b"\xff\xd8\xff\xe0JFIF",
    ],
    ids=["noise", "short_noise", "png", "pdf", "docx", "doc", "jpeg"],
)
def test_file_that_is_no_text_is_other_and_says_so(body: bytes) -> None:
    reading = read(Job(None, body))
    assert reading.kind is PageKind.OTHER
    assert reading.extraction is None
    assert (reading.reason or "").startswith("no page: ")


@pytest.mark.parametrize("codec", ["utf-8", "gb18030", "big5hkscs", "utf-16"])
@pytest.mark.parametrize(
    "text",
    ["政府工作報告，全文如下。" * 20, "<p>政府工作報告</p>\x00\x01\x0c\n", "plain words\n\t"],
)
def test_text_in_any_codec_is_a_page(text: str, codec: str) -> None:
    assert foreign_content(text.encode(codec), codec) is None


def test_nothing_at_all_is_not_called_binary() -> None:
    assert foreign_content(b"", "utf-8") is None
