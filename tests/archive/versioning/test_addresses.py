"""Which parts of a file's address say which file it is."""

from __future__ import annotations

import pytest

from archive.versioning.addresses import steady_address


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("http://a.cn/f.pdf", "https://A.cn/f.pdf"),
        ("/d.jsp?id=1&token=x", "/d.jsp?token=y&id=1"),
        ("/d.jsp;jsessionid=AB?id=1", "/d.jsp?id=1"),
        ("/(S(abcdefghij0123456789abcd))/d.aspx", "/d.aspx"),
        ("/f.pdf?_=1700000000000", "/f.pdf"),
        ("/f.pdf?t=0.12345678", "/f.pdf"),
        ("/f.pdf#page=2", "/f.pdf"),
        ("./P01.docx", "P01.docx"),
        ("/%E9%99%84%E4%BB%B6.pdf", "/附件.pdf"),
        ("https://oss.cn/f?X-Amz-Signature=1&x-oss-process=2", "https://oss.cn/f"),
    ],
)
def test_passing_parts_do_not_count(one: str, other: str) -> None:
    assert steady_address(one) == steady_address(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("/a.pdf", "/b.pdf"),
        ("/d?wbfileid=1", "/d?wbfileid=2"),
        ("/d?id=1", "/d?id="),
        ("/f.pdf?v=2", "/f.pdf?v=3"),
        ("http://a.cn/f", "http://b.cn/f"),
        ("/File.pdf", "/file.pdf"),
        ("http://[bad", "http://[worse"),
        ("?id=1", "?id=2"),
        ("/%B8%BD.pdf", "/%B8%BE.pdf"),
        ("/d?name=%B8%BD", "/d?name=%B8%BE"),
        ("/file;1.pdf", "/file;2.pdf"),
        ("#", "a"),
    ],
)
def test_the_rest_counts(one: str, other: str) -> None:
    assert steady_address(one) != steady_address(other)
